//! A folder with the real scripts, the world they change, and what a run of them left behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::target::Target;

pub(crate) const STACK: &str = "shop-web-test";

/// python3 itself: what stands first on a PATH may be a version manager's slow stand-in for it.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let told =
        Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().expect("python3");
    PathBuf::from(String::from_utf8(told.stdout).expect("a path").trim())
});

pub(crate) struct World {
    folder: TempDir,
    pub(crate) target: Target,
}

/// How a run ended. The text holds both streams as they came, as a CI's log does.
pub(crate) struct Outcome {
    pub(crate) green: bool,
    pub(crate) text: String,
    pub(crate) calls: Vec<String>,
}

impl World {
    /// A prepared account in which nothing was ever deployed.
    pub(crate) fn new(target: Target) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self { folder, target };
        for name in ["bin", "deploy", "tmp", "world"] {
            fs::create_dir(world.path(name)).unwrap();
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for program in ["aws", "curl", "docker", "sam", "sleep"] {
            let fake = root.join("tests/scripts/fake").join(program);
            symlink(fake, world.path("bin").join(program)).unwrap();
        }
        symlink(&*PYTHON, world.path("bin/python3")).unwrap();
        for file in target.files() {
            let file = root.join("scaffolds").join(file);
            let folder = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let name = if name == "deploy.sh" { format!("{folder}.sh") } else { name.to_owned() };
            fs::copy(&file, world.path("deploy").join(name)).unwrap();
        }
        let outputs = json!({
            "ArtifactBucketName": "artifacts",
            "CloudFormationRoleArn": "arn:cloudformation",
            "BoundaryArn": "arn:boundary",
        });
        let bootstrap = json!({ "status": "CREATE_COMPLETE", "worked": true, "outputs": outputs });
        let stacks = json!({ "shop-test-bootstrap": bootstrap });
        world.write_state(&json!({ "stacks": stacks, "deployments": [], "tags": {}, "images": {} }));
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub(crate) fn state(&self) -> Value {
        serde_json::from_str(&self.read("world/world.json")).unwrap()
    }

    fn write_state(&self, state: &Value) {
        self.write("world/world.json", &state.to_string());
    }

    /// Changes one thing in the world, named by its keys with slashes between them.
    pub(crate) fn set(&self, place: &str, value: Value) {
        let mut state = self.state();
        *place.split('/').fold(&mut state, |at, key| &mut at[key]) = value;
        self.write_state(&state);
    }

    pub(crate) fn remove_stack(&self, name: &str) {
        let mut state = self.state();
        state["stacks"].as_object_mut().unwrap().remove(name).expect("there is such a stack");
        self.write_state(&state);
    }

    /// What visitors see now.
    pub(crate) fn live(&self) -> String {
        self.state()["live"].as_str().unwrap_or_default().trim().to_owned()
    }

    /// The number of the release that is recorded as running.
    pub(crate) fn recorded(&self) -> Option<u64> {
        let record = self.read("world/objects/artifacts/web/deployed.json");
        (!record.is_empty())
            .then(|| serde_json::from_str::<Value>(&record).unwrap()["sequence"].as_u64().unwrap())
    }

    /// Runs a script and refuses what no script may do: an unknown call, a wrong order, a wait without end.
    pub(crate) fn run(&self, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        self.write("world/calls", "");
        let output = Command::new("/usr/bin/timeout")
            .args(["180", "bash", "-c", r#"exec bash "$0" "$@" 2>&1"#, script])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("LC_ALL", "C.UTF-8")
            .env("TMPDIR", self.path("tmp"))
            .env("FAKE_WORLD", self.path("world"))
            .env("PYTHONPYCACHEPREFIX", Path::new(env!("CARGO_TARGET_TMPDIR")).join("fake"))
            .envs(self.target.environment())
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let refused = self.read("world/refused");
        assert!(refused.is_empty(), "the script did what it may not:\n{refused}\n{text}");
        assert_ne!(output.status.code(), Some(124), "the script did not end:\n{text}");
        let calls = self.read("world/calls");
        let calls =
            calls.lines().map(|line| serde_json::from_str::<Vec<String>>(line).unwrap().join(" ")).collect();
        Outcome { green: output.status.success(), text, calls }
    }
}

impl Outcome {
    pub(crate) fn must_be_green(self) -> Self {
        assert!(self.green, "should be green:\n{}", self.text);
        self
    }

    /// Red, and all of these stand among the last sixteen lines, which a screen shows.
    pub(crate) fn must_be_red(self, reasons: &[&str]) -> Self {
        assert!(!self.green, "should be red:\n{}", self.text);
        let lines: Vec<&str> = self.text.trim_end().lines().collect();
        let last = lines[lines.len().saturating_sub(16)..].join("\n");
        for reason in reasons {
            assert!(last.contains(reason), "the last lines do not say `{reason}`:\n{}", self.text);
        }
        self
    }

    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "says `{text}`:\n{}", self.text);
        self
    }

    /// How many calls start like this.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.calls.iter().filter(|call| call.starts_with(start)).count()
    }

    /// How many seconds the script would have slept.
    pub(crate) fn waited(&self) -> u64 {
        self.calls
            .iter()
            .filter_map(|call| call.strip_prefix("sleep "))
            .map(|time| time.parse::<u64>().unwrap())
            .sum()
    }
}
