//! Ranks the targets that fit a unit, each with its reason, and names the ways that are not offered with theirs.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::manifest::Approval;
use crate::project::Kind;
use crate::scaffold::{Scaffolds, Target, Tier};

/// Where the facts of this module lie below `scaffolds/`.
const FACTS: &str = "shared/recommendations.yaml";

/// What is recommended, what is known to the interview before it looks at the repository.
#[derive(Debug)]
pub struct Catalog {
    /// The targets that can be written.
    pub targets: Vec<Target>,
    /// What the interview starts from.
    pub defaults: Defaults,
    others: Vec<Other>,
}

/// What the interview starts from when nothing says otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// The CI of a repository without a remote.
    pub ci: String,
    /// The branch of a repository that has none yet.
    pub branch: String,
    /// The region.
    pub region: String,
    /// The environments, in order.
    pub environments: Vec<String>,
    /// What stands before the last of several environments.
    pub approval: Approval,
}

/// A way that cannot be written today.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    title: String,
    tier: Tier,
    kinds: Vec<Kind>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    defaults: Defaults,
    others: Vec<Other>,
}

/// One way to run a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The target's name in the manifest; empty where it cannot be written today.
    pub target: String,
    /// The name a person reads.
    pub title: String,
    /// Which step of the advice it is.
    pub tier: Tier,
    /// Why, or why not.
    pub why: String,
    /// What it costs when nobody visits; empty where it cannot be written today.
    pub cost: String,
}

/// The ways to run a unit of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// The targets that fit, the recommended one first.
    pub offered: Vec<Way>,
    /// The others, in the order of the three steps.
    pub others: Vec<Way>,
}

impl Catalog {
    /// Reads the targets and the facts.
    ///
    /// # Errors
    /// A scaffold that does not parse.
    pub fn load(scaffolds: &Scaffolds) -> Result<Self> {
        let facts: Facts = scaffolds.parse(FACTS)?;
        let described = |name: &String| {
            let path = format!("targets/{name}/target.yaml");
            scaffolds.find(&path).is_some()
        };
        let names = scaffolds.names("targets").into_iter().filter(described);
        Ok(Self {
            targets: names.map(|name| scaffolds.target(&name)).collect::<Result<_>>()?,
            defaults: facts.defaults,
            others: facts.others,
        })
    }

    /// A target by its name.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.name == name)
    }

    /// The ways to run a unit of this kind.
    #[must_use]
    pub fn recommend(&self, kind: Kind) -> Recommendation {
        let mut fitting: Vec<_> =
            self.targets.iter().filter_map(|target| Some((target, target.fit(kind)?))).collect();
        fitting.sort_by_key(|(target, fit)| (std::cmp::Reverse(fit.rank), target.tier));
        let offered = fitting.into_iter().map(|(target, fit)| Way {
            target: target.name.clone(),
            title: target.title.clone(),
            tier: target.tier,
            why: fit.why.clone(),
            cost: target.cost.clone(),
        });
        let mut others: Vec<&Other> =
            self.others.iter().filter(|other| other.kinds.contains(&kind)).collect();
        others.sort_by_key(|other| other.tier);
        Recommendation { offered: offered.collect(), others: others.into_iter().map(Other::way).collect() }
    }
}

impl Other {
    fn way(&self) -> Way {
        Way {
            target: String::new(),
            title: self.title.clone(),
            tier: self.tier,
            why: self.why.clone(),
            cost: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_told_about_app_runner_but_not_offered_it() {
        let catalog = Catalog::load(&Scaffolds::default()).expect("the scaffolds parse");
        let ways = catalog.recommend(Kind::Container);
        assert_eq!(ways.offered[0].target, "ecs-express");
        assert!(ways.others[0].title.contains("App Runner"));
        assert!(ways.others[0].why.contains("April 2026"));
        assert!(ways.others.is_sorted_by_key(|way| way.tier));
    }

    #[test]
    fn every_recommendation_has_a_reason() {
        let catalog = Catalog::load(&Scaffolds::default()).expect("the scaffolds parse");
        for kind in [Kind::Spa, Kind::Static, Kind::Container, Kind::Sam] {
            let ways = catalog.recommend(kind);
            assert!(ways.offered.iter().chain(&ways.others).all(|way| way.why.len() > 20));
        }
    }
}
