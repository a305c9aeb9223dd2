"""ECS: one Express service whose rollouts move on by the number of times somebody looks at them."""
import re

import world

SERVICE = "shop-web-test"
QUERY = {
    r"sort_by\(serviceDeployments, &createdAt\)\[-1\]\.\[serviceDeploymentArn, status, statusReason\]": lambda found: (
        lambda newest: [newest["arn"], newest["status"], newest.get("reason")]
    )(max(found, key=lambda rollout: rollout["createdAt"]))
    if found
    else None,
    r"services\[0\]\.currentServiceRevisions\[\?runningTaskCount > `0`\]\.arn": lambda found: [
        revision["arn"] for revision in found if revision["running"] > 0
    ],
    r"serviceRevisions\[\?!contains\(to_string\(containerImages\), '(sha256:\w+)'\)\]\.serviceRevisionArn": lambda found, digest: [
        revision["arn"] for revision in found if digest not in revision["image"]
    ],
    r"taskArns\[:100\]": lambda found: [task["arn"] for task in found][:100],
    r"sort_by\(tasks, &createdAt\)\[-1\]\.\{lastStoppedTask: stoppedReason, containers: containers\[\]\.\[exitCode, reason\]\}": lambda found: (
        lambda last: {"lastStoppedTask": last["reason"], "containers": [[1, None]]}
    )(max(found, key=lambda task: task["createdAt"])),
}


def begin(state, image):
    """Called by CloudFormation: a changed image starts a rollout, an unchanged one starts none."""
    service = state.setdefault("ecs", {"rollouts": [], "revisions": [], "stopped": [], "image": None})
    if service["image"] == image:
        return
    outcomes = state.get("rollouts", [])
    outcome = outcomes.pop(0) if outcomes else {}
    number = len(service["rollouts"]) + 1
    service["rollouts"].append(
        {
            "arn": f"arn:rollout/{number}",
            "createdAt": number,
            "image": image,
            "status": "PENDING",
            "then": outcome.get("statuses", ["IN_PROGRESS", "SUCCESSFUL"]),
            "reason": outcome.get("reason"),
            "switches": outcome.get("switches", True),
            "drains": outcome.get("drains", True),
        }
    )
    for reason in outcome.get("stopped", []):
        service["stopped"].append({"arn": f"arn:task/{number}", "createdAt": number, "reason": reason})


def end(state, rollout):
    """A rollout that ended well switches to its image, one that was rolled back leaves what ran before."""
    service = state["ecs"]
    if rollout["status"] == "SUCCESSFUL" and rollout["switches"]:
        for revision in service["revisions"]:
            revision["running"] = 0 if rollout["drains"] else 1
        number = len(service["revisions"]) + 1
        service["revisions"].append({"arn": f"arn:revision/{number}", "image": rollout["image"], "running": 1})
        service["image"] = rollout["image"]
        state["live"] = state["images"][rollout["image"].split("@")[1]]


def service_of(state, name, cluster):
    if (name, cluster) != (SERVICE, "default"):
        world.refuse(f"the service {name} in the cluster {cluster}")
    if "ecs" not in state:
        raise world.Failed("An error occurred (ClusterNotFoundException): Cluster not found.")
    return state["ecs"]


def list_service_deployments(state, words):
    given = world.options(words, "cluster= service= max-results= created-at= query= output=")
    if not re.fullmatch(r"after=\d{10}", given["created-at"]):
        world.refuse("deployments since " + given["created-at"])
    service = service_of(state, given["service"], given["cluster"])
    text = world.answer(service["rollouts"], QUERY, given)
    for rollout in service["rollouts"][-1:]:
        if rollout["then"]:
            rollout["status"] = rollout["then"].pop(0)
            end(state, rollout)
    return text


def describe_services(state, words):
    given = world.options(words, "cluster= services= query= output=")
    service = service_of(state, given["services"], given["cluster"])
    return world.answer(service["revisions"], QUERY, given)


def describe_service_revisions(state, words):
    given = world.options(words, "service-revision-arns* query= output=")
    asked = given["service-revision-arns"]
    found = [revision for revision in state["ecs"]["revisions"] if revision["arn"] in asked]
    if not asked or len(found) != len(asked):
        world.refuse("revisions that do not exist")
    return world.answer(found, QUERY, given)


def list_tasks(state, words):
    given = world.options(words, "cluster= family= desired-status= query= output=")
    if (given["family"], given["desired-status"]) != ("default-" + SERVICE, "STOPPED"):
        world.refuse("other tasks")
    return world.answer(service_of(state, SERVICE, given["cluster"])["stopped"], QUERY, given)


def describe_tasks(state, words):
    given = world.options(words, "cluster= tasks* query= output=")
    found = [task for task in state["ecs"]["stopped"] if task["arn"] in given["tasks"]]
    return world.answer(found, QUERY, given)


CALLS = {
    "ecs list-service-deployments": list_service_deployments,
    "ecs describe-services": describe_services,
    "ecs describe-service-revisions": describe_service_revisions,
    "ecs list-tasks": list_tasks,
    "ecs describe-tasks": describe_tasks,
}
