//! The pipeline drawn in text: what starts it, and which job follows which; only approvals that exist are drawn.

use std::fmt::Write as _;

use super::text::{bold, dim, heading, width};
use crate::interview::wording;
use crate::pipeline::{Account, Deployment, Job, Pipeline, Start};

/// The pipeline, one tree for each way in which it starts; `request` is what the CI calls a proposed change.
#[must_use]
pub fn diagram(pipeline: &Pipeline, request: &str) -> String {
    let mut text = heading(wording::PIPELINE);
    tree(&mut text, &format!("a {request}"), pipeline, |job| job.when.on_pull_request());
    for branch in &pipeline.branches {
        tree(&mut text, &format!("a push to {branch}"), pipeline, |job| job.when.on_push_to(branch));
    }
    for deployment in pipeline.environments.iter().filter(|d| d.start == Start::Dispatch) {
        let name = &deployment.environment;
        let root = format!("a person starts {name} by hand and names the release");
        tree(&mut text, &root, pipeline, |job| {
            job.deployment.as_ref().is_some_and(|d| d.environment == *name)
        });
    }
    text
}

fn tree(text: &mut String, root: &str, pipeline: &Pipeline, belongs: impl Fn(&Job) -> bool) {
    let jobs: Vec<&Job> = pipeline.jobs.iter().filter(|job| belongs(job)).collect();
    if jobs.is_empty() {
        return;
    }
    let _ = writeln!(text, "  {}", bold(root));
    let parents: Vec<Option<usize>> = jobs.iter().map(|job| parent(job, &jobs)).collect();
    branch(text, &jobs, &parents, None, "  ");
}

/// The job that a job is drawn under: the last of those it needs, since it comes after all of them.
fn parent(job: &Job, jobs: &[&Job]) -> Option<usize> {
    jobs.iter().rposition(|other| job.needs.contains(&other.id))
}

fn branch(text: &mut String, jobs: &[&Job], parents: &[Option<usize>], under: Option<usize>, indent: &str) {
    let children: Vec<usize> = (0..jobs.len()).filter(|index| parents[*index] == under).collect();
    for (position, index) in children.iter().enumerate() {
        let last = position + 1 == children.len();
        let (mark, rest) = if last { ("└─", "  ") } else { ("├─", "│ ") };
        let mut below = format!("{indent}{rest} ");
        let deployment = jobs[*index].deployment.as_ref();
        if let Some(gate) = deployment.and_then(gate) {
            let _ = writeln!(text, "{indent}{mark} {gate}");
            job(text, &format!("{below}└─ {}", jobs[*index].title), deployment);
            below.push_str("   ");
        } else {
            job(text, &format!("{indent}{mark} {}", jobs[*index].title), deployment);
        }
        branch(text, jobs, parents, Some(*index), &below);
    }
}

/// What a person does before the job starts in a pipeline that waits.
fn gate(deployment: &Deployment) -> Option<&'static str> {
    match deployment.start {
        Start::Held => Some("a reviewer agrees"),
        Start::Play => Some("a person presses the button"),
        Start::Automatic | Start::Dispatch => None,
    }
}

/// A job with its region and account; in a narrow terminal the account is left to the list of files and follow-ups.
fn job(text: &mut String, title: &str, deployment: Option<&Deployment>) {
    let Some(deployment) = deployment else {
        let _ = writeln!(text, "{title}");
        return;
    };
    let (Account::Id(account) | Account::Variable(account)) = &deployment.account;
    let whole = format!("  {} {account}", deployment.region);
    let fits = title.chars().count() + whole.len() <= width();
    let place = if fits { whole } else { format!("  {}", deployment.region) };
    let _ = writeln!(text, "{title}{}", dim(&place));
}
