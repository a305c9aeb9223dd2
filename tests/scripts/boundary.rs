//! Whatever in a SAM template makes a role gets the environment's permissions boundary, and nothing else changes.

use crate::target::{SAM, Target::Lambda};
use crate::world::{STACK, World};

const BOUNDARY: &str = "PermissionsBoundary: arn:boundary";

/// Deploys a template with these resources beside the function, and gives what CloudFormation got of them.
fn deployed(resources: &str) -> String {
    let world = World::new(Lambda);
    world.write("app/template.yaml", &SAM.replace("Outputs:\n", &format!("{resources}Outputs:\n")));
    world.release("one", "1");
    world.deploy().must_be_green();
    let template = world.state()["stacks"][STACK]["template"].as_str().unwrap().to_owned();
    let function = format!(
        "  Api:\n    Type: AWS::Serverless::Function\n    Properties:\n      {BOUNDARY}\n      CodeUri: s3://"
    );
    assert!(template.contains(&function), "{template}");
    let (_, rest) = template.split_once("      Handler: main.handler\n").unwrap();
    rest.split_once("Outputs:\n").unwrap().0.to_owned()
}

/// The template with `@` lines says where the boundary must be inserted.
fn becomes(marked: &str) {
    let given: String = marked.split_inclusive('\n').filter(|line| !line.contains('@')).collect();
    let wanted = marked.replace('@', BOUNDARY);
    assert_eq!(deployed(&given), wanted);
}

#[test]
fn a_function_and_a_state_machine() {
    becomes(
        "  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      @
      Definition:
        StartAt: Only
",
    );
}

#[test]
fn a_role_whose_properties_come_before_its_type() {
    becomes(
        "  Role:
    Metadata:
      Properties: none
    Properties:
      @
      RoleName: shop-web-test-role

      Description: |
        Type: AWS::Nothing
    Type: AWS::IAM::Role
",
    );
}

#[test]
fn a_schedule_has_a_role_of_its_own() {
    becomes(
        "  Nightly:
    Type: AWS::Serverless::Function
    Properties:
      @
      InlineCode: |
        def handler(event, context):
          pass
      Events:
        Night:
          Type: ScheduleV2
          Properties:
            @
            ScheduleExpression: rate(1 day)
        Call:
          Type: HttpApi
          Properties:
            Path: /night
",
    );
}

#[test]
fn an_own_boundary_stays_and_what_makes_no_role_is_left_alone() {
    becomes(
        "  Own:
    Type: AWS::IAM::Role
    Properties:
      RoleName: shop-web-test-own
      PermissionsBoundary:
        Ref: Greeting
  Table:
    Type: AWS::Serverless::SimpleTable
    Properties:
      TableName: AWS::IAM::Role
  Last:
    Type: AWS::IAM::Role
    Properties:
      @
      RoleName: shop-web-test-last
",
    );
}
