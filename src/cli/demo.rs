//! `pipewright demo`: runs `init` without asking on a sample that ships with the program.

#![expect(
    clippy::disallowed_methods,
    reason = "the sample is written to a folder of its own, never to the user's tree"
)]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use git2::{IndexAddOption, Repository, Signature};
use include_dir::{Dir, DirEntry, include_dir};

use super::args::InitArgs;
use super::init;
use crate::error::{Error, Result};
use crate::interview::wording;
use crate::ui;

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/samples/vite-react");

/// What `demo` is given.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Make the sample here instead of in a temporary folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs it.
pub(super) fn run(args: &DemoArgs) -> Result<()> {
    let root = folder(args.keep.as_deref())?;
    write(&SAMPLE, &root).map_err(|cause| Error::io("write the sample to", &root, &cause))?;
    commit(&root)
        .map_err(|cause| Error::refused(format!("cannot make a git repository: {}", cause.message())))?;
    ui::out(&wording::demo_begins(&root.display().to_string()))?;
    init::run(&InitArgs { path: root.clone(), yes: true, ..InitArgs::default() })?;
    ui::out(&wording::demo_ends(&root.display().to_string()))
}

/// The folder of the sample: a new one, or an empty one that was named.
fn folder(named: Option<&Path>) -> Result<PathBuf> {
    let Some(path) = named else {
        let made = tempfile::Builder::new().prefix("pipewright-demo-").tempdir();
        let made =
            made.map_err(|cause| Error::refused(format!("cannot make a temporary folder: {cause}")))?;
        let root = made.keep().join("vite-react");
        fs::create_dir_all(&root).map_err(|cause| Error::io("make", &root, &cause))?;
        return Ok(root);
    };
    let used = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if used {
        return Err(Error::refused(format!("{} is not empty", path.display()))
            .help("name a new folder: `--keep DIR`"));
    }
    fs::create_dir_all(path).map_err(|cause| Error::io("make", path, &cause))?;
    Ok(path.to_owned())
}

fn write(dir: &Dir<'_>, root: &Path) -> std::io::Result<()> {
    for entry in dir.entries() {
        let path = root.join(entry.path());
        match entry {
            DirEntry::Dir(dir) => {
                fs::create_dir_all(&path)?;
                write(dir, root)?;
            }
            DirEntry::File(file) => fs::write(&path, file.contents())?,
        }
    }
    Ok(())
}

/// Makes it a repository with one commit, as a person's would be.
fn commit(root: &Path) -> std::result::Result<(), git2::Error> {
    let mut options = git2::RepositoryInitOptions::new();
    let repository = Repository::init_opts(root, options.initial_head("main"))?;
    let mut index = repository.index()?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
    index.write()?;
    let tree = repository.find_tree(index.write_tree()?)?;
    let author = Signature::now("pipewright demo", "demo@example.com")?;
    repository.commit(Some("HEAD"), &author, &author, "The sample", &tree, &[])?;
    Ok(())
}
