//! The only writer of the user's tree: all files or none, inside the root, never through a link.
