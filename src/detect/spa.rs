//! Single-page apps built by Vite and its like: only where nothing in the folder renders on a server.

use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use super::stack::node;
use super::stack::package::Package;
use super::{Detector, variables};
use crate::project::{Kind, Unit};

/// What a build tool's dependency means.
struct Rule {
    dependency: &'static str,
    name: &'static str,
    output: &'static str,
    prefix: &'static str,
}

/// The first rule that fits counts.
const RULES: &[Rule] = &[
    Rule { dependency: "vite", name: "vite", output: "dist", prefix: "VITE_" },
    Rule { dependency: "react-scripts", name: "create-react-app", output: "build", prefix: "REACT_APP_" },
    Rule { dependency: "@vue/cli-service", name: "vue-cli", output: "dist", prefix: "VUE_APP_" },
    Rule { dependency: "parcel", name: "parcel", output: "dist", prefix: "" },
];

/// Dependencies whose own detector knows better, and hosts that only use Vite for their assets.
const OTHERS: &[&str] = &[
    "next",
    "nuxt",
    "astro",
    "gatsby",
    "@angular/core",
    "@sveltejs/kit",
    "@react-router/dev",
    "@remix-run/dev",
    "@remix-run/react",
    "@tanstack/react-start",
    "@tanstack/solid-start",
    "@solidjs/start",
    "@analogjs/platform",
    "@shopify/hydrogen",
    "vitepress",
    "vuepress",
    "@docusaurus/core",
    "laravel-vite-plugin",
    "vite-plugin-ruby",
    "vite-plugin-rails",
    "electron",
    "@tauri-apps/api",
    "@builder.io/qwik-city",
    "vike",
    "expo",
];

const VITE_CONFIGS: &[&str] =
    &["vite.config.ts", "vite.config.js", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"];

/// The user-interface libraries to name beside the build tool.
const LIBRARIES: &[&str] = &["react", "vue", "svelte", "preact", "solid-js", "lit"];

/// Vite, Create React App, Vue CLI and Parcel.
pub(super) struct Spa;

impl Detector for Spa {
    fn name(&self) -> &'static str {
        "spa"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let folders = scan.folders_with("package.json");
        folders.into_iter().filter_map(|folder| unit(scan, folder)).collect()
    }
}

fn unit(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let package = Package::read(scan, folder)?;
    if package.any(OTHERS).is_some() {
        return None;
    }
    let rule = RULES.iter().find(|rule| package.dependency(rule.dependency).is_some())?;
    if rule.name == "vite" && !builds_a_page(scan, folder, &package) {
        return None;
    }
    let mut unit = Unit::new(folder, Kind::Spa);
    let framework = package.framework(rule.name, rule.dependency);
    let kind = framework.as_ref().map(|found| found.with("spa".to_owned()));
    unit.claim("kind", kind);
    unit.framework = unit.claim("framework", framework);
    let library = LIBRARIES.iter().find_map(|name| package.framework(name, name));
    unit.claim("library", library);
    node::with(scan, &package, &mut unit);
    let output = output(scan, folder, &package).unwrap_or_else(|| Found::assumed(rule.output.to_owned()));
    unit.output = unit.claim("output", Some(output));
    variables::build_time(scan, &mut unit, rule.prefix);
    Some(unit)
}

/// Vite is also there for tests, libraries and other hosts' assets: a page has an index.html and is built.
fn builds_a_page(scan: &Scan<'_>, folder: &str, package: &Package) -> bool {
    let build = package.script("build").unwrap_or_default();
    let config = config(scan, folder);
    let root = config.as_ref().and_then(|(_, text)| setting(text, "root")).map(|(_, value)| value);
    let page = scan.has(folder, "index.html")
        || root.is_some_and(|root| scan.has(folder, &format!("{}/index.html", clean(&root))));
    let hosts = ["artisan", "config.ru", "manage.py"];
    page && build.contains("vite") && scan.first(folder, &hosts).is_none()
}

/// `build.outDir` of the config, `--outDir` of the build script, `BUILD_PATH` of Create React App.
fn output(scan: &Scan<'_>, folder: &str, package: &Package) -> Option<Found<String>> {
    let build = package.script("build").unwrap_or_default();
    for flag in ["--outDir", "--dist-dir", "--dest"] {
        if let Some(value) = argument(build, flag) {
            return Some(Found::certain(clean(&value), package.script_clue("build")));
        }
    }
    let (file, text) = config(scan, folder)?;
    let (line, value) = setting(&text, "outDir")?;
    let root = setting(&text, "root").map(|(_, root)| clean(&root)).unwrap_or_default();
    let clue = Clue::new(&file, line, text.lines().nth(line - 1).unwrap_or_default());
    Some(Found::certain(below(&root, &value), clue))
}

fn config(scan: &Scan<'_>, folder: &str) -> Option<(String, std::rc::Rc<str>)> {
    let file = join(folder, scan.first(folder, VITE_CONFIGS)?);
    let text = scan.text(&file)?;
    Some((file, text))
}

/// A string setting in a JavaScript config, outside line comments: `name: 'value'`, with its line.
pub(super) fn setting(text: &str, name: &str) -> Option<(usize, String)> {
    text.lines().enumerate().find_map(|(index, line)| {
        let line = line.split("//").next().unwrap_or_default();
        let at = line.find(&format!("{name}:"))?;
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric()).then_some(())?;
        let rest = line[at + name.len() + 1..].trim_start();
        let quote = rest.chars().next().filter(|c| "'\"`".contains(*c))?;
        let value = rest[1..].split(quote).next()?;
        Some((index + 1, value.to_owned()))
    })
}

/// The value of `--flag value` or `--flag=value`.
pub(super) fn argument(command: &str, flag: &str) -> Option<String> {
    let mut words = command.split_whitespace();
    let word = words
        .find(|word| *word == flag || word.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')))?;
    let value = match word.split_once('=') {
        Some((_, value)) => value,
        None => words.next()?,
    };
    Some(value.trim_matches(['"', '\'']).to_owned())
}

/// `value` seen from `root`: `../dist` from `client` is `dist`.
fn below(root: &str, value: &str) -> String {
    let mut parts: Vec<&str> = root.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in value.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path without `./` and trailing slashes.
pub(super) fn clean(path: &str) -> String {
    below("", path)
}
