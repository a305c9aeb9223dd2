//! The cells (kind x target x CI) and the shapes they are rendered in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pipewright::generate::{Generated, generate_with_manifest};
use pipewright::manifest::{self, Manifest};
use pipewright::scaffold::Scaffolds;

/// The nine cells of the first issue, fixed here so that the offer cannot shrink unseen.
const KINDS: [(&str, &str); 3] = [("spa", "amplify"), ("container", "ecs-express"), ("sam", "lambda")];
const CIS: [&str; 3] = ["github", "gitlab", "codebuild"];

/// One rendering.
pub(crate) struct Cell {
    /// `ci-target-environments-strategy-accounts`.
    pub(crate) name: String,
    pub(crate) ci: &'static str,
    pub(crate) target: &'static str,
    pub(crate) manifest: Manifest,
    pub(crate) generated: Generated,
}

/// All renderings, made once.
pub(crate) fn all() -> &'static [Cell] {
    static CELLS: OnceLock<Vec<Cell>> = OnceLock::new();
    CELLS.get_or_init(|| {
        let mut cells = Vec::new();
        for ci in CIS {
            for (kind, target) in KINDS {
                for shape in shapes(target) {
                    cells.push(cell(ci, kind, target, &shape));
                }
            }
        }
        cells
    })
}

/// How the environments of a rendering look.
struct Shape {
    environments: usize,
    branches: bool,
    accounts: &'static str,
    approval: &'static str,
    variables: bool,
    /// Whether what only one target has is used: an existing stack, a configuration that is added when it is deployed.
    special: bool,
}

fn shapes(target: &str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    if target != "ecs-express" {
        let one = Shape {
            environments: 2,
            branches: false,
            accounts: "one",
            approval: "manual",
            variables: target == "amplify",
            special: true,
        };
        shapes.push(one);
    }
    for environments in 1..=3 {
        for branches in [false, true] {
            for accounts in ["one", "several", "unknown"] {
                for (approval, variables) in [("none", false), ("manual", true), ("reviewers", true)] {
                    shapes.push(Shape {
                        environments,
                        branches,
                        accounts,
                        approval,
                        variables,
                        special: false,
                    });
                }
            }
        }
    }
    shapes
}

