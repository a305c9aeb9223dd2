//! The words of the report: headlines, labels, and what was not known.

/// The headline of the table of what was found.
pub const FOUND: &str = "Found";
/// The headline above its places.
pub const READ_FROM: &str = "read from";
/// The headline of the recommendation.
pub const RECOMMENDED: &str = "Recommended";
/// The headline of the other ways.
pub const OTHERWISE: &str = "Otherwise";
/// The headline of what will go wrong in the user's own code.
pub const WARNINGS: &str = "Before the first push";
/// The headline of what a rendering leaves for a person to know.
pub const CONCERNS: &str = "Worth knowing";
/// The headline of what could not be known.
pub const UNKNOWN: &str = "Not known";
/// The headline of units that cannot be deployed yet.
pub const LATER: &str = "Not deployed by pipewright yet";
/// The headline of the diagram.
pub const PIPELINE: &str = "The pipeline";
/// The headline of a change to the user's own template that is proposed.
pub const PROPOSED: &str = "For you to decide";
/// What that change is good for.
pub const GRADUAL: &str = "All traffic goes to a new version at once. With this change to your template, which pipewright does not make, it \
     moves little by little and goes back by itself:";
/// The headline of the list of files.
pub const FILES: &str = "Files";
/// The headline of the follow-ups.
pub const NEXT: &str = "Next, in this order";
/// What the files below .pipewright are for.
pub const OWN_FILES: &str = "remembers what was written, so that your edits are kept; commit it";
/// Said when there is nothing to write.
pub const UP_TO_DATE: &str = "Everything is up to date.";
/// Said after a dry run.
pub const DRY_RUN: &str = "Nothing was written (--dry-run).";
/// Said when a person declined to write.
pub const DECLINED: &str = "Nothing was written.";
/// Said where there is no git repository.
pub const NO_REPOSITORY: &str =
    "this folder is in no git repository: its host, its CI and its branch are assumed";
/// Said where the repository has no remote.
pub const NO_REMOTE: &str =
    "the repository has no remote yet: its host is assumed, and the first follow-up makes it";

/// What a fact of a unit is called.
#[must_use]
pub fn field(field: &str) -> &str {
    match field {
        "package_manager" => "package manager",
        "version" => "language version",
        "health_path" => "health check",
        "stack_name" => "stack name",
        "address_output" => "address",
        "build_variable" => "build variables",
        "variable" => "variables",
        "install" | "lint" | "test" | "build" | "output" | "port" | "dockerfile" | "template"
        | "framework" => field,
        "kind" => "kind",
        other => other,
    }
}

/// Said where the command was given a folder below the root.
#[must_use]
pub fn subfolder(folder: &str, root: &str) -> String {
    format!("{folder} is a folder of the repository {root}: the pipeline belongs at its root")
}

/// The question in a folder below the root.
pub const USE_ROOT: &str = "Go on at the root of the repository?";
/// An answer before anything is written.
pub const WRITE_YES: &str = "yes, write them";
/// An answer before anything is written.
pub const WRITE_DIFF: &str = "show the differences first";
/// An answer before anything is written.
pub const WRITE_NO: &str = "no, stop here";
/// The headline of `init --verify`.
pub const VERIFY: &str = "Trying the commands";
/// Said when the install fails.
pub const NOT_TRIED: &str = "the other commands were not tried: they need what the install brings";
/// What becomes of a command that fails.
pub const STAYS: &str = "keep it: nothing is deployed until it passes";
/// What becomes of a check that fails.
pub const MAY_FAIL: &str = "keep it, but only warn: the deployment goes on";
/// What becomes of a command that fails.
pub const LEAVE_OUT: &str = "leave it out for now";
/// The headline where nothing was found.
pub const FOUND_NOTHING: &str = "Nothing deployable was found";
/// What was looked for.
pub const FOUND_NOTHING_WHY: &str = "pipewright looks for package.json, index.html, a Dockerfile and a SAM template.yaml in the repository's folders";

