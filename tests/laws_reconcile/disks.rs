//! Disks that fail or die after so many deeds, and a picture of what lies on a real one.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, Result};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use pipewright::apply::{Disk, Mode, Unix};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed: this deed is half done, and none follows.
    Death,
    /// The disk refuses this one deed.
    Refusal,
}

/// A disk that goes wrong after some deeds.
pub(crate) struct Faulty {
    left: Cell<usize>,
    fault: Fault,
}

impl Faulty {
    pub(crate) fn new(left: usize, fault: Fault) -> Self {
        Self { left: Cell::new(left), fault }
    }

    /// Whether it went wrong.
    pub(crate) fn struck(&self) -> bool {
        self.left.get() == 0 || self.left.get() > usize::MAX / 2
    }

    fn deed(&self, deed: impl FnOnce() -> Result<()>, half: impl FnOnce()) -> Result<()> {
        match self.left.get() {
            0 if self.fault == Fault::Death => Err(Error::other("dead")),
            1 => {
                let after = if self.fault == Fault::Death { 0 } else { usize::MAX };
                self.left.set(after);
                half();
                Err(Error::other("struck"))
            }
            left => {
                self.left.set(left - 1);
                deed()
            }
        }
    }
}

impl Disk for Faulty {
    fn create(&self, path: &Path, text: &str, mode: Mode) -> Result<()> {
        let half = || fs::write(path, &text.as_bytes()[..text.len() / 2]).unwrap_or_default();
        self.deed(|| Unix.create(path, text, mode), half)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.deed(|| Unix.rename(from, to), || ())
    }

    fn remove(&self, path: &Path) -> Result<()> {
        self.deed(|| Unix.remove(path), || ())
    }

    fn make_folder(&self, path: &Path) -> Result<()> {
        self.deed(|| Unix.make_folder(path), || ())
    }

    fn remove_folder(&self, path: &Path) -> Result<()> {
        self.deed(|| Unix.remove_folder(path), || ())
    }

    fn sync_folder(&self, path: &Path) -> Result<()> {
        self.deed(|| Unix.sync_folder(path), || ())
    }
}

/// Every file (bytes, permissions) and folder below a root, our own folder only where it holds something.
pub(crate) type Picture = BTreeMap<String, Option<(Vec<u8>, u32)>>;

pub(crate) fn picture(root: &Path) -> Picture {
    let mut picture = Picture::new();
    add(root, root, &mut picture);
    let inside = picture.keys().any(|path| path.starts_with(".pipewright/"));
    if !inside {
        picture.remove(".pipewright");
    }
    picture
}

fn add(root: &Path, folder: &Path, picture: &mut Picture) {
    for item in fs::read_dir(folder).expect("a folder") {
        let path = item.expect("an item").path();
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        let data = path.symlink_metadata().expect("an item");
        if data.is_dir() {
            picture.insert(name, None);
            add(root, &path, picture);
        } else {
            let bytes = fs::read(&path).unwrap_or_default();
            picture.insert(name, Some((bytes, data.permissions().mode() & 0o7777)));
        }
    }
}
