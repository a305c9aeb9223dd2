//! Reads package.json: dependencies and scripts with the lines they stand on.

use crate::detect::document::Document;
use crate::detect::evidence::{Clue, Found};
use crate::detect::scan::{Scan, join};

const DEPENDENCIES: &[&str] = &["dependencies", "devDependencies", "optionalDependencies"];

/// A parsed package.json.
pub(in crate::detect) struct Package {
    document: Document,
}

impl Package {
    /// The package.json of a folder.
    pub(in crate::detect) fn read(scan: &Scan<'_>, folder: &str) -> Option<Self> {
        if !scan.has(folder, "package.json") {
            return None;
        }
        let document = scan.document(&join(folder, "package.json"))?;
        Some(Self { document })
    }

    /// A dependency of any sort, with the version as it is written.
    pub(in crate::detect) fn dependency(&self, name: &str) -> Option<Found<String>> {
        DEPENDENCIES.iter().find_map(|group| {
            let version = self.document.str(&[group, name])?;
            Some(Found::likely(version.to_owned(), self.document.clue(&[group, name])))
        })
    }

    /// The first of several dependencies that is there.
    pub(in crate::detect) fn any<'n>(&self, names: &[&'n str]) -> Option<(&'n str, Found<String>)> {
        names.iter().find_map(|name| Some((*name, self.dependency(name)?)))
    }

    /// The framework as `name major`, e.g. `vite 7`, from a dependency.
    pub(in crate::detect) fn framework(&self, name: &str, dependency: &str) -> Option<Found<String>> {
        let found = self.dependency(dependency)?;
        let digits: String = found
            .value
            .chars()
            .skip_while(|c| "^~>=v ".contains(*c))
            .take_while(char::is_ascii_digit)
            .collect();
        let value = format!("{name} {digits}");
        Some(found.with(value.trim_end().to_owned()))
    }

    /// A script's text.
    pub(in crate::detect) fn script(&self, name: &str) -> Option<&str> {
        self.document.str(&["scripts", name])
    }

    /// Where a script stands.
    pub(in crate::detect) fn script_clue(&self, name: &str) -> Clue {
        self.document.clue(&["scripts", name])
    }

    /// A string at a path of keys, with its place.
    pub(in crate::detect) fn string(&self, path: &[&str]) -> Option<Found<String>> {
        let value = self.document.str(path)?.to_owned();
        Some(Found::certain(value, self.document.clue(path)))
    }

    /// The whole tree.
    pub(in crate::detect) fn document(&self) -> &Document {
        &self.document
    }
}