/// Said when an interrupted run was dealt with.
#[must_use]
pub fn recovered(finished: bool) -> &'static str {
    if finished {
        "an earlier run was interrupted while it wrote; it was finished"
    } else {
        "an earlier run was interrupted while it wrote; it was undone"
    }
}

/// Said after writing.
#[must_use]
pub fn written(count: usize, root: &str) -> String {
    format!("{count} files written in {root}; nothing was committed or deployed.")
}

/// Why this CI.
#[must_use]
pub fn ci_follows(title: &str, host: &str) -> String {
    format!("\nCI: {title}, since the repository is on {host}.\n")
}

/// A command that works.
#[must_use]
pub fn passed(command: &str) -> String {
    format!("ok: {command}")
}

/// A command that fails.
#[must_use]
pub fn fails(command: &str) -> String {
    format!("`{command}` fails here, so it will fail in CI")
}

/// A command whose program is not there.
#[must_use]
pub fn missing(command: &str) -> String {
    format!("`{command}` cannot run here: its program is not found; CI has only what the install brings")
}

/// What becomes of a command that fails.
#[must_use]
pub fn what_of(command: &str) -> String {
    format!("What shall the pipeline do with `{command}`?")
}

/// Its line of help.
#[must_use]
pub fn what_of_help(name: &str) -> String {
    format!("It fails on your machine already. You can change it later: commands, {name}, in pipewright.yml.")
}

/// The flags that say what becomes of a command, where nobody is asked.
#[must_use]
pub fn otherwise(name: &str) -> String {
    let leave_out = format!("`--command {name}=-` leaves it out");
    match name {
        "build" => format!("it stays in the pipeline; {leave_out}"),
        _ => format!("it stays in the pipeline; `--may-fail {name}` only warns, {leave_out}"),
    }
}

/// What `demo` says first.
#[must_use]
pub fn demo_begins(root: &str) -> String {
    format!("A sample, a small React app, is now a git repository in {root}\n$ pipewright init --yes\n\n")
}

/// What `demo` says last.
#[must_use]
pub fn demo_ends(root: &str) -> String {
    format!("\nLook around:  cd {root} && git status --short\nIn your own repository:  pipewright init\n")
}

/// Said after Ctrl-C.
pub const STOPPED: &str = "\nstopped; nothing was written";
/// Said after Ctrl-C while files were being written.
pub const STOPPED_WRITING: &str = "\nstopped while writing; `pipewright generate` finishes or undoes it";

/// The follow-up where there is no git repository.
pub const GIT_INIT: &str = "Make this folder a git repository";
/// The repository holds no commit: the pipeline would find nothing to build.
pub const COMMIT_CODE: &str = "Commit your own code (look at .gitignore first: no secrets, no node_modules)";
/// The follow-up where variables have no value.
pub const GIVE_VALUES: &str =
    "Give the variables that your code reads a value (never a secret itself: see secrets in pipewright.yml)";

/// The headline of files that were deleted by hand.
pub const LEFT_OUT: &str = "Deleted by you, so not written again";

/// A file that was deleted by hand, and how to have it again.
#[must_use]
pub fn stays_away(path: &str) -> String {
    format!("{path} (`pipewright generate --restore {path}` writes it again)")
}

/// Why pipewright.yml is written again.
pub const YOUR_ANSWERS: &str = "with your answers";

/// A stack of samconfig that no environment goes on in.
#[must_use]
pub fn stack_left_alone(stack: &str, config: &str, environment: &str) -> String {
    format!(
        "samconfig's environment {config} deploys the stack {stack}, which stays as it is; to go on in it: \
         pipewright init --stack {environment}={stack}"
    )
}

/// Which units are deployed, where there are others; `first` of those could be named instead.
#[must_use]
pub fn left_out(taken: &str, others: &str, first: &str) -> String {
    format!(
        "deployed: {taken}; not this time: {others}. `pipewright init --unit {first}` takes that one instead, \
         `--unit FOLDER,FOLDER` several"
    )
}
