//! Compares what pipewright wants with what lies on disk and with what it wrote last.
