//! The few deeds that alter a disk, each of which happens or does not.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The permissions of a file to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// A new file's, less what the umask takes away.
    New(u32),
    /// The bits that the file had.
    Kept(u32),
}

/// What [`super::apply_on`] does to a disk.
pub trait Disk {
    /// Writes a whole new file and waits until it is safe. Fails where anything, even a link, has that name.
    fn create(&self, path: &Path, text: &str, mode: Mode) -> io::Result<()>;
    /// Renames a file, replacing another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Waits until the names in a folder are safe.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Debug, Clone, Copy)]
pub struct Unix;

impl Disk for Unix {
    fn create(&self, path: &Path, text: &str, mode: Mode) -> io::Result<()> {
        let (Mode::New(bits) | Mode::Kept(bits)) = mode;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(bits).open(path)?;
        file.write_all(text.as_bytes())?;
        if let Mode::Kept(bits) = mode {
            file.set_permissions(Permissions::from_mode(bits))?;
        }
        file.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}
