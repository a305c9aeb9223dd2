//! The interview with a scripted person: what is asked, what flags and a manifest spare, what is refused.

mod offers;
mod prompts;
mod values;

use super::prompter::scripted::Scripted;
use super::*;
use crate::manifest::{Approval, Manifest, Scalar};
use crate::project::{Kind, Project, Unit};
use crate::scaffold::Scaffolds;
use crate::workspace::Remote;

struct World {
    project: Project,
    remote: Option<Remote>,
    scaffolds: Scaffolds,
    catalog: Catalog,
    subfolder: Option<&'static str>,
}

impl World {
    fn new(units: Vec<Unit>, remote: &str) -> Self {
        let scaffolds = Scaffolds::default();
        Self {
            project: Project { units, ..Project::default() },
            remote: Remote::parse(remote),
            catalog: Catalog::load(&scaffolds).expect("the scaffolds parse"),
            scaffolds,
            subfolder: None,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            project: &self.project,
            files: &[],
            remote: self.remote.as_ref(),
            branch: Some("main"),
            folder: "shop",
            subfolder: self.subfolder,
            region: Some("eu-west-1"),
            scaffolds: &self.scaffolds,
            catalog: &self.catalog,
        }
    }

    fn begin(&self, manifest: Option<Manifest>, given: &[Given]) -> crate::error::Result<Draft> {
        begin(&self.facts(), manifest, given)
    }

