//! Edits as people make them.

use proptest::prelude::*;

use crate::workflow::{Job, KEYS, STEPS, Step, Workflow};

const LINES: [&str; 6] = ["# mine", "  STAGE: other", "", "---", "        if: always()", "permissions: {}"];

/// One edit; places count modulo what is there.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    SetVariable(usize, String, String),
    DropVariable(usize),
    Note(usize, String),
    Timeout(usize, u8),
    AddJob(usize, String),
    DropJob(usize),
    AddStep(usize, usize, String),
    ChangeStep(usize, usize, String),
    StepVariable(usize, usize, String),
    DropStep(usize, usize),
    /// A line put in anywhere, which may well break the file.
    Line(usize, String),
}

impl Workflow {
    /// The text after some edits.
    pub(crate) fn edited(&self, edits: &[Edit]) -> String {
        let mut edited = self.clone();
        for edit in edits {
            edited.edit(edit);
        }
        let mut lines: Vec<_> = edited.text().lines().map(str::to_owned).collect();
        for edit in edits {
            if let Edit::Line(at, line) = edit {
                lines.insert(at % (lines.len() + 1), line.clone());
            }
        }
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::SetVariable(at, key, value) => set(&mut self.env, *at, key, value),
            Edit::DropVariable(at) => drop(self.env.remove(at % self.env.len())),
            Edit::AddJob(at, name) if self.jobs.iter().all(|job| job.name != *name) => {
                let steps = vec![Step { head: "run: make".to_owned(), env: Vec::new() }];
                let job = Job { name: name.clone(), note: None, timeout: 9, steps };
                self.jobs.insert(at % (self.jobs.len() + 1), job);
            }
            Edit::DropJob(at) => drop(self.jobs.remove(at % self.jobs.len())),
            Edit::Note(at, note) => self.job(*at).note = Some(note.clone()),
            Edit::Timeout(at, timeout) => self.job(*at).timeout = *timeout,
            Edit::AddStep(at, place, head) => {
                let steps = &mut self.job(*at).steps;
                steps.insert(place % (steps.len() + 1), Step { head: head.clone(), env: Vec::new() });
            }
            Edit::ChangeStep(at, place, head) => self.step(*at, *place).head.clone_from(head),
            Edit::StepVariable(at, place, key) => {
                set(&mut self.step(*at, *place).env, 0, key, "on");
            }
            Edit::DropStep(at, place) => {
                let steps = &mut self.job(*at).steps;
                steps.remove(place % steps.len());
            }
            Edit::Line(..) | Edit::AddJob(..) => {}
        }
    }
}

fn set(variables: &mut Vec<(String, String)>, at: usize, key: &str, value: &str) {
    match variables.iter_mut().find(|(known, _)| known == key) {
        Some(known) => value.clone_into(&mut known.1),
        None => variables.insert(at % (variables.len() + 1), (key.to_owned(), value.to_owned())),
    }
}

fn pick(from: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    prop::sample::select(from.to_vec()).prop_map(str::to_owned)
}

/// A few edits, each of which leaves at least one job, step and variable.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = || any::<usize>();
    let one = prop_oneof![
        3 => (at(), pick(&KEYS), pick(&["1", "2", "!Sub '${A}-b'"])).prop_map(|(at, key, value)| Edit::SetVariable(at, key, value)),
        2 => (at(), pick(&["A note.", "Another note."])).prop_map(|(at, note)| Edit::Note(at, note)),
        3 => (at(), 10_u8..13).prop_map(|(at, timeout)| Edit::Timeout(at, timeout)),
        1 => (at(), pick(&["lint", "e2e"])).prop_map(|(at, name)| Edit::AddJob(at, name)),
        3 => (at(), at(), pick(&STEPS)).prop_map(|(at, place, head)| Edit::AddStep(at, place, head)),
        3 => (at(), at(), pick(&STEPS)).prop_map(|(at, place, head)| Edit::ChangeStep(at, place, head)),
        3 => (at(), at(), pick(&KEYS)).prop_map(|(at, place, key)| Edit::StepVariable(at, place, key)),
        1 => (at(), pick(&LINES)).prop_map(|(at, line)| Edit::Line(at, line)),
    ];
    let last = prop::option::weighted(
        0.3,
        prop_oneof![
            at().prop_map(Edit::DropVariable),
            at().prop_map(Edit::DropJob),
            (at(), at()).prop_map(|(at, place)| Edit::DropStep(at, place)),
        ],
    );
    (prop::collection::vec(one, 0..4), last).prop_map(|(mut edits, last)| {
        edits.extend(last);
        edits
    })
}
