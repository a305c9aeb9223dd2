//! Refuses, before anything is written, what must not be written: outside the root, through links, over fresh edits.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use super::disk::Mode;
use super::journal::{Entry, FOLDER, Side};
use crate::error::{Error, Result};
use crate::reconcile::lock::{ATTRIBUTES, ATTRIBUTES_TEXT, LOCK};
use crate::reconcile::{Base, Change};

/// The files to be altered, the lock last, each checked.
pub(super) fn entries(root: &Path, changes: &[Change], base: &Base) -> Result<Vec<Entry>> {
    let changes = changes.iter().filter(|change| change.action.writes());
    let mut entries = changes.map(|change| entry(root, change)).collect::<Result<Vec<_>>>()?;
    entries.extend(own(root, ATTRIBUTES, ATTRIBUTES_TEXT, false)?);
    entries.extend(own(root, LOCK, &base.render(), true)?);
    Ok(entries)
}

/// A file of our own folder, where it is not as it should be.
fn own(root: &Path, path: &str, text: &str, replace: bool) -> Result<Option<Entry>> {
    let old = side(&check(root, path)?)?;
    let due = old.as_ref().is_none_or(|old| replace && old.text != text);
    Ok(due.then(|| Entry {
        path: path.to_owned(),
        old,
        new: Some(Side { text: text.to_owned(), mode: Mode::New(0o644) }),
    }))
}

fn entry(root: &Path, change: &Change) -> Result<Entry> {
    let path = check(root, &change.path)?;
    if change.path.split('/').next() == Some(FOLDER) {
        return Err(refused(&change.path, "it is pipewright's own"));
    }
    if bytes(&path)?.as_deref() != change.old.as_ref().map(String::as_bytes) {
        let error = refused(&change.path, "it was changed since it was read, or is not text");
        return Err(error.help("run the command again"));
    }
    let old = side(&path)?;
    let mode = mode(old.as_ref(), change.executable);
    let new = change.new.clone().map(|text| Side { text, mode });
    Ok(Entry { path: change.path.clone(), old, new })
}

/// The bits that the file had; whoever may read a script may run it.
fn mode(old: Option<&Side>, executable: bool) -> Mode {
    let run = |bits: u32| {
        if executable { bits | (bits & 0o444) >> 2 } else { bits }
    };
    match old.map(|side| side.mode) {
        Some(Mode::Kept(bits)) => Mode::Kept(run(bits)),
        _ => Mode::New(run(0o644)),
    }
}

/// The absolute path of a file that may be written: inside the root, no link on the way, nothing but a file there.
pub(super) fn check(root: &Path, path: &str) -> Result<PathBuf> {
    let parts: Vec<_> = Path::new(path).components().collect();
    spelling(path, &parts)?;
    let mut at = root.to_owned();
    for (index, part) in parts.iter().enumerate() {
        at.push(part);
        let Some(kind) = kind(&at)? else {
            break;
        };
        let shown = at.strip_prefix(root).unwrap_or(&at).display();
        let (fits, noun) =
            if index + 1 == parts.len() { (kind.is_file(), "file") } else { (kind.is_dir(), "folder") };
        if kind.is_symlink() {
            return Err(refused(path, &format!("`{shown}` is a symbolic link")));
        } else if !fits {
            return Err(refused(path, &format!("`{shown}` is not a {noun}")));
        }
    }
    Ok(root.join(path))
}

/// A path has one spelling, leads nowhere but down, and not into git's own folder.
fn spelling(path: &str, parts: &[Component<'_>]) -> Result<()> {
    let plain = |part: &Component<'_>| matches!(part, Component::Normal(_));
    let spelled: PathBuf = parts.iter().collect();
    if parts.is_empty() || !parts.iter().all(plain) || spelled.as_os_str() != OsStr::new(path) {
        return Err(refused(path, "it is not a plain path inside the repository"));
    }
    if parts.iter().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
        return Err(refused(path, "it is git's own"));
    }
    Ok(())
}

fn kind(path: &Path) -> Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(data) => Ok(Some(data.file_type())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("look at", path, &error)),
    }
}

/// The folders that have to be made for a file, outermost first.
pub(super) fn missing_folders(root: &Path, path: &str) -> Vec<String> {
    let above = Path::new(path).ancestors().skip(1);
    let missing = above.filter(|folder| !root.join(folder).exists());
    let mut missing: Vec<_> = missing.map(|folder| folder.to_string_lossy().into_owned()).collect();
    missing.reverse();
    missing
}

/// What lies at a path now; bytes that are no text come out as replacement characters.
fn side(path: &Path) -> Result<Option<Side>> {
    let Some(bytes) = bytes(path)? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let data = fs::metadata(path).map_err(|error| Error::io("look at", path, &error))?;
    Ok(Some(Side { text, mode: Mode::Kept(data.permissions().mode() & 0o7777) }))
}

/// The bytes at a path, `None` where nothing is there.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

/// Holds off other processes for as long as the result lives.
pub(super) fn lock(root: &Path) -> Result<File> {
    let folder = root.join(FOLDER);
    let file = File::open(&folder).map_err(|error| Error::io("open", &folder, &error))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Error::refused("another pipewright is writing in this repository"))
        }
        // Some network file systems know no locks: the journal still guards against the worst.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn refused(path: &str, why: &str) -> Error {
    Error::refused(format!("`{path}` cannot be written: {why}; nothing was written"))
}
