//! Plain HTML: an index.html and nothing that would build or serve it.

use super::Detector;
use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use crate::project::{Kind, Unit};

/// Where the pages may lie, seen from the root; `.` first.
const FOLDERS: &[&str] = &[".", "public", "htdocs", "www", "site", "html", "dist", "docs", "src"];

/// Files that mean that something else makes or serves the pages.
const MAKERS: &[&str] = &[
    "Cargo.toml",
    "Gemfile",
    "_config.yml",
    "angular.json",
    "artisan",
    "build.gradle",
    "composer.json",
    "config.toml",
    "go.mod",
    "hugo.toml",
    "hugo.yaml",
    "manage.py",
    "mix.exs",
    "mkdocs.yml",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "template.yaml",
    "template.yml",
    "zola.toml",
];

/// Endings of programs: pages beside them are theirs.
const PROGRAMS: &[&str] = &[".py", ".php", ".rb", ".go", ".cs", ".csproj", ".sln", ".java", ".ex"];

/// Plain HTML at the root.
pub(super) struct Html;

impl Detector for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let program = scan.names(".").iter().any(|name| PROGRAMS.iter().any(|ending| name.ends_with(ending)));
        if program || scan.first(".", MAKERS).is_some() {
            return Vec::new();
        }
        let folder = FOLDERS.iter().find(|folder| scan.has(folder, "index.html"));
        folder.map(|folder| unit(folder)).into_iter().collect()
    }
}

fn unit(folder: &str) -> Unit {
    let mut unit = Unit::new(".", Kind::Static);
    let page = Clue::file(&join(folder, "index.html"));
    unit.claim("kind", Some(Found::likely("static", page.clone())));
    unit.framework = unit.claim("framework", Some(Found::likely("html".to_owned(), page.clone())));
    unit.output = unit.claim("output", Some(Found::likely(folder.to_owned(), page)));
    unit
}
