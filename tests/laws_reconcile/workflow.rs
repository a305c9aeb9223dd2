//! Workflows as scaffolds write them.

use std::fmt::Write as _;

use proptest::prelude::*;

/// A workflow in terms of what is edited in it.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) env: Vec<(String, String)>,
    pub(crate) jobs: Vec<Job>,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) timeout: u8,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) head: String,
    pub(crate) env: Vec<(String, String)>,
}

impl Workflow {
    pub(crate) fn text(&self) -> String {
        let mut out = "name: Pipeline\non:\n  push:\n    branches: [main]\n".to_owned();
        variables(&mut out, "", &self.env);
        out.push_str("\njobs:\n");
        for job in &self.jobs {
            if let Some(note) = &job.note {
                let _ = writeln!(out, "  # {note}");
            }
            let _ = writeln!(out, "  {}:\n    runs-on: ubuntu-24.04", job.name);
            let _ = writeln!(out, "    timeout-minutes: {}\n    steps:", job.timeout);
            for step in &job.steps {
                let _ = writeln!(out, "      - {}", step.head);
                variables(&mut out, "        ", &step.env);
            }
            out.push('\n');
        }
        out.pop();
        out
    }

    pub(crate) fn job(&mut self, at: usize) -> &mut Job {
        let len = self.jobs.len();
        &mut self.jobs[at % len]
    }

    pub(crate) fn step(&mut self, at: usize, place: usize) -> &mut Step {
        let steps = &mut self.job(at).steps;
        let len = steps.len();
        &mut steps[place % len]
    }
}

fn variables(out: &mut String, indent: &str, variables: &[(String, String)]) {
    if !variables.is_empty() {
        let _ = writeln!(out, "{indent}env:");
    }
    for (key, value) in variables {
        let _ = writeln!(out, "{indent}  {key}: {value}");
    }
}

pub(crate) const KEYS: [&str; 5] = ["STAGE", "REGION", "PROJECT", "A", "B"];
pub(crate) const STEPS: [&str; 8] = [
    "uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5",
    "uses: actions/setup-node@2028fbc5c25fe9cf00d9f06a71cc4710d4507903 # v6",
    "run: npm ci",
    "run: npm run lint",
    "run: npm test",
    "uses: aws-actions/configure-aws-credentials@61815dcd50bd041e203e49132bacad1fd04d2708 # v5",
    "name: Deploy\n        run: deploy/ecs.sh",
    "uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6",
];
pub(crate) fn workflow() -> impl Strategy<Value = Workflow> {
    let steps = prop::sample::subsequence(STEPS.to_vec(), 3..6);
    let steps = steps.prop_map(|heads| {
        heads.iter().map(|head| Step { head: (*head).to_owned(), env: Vec::new() }).collect()
    });
    let names = prop::sample::subsequence(vec!["build", "test", "staging", "production"], 2..5);
    (names, prop::collection::vec((5_u8..9, steps), 4), 2_usize..5).prop_map(|(names, jobs, keys)| Workflow {
        env: KEYS[..keys].iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect(),
        jobs: names
            .iter()
            .zip(jobs)
            .map(|(name, (timeout, steps))| Job { name: (*name).to_owned(), note: None, timeout, steps })
            .collect(),
    })
}