fn cell(ci: &'static str, kind: &str, target: &'static str, shape: &Shape) -> Cell {
    let Shape { environments, branches, accounts, approval, variables, special } = shape;
    let strategy = if *branches { "branches" } else { "promotion" };
    let name = format!("{ci}-{target}-{environments}-{strategy}-{accounts}-{approval}-{variables}-{special}");
    let text = text(ci, kind, target, shape);
    let manifest = manifest::read(&text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    let generated = generate_with_manifest(&manifest, &Scaffolds::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    Cell { name, ci, target, manifest, generated }
}

/// A manifest as a person would write it.
fn text(ci: &str, kind: &str, target: &str, shape: &Shape) -> String {
    let (provider, host) = if ci == "gitlab" { ("gitlab", "gitlab.com") } else { ("github", "github.com") };
    let strategy = if shape.branches { "branches" } else { "promotion" };
    format!(
        "version: 1\nproject: shop\nci: {ci}\nstrategy: {strategy}\nbranch: main\n\
         repository: {{ provider: {provider}, host: {host}, path: acme/shop }}\n\
         environments:\n{}services:\n{}",
        environments(shape),
        service(kind, target, shape),
    )
}

fn environments(shape: &Shape) -> String {
    let names = ["staging", "production", "europe"];
    let mut text = String::new();
    for (index, name) in names.iter().take(shape.environments).enumerate() {
        text.push_str(&format!("  - name: {name}\n    region: eu-west-{}\n", 1 + index % 2));
        match shape.accounts {
            "one" => text.push_str("    account: \"111111111111\"\n"),
            "several" => text.push_str(&format!("    account: \"{}\"\n", (index + 1).to_string().repeat(12))),
            _ => {}
        }
        if shape.branches {
            text.push_str(&format!("    branch: release/{name}\n"));
        }
        if index == 1 {
            text.push_str(&format!("    approval: {}\n", shape.approval));
        }
    }
    text
}

fn service(kind: &str, target: &str, shape: &Shape) -> String {
    let toolchain = if kind == "sam" {
        "    toolchain: { name: python, version: \"3.13\", package-manager: pip, lock: requirements.txt }\n    \
         commands: { install: pip install -r requirements.txt, test: pytest }\n    \
         resources: [\"AWS::Serverless::Function\", \"AWS::Serverless::Function.DeploymentPreference\", \"AWS::Serverless::Function.Events.HttpApi\", \"AWS::DynamoDB::Table\"]\n"
    } else {
        "    toolchain: { name: node, version: \"22\", package-manager: npm, lock: package-lock.json }\n    \
         commands: { install: npm ci, lint: npm run lint, test: npm test, build: npm run build }\n"
    };
    let may_fail = "test: { run: \"make test | tee 'the log' # all\", may-fail: true }";
    let toolchain = match shape.approval {
        "reviewers" => toolchain.replace("test: npm test", may_fail).replace("test: pytest", may_fail),
        _ => toolchain.to_owned(),
    };
    let options = match target {
        "amplify" if shape.special => "    options: { folder: dist, configuration: runtime }\n",
        "amplify" => "    options: { folder: dist }\n",
        "ecs-express" => "    options: { port: 3000 }\n",
        _ => "    options: { smoke-output: ApiUrl }\n",
    };
    let stacks = if shape.special && kind == "sam" {
        "    stacks: { production: Orders-Of-The-Whole-Company }\n"
    } else {
        ""
    };
    let variables = if shape.variables { variables(target, shape.environments) } else { String::new() };
    format!(
        "  - name: web\n    path: .\n    kind: {kind}\n    target: {target}\n{toolchain}{options}{stacks}{variables}"
    )
}

fn variables(target: &str, environments: usize) -> String {
    let names = ["staging", "production", "europe"];
    let each: Vec<String> =
        names.iter().take(environments).map(|name| format!("{name}: for-{name}")).collect();
    let (price, level) = if target == "lambda" { ("Price", "LogLevel") } else { ("PRICE", "LOG_LEVEL") };
    let mut text = format!(
        "    variables: {{ {price}: \"5$ ${{{{ x }}}} 'y'\", {level}: {{ {} }} }}\n",
        each.join(", ")
    );
    if target == "ecs-express" {
        let secrets: Vec<String> = names
            .iter()
            .take(environments)
            .map(|name| format!("{name}: /shop/{name}/database-url"))
            .collect();
        text.push_str(&format!("    secrets: {{ DATABASE_URL: {{ {} }} }}\n", secrets.join(", ")));
    }
    text
}

/// Writes every distinct text among the files that `choose` takes to a folder of its own; returns their paths.
pub(crate) fn distinct(folder: &str, choose: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    distinct_of(folder, |_| true, choose)
}

/// The same for the cells that `take` takes.
pub(crate) fn distinct_of(
    folder: &str,
    take: impl Fn(&Cell) -> bool,
    choose: impl Fn(&str) -> bool,
) -> Vec<PathBuf> {
    let root = fresh(folder);
    let mut seen: BTreeMap<(&str, &str), PathBuf> = BTreeMap::new();
    for cell in all().iter().filter(|cell| take(cell)) {
        for (path, file) in cell.generated.files.iter().filter(|(path, _)| choose(path)) {
            seen.entry((path, &file.text))
                .or_insert_with(|| write(&root.join(&cell.name).join(path), &file.text));
        }
    }
    seen.into_values().collect()
}

/// Writes the scripts of each target together, as they lie in a repository: they source each other.
pub(crate) fn scripts() -> Vec<PathBuf> {
    let root = fresh("scripts");
    let mut places = BTreeMap::new();
    for cell in all() {
        for (path, file) in cell.generated.files.iter().filter(|(path, _)| path.ends_with(".sh")) {
            let place = root.join(cell.target).join(path);
            places.entry(place.clone()).or_insert_with(|| write(&place, &file.text));
        }
    }
    places.into_values().collect()
}

fn fresh(folder: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix").join(folder);
    let _ = std::fs::remove_dir_all(&root);
    root
}

fn write(place: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(place.parent().expect("has a folder")).expect("can make a folder");
    std::fs::write(place, text).expect("can write");
    place.to_owned()
}
