"""What each emitted role may do, what it was seen to ask for, and how one permission is taken away from it."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import yaml
from aws.policies import parsed
from cells import Cell
from lab import Lab

UNNEEDED = Path(__file__).resolve().parent / "unneeded.tsv"


class Asked:
    """Hears every question that is put to IAM in one cloud: by the door's table, and by the stubs for what they do in a role's name."""

    def __init__(self, cloud: Any):
        self._cloud = cloud
        self._actions: dict[str, set[str]] = {}
        self._may, cloud.authoriser.may = cloud.authoriser.may, self._heard

    def _heard(self, call: Any, action: str, *more: Any) -> Any:
        self._actions.setdefault(call.principal.iam_arn, set()).add(action)
        return self._may(call, action, *more)

    def of(self, arn: str) -> set[str]:
        """The actions that the role asked for. What services ask for themselves, and the taking of a role, is seen in the calls alone."""
        calls = [call for call in self._cloud.calls if call.principal.iam_arn == arn]
        named = {action for call in calls for action in call.actions}
        return self._actions.get(arn, set()) | named | {"sts:AssumeRole" for call in calls if call.operation == "AssumeRole"}


def emitted(lab: Lab, environment: str = "staging") -> dict[str, str]:
    """The roles of the pipeline in one account: logical name -> ARN. Those of the application's own stack are the application's."""
    client = lab.client("cloudformation", environment)
    stacks = [stack["StackName"] for stack in client.describe_stacks()["Stacks"]]
    found = {}
    for stack in stacks:
        if stack != f"shop-{lab.service}-{environment}":
            for each in client.describe_stack_resources(StackName=stack)["StackResources"]:
                if each["ResourceType"] == "AWS::IAM::Role":
                    found[each["LogicalResourceId"]] = f"arn:aws:iam::{lab.accounts[environment]}:role/{each['PhysicalResourceId']}"
    return found


def granted(lab: Lab, arn: str) -> set[str]:
    """Every action that the role's policies allow on something."""
    role = lab.cloud.policies.role(arn)
    statements = [each for text in role.policies.values() for each in parsed(text)["Statement"] if each["Effect"] == "Allow"]
    return {action for each in statements for action in _listed(each["Action"])}


def unneeded(cell: Cell) -> dict[tuple[str, str], str]:
    """The rows of the file that speak of this cell: role and action -> the reason; a target of `*` is any."""
    with UNNEEDED.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row["role"], row["action"]): row["reason"] for row in rows if row["target"] in (cell.target, "*")}


@contextmanager
def without(lab: Lab, role: str, action: str) -> Iterator[None]:
    """Inside, the role lacks one action in staging's account: an administrator has taken it out of its policies."""
    name = emitted(lab)[role].rsplit("/", 1)[-1]
    iam = lab.client("iam", "staging")
    before = {policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in _policies(iam, name)}
    for policy, document in before.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(_less(document, action)))
    try:
        yield
    finally:
        for policy, document in before.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))


def _policies(iam: Any, role: str) -> list[str]:
    return iam.list_role_policies(RoleName=role)["PolicyNames"]


def _less(document: dict, action: str) -> dict:
    """The document without that action; a statement that allowed nothing else goes."""
    kept = [{**each, "Action": [one for one in _listed(each["Action"]) if one != action]} for each in document["Statement"]]
    return {**document, "Statement": [each for each in kept if each["Action"]]}


def _listed(action: str | list[str]) -> list[str]:
    return [action] if isinstance(action, str) else action


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as pairs of the form and what it is given."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> tuple[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return suffix, loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return suffix, loader.construct_sequence(node, deep=True)
    return suffix, loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _short_form)


def written(folder: Path) -> dict[str, Any]:
    """What an emitted project says of its deploying roles: the policies of each role of an environment, and the scripts that need them."""
    template = yaml.load((folder / "deploy/bootstrap/environment.yaml").read_text(), _Loader)
    policies = {name: each["Properties"]["Policies"] for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    return policies | {path.name: path.read_text() for path in sorted((folder / "deploy").glob("*.*")) if path.is_file()}
