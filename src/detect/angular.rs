//! Angular: the application in angular.json, its builder and where that writes to.

use super::Detector;
use super::document::Document;
use super::evidence::Found;
use super::scan::{Scan, join};
use super::spa::clean;
use super::stack::node;
use super::stack::package::Package;
use crate::interview::wording;
use crate::project::{Kind, Unit};

/// Angular applications.
pub(super) struct Angular;

impl Detector for Angular {
    fn name(&self) -> &'static str {
        "angular"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let folders = scan.folders_with("angular.json");
        folders.into_iter().filter_map(|folder| unit(scan, folder)).collect()
    }
}

/// The options of a project's build target.
struct Build<'d> {
    document: &'d Document,
    project: &'d str,
    target: [&'d str; 4],
}

impl<'d> Build<'d> {
    /// The first application; `architect` is the older name of `targets`.
    fn find(document: &'d Document) -> Option<Self> {
        let application = |project: &&str| {
            document.str(&["projects", project, "projectType"]).is_none_or(|kind| kind == "application")
        };
        let mut projects = document.keys(&["projects"]).into_iter().filter(application);
        projects.find_map(|project| {
            let targets = ["architect", "targets"].map(|key| ["projects", project, key, "build"]);
            let target = targets.into_iter().find(|target| document.get(target).is_some())?;
            Some(Self { document, project, target })
        })
    }

    fn path(&self, rest: &[&'d str]) -> Vec<&'d str> {
        [&self.target[..], rest].concat()
    }

    fn option(&self, name: &'d str) -> Option<&'d serde_json::Value> {
        self.document.get(&self.path(&["options", name]))
    }

    /// Whether pages are rendered by a server, with the place that says so.
    fn server(&self) -> bool {
        match self.option("outputMode").and_then(|mode| mode.as_str()) {
            Some(mode) => mode == "server",
            None => self.option("ssr").is_some_and(|ssr| ssr != false && !ssr.is_null()),
        }
    }

    /// `outputPath` as a string or an object; the application builder adds a folder for the browser.
    fn output(&self) -> Found<String> {
        let builder = self.document.str(&self.path(&["builder"])).unwrap_or_default();
        let path = self.option("outputPath");
        let base = path.and_then(|path| path.as_str().or_else(|| path.get("base")?.as_str()));
        let named = path.and_then(|path| path.get("browser")?.as_str());
        let browser = if builder.ends_with(":application") { named.unwrap_or("browser") } else { "" };
        let default = format!("dist/{}", self.project);
        let output = clean(&format!("{}/{browser}", base.unwrap_or(&default)));
        match base {
            Some(_) => Found::certain(output, self.document.clue(&self.path(&["options", "outputPath"]))),
            None => Found::likely(output, self.document.clue(&self.path(&["builder"]))),
        }
    }
}

fn unit(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let package = Package::read(scan, folder)?;
    let document = scan.document(&join(folder, "angular.json"))?;
    let build = Build::find(&document)?;
    let kind = if build.server() { Kind::Ssr } else { Kind::Spa };
    let mut unit = Unit::new(folder, kind);
    let name = if kind == Kind::Ssr { "ssr" } else { "spa" };
    unit.claim("kind", Some(Found::certain(name, document.clue(&build.path(&["builder"])))));
    unit.framework = unit.claim("framework", package.framework("angular", "@angular/core"));
    node::with(scan, &package, &mut unit);
    unit.output = unit.claim("output", Some(build.output()));
    if kind == Kind::Ssr {
        unit.advice = Some(wording::advice(kind).to_owned());
    }
    Some(unit)
}
