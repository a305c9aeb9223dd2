//! A read-only view of the user's repository: files, texts and git facts; the only reader of the tree.
