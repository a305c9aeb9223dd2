//! Wires the jobs of one service: who makes what a job loads, and which environment comes before which.

use super::Planner;
use crate::manifest::Strategy;
use crate::pipeline::model::{Job, Stage, Start, Step};

impl Planner<'_> {
    /// Fills in `needs` and the producers of what is loaded.
    pub(super) fn wire(&self, jobs: &mut [Job]) {
        let producers: Vec<(String, String)> = jobs.iter().flat_map(saved).collect();
        let checks: Vec<String> = jobs
            .iter()
            .filter(|job| job.stage == Stage::Check && job.when.on_push())
            .map(|job| job.id.clone())
            .collect();
        let before: Vec<Option<String>> = jobs.iter().map(|job| self.job_before(job, jobs)).collect();
        for (job, before) in jobs.iter_mut().zip(before) {
            let mut needs = link_loads(job, &producers);
            if job.stage == Stage::Build && job.when.on_push() {
                needs.extend(checks.iter().cloned());
            }
            needs.extend(before);
            needs.dedup();
            job.needs = needs;
        }
    }

    /// The deployment that must have succeeded before this one, under promotion.
    fn job_before(&self, job: &Job, jobs: &[Job]) -> Option<String> {
        let deployment = job.deployment.as_ref()?;
        if self.manifest.strategy == Strategy::Branches || deployment.start == Start::Dispatch {
            return None;
        }
        let index = self.environments.iter().position(|e| e.environment == deployment.environment)?;
        let previous = &self.environments.get(index.checked_sub(1)?)?.environment;
        let same = |other: &&Job| other.deployment.as_ref().is_some_and(|d| d.environment == *previous);
        jobs.iter().find(same).map(|job| job.id.clone())
    }
}

fn saved(job: &Job) -> Vec<(String, String)> {
    let kept = job.steps.iter().filter_map(|step| match step {
        Step::Save(keep) => Some((keep.artifact.clone(), job.id.clone())),
        _ => None,
    });
    kept.collect()
}

/// Names the producer of each artifact the job loads; those of the same run are needed.
fn link_loads(job: &mut Job, producers: &[(String, String)]) -> Vec<String> {
    let mut needs = Vec::new();
    for step in &mut job.steps {
        if let Step::Load(fetch) = step {
            let producer = producers.iter().find(|(artifact, _)| *artifact == fetch.artifact);
            fetch.producer = producer.map(|(_, job)| job.clone()).unwrap_or_default();
            if !fetch.chosen {
                needs.push(fetch.producer.clone());
            }
        }
    }
    needs
}
