//! The interview: the happy path of each kind, wrong input, a change, Ctrl-C.

use expectrl::{ControlCode, Expect as _};

use crate::person::Person;
use crate::repositories::{GITHUB, manifest, repository, spa};

#[test]
fn a_single_page_app_needs_nothing_but_return() {
    let (_folder, root) = spa();
    let mut person = Person::starts(&root);
    person
        .answers("Environments, in order", "")
        .answers("AWS account", "")
        .answers("AWS region", "")
        .answers("Shall production wait", "")
        .answers("Change anything?", "");
    let shown = person.sees("Files");
    assert!(shown.contains("Deploy to staging"), "{shown}");
    person.answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Next, in this order"), "{text}");
    assert!(root.join(".github/workflows/pipeline.yml").exists());
    assert!(manifest(&root).contains("target: \"amplify\""));
}

#[test]
fn a_container_is_asked_for_what_its_dockerfile_does_not_say() {
    let files = [("Dockerfile", "FROM public.ecr.aws/docker/library/busybox:1\nCMD [\"httpd\", \"-f\"]\n")];
    let (_folder, root) = repository(&files, GITHUB);
    let mut person = Person::starts(&root);
    person
        .answers("Port", "http")
        .answers("is not a", "0")
        .answers("is not a", "8080")
        .answers("Environments, in order", "production")
        .answers("AWS account", "111111111111")
        .answers("AWS region", "eu-central-1")
        .answers("Shall production wait", "")
        .answers("Change anything?", "")
        .answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    let manifest = manifest(&root);
    for line in ["port: 8080", "account: \"111111111111\"", "region: \"eu-central-1\""] {
        assert!(manifest.contains(line), "{line} is missing in {manifest}");
    }
}

#[test]
fn a_sam_application_goes_to_lambda() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n    \
        Properties:\n      Runtime: python3.13\n      Handler: app.handler\n      CodeUri: src\n";
    let files = [("template.yaml", template), ("src/app.py", "def handler(event, context):\n    return 1\n")];
    let (_folder, root) = repository(&files, GITHUB);
    let mut person = Person::starts(&root);
    person
        .answers("Environments, in order", "")
        .answers("AWS account", "staging=111111111111, production=222222222222")
        .answers("AWS region", "")
        .answers("Shall production wait", "")
        .answers("Change anything?", "")
        .answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    assert!(manifest(&root).contains("account: \"222222222222\""));
    assert!(manifest(&root).contains("target: \"lambda\""));
}

#[test]
fn a_wrong_answer_is_said_at_the_prompt_and_asked_again() {
    let (_folder, root) = spa();
    let mut person = Person::starts(&root);
    person
        .answers("Environments, in order", "Staging, Live")
        .answers("is not a usable name", "staging, live")
        .answers("AWS account", "12345")
        .answers("is not an AWS account id", "none")
        .answers("AWS region", "mars")
        .answers("is not an AWS region", "eu-west-1")
        .answers("Shall live wait", "")
        .answers("Change anything?", "")
        .answers("Write these files?", "");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    assert!(manifest(&root).contains("- name: \"live\""));
}

#[test]
fn an_answer_can_be_changed_before_anything_is_written() {
    let (_folder, root) = spa();
    let down = "\u{1b}[B";
    let mut person = Person::starts(&root);
    person
        .answers("Environments, in order", "")
        .answers("AWS account", "")
        .answers("AWS region", "")
        .answers("Shall production wait", down)
        .answers("Change anything?", &down.repeat(2))
        .answers("Project name", "tea")
        .answers("Change anything?", "")
        .answers("Write these files?", down)
        .answers("+project: \"tea\"", "");
    person.sees("files written");
    let (text, code) = person.ends();
    assert_eq!(code, 0, "{text}");
    assert!(manifest(&root).contains("project: \"tea\""));
    assert!(manifest(&root).contains("approval: \"reviewers\""));
}

#[test]
fn ctrl_c_restores_the_cursor_and_writes_nothing() {
    for stop_at in ["Environments, in order", "Shall production wait"] {
        let (_folder, root) = spa();
        let mut person = Person::starts(&root);
        for prompt in ["Environments, in order", "AWS account", "AWS region"] {
            if prompt == stop_at {
                break;
            }
            person.answers(prompt, "");
        }
        person.sees(stop_at);
        person.session.send(ControlCode::EndOfText).expect("types");
        let (text, code) = person.ends();
        assert_eq!(code, 130, "{text}");
        assert!(text.contains("\u{1b}[?25h"), "the cursor stays hidden: {text:?}");
        assert!(text.contains("nothing was written"), "{text}");
        assert!(!root.join("pipewright.yml").exists() && !root.join("deploy").exists());
    }
}
