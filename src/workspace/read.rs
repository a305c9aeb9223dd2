//! Reads single files: small, regular, inside the root, and text.

#![expect(clippy::disallowed_methods, reason = "workspace is the only reader of the tree")]

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use super::{MAX_FILE_SIZE, no_folder};
use crate::error::{Error, Result};

/// The absolute path of an existing folder, links resolved.
pub(super) fn folder(path: &Path) -> Result<PathBuf> {
    let path = path.canonicalize().map_err(|cause| no_folder(path, &cause.to_string()))?;
    if path.is_dir() { Ok(path) } else { Err(no_folder(&path, "it is a file")) }
}

/// The text of `relative` below `root`; `None` where it does not exist or is no regular file.
pub(super) fn text(root: &Path, relative: &str) -> Result<Option<String>> {
    let Some(path) = inside(root, relative)? else {
        return Ok(None);
    };
    let failed = |cause: &std::io::Error| Error::io("read", Path::new(relative), cause);
    let metadata = path.metadata().map_err(|cause| failed(&cause))?;
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.len() > MAX_FILE_SIZE {
        return Err(not_read(relative, "it is larger than 1 MiB"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    File::open(&path)
        .and_then(|file| file.take(MAX_FILE_SIZE).read_to_end(&mut bytes))
        .map_err(|cause| failed(&cause))?;
    let text = String::from_utf8(bytes).map_err(|_| not_read(relative, "it is not UTF-8 text"))?;
    Ok(Some(match text.strip_prefix('\u{feff}') {
        Some(without_mark) => without_mark.to_owned(),
        None => text,
    }))
}

/// The real path of `relative`; refused when it, or a link on the way, leaves the root.
fn inside(root: &Path, relative: &str) -> Result<Option<PathBuf>> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(relative).components().all(plain) {
        return Err(not_read(relative, "it lies outside the repository"));
    }
    match root.join(relative).canonicalize() {
        Ok(path) if path.starts_with(root) => Ok(Some(path)),
        Ok(_) => Err(not_read(relative, "it is a link that leaves the repository")),
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(cause) => Err(Error::io("read", Path::new(relative), &cause)),
    }
}

fn not_read(relative: &str, why: &str) -> Error {
    Error::refused(format!("{relative} was not read: {why}"))
}
