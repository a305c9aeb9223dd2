//! The manifest while it is being made: every value has a default from the start, so that it can always be written.

use std::collections::BTreeSet;

use super::defaults::{default_region, project_name, valid};
use super::question::{Question, Topic};
use super::recommend::Catalog;
use super::{hosts, service, stacks};
use crate::error::Result;
use crate::manifest::{Approval, BranchName, Environment, Manifest, Name, Strategy};
use crate::project::{Project, Unit};
use crate::scaffold::{OptionSpec, Scaffolds};
use crate::workspace::Remote;

/// Everything that is known before the first question.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What was found.
    pub project: &'a Project,
    /// The repository's files.
    pub files: &'a [String],
    /// Where it is pushed to.
    pub remote: Option<&'a Remote>,
    /// Its default branch.
    pub branch: Option<&'a str>,
    /// The name of its folder.
    pub folder: &'a str,
    /// The folder below the root that the command was given.
    pub subfolder: Option<&'a str>,
    /// The region of the person's own AWS settings.
    pub region: Option<&'a str>,
    /// The scaffolds.
    pub scaffolds: &'a Scaffolds,
    /// The targets and the defaults.
    pub catalog: &'a Catalog,
}

/// The manifest while it is being made.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The manifest as it would be written now.
    pub manifest: Manifest,
    /// The unit behind each service.
    pub units: Vec<Unit>,
    /// What flags or a person answered.
    pub settled: BTreeSet<Question>,
    /// How many questions were asked.
    pub asked: usize,
    /// Whether it started from a manifest: then only what is missing is asked.
    pub existing: bool,
}

impl Facts<'_> {
    /// The units that can be deployed, most deployable first.
    pub fn deployable(&self) -> impl Iterator<Item = &Unit> {
        self.project.units.iter().filter(|unit| unit.deployable())
    }

    /// The settings of a target.
    #[must_use]
    pub fn options(&self, target: &str) -> &[OptionSpec] {
        self.catalog.target(target).map_or(&[], |target| target.options.as_slice())
    }

    /// The unit that is deployed when nobody chose: the first, or the first in the folder the command was given.
    #[must_use]
    pub fn first_unit(&self) -> Option<&Unit> {
        let inside = |unit: &&Unit| {
            self.subfolder
                .is_some_and(|folder| unit.path == folder || unit.path.starts_with(&format!("{folder}/")))
        };
        self.deployable().find(inside).or_else(|| self.deployable().next())
    }
}

impl Draft {
    /// A draft from the defaults and what was found.
    ///
    /// # Errors
    /// A scaffold that does not parse or defaults that are not valid.
    pub fn new(facts: &Facts<'_>) -> Result<Self> {
        let defaults = &facts.catalog.defaults;
        let branch = facts.branch.and_then(|branch| branch.parse().ok());
        let mut draft = Self {
            manifest: Manifest {
                version: 1,
                project: project_name(facts)?,
                ci: hosts::recommended(facts)?,
                repository: facts.remote.and_then(hosts::repository),
                strategy: Strategy::Promotion,
                branch: branch.map_or_else(|| valid::<BranchName>(&defaults.branch), Ok)?,
                environments: Vec::new(),
                services: Vec::new(),
                dependabot: true,
                guide: true,
            },
            units: Vec::new(),
            settled: BTreeSet::new(),
            // In a folder below the root a person is asked first whether the root is meant.
            asked: usize::from(facts.subfolder.is_some()),
            existing: false,
        };
        let names: Result<Vec<Name>> = defaults.environments.iter().map(|name| valid(name)).collect();
        draft.set_environments(&names?, facts)?;
        draft.set_units(facts.first_unit().into_iter().cloned().collect(), facts)?;
        Ok(draft)
    }

    /// A draft from a manifest: its answers stand.
    #[must_use]
    pub fn from_manifest(mut manifest: Manifest, facts: &Facts<'_>) -> Self {
        if manifest.repository.is_none() {
            manifest.repository = facts.remote.and_then(hosts::repository);
        }
        let unit = |service: &crate::manifest::Service| {
            let readings =
                facts.project.units.iter().flat_map(|unit| std::iter::once(unit).chain(&unit.alternatives));
            let same = |unit: &&Unit| unit.path == service.path.as_str() && unit.kind == service.kind;
            readings
                .into_iter()
                .find(same)
                .cloned()
                .unwrap_or_else(|| Unit::new(service.path.as_str(), service.kind))
        };
        let units: Vec<Unit> = manifest.services.iter().map(unit).collect();
        // What the template makes is read, not answered: the permissions follow it.
        for (service, unit) in manifest.services.iter_mut().zip(&units) {
            if !unit.resources.is_empty() {
                service.resources.clone_from(&unit.resources);
            }
        }
        Self { units, manifest, settled: BTreeSet::new(), asked: 0, existing: true }
    }

    /// Takes these units, each as a service.
    ///
    /// # Errors
    /// A unit whose path or name cannot be used.
    pub fn set_units(&mut self, units: Vec<Unit>, facts: &Facts<'_>) -> Result<()> {
        let old = std::mem::take(&mut self.manifest.services);
        for unit in &units {
            let kept =
                old.iter().find(|service| service.path.as_str() == unit.path && service.kind == unit.kind);
            let service = match kept {
                Some(service) => service.clone(),
                None => service::from_unit(unit, &self.manifest, units.len() > 1, facts)?,
            };
            self.manifest.services.push(service);
        }
        self.units = units;
        Ok(())
    }

    /// The stacks of samconfig follow the environments, unless a person said which are taken.
    fn set_stacks(&mut self, facts: &Facts<'_>) {
        for (index, (service, unit)) in self.manifest.services.iter_mut().zip(&self.units).enumerate() {
            let adopts =
                facts.catalog.target(&service.target).is_some_and(|target| target.adopts_by.is_some());
            if adopts && !self.existing && !self.settled.contains(&Question::of(Topic::Stacks, index)) {
                stacks::take_same_names(service, unit, &self.manifest.environments);
            }
            let environments = &self.manifest.environments;
            service.stacks.retain(|name, _| environments.iter().any(|environment| environment.name == *name));
        }
    }

    /// Takes these environments; what is known of one that stays is kept.
    ///
    /// # Errors
    /// A default region that is not valid.
    pub fn set_environments(&mut self, names: &[Name], facts: &Facts<'_>) -> Result<()> {
        let old = std::mem::take(&mut self.manifest.environments);
        let region = match old.first() {
            Some(first) => first.region.clone(),
            None => default_region(facts)?,
        };
        let several = names.len() > 1;
        for (index, name) in names.iter().enumerate() {
            let kept = old.iter().find(|environment| environment.name == *name).cloned();
            self.manifest.environments.push(kept.unwrap_or_else(|| Environment {
                name: name.clone(),
                account: None,
                region: region.clone(),
                branch: (self.manifest.strategy == Strategy::Branches).then(|| self.manifest.branch.clone()),
                approval: if several && index + 1 == names.len() {
                    facts.catalog.defaults.approval
                } else {
                    Approval::None
                },
            }));
        }
        self.set_stacks(facts);
        self.forget_other_environments();
        Ok(())
    }

    /// A value for an environment that there is not would be refused when the file is read again.
    fn forget_other_environments(&mut self) {
        let known: BTreeSet<&Name> = self.manifest.environments.iter().map(|e| &e.name).collect();
        for service in &mut self.manifest.services {
            service.variables.values_mut().for_each(|value| value.retain(&known));
            service.secrets.values_mut().for_each(|value| value.retain(&known));
        }
    }
}
