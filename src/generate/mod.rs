//! From the manifest to every file: the pipeline, the target's stack and scripts, the bootstrap templates, the guide.

mod bootstrap;
mod fit;
mod follow_up;
mod guide;
mod lifecycle;
mod resources;
mod stack;
mod target;

pub use follow_up::FollowUp;
pub use lifecycle::ends;

use crate::error::Result;
use crate::fileset::{File, FileSet, Policy};
use crate::manifest::{self, Manifest, Service};
use crate::pipeline::{self, Pipeline, account_variable, lower};
use crate::scaffold::{Ci, FileSpec, Scaffolds, Shape, Switch, Target, render};

/// Everything that one rendering makes.
#[derive(Debug)]
pub struct Generated {
    /// The neutral pipeline, for the plan and the diagram.
    pub pipeline: Pipeline,
    /// The files.
    pub files: FileSet,
    /// What a person does next, in order.
    pub follow_ups: Vec<FollowUp>,
    /// What a person should know before the first push, one sentence each.
    pub warnings: Vec<String>,
}

/// Renders everything that the manifest describes.
///
/// # Errors
/// A manifest that names an unknown CI, target or option, or a defect of the scaffolds.
pub fn generate(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<Generated> {
    let ci = scaffolds.ci(&manifest.ci)?;
    let pipeline = pipeline::plan(manifest, scaffolds)?;
    pipeline::check(&pipeline)?;
    let targets: Vec<Target> =
        manifest.services.iter().map(|service| scaffolds.target(&service.target)).collect::<Result<_>>()?;
    fit::check(manifest, &targets)?;
    let run = Run { manifest, scaffolds, ci: &ci, pipeline: &pipeline, targets: &targets };
    let follow_ups = follow_up::follow_ups(&run)?;
    let mut files = FileSet::default();
    run.pipeline_files(&mut files)?;
    run.ci_files(&mut files)?;
    bootstrap::files(&run, &mut files)?;
    target::files(&run, &mut files)?;
    guide::files(&run, &follow_ups, &mut files)?;
    let mut warnings = Vec::new();
    for (service, target) in manifest.services.iter().zip(&targets) {
        warnings.extend(resources::warnings(&run, service, target)?);
        warnings.extend(stack::warnings(manifest, service));
        warnings.extend(target::warning(manifest, service, target));
    }
    Ok(Generated { pipeline, files, follow_ups, warnings })
}

/// The file set with the manifest's own text added, as `init` writes it.
///
/// # Errors
/// As [`generate`].
pub fn generate_with_manifest(manifest: &Manifest, scaffolds: &Scaffolds) -> Result<Generated> {
    let mut generated = generate(manifest, scaffolds)?;
    let text = manifest::write(manifest, scaffolds)?;
    generated.files.insert(manifest::PATH, File { text, executable: false, policy: Policy::Seed });
    Ok(generated)
}

/// What the parts of one rendering look at.
struct Run<'a> {
    manifest: &'a Manifest,
    scaffolds: &'a Scaffolds,
    ci: &'a Ci,
    pipeline: &'a Pipeline,
    targets: &'a [Target],
}

impl Run<'_> {
    fn pipeline_files(&self, files: &mut FileSet) -> Result<()> {
        match self.ci.shape {
            Shape::Workflow => {
                let text = lower::workflow::lower(self.pipeline, self.ci, issuer_host(self), self.scaffolds)?;
                files.insert(self.ci.file.clone(), plain(text));
                Ok(())
            }
            Shape::Codepipeline => {
                for (path, text) in
                    lower::codepipeline::lower(self.pipeline, self.manifest, self.ci, self.scaffolds)?
                {
                    files.insert(path, plain(text));
                }
                Ok(())
            }
        }
    }

    fn ci_files(&self, files: &mut FileSet) -> Result<()> {
        for spec in self.ci.files.iter().filter(|spec| self.holds(&spec.when)) {
            files.insert(spec.to.clone(), self.file(spec, self.manifest)?);
        }
        Ok(())
    }

    /// Joins the texts of a file; a template is filled in with `context`.
    fn file<T: serde::Serialize>(&self, spec: &FileSpec, context: &T) -> Result<File> {
        let mut text = String::new();
        for path in &spec.from {
            let part = self.scaffolds.text(path)?;
            text.push_str(&if spec.template { render(path, part, context)? } else { part.to_owned() });
        }
        Ok(File { text, executable: spec.executable, policy: spec.policy })
    }

    /// Where the repository lives; GitHub as long as it has no remote, since that is where the follow-ups make it.
    fn provider(&self) -> &str {
        self.manifest.repository.as_ref().map_or("github", |repository| &repository.provider)
    }

    fn holds(&self, switches: &[Switch]) -> bool {
        switches.iter().all(|switch| self.switch(*switch))
    }

    /// Whether a switch that concerns the whole repository is on.
    fn switch(&self, switch: Switch) -> bool {
        let first = self.manifest.environments.first().map(|environment| &environment.account);
        match switch {
            Switch::Dependabot => self.manifest.dependabot,
            Switch::Guide => self.manifest.guide,
            Switch::Images => self.targets.iter().any(|target| target.images),
            Switch::ServiceLinkedRoles => {
                self.targets.iter().any(|target| !target.service_linked_roles.is_empty())
            }
            Switch::DefaultVpc => {
                self.manifest.services.iter().zip(self.targets).any(|pair| in_default_vpc(pair.0, pair.1))
            }
            Switch::NoRemote => self.manifest.repository.is_none(),
            Switch::Remote => self.manifest.repository.is_some(),
            Switch::OtherAccounts => self.manifest.environments.iter().any(|e| Some(&e.account) != first),
            Switch::Connection => self.provider() != "codecommit",
            Switch::OwnServer => matches!(self.provider(), "github-enterprise" | "gitlab-self-managed"),
            Switch::NoWebhook => self.provider() == "github-enterprise",
            Switch::SeveralBranches => self.pipeline.branches.len() > 1,
            // These concern one environment: follow_up asks them there.
            Switch::AccountVariable | Switch::Held | Switch::Dispatched | Switch::ExistingStack => true,
        }
    }
}

/// The host that signs the CI's tokens: the repository's own where the CI may be self-managed.
fn issuer_host<'a>(run: &'a Run<'_>) -> &'a str {
    match &run.manifest.repository {
        Some(repository) if run.ci.issuer_is_host => &repository.host,
        _ => &run.ci.issuer_host,
    }
}

/// Whether a service runs in the default VPC, because its target takes subnets and none were named.
fn in_default_vpc(service: &Service, target: &Target) -> bool {
    let named =
        |option: &String| service.options.get(option).is_some_and(|subnets| !subnets.to_string().is_empty());
    target.subnets_option.as_ref().is_some_and(|option| !named(option))
}

/// Whether a target's stack makes roles, which then carry the environment's permissions boundary.
fn has_boundary(run: &Run<'_>) -> bool {
    run.targets
        .iter()
        .any(|target| run.scaffolds.find(&format!("targets/{}/iam/boundary.yaml", target.name)).is_some())
}

fn plain(text: String) -> File {
    File { text, executable: false, policy: Policy::Merge }
}
