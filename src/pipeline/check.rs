//! The laws of every pipeline, whatever it was planned from: a broken one is a defect of ours.

use std::collections::BTreeSet;

use super::model::{Job, Pipeline, Step};
use crate::error::{Error, Result};

/// Checks that ids are unique, jobs come after those they need, none is empty, and whatever is loaded was saved
/// by a job that is needed, directly or through others.
///
/// # Errors
/// The first law that does not hold.
pub fn check(pipeline: &Pipeline) -> Result<()> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for job in &pipeline.jobs {
        if job.steps.is_empty() {
            return Err(broken(job, "has no step"));
        }
        if let Some(missing) = job.needs.iter().find(|need| !seen.contains(need.as_str())) {
            return Err(broken(job, &format!("needs {missing}, which does not come before it")));
        }
        if !seen.insert(&job.id) {
            return Err(broken(job, "stands there twice"));
        }
        check_loads(pipeline, job)?;
    }
    Ok(())
}

fn check_loads(pipeline: &Pipeline, job: &Job) -> Result<()> {
    for step in &job.steps {
        let Step::Load(fetch) = step else { continue };
        let made = pipeline.artifacts.iter().any(|a| a.id == fetch.artifact && a.producer == fetch.producer);
        if !made {
            return Err(broken(job, &format!("loads {}, which no job saves", fetch.artifact)));
        }
        if !fetch.chosen && !upstream(pipeline, job).contains(fetch.producer.as_str()) {
            return Err(broken(
                job,
                &format!("loads {} but does not need {}", fetch.artifact, fetch.producer),
            ));
        }
    }
    Ok(())
}

/// The ids of all jobs that a job needs, directly or through others.
fn upstream<'a>(pipeline: &'a Pipeline, job: &'a Job) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = job.needs.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let needed = pipeline.jobs.iter().find(|job| job.id == id);
            open.extend(needed.into_iter().flat_map(|job| job.needs.iter().map(String::as_str)));
        }
    }
    found
}

fn broken(job: &Job, law: &str) -> Error {
    Error::bug(format!("the planned job {} {law}", job.id))
}