    /// Runs the whole interview; the answers after the last one given are the defaults.
    fn run(&self, given: &[Given], answers: &[Option<&'static str>]) -> (Manifest, Vec<String>) {
        let mut draft = self.begin(None, given).expect("begins");
        let mut person = Scripted::new(answers);
        ask(&mut draft, &self.facts(), &mut person).expect("answers are taken");
        (draft.manifest, person.asked)
    }
}

const GITHUB: &str = "git@github.com:acme/Shop.git";

fn spa() -> Unit {
    let mut unit = Unit::new(".", Kind::Spa);
    unit.framework = Some("vite".to_owned());
    unit.output = Some("dist".to_owned());
    unit.toolchain = Some("node".to_owned());
    unit.package_manager = Some("npm".to_owned());
    unit.commands.test = Some("npm test".to_owned());
    unit
}

fn container() -> Unit {
    let mut unit = Unit::new(".", Kind::Container);
    unit.dockerfile = Some("Dockerfile".to_owned());
    unit.variables = vec!["DATABASE_URL".to_owned(), "LOG_LEVEL".to_owned()];
    unit
}

/// A container of which neither the port nor the health check is known, and whose code reads variables.
fn unknown_container() -> Unit {
    let mut unit = container();
    unit.variables.extend(["API_TOKEN", "MAIL_FROM", "REGION_NAME"].map(str::to_owned));
    unit
}

fn given(flag: &'static str, topic: Topic, text: &str) -> Given {
    Given::new(flag, topic, text)
}

#[test]
fn every_default_makes_a_manifest_that_can_be_written() {
    let (manifest, asked) = World::new(vec![spa()], GITHUB).run(&[], &[]);
    assert_eq!(manifest.project.as_str(), "shop");
    assert_eq!(manifest.ci, "github");
    assert_eq!(manifest.environments[0].region.as_str(), "eu-west-1");
    assert_eq!(manifest.environments[1].approval, Approval::Manual);
    assert_eq!(asked.last().map(String::as_str), Some(wording::CHANGE));
    let text = crate::manifest::write(&manifest, &Scaffolds::default()).expect("renders");
    assert_eq!(crate::manifest::read(&text).expect("valid"), manifest);
}

#[test]
fn flags_spare_questions() {
    let flags = [
        given("--environments", Topic::Environments, "dev,live"),
        given("--account", Topic::Accounts, "live=222222222222"),
        given("--region", Topic::Regions, "us-east-1"),
        given("--approval", Topic::Approval(String::new()), "none"),
    ];
    let world = World::new(vec![spa()], GITHUB);
    let (manifest, asked) = world.run(&flags, &[]);
    assert_eq!(asked, [wording::CHANGE]);
    assert_eq!(manifest.environments[1].account.as_ref().expect("given").as_str(), "222222222222");
    assert_eq!(manifest.environments[1].approval, Approval::None);
    let draft = world.begin(None, &flags).expect("begins");
    without_asking(&draft, &world.facts(), false).expect("nothing remains");
}

#[test]
fn without_a_terminal_the_flags_to_give_are_named() {
    let world = World::new(vec![container()], GITHUB);
    let draft = world.begin(None, &[]).expect("begins");
    let error = without_asking(&draft, &world.facts(), false).expect_err("questions remain");
    let help = miette::Diagnostic::help(&error).expect("has help").to_string();
    for flag in ["--option port=", "--environments", "--account", "--region", "--approval", "--yes"] {
        assert!(help.contains(flag), "{flag} is missing in {help}");
    }
    let error = without_asking(&draft, &world.facts(), true).expect_err("the port has no default");
    let help = miette::Diagnostic::help(&error).expect("has help").to_string();
    assert!(help.contains("--option port=") && !help.contains("--region"), "{help}");
}

#[test]
fn a_wrong_answer_is_asked_again_and_any_value_can_be_changed() {
    let world = World::new(vec![container()], GITHUB);
    let answers = [
        Some("http"),
        Some("8080"),
        Some("staging production"),
        Some("12345"),
        Some("staging=111111111111, production=222222222222"),
        None,
        Some("reviewer"),
        Some("cpu"),
        Some("1024"),
        None,
    ];
    let (manifest, _) = world.run(&[], &answers);
    let service = &manifest.services[0];
    assert_eq!(service.options["port"], Scalar::Number(8080));
    assert_eq!(service.options["cpu"], Scalar::Number(1024));
    assert_eq!(manifest.environments[1].account.as_ref().expect("given").as_str(), "222222222222");
    assert_eq!(manifest.environments[1].approval, Approval::Reviewers);
}

#[test]
fn a_second_run_keeps_the_answers_and_asks_nothing_new() {
    let world = World::new(vec![spa()], GITHUB);
    let (mut manifest, _) = world.run(&[], &[]);
    manifest.environments[0].account = Some("111111111111".parse().expect("valid"));
    let mut draft = world.begin(Some(manifest.clone()), &[]).expect("begins");
    let mut person = Scripted::new(&[]);
    ask(&mut draft, &world.facts(), &mut person).expect("asks");
    assert_eq!(person.asked, [wording::CHANGE]);
    assert_eq!(draft.manifest, manifest);
}

#[test]
fn a_ci_that_cannot_work_with_the_host_is_refused_with_the_alternative() {
    let world = World::new(vec![spa()], "https://gitlab.com/acme/shop.git");
    let error = world.begin(None, &[given("--ci", Topic::Ci, "github")]).expect_err("cannot work");
    assert_eq!(error.kind().exit_code(), 2);
    assert!(error.to_string().contains("gitlab.com") && error.to_string().contains("gitlab"), "{error}");
}

#[test]
fn a_branch_of_its_own_is_an_approval() {
    let flags = [given("--branch", Topic::Branch, "staging=develop, production=main")];
    let draft = World::new(vec![spa()], GITHUB).begin(None, &flags).expect("begins");
    assert!(draft.manifest.environments.iter().all(|environment| environment.approval == Approval::None));
}

#[test]
fn what_cannot_be_deployed_is_named_and_nothing_is_forced() {
    let mut unit = Unit::new("infra", Kind::Terraform);
    unit.advice = Some("`terraform apply` is the deployment".to_owned());
    let world = World::new(vec![unit], GITHUB);
    let error = world.begin(None, &[]).expect_err("nothing to deploy");
    assert!(error.to_string().contains("infra (Terraform)"), "{error}");
}

#[test]
fn one_of_several_units_is_chosen_or_all_where_their_targets_differ() {
    let mut api = container();
    api.path = "api".to_owned();
    api.port = Some(3000);
    let world = World::new(vec![spa(), api], GITHUB);
    let draft = world.begin(None, &[given("--unit", Topic::Units, "api")]).expect("begins");
    assert_eq!(draft.manifest.services[0].target, "ecs-express");
    let draft = world.begin(None, &[given("--unit", Topic::Units, "all")]).expect("begins");
    let names: Vec<&str> = draft.manifest.services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["web", "api"]);
}

#[test]
fn an_unreadable_value_names_its_flag() {
    let world = World::new(vec![spa()], GITHUB);
    for (flag, topic, text) in [
        ("--region", Topic::Regions, "mars"),
        ("--environments", Topic::Environments, "a b c a"),
        ("--branch", Topic::Branch, "stage=x"),
        ("--target", Topic::Target, "lambda"),
        ("--approval", Topic::Approval("live".to_owned()), "manual"),
    ] {
        let error = world.begin(None, &[given(flag, topic, text)]).expect_err(flag);
        assert!(error.to_string().starts_with(flag), "{error}");
    }
}
