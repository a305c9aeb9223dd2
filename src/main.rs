//! The program: parses the arguments, runs the command, reports what failed.

fn main() {}
