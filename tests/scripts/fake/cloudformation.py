"""CloudFormation: stacks that move on by the number of times somebody looks at them."""
import json
import os
import re
from datetime import datetime, timezone

import ecs
import samples
import world

def describe_stacks(state, words):
    given = world.options(words, "stack-name= query= output=")
    stack = stack_of(state, given["stack-name"], "DescribeStacks")
    document = {
        "Stacks": [
            {
                "StackStatus": stack["status"],
                "Parameters": [
                    {"ParameterKey": key, "ParameterValue": "****" if key in stack.get("secret", []) else value}
                    for key, value in stack.get("parameters", {}).items()
                ],
                "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in stack["outputs"].items()],
            }
        ]
    }
    if stack.get("then"):
        stack["status"] = stack["then"].pop(0)
        if stack["status"] == "GONE":
            del state["stacks"][given["stack-name"]]
    return world.answer(
        document,
        {
            r"Stacks\[0\]\.(StackStatus)": lambda all, key: all["Stacks"][0][key],
            r"Stacks\[0\]\.Outputs\[\?OutputKey=='(\w+)'\]\.OutputValue\|\[0\]": lambda all, key: next(
                (o["OutputValue"] for o in all["Stacks"][0]["Outputs"] if o["OutputKey"] == key), None
            ),
            r"\(Stacks\[0\]\.Parameters \|\| `\[\]`\)\[\?ParameterValue != '\*\*\*\*'\]\."
            r"join\('=', \[ParameterKey, ParameterValue\]\)": lambda all: [
                f"{p['ParameterKey']}={p['ParameterValue']}"
                for p in all["Stacks"][0]["Parameters"]
                if p["ParameterValue"] != "****"
            ],
        },
        given,
    )


def stack_of(state, name, operation):
    if name not in state["stacks"]:
        raise world.Failed(
            f"An error occurred (ValidationError) when calling the {operation} operation: "
            f"Stack with id {name} does not exist"
        )
    return state["stacks"][name]


def delete_stack(state, words):
    given = world.options(words, "stack-name= role-arn=")
    stack = stack_of(state, given["stack-name"], "DeleteStack")
    needs_role(state, given)
    if stack.get("worked") or stack["status"] not in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
        world.refuse("deletes a stack that once worked")
    stack.update(status="DELETE_IN_PROGRESS", then=["DELETE_IN_PROGRESS", "GONE"])


def needs_role(state, given):
    if given["role-arn"] != state["stacks"]["shop-test-bootstrap"]["outputs"]["CloudFormationRoleArn"]:
        world.refuse("a role that is not this environment's")


def describe_stack_events(state, words):
    given = world.options(words, "stack-name= query= output=")
    stack = stack_of(state, given["stack-name"], "DescribeStackEvents")
    query = (
        r"reverse\(StackEvents\[\?Timestamp>='([\dT:-]+)' &&\s+ends_with\(ResourceStatus,'_FAILED'\) && "
        r"ResourceStatusReason\]\.join\(': ',\[LogicalResourceId,ResourceStatusReason\]\)\)\[:3\]"
    )
    return world.answer(
        stack["events"],
        {
            query: lambda events, since: [
                f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}"
                for e in reversed(events)
                if e["Timestamp"] >= since and e["ResourceStatus"].endswith("_FAILED") and e.get("ResourceStatusReason")
            ][:3]
        },
        given,
    )


def get_template(state, words):
    given = world.options(words, "stack-name= template-stage= query= output=")
    stack = stack_of(state, given["stack-name"], "GetTemplate")
    if given["template-stage"] != "Original":
        world.refuse("a template whose macros are expanded")
    return world.answer(stack["template"], {"TemplateBody": lambda body: body}, given)


def overrides(words):
    if len(words) == 1 and words[0].startswith("file://"):
        words = json.loads(world.read(words[0].removeprefix("file://")))
    return dict(word.split("=", 1) for word in words)


def deploy(state, words):
    spec = "stack-name= template-file= capabilities= no-fail-on-empty-changeset! s3-bucket? s3-prefix?"
    if state.get("person"):  # who works with rights of their own, and leaves the parameters as they are
        given = {"parameter-overrides": [], **world.options(words, spec)}
    else:
        given = world.options(words, spec + " role-arn= parameter-overrides*")
        needs_role(state, given)
    if given["capabilities"] != "CAPABILITY_NAMED_IAM":
        world.refuse("other capabilities")
    name, old = given["stack-name"], state["stacks"].get(given["stack-name"])
    if old and not re.fullmatch("(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE", old["status"]):
        world.refuse(f"{name} is in {old['status']} state and can not be updated")
    template = world.read(given["template-file"]).decode()
    wanted = samples.parameters(template, overrides(given["parameter-overrides"]), (old or {}).get("parameters", {}))
    new = {"template": template, "parameters": wanted}
    if old and (old["template"], old["parameters"]) == (template, wanted):
        return f"\nNo changes to deploy. Stack {name} is up to date\n"
    outcome = state["deployments"].pop(0) if state["deployments"] else {}
    stack = old or {"events": [], "outputs": {}, "template": "", "parameters": {}}
    state["stacks"][name] = stack
    express = os.path.basename(given["template-file"]) == "ecs-express.yaml"
    if express and outcome.get("reaches ECS", "reason" not in outcome):
        ecs.begin(state, wanted["Image"])
    if "reason" in outcome:
        stack["status"] = "UPDATE_ROLLBACK_COMPLETE" if old else "ROLLBACK_COMPLETE"
        event(stack, "UPDATE_ROLLBACK_IN_PROGRESS", name, "The following resource(s) failed")
        event(stack, "UPDATE_FAILED", "Thing", outcome["reason"])
        event(stack, "UPDATE_FAILED", "Other", "Resource update cancelled")
        for number in range(3):
            event(stack, "UPDATE_FAILED", f"Late{number}", "Resource update cancelled")
        raise world.Failed("Failed to create/update the stack. Run the following command", 255)
    stack.update(new, status="UPDATE_COMPLETE" if old else "CREATE_COMPLETE", worked=True)
    stack["outputs"] = samples.outputs(state, name, template)
    return f"\nSuccessfully created/updated stack - {name}\n"


def event(stack, status, resource, reason):
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    stack["events"].insert(
        0, {"Timestamp": now, "ResourceStatus": status, "LogicalResourceId": resource, "ResourceStatusReason": reason}
    )


CALLS = {
    "cloudformation describe-stacks": describe_stacks,
    "cloudformation delete-stack": delete_stack,
    "cloudformation describe-stack-events": describe_stack_events,
    "cloudformation get-template": get_template,
    "cloudformation deploy": deploy,
}
