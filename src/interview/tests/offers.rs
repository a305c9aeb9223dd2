//! What is offered only to those whom it concerns: existing stacks, and one build for all environments.

use super::*;

const CONFIGURATION: &str = "Configuration";

fn with_build_variables() -> Unit {
    let mut unit = spa();
    unit.build_variables = vec!["VITE_API_URL".to_owned()];
    unit
}

#[test]
fn one_build_for_all_is_offered_only_where_values_differ() {
    for (values, answer, asks, chosen) in [
        (vec!["/api"], None, false, None),
        (vec!["staging=/a", "production=/b"], None, true, None),
        (vec!["staging=/a", "production=/b"], Some("runtime"), true, Some("runtime")),
    ] {
        let variable =
            |value: &&'static str| given("--variable", Topic::Variable("VITE_API_URL".to_owned()), value);
        let flags: Vec<_> = values.iter().map(variable).collect();
        let (manifest, asked) = World::new(vec![with_build_variables()], GITHUB).run(&flags, &[answer]);
        assert_eq!(asked.iter().any(|prompt| prompt == CONFIGURATION), asks, "{asked:#?}");
        assert!(asked.len() <= questions::MOST + 1, "{asked:#?}");
        let option = manifest.services[0].options.get("configuration").map(ToString::to_string);
        assert_eq!(option.as_deref(), chosen, "{values:?}");
    }
}

#[test]
fn a_configuration_that_there_is_not_is_refused() {
    let flag = given("--option", Topic::Option("configuration".to_owned()), "later");
    let error = World::new(vec![spa()], GITHUB).begin(None, &[flag]).expect_err("no such way");
    assert!(error.to_string().contains("none of: build, runtime"), "{error}");
}

fn sam(stacks: &[(&str, &str)]) -> Unit {
    let mut unit = Unit::new(".", Kind::Sam);
    unit.template = Some("template.yaml".to_owned());
    unit.stacks = stacks.iter().map(|(config, stack)| ((*config).to_owned(), (*stack).to_owned())).collect();
    unit
}

fn stacks(manifest: &Manifest) -> Vec<String> {
    let pairs = manifest.services[0].stacks.iter();
    pairs.map(|(environment, stack)| format!("{environment}={stack}")).collect()
}

#[test]
fn the_stacks_of_samconfig_are_offered_and_the_same_names_stand_there_already() {
    let prompt = "Which existing stacks does it go on in?";
    let world = World::new(vec![sam(&[("default", "notes"), ("production", "notes-live")])], GITHUB);
    let (manifest, asked) = world.run(&[], &[]);
    assert!(asked.iter().any(|one| one == prompt) && asked.len() <= questions::MOST + 1, "{asked:#?}");
    assert_eq!(stacks(&manifest), ["production=notes-live"]);
    let answers = [None, None, None, None, Some("production=none, staging=notes")];
    assert_eq!(stacks(&world.run(&[], &answers).0), ["staging=notes"]);
    let (_, asked) = World::new(vec![sam(&[])], GITHUB).run(&[], &[]);
    assert!(!asked.iter().any(|one| one == prompt), "{asked:#?}");
}

#[test]
fn stacks_follow_the_environments_until_a_person_says_which() {
    let world = World::new(vec![sam(&[("live", "notes-live"), ("test", "notes-test")])], GITHUB);
    let environments = given("--environments", Topic::Environments, "test,live");
    let draft = world.begin(None, std::slice::from_ref(&environments)).expect("begins");
    assert_eq!(stacks(&draft.manifest), ["test=notes-test", "live=notes-live"]);
    let none = given("--stack", Topic::Stacks, "none");
    let draft = world.begin(None, &[environments, none]).expect("begins");
    assert!(stacks(&draft.manifest).is_empty());
    assert!(stacks::left_alone(&draft).is_empty(), "who declined is not asked again");
    let error = World::new(vec![spa()], GITHUB)
        .begin(None, &[given("--stack", Topic::Stacks, "production=notes")])
        .expect_err("a site has no stack of its own");
    assert!(error.to_string().contains("takes no existing one"), "{error}");
}
