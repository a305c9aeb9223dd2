//! What holds of an environment that goes on in a stack that existed before the pipeline.

use serde_yaml::Value;

use crate::cells::{Cell, all};

const STACK: &str = "Orders-Of-The-Whole-Company";
const NAMES: &str = "Orders-Of-The-Whole-Comp";

fn cells() -> impl Iterator<Item = &'static Cell> {
    let existing = |cell: &&Cell| cell.manifest.services.iter().any(|service| !service.stacks.is_empty());
    all().iter().filter(existing)
}

fn text<'a>(cell: &'a Cell, path: &str) -> &'a str {
    &cell.generated.files.get(path).unwrap_or_else(|| panic!("{}: {path}", cell.name)).text
}

/// The statements of a role, or of the boundary, as texts.
fn statements(template: &Value, resource: &str) -> String {
    let properties = &template["Resources"][resource]["Properties"];
    let policies =
        if resource == "Boundary" { &properties["PolicyDocument"] } else { &properties["Policies"] };
    serde_yaml::to_string(policies).expect("there")
}

#[test]
fn its_roles_are_limited_to_that_stack_and_its_names() {
    for cell in cells() {
        let template: Value =
            serde_yaml::from_str(text(cell, "deploy/bootstrap/environment.yaml")).expect("is YAML");
        let deploy = statements(&template, "DeployRole");
        assert!(deploy.contains(":stack/${WebStack}/*"), "{deploy}");
        for resource in ["DeployRole", "CloudFormationRole", "Boundary"] {
            let statements = statements(&template, resource);
            assert!(!statements.contains("${Project}-web-"), "{}: {resource}: {statements}", cell.name);
        }
        let cloudformation = statements(&template, "CloudFormationRole");
        assert!(cloudformation.contains(":function:${WebNames}*"), "{cloudformation}");
        let never = cloudformation.split("Sid: ").find(|one| one.starts_with("NeverThePipelineItself"));
        let never = never.expect("is there");
        assert!(never.contains("Effect: Deny") && never.contains("policy/${Project}-*-boundary"), "{never}");
        assert!(statements(&template, "Boundary").contains("s3:::${WebBuckets}*"));
    }
    assert_eq!(cells().count(), 3, "one for each CI");
}

#[test]
fn its_name_reaches_the_commands_the_job_and_the_guide() {
    for cell in cells() {
        let commands: Vec<&str> =
            cell.generated.follow_ups.iter().map(|step| step.command.as_str()).collect();
        let place = |what: &str| commands.iter().position(|command| command.contains(what));
        let own = "WebStack=shop-web-staging WebNames=shop-web-staging- WebBuckets=shop-web-staging-";
        let given = format!("WebStack={STACK} WebNames={NAMES} WebBuckets={}", NAMES.to_lowercase());
        assert!(place(own) < place(&given), "{}: {commands:?}", cell.name);
        let adopt = format!(
            "ENVIRONMENT=production AWS_REGION=eu-west-2 STACK_NAME={STACK} bash deploy/lambda.sh adopt"
        );
        assert!(place(&given) < place(&adopt) && place(&adopt).is_some(), "{}: {commands:?}", cell.name);
        assert_eq!(commands.iter().filter(|command| command.contains(" adopt")).count(), 1);
        let removal = format!("delete-stack --region eu-west-2 --stack-name {STACK}");
        assert!(text(cell, "docs/DEPLOYMENT.md").contains(&removal), "{}", cell.name);
        let stacks = cell.generated.pipeline.jobs.iter().map(|job| format!("{job:?}"));
        assert_eq!(stacks.filter(|job| job.contains(STACK)).count(), 1, "{}", cell.name);
        assert!(
            cell.generated.warnings.iter().any(|warning| warning.contains(&format!("begins with {NAMES}")))
        );
    }
}
