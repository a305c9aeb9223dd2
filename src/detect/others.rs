//! Infrastructure that has its own way to AWS, and generators that cannot be built yet: named for what they are.

use super::Detector;
use super::evidence::{Clue, Found};
use super::sam::is_sam;
use super::scan::{Scan, join};
use super::stack::{line, place};
use crate::interview::wording;
use crate::project::{Kind, Unit};

/// How a marker file is read: the clue, where it is what its name says.
type Read = fn(&Scan<'_>, &str, &str) -> Option<Clue>;

/// A file whose name (or ending, where it begins with a dot) stands for a kind.
struct Marker {
    files: &'static [&'static str],
    kind: Kind,
    name: &'static str,
    read: Read,
}

const MARKERS: &[Marker] = &[
    Marker { files: &["cdk.json"], kind: Kind::Cdk, name: "cdk", read: cdk },
    Marker {
        files: &["serverless.yml", "serverless.yaml", "serverless.json"],
        kind: Kind::ServerlessFramework,
        name: "serverless-framework",
        read: serverless,
    },
    Marker {
        files: &["serverless.ts", "serverless.js"],
        kind: Kind::ServerlessFramework,
        name: "serverless-framework",
        read: exists,
    },
    Marker { files: &[".tf"], kind: Kind::Terraform, name: "terraform", read: terraform },
    Marker {
        files: &[
            "template.yaml",
            "template.yml",
            "template.json",
            "cloudformation.yaml",
            "cloudformation.yml",
            "stack.yaml",
            "stack.yml",
            ".template",
            ".cfn.yaml",
            ".cfn.yml",
        ],
        kind: Kind::Cloudformation,
        name: "cloudformation",
        read: cloudformation,
    },
    Marker { files: &["hugo.toml", "hugo.yaml"], kind: Kind::Static, name: "hugo", read: exists },
    Marker { files: &["mkdocs.yml"], kind: Kind::Static, name: "mkdocs", read: exists },
    Marker { files: &["_config.yml"], kind: Kind::Static, name: "jekyll", read: jekyll },
];

/// Tools that are recognised and left to themselves.
const NOTED: &[(&str, &str)] = &[
    ("sst.config.ts", "SST deploys itself (`sst deploy`)"),
    ("netlify.toml", "this configures Netlify"),
    ("vercel.json", "this configures Vercel"),
    ("host.json", "this configures Azure Functions"),
    ("app.yaml", "this may configure Google App Engine"),
    ("fly.toml", "this configures Fly.io"),
    ("wrangler.toml", "this configures Cloudflare Workers"),
];

/// Everything that is only named.
pub(super) struct Others;

impl Detector for Others {
    fn name(&self) -> &'static str {
        "others"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        for (file, what) in NOTED.iter().filter(|(file, _)| scan.has(".", file)) {
            scan.note(format!("{file}: {what}"));
        }
        let folders: Vec<&str> = scan.folders().map(|(folder, _)| folder).collect();
        let marked = folders
            .into_iter()
            .flat_map(|folder| MARKERS.iter().filter_map(move |marker| unit(scan, folder, marker)));
        marked.chain(copilot(scan)).collect()
    }
}

fn unit(scan: &Scan<'_>, folder: &str, marker: &Marker) -> Option<Unit> {
    let names = scan.names(folder);
    let is = |name: &str, file: &str| {
        if file.starts_with('.') { name.ends_with(file) } else { name == file }
    };
    let mut files = names.iter().filter(|name| marker.files.iter().any(|file| is(name, file)));
    let clue = files.find_map(|name| (marker.read)(scan, folder, name))?;
    Some(named(folder, marker.kind, marker.name, clue))
}

fn named(folder: &str, kind: Kind, name: &str, clue: Clue) -> Unit {
    let mut unit = Unit::new(folder, kind);
    let found = Found::certain(name.to_owned(), clue);
    unit.claim("kind", Some(found.clone()));
    unit.framework = unit.claim("framework", Some(found));
    unit.advice = Some(wording::advice(kind).to_owned());
    unit
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of several readers")]
fn exists(_: &Scan<'_>, folder: &str, name: &str) -> Option<Clue> {
    Some(Clue::file(&join(folder, name)))
}

fn cdk(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Clue> {
    let document = scan.document(&join(folder, name))?;
    document.str(&["app"]).map(|_| document.clue(&["app"]))
}

/// Only the provider `aws` is ours; another is said to be one.
fn serverless(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Clue> {
    let document = scan.document(&join(folder, name))?;
    let provider = document.str(&["provider", "name"]).or_else(|| document.str(&["provider"]))?;
    let clue = document.clue(&["provider"]);
    if provider != "aws" {
        scan.note(format!(
            "{}: the Serverless Framework deploys to {provider} here, not to AWS",
            place(&clue)
        ));
        return None;
    }
    Some(clue)
}

/// A root module has a provider, a backend or a cloud block; a published module has none.
fn terraform(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Clue> {
    line(scan, folder, name, |line| {
        ["provider \"", "backend \"", "cloud {"].iter().any(|block| line.trim_start().starts_with(block))
    })
}

/// Not what pipewright itself wrote.
fn cloudformation(scan: &Scan<'_>, folder: &str, name: &str) -> Option<Clue> {
    let ours = scan.has(".", "pipewright.yml") && folder.split('/').next() == Some("deploy");
    let text = scan.text(&join(folder, name)).filter(|text| !ours && text.contains("AWS::"))?;
    let read = ["AWSTemplateFormatVersion", "Resources"].iter().any(|key| text.contains(key));
    let document = read.then(|| scan.document(&join(folder, name)))??;
    (document.get(&["Resources"]).is_some() && !is_sam(&document)).then(|| document.clue(&["Resources"]))
}

fn jekyll(scan: &Scan<'_>, folder: &str, _: &str) -> Option<Clue> {
    line(scan, folder, "Gemfile", |line| line.contains("jekyll") || line.contains("github-pages"))
}

fn copilot(scan: &Scan<'_>) -> Option<Unit> {
    let mut files = scan.below("copilot", 1000);
    let file = files.find(|file| file.ends_with("/.workspace") || file.ends_with("/manifest.yml"))?;
    Some(named(".", Kind::Copilot, "copilot", Clue::file(file)))
}
