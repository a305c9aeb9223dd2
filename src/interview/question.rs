//! What can be asked: a topic, of the whole repository or of one service.

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Which of several units are deployed.
    Units,
    /// Who hosts the repository, where its host does not tell.
    Provider,
    /// Which CI runs the pipeline.
    Ci,
    /// The project's name.
    Project,
    /// The environments, in order.
    Environments,
    /// Their accounts.
    Accounts,
    /// Their regions.
    Regions,
    /// The branch, or one for each.
    Branch,
    /// What stands before the named environment.
    Approval(String),
    /// A service's name.
    Name,
    /// What a service is.
    Kind,
    /// Where it runs.
    Target,
    /// The version of its language.
    Runtime,
    /// One of its commands: `install`, `lint`, `test`, `build`.
    Command(String),
    /// Whether one of its checks, `lint` or `test`, may fail.
    MayFail(String),
    /// One of its target's settings.
    Option(String),
    /// The existing stacks that a service goes on in.
    Stacks,
    /// One of its variables.
    Variable(String),
    /// One of its secrets.
    Secret(String),
    /// Whether Dependabot keeps the pinned actions moving.
    Dependabot,
    /// Whether docs/DEPLOYMENT.md is written.
    Guide,
}

/// A question about the whole repository (service 0) or about one of the services.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// What it is about.
    pub topic: Topic,
    /// The index of the service.
    pub service: usize,
}

impl Question {
    /// A question about the whole repository.
    #[must_use]
    pub fn whole(topic: Topic) -> Self {
        Self { topic, service: 0 }
    }

    /// A question about one service.
    #[must_use]
    pub fn of(topic: Topic, service: usize) -> Self {
        Self { topic, service }
    }
}
