//! Servers by their framework, and what is only a library: both are named, neither is deployed without a Dockerfile.

use super::Detector;
use super::evidence::{Clue, Found};
use super::scan::{Scan, join};
use super::stack::package::Package;
use super::stack::python_deps::Dependencies;
use super::stack::{self, line};
use crate::interview::wording;
use crate::project::{Kind, Unit};

/// A framework with the port it listens on where nothing else is written.
struct Framework {
    name: &'static str,
    dependency: &'static str,
    port: u16,
}

const fn framework(name: &'static str, dependency: &'static str, port: u16) -> Framework {
    Framework { name, dependency, port }
}

const NODE: &[Framework] = &[
    framework("nestjs", "@nestjs/core", 3000),
    framework("next", "next", 3000),
    framework("nuxt", "nuxt", 3000),
    framework("sveltekit", "@sveltejs/kit", 3000),
    framework("react-router", "@react-router/serve", 3000),
    framework("remix", "@remix-run/serve", 3000),
    framework("fastify", "fastify", 3000),
    framework("express", "express", 3000),
    framework("koa", "koa", 3000),
    framework("hapi", "@hapi/hapi", 3000),
    framework("hono", "hono", 3000),
    framework("apollo", "@apollo/server", 4000),
];

const PYTHON: &[Framework] = &[
    framework("django", "django", 8000),
    framework("fastapi", "fastapi", 8000),
    framework("flask", "flask", 5000),
    framework("starlette", "starlette", 8000),
    framework("streamlit", "streamlit", 8501),
    framework("gradio", "gradio", 7860),
    framework("aiohttp", "aiohttp", 8080),
    framework("tornado", "tornado", 8888),
];

/// `(file, what its text mentions, framework, port)` of stacks that Docker alone builds.
const TEXTS: &[(&str, &str, &str, u16)] = &[
    ("go.mod", "github.com/gin-gonic/gin", "gin", 8080),
    ("go.mod", "github.com/labstack/echo", "echo", 1323),
    ("go.mod", "github.com/gofiber/fiber", "fiber", 3000),
    ("pom.xml", "spring-boot", "spring-boot", 8080),
    ("build.gradle", "spring-boot", "spring-boot", 8080),
    ("build.gradle", "org.springframework.boot", "spring-boot", 8080),
    ("build.gradle.kts", "org.springframework.boot", "spring-boot", 8080),
    ("pom.xml", "quarkus", "quarkus", 8080),
    ("pom.xml", "micronaut", "micronaut", 8080),
    ("Gemfile", "rails", "rails", 3000),
    ("Gemfile", "sinatra", "sinatra", 4567),
    ("composer.json", "laravel/framework", "laravel", 8000),
    ("composer.json", "symfony/framework-bundle", "symfony", 8000),
    ("mix.exs", ":phoenix", "phoenix", 4000),
    ("Cargo.toml", "axum", "axum", 3000),
    ("Cargo.toml", "actix-web", "actix-web", 8080),
    ("Cargo.toml", "rocket", "rocket", 8000),
];

/// Start scripts that only serve a developer.
const DEVELOPMENT: &[&str] = &[
    "ng serve",
    "react-scripts",
    "vite",
    "next dev",
    "gulp",
    "webpack serve",
    "webpack-dev-server",
    "live-server",
    "http-server",
    "parcel",
];

/// The server framework of a folder and its usual port.
pub(super) fn find(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let text = TEXTS.iter().find_map(|(file, mention, name, port)| {
        let clue =
            scan.has(folder, file).then(|| line(scan, folder, file, |line| line.contains(mention)))??;
        Some((Found::likely((*name).to_owned(), clue), *port))
    });
    text.or_else(|| python(scan, folder)).or_else(|| node(scan, folder))
}

fn python(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let dependencies = Dependencies::read(scan, folder)?;
    PYTHON.iter().find_map(|framework| {
        let clue = dependencies.get(framework.dependency)?;
        Some((Found::likely(framework.name.to_owned(), clue), framework.port))
    })
}

fn node(scan: &Scan<'_>, folder: &str) -> Option<(Found<String>, u16)> {
    let package = Package::read(scan, folder)?;
    let found = NODE.iter().find_map(|f| Some((package.framework(f.name, f.dependency)?, f.port)));
    found.or_else(|| {
        let start = package.script("start")?;
        let serves = !DEVELOPMENT.iter().any(|tool| start.contains(tool));
        serves.then(|| (Found::hint("node".to_owned(), package.script_clue("start")), 3000))
    })
}

/// Servers without a Dockerfile, and libraries.
pub(super) struct Servers;

impl Detector for Servers {
    fn name(&self) -> &'static str {
        "servers"
    }

    fn detect(&self, scan: &Scan<'_>) -> Vec<Unit> {
        let folders: Vec<&str> = scan.folders().map(|(folder, _)| folder).collect();
        folders
            .into_iter()
            .filter_map(|folder| server(scan, folder).or_else(|| library(scan, folder)))
            .collect()
    }
}

fn server(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let (framework, port) = find(scan, folder).or_else(|| Some((go_main(scan, folder)?, 8080)))?;
    let mut unit = Unit::new(folder, Kind::Server);
    unit.claim("kind", Some(framework.with("server")));
    unit.framework = unit.claim("framework", Some(framework));
    stack::apply(scan, &mut unit);
    unit.port = unit.claim("port", Some(Found::assumed(port)));
    unit.advice = Some(wording::advice(Kind::Server).to_owned());
    Some(unit)
}

/// A Go program that serves: package main in the module's root or below cmd/.
fn go_main(scan: &Scan<'_>, folder: &str) -> Option<Found<String>> {
    if !scan.has(folder, "go.mod") {
        return None;
    }
    let mut files = scan.below(folder, 20_000).filter(|file| file.ends_with("main.go"));
    let clue = files.find_map(|file| {
        let text = scan.text(file)?;
        let (index, line) = text.lines().enumerate().find(|(_, line)| line.contains("net/http"))?;
        text.contains("package main").then(|| Clue::new(file, index + 1, line))
    })?;
    Some(Found::likely("net/http".to_owned(), clue))
}

/// What is published: an npm package with an entry, a Python, Rust or Go package.
fn library(scan: &Scan<'_>, folder: &str) -> Option<Unit> {
    let table = |file: &str, table: &str| {
        let holds = scan.has(folder, file);
        holds.then(|| line(scan, folder, file, |line| line.trim() == table))?
    };
    let module = || Some(Clue::file(&join(folder, "go.mod"))).filter(|_| scan.has(folder, "go.mod"));
    let clue = published(scan, folder)
        .or_else(|| table("pyproject.toml", "[project]"))
        .or_else(|| table("Cargo.toml", "[package]"))
        .or_else(module)?;
    let mut unit = Unit::new(folder, Kind::Library);
    unit.claim("kind", Some(Found::hint("library", clue)));
    stack::apply(scan, &mut unit);
    unit.advice = Some(wording::advice(Kind::Library).to_owned());
    Some(unit)
}

/// The entry of an npm package that is not private.
fn published(scan: &Scan<'_>, folder: &str) -> Option<Clue> {
    let package = Package::read(scan, folder)?;
    let document = package.document();
    if document.get(&["private"]).is_some_and(|value| value == true) {
        return None;
    }
    let entries = ["exports", "main", "module", "bin", "files"];
    let key = entries.into_iter().find(|key| document.get(&[key]).is_some())?;
    Some(document.clue(&[key]))
}
