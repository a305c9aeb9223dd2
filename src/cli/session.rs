//! What every command starts from: the repository, the scaffolds, and the manifest if there is one.

use std::path::Path;

use crate::apply::{self, Recovered};
use crate::detect::{Versions, detect};
use crate::error::{Error, Result};
use crate::interview::{Catalog, Facts, wording};
use crate::manifest::{self, Manifest};
use crate::project::Project;
use crate::scaffold::Scaffolds;
use crate::ui;
use crate::workspace::Workspace;

/// The repository a command works on.
pub(super) struct Session {
    pub(super) workspace: Workspace,
    pub(super) scaffolds: Scaffolds,
    folder: String,
    region: Option<String>,
}

impl Session {
    /// Opens the repository for a command that only looks; a run that was interrupted is mentioned.
    pub(super) fn to_look(path: &Path) -> Result<Self> {
        let session = Self::open(path)?;
        if let Some(pending) = apply::pending(session.workspace.root())? {
            ui::note(&ui::warning(&pending.to_string()));
        }
        Ok(session)
    }

    /// Opens the repository for a command that writes; a run that was interrupted is finished or undone first.
    pub(super) fn to_write(path: &Path) -> Result<Self> {
        let session = Self::open(path)?;
        if let Some(recovered) = apply::recover(session.workspace.root())? {
            ui::note(&ui::warning(wording::recovered(recovered == Recovered::Finished)));
        }
        Ok(session)
    }

    fn open(path: &Path) -> Result<Self> {
        let workspace = Workspace::open(path)?;
        let folder = workspace.root().file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            workspace,
            scaffolds: Scaffolds::default(),
            folder: folder.unwrap_or_default(),
            region: region(),
        })
    }

    /// The text of pipewright.yml and what it says.
    pub(super) fn manifest(&self) -> Result<Option<(String, Manifest)>> {
        let Some(text) = self.workspace.read(manifest::PATH)? else {
            return Ok(None);
        };
        let manifest = manifest::read(&text)?;
        Ok(Some((text, manifest)))
    }

    /// The same where there has to be one.
    pub(super) fn needed_manifest(&self) -> Result<(String, Manifest)> {
        self.manifest()?.ok_or_else(|| {
            Error::usage(format!("there is no {} in {}", manifest::PATH, self.workspace.root().display()))
                .help("run `pipewright init` to have one written")
        })
    }

    /// What the repository is.
    pub(super) fn project(&self) -> Result<Project> {
        let mut versions = Versions::default();
        for name in self.scaffolds.names("toolchains") {
            let file = self.scaffolds.toolchain(&name)?;
            let offered = file.versions.into_iter().map(|version| version.version);
            versions.offered.insert(name, offered.collect());
        }
        Ok(detect(&self.workspace, &versions))
    }

    /// What the interview looks at.
    pub(super) fn facts<'a>(&'a self, project: &'a Project, catalog: &'a Catalog) -> Facts<'a> {
        let git = self.workspace.git();
        Facts {
            project,
            files: self.workspace.files(),
            remote: git.and_then(|git| git.remote.as_ref()),
            branch: git.and_then(|git| git.default_branch.as_deref()),
            folder: &self.folder,
            subfolder: self.workspace.subfolder(),
            region: git.and_then(|git| git.remote.as_ref()?.region.as_deref()).or(self.region.as_deref()),
            scaffolds: &self.scaffolds,
            catalog,
        }
    }
}

/// The region of the person's own AWS settings.
#[expect(clippy::disallowed_methods, reason = "cli reads the environment")]
fn region() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"))
}
