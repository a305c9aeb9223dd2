"""ECS Express Mode through CloudFormation, with each answer to the question whether it waits for the rollout."""

import pytest
from aws.cloud import Cloud
from aws.cloudformation.testing import ACCOUNT, REGION, Desk
from aws.services import sample

TEMPLATE = f"""
Parameters: {{Image: {{Type: String}}}}
Resources:
  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: /shop}}}}
  Service:
    Type: AWS::ECS::ExpressGatewayService
    Properties:
      ServiceName: shop
      ExecutionRoleArn: !Sub arn:aws:iam::${{AWS::AccountId}}:role/exec
      InfrastructureRoleArn: !Sub arn:aws:iam::${{AWS::AccountId}}:role/infra
      HealthCheckPath: /
      PrimaryContainer:
        Image: !Sub {sample.NAME}@${{Image}}
        ContainerPort: "8080"
        AwsLogsConfiguration: {{LogGroup: !Ref Logs, LogStreamPrefix: ecs}}
Outputs:
  Endpoint: {{Value: !GetAtt Service.Endpoint}}
"""


@pytest.fixture
def desk():
    with Cloud() as cloud:
        desk = Desk(cloud)
        desk.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        sample.repository(cloud)
        sample.role(cloud, "exec", "ecs-tasks.amazonaws.com", managed=sample.EXECUTION)
        sample.role(cloud, "infra", "ecs.amazonaws.com", managed=sample.INFRASTRUCTURE)
        yield desk
        assert cloud.unexpected() == []


def deploy(desk, version, waits=True):
    desk.cloud.cloudformation.express_waits = waits
    digest = sample.push(desk.cloud, version)
    return digest, lambda: desk.deploy("shop", TEMPLATE, parameters={"Image": digest})


def rollouts(desk):
    found = desk.client("ecs").list_service_deployments(cluster="default", service="shop")["serviceDeployments"]
    return [one["status"] for one in sorted(found, key=lambda one: one["createdAt"])]


def state(desk):
    return desk.cloud.state("ecs", ACCOUNT, REGION)


def test_it_waits_and_gives_the_endpoint(desk):
    digest, run = deploy(desk, "1")
    stack = run()
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert ".ecs.eu-west-1.on.aws" in stack["Outputs"][0]["OutputValue"]
    assert rollouts(desk) == ["SUCCESSFUL"] and state(desk).running("shop") == digest
    desk.cloudformation.delete_stack(StackName="shop")
    assert desk.status("shop") == "gone"


def test_it_returns_at_once(desk):
    _, run = deploy(desk, "1", waits=False)
    assert run()["StackStatus"] == "CREATE_COMPLETE"
    assert "ListServiceDeployments" not in [call.operation for call in desk.cloud.calls]


@pytest.mark.parametrize(
    ("waits", "status"), [(True, "UPDATE_ROLLBACK_COMPLETE"), ("blind", "UPDATE_COMPLETE"), (False, "UPDATE_COMPLETE")]
)
def test_a_rollout_that_goes_back(desk, waits, status):
    first, run = deploy(desk, "1")
    run()
    second, run = deploy(desk, "2", waits)
    state(desk).next_rollout("it crashes", digest=second)
    assert run()["StackStatus"] == status
    for _ in range(5):
        if rollouts(desk)[-1] != "IN_PROGRESS":
            break
    assert state(desk).running("shop") == first
    if waits is True:
        reasons = [reason for logical, state, reason in desk.events("shop") if state == "UPDATE_FAILED"]
        assert "ROLLBACK_SUCCESSFUL" in reasons[0] and "HandlerErrorCode: NotStabilized" in reasons[0]


def test_an_update_that_needs_no_rollout_waits_for_none(desk):
    digest, run = deploy(desk, "1")
    run()
    made = desk.change_set("shop", TEMPLATE + "  More: {Value: x}\n", "UPDATE", parameters={"Image": digest})
    desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    assert desk.status("shop") == "UPDATE_COMPLETE" and rollouts(desk) == ["SUCCESSFUL"]


def test_a_name_that_is_fixed_cannot_be_replaced(desk):
    _, run = deploy(desk, "1")
    run()
    changed = TEMPLATE.replace("ServiceName: shop", "ServiceName: shop\n      Tags: [{Key: a, Value: b}]")
    digest = state(desk).running("shop")
    assert desk.deploy("shop", changed, parameters={"Image": digest})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("Rename shop and update" in reason for _, _, reason in desk.events("shop"))
