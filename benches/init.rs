//! `init --yes` on a nine-file repository against `git --version`, in pairs, on a memory file system.
//!
//! `cargo bench --bench init` prints medians; the target is at most twice `git --version` plus 3 ms, and 10 MiB. It
//! measures the binary that people get, which it builds first: what cargo builds for a bench unwinds on a panic, and is
//! larger. `PIPEWRIGHT_BINARY` names another one.
#![allow(missing_docs, clippy::disallowed_methods, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

const RUNS: usize = 101;

/// The nine files, as a newcomer's repository has them.
const FILES: [(&str, &str); 9] = [
    ("package.json", include_str!("../samples/vite-react/package.json")),
    ("package-lock.json", include_str!("../samples/vite-react/package-lock.json")),
    ("index.html", "<!doctype html>\n<div id=\"root\"></div>\n"),
    ("vite.config.js", "export default {};\n"),
    ("src/main.jsx", "console.log(import.meta.env.VITE_API_URL);\n"),
    ("src/app.css", "body {}\n"),
    ("README.md", "# Shop\n"),
    (".gitignore", "node_modules\ndist\n"),
    (".nvmrc", "24\n"),
];

/// The released binary: the one that was named, or a fresh build in a folder of its own.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("PIPEWRIGHT_BINARY") {
        return PathBuf::from(path);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/measured");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--release", "--target-dir"]).arg(&folder).status();
    assert!(status.is_ok_and(|status| status.success()), "the release build failed");
    folder.join("release/pipewright")
}

fn main() {
    let binary = binary();
    let base = if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    let base = base.join(format!("pipewright-bench-{}", std::process::id()));
    let sizes = std::fs::metadata(&binary).map_or(0, |metadata| metadata.len());
    let (mut git, mut init) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let repository = make(&base.join(run.to_string()));
        git.push(time(Command::new("git").arg("--version"), &repository));
        init.push(time(Command::new(&binary).args(["init", "--yes"]), &repository));
        assert!(repository.join("pipewright.yml").exists(), "init wrote nothing");
        std::fs::remove_dir_all(&repository).expect("can remove what it made");
    }
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    let (git, init) = (median(git), median(init));
    println!("git --version       {:6.2} ms", milliseconds(git));
    println!(
        "pipewright init     {:6.2} ms   (target {:.2} ms)",
        milliseconds(init),
        milliseconds(git * 2) + 3.0
    );
    println!(
        "memory, at most     {:6.2} MiB  (target 10 MiB)",
        f64::from(u32::try_from(memory).unwrap_or(0)) / 1024.0
    );
    println!(
        "binary              {:6.2} MB   (target 6 MB)",
        f64::from(u32::try_from(sizes).unwrap_or(0)) / 1e6
    );
    let _ = std::fs::remove_dir_all(&base);
}

fn make(root: &Path) -> PathBuf {
    for (path, text) in FILES {
        let place = root.join(path);
        std::fs::create_dir_all(place.parent().expect("has a folder")).expect("can make a folder");
        std::fs::write(place, text).expect("can write");
    }
    for arguments in [
        &["init", "--quiet", "-b", "main"][..],
        &["remote", "add", "origin", "git@github.com:acme/shop.git"],
        &["add", "."],
    ] {
        let status = Command::new("git").args(arguments).current_dir(root).status();
        assert!(status.is_ok_and(|status| status.success()), "git {arguments:?}");
    }
    root.to_owned()
}

fn time(command: &mut Command, folder: &Path) -> Duration {
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("starts");
    let elapsed = start.elapsed();
    assert!(status.success(), "{command:?}");
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
