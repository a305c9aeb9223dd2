//! Variables and secrets: how they are given, what is refused at the prompt, what remains to be done.

use super::*;
use crate::interview::{answer, variables};

#[test]
fn variables_are_given_for_all_environments_or_for_each() {
    let flags = [
        given("--option", Topic::Option("port".to_owned()), "80"),
        given("--variable", Topic::Variable("LOG_LEVEL".to_owned()), "staging=debug"),
        given("--variable", Topic::Variable("LOG_LEVEL".to_owned()), "production=info, warn"),
        given("--variable", Topic::Variable("DATABASE_URL".to_owned()), "postgres://a=b,c"),
    ];
    let world = World::new(vec![container()], GITHUB);
    let draft = world.begin(None, &flags).expect("begins");
    let variables = &draft.manifest.services[0].variables;
    let of = |name: &str, environment: &str| {
        let name: crate::manifest::VariableName = name.parse().expect("valid");
        variables[&name].get(&environment.parse().expect("valid")).expect("given").to_string()
    };
    assert_eq!(of("LOG_LEVEL", "staging"), "debug");
    assert_eq!(of("LOG_LEVEL", "production"), "info, warn");
    assert_eq!(of("DATABASE_URL", "production"), "postgres://a=b,c");
}

#[test]
fn a_value_for_one_environment_alone_is_asked_for_the_others() {
    let flags = [
        given("--option", Topic::Option("port".to_owned()), "80"),
        given("--option", Topic::Option("health-check-path".to_owned()), "/"),
        given("--environments", Topic::Environments, "staging, production"),
        given("--account", Topic::Accounts, "none"),
        given("--region", Topic::Regions, "us-east-1"),
        given("--approval", Topic::Approval(String::new()), "none"),
    ];
    let answers = [Some("LOG_LEVEL"), Some("staging=a"), Some("staging=a, production=b")];
    let (manifest, asked) = World::new(vec![container()], GITHUB).run(&flags, &answers);
    assert_eq!(manifest.services[0].variables.len(), 1, "{asked:#?}");
}

#[test]
fn a_secret_is_asked_for_by_its_name_and_making_it_is_a_follow_up() {
    let world = World::new(vec![unknown_container()], GITHUB);
    let answers = [
        Some("8080"),
        None,
        None,
        None,
        None,
        Some("API_TOKEN"),
        Some("hunter2"),
        Some("/shop/staging/token"),
        Some("staging=/shop/staging/token"),
        Some("stagng=/shop/staging/token, production=/shop/production/token"),
        None,
        Some("project "),
        Some("tea"),
    ];
    let mut draft = world.begin(None, &[]).expect("begins");
    ask(&mut draft, &world.facts(), &mut Scripted::new(&answers)).expect("answers are taken");
    let secrets = &draft.manifest.services[0].secrets;
    let name: crate::manifest::VariableName = "API_TOKEN".parse().expect("valid");
    let of = |environment: &str| {
        secrets[&name].get(&environment.parse().expect("valid")).expect("given").to_string()
    };
    assert_eq!([of("staging"), of("production")], ["/tea/staging/api-token", "/tea/production/api-token"]);
    let mut next = remaining(&draft, &world.facts(), true, true);
    next.extend(stores(&draft, &world.facts()).expect("renders"));
    let commands: Vec<&str> = next.iter().map(|next| next.command.as_str()).collect();
    assert_eq!(commands.len(), 3, "{commands:#?}");
    for part in ["--secret staging:DATABASE_URL=/tea/staging/database-url", "--variable LOG_LEVEL=VALUE"] {
        assert!(commands[0].contains(part), "{commands:#?}");
    }
    assert!(commands[1].contains("--name /tea/staging/api-token --region eu-west-1"), "{commands:#?}");
    assert!(next[2].title.contains("API_TOKEN of production"), "{next:#?}");
}

#[test]
fn a_value_that_cannot_be_meant_is_said_at_the_prompt() {
    let world = World::new(vec![unknown_container()], GITHUB);
    let flags = [given("--option", Topic::Option("port".to_owned()), "80")];
    let draft = world.begin(None, &flags).expect("begins");
    for (name, text, fault) in [
        ("LOG_LEVEL", "staging", "no value for staging: type one for all, or staging=…, production=…"),
        ("LOG_LEVEL", "staging=debug", "no value for production"),
        ("LOG_LEVEL", "staging=, production=info", "no value for staging"),
        ("LOG_LEVEL", "prod=info, staging=debug", "no environment \"prod\""),
        ("LOG_LEVEL", "stagng=debug", "did you mean staging?"),
        ("MAIL_FROM", "smtp://me:secret@mail", "carries a password"),
    ] {
        let question = Question::of(Topic::Variable(name.to_owned()), 0);
        let mut changed = draft.clone();
        let taken = answer::accept(&mut changed, &world.facts(), &question, text)
            .and_then(|()| variables::complete(&changed, &question, text));
        let said = taken.expect_err(text);
        assert!(said.contains(fault), "{text}: {said}");
    }
    for good in ["info", "level=info", "a, b", "-", "staging=debug, production=x=y"] {
        let question = Question::of(Topic::Variable("LOG_LEVEL".to_owned()), 0);
        let mut changed = draft.clone();
        answer::accept(&mut changed, &world.facts(), &question, good).expect(good);
        variables::complete(&changed, &question, good).expect(good);
    }
}

#[test]
fn a_new_environment_is_asked_for_its_values() {
    let world = World::new(vec![unknown_container()], GITHUB);
    let flags = [
        given("--option", Topic::Option("port".to_owned()), "80"),
        given("--variable", Topic::Variable("LOG_LEVEL".to_owned()), "staging=debug"),
        given("--variable", Topic::Variable("LOG_LEVEL".to_owned()), "production=info"),
        given("--environments", Topic::Environments, "staging, europe, production"),
    ];
    let draft = world.begin(None, &flags).expect("begins");
    assert!(
        questions::needed(&draft, &world.facts())
            .contains(&Question::of(Topic::Variable("LOG_LEVEL".to_owned()), 0))
    );
}
