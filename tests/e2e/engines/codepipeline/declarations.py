"""What CodePipeline refuses in the declaration of a pipeline, and what of a declaration is not known here."""

from __future__ import annotations

from aws.base import AwsError, HarnessError

_PIPELINE = {
    "name", "roleArn", "artifactStore", "stages", "version", "executionMode", "pipelineType", "triggers",
}  # fmt: skip
_STAGE = {"name", "actions"}
_ACTION = {
    "name", "actionTypeId", "runOrder", "configuration", "outputArtifacts", "inputArtifacts", "namespace", "timeoutInMinutes",
}  # fmt: skip
# Category and provider -> the keys of its configuration (the action structure reference), those that are required first.
_CONNECTION = ({"ConnectionArn", "FullRepositoryId", "BranchName"}, {"OutputArtifactFormat", "DetectChanges"})
_COMMIT = ({"RepositoryName", "BranchName"}, {"PollForSourceChanges", "OutputArtifactFormat"})
_BUILD = ({"ProjectName"}, {"PrimarySource", "EnvironmentVariables"})
PROVIDERS = {
    ("Source", "CodeStarSourceConnection"): _CONNECTION,
    ("Source", "CodeCommit"): _COMMIT,
    ("Build", "CodeBuild"): _BUILD,
    ("Test", "CodeBuild"): _BUILD,
    ("Approval", "Manual"): (set(), {"CustomData", "ExternalEntityLink", "NotificationArn"}),
}


def checked(pipeline: dict) -> None:
    """Raises the refusal, or returns."""
    _known(pipeline, _PIPELINE, "the pipeline")
    stages = pipeline["stages"]
    if len(stages) < 2:
        _structure("Pipeline has fewer than two stages")
    _unique([stage["name"] for stage in stages], "stage")
    made: set[str] = set()
    for number, stage in enumerate(stages):
        _known(stage, _STAGE, f"stage {stage['name']}")
        _unique([action["name"] for action in stage["actions"]], "action")
        for order in sorted({action.get("runOrder", 1) for action in stage["actions"]}):
            same = [action for action in stage["actions"] if action.get("runOrder", 1) == order]
            for action in same:
                _action(action, number == 0, made)
            made |= _outputs(same, made)
    _modes(pipeline)


def _outputs(actions: list[dict], made: set[str]) -> set[str]:
    names = [each["name"] for action in actions for each in action.get("outputArtifacts", [])]
    _unique(names, "output artifact")
    if set(names) & made:
        _structure(f"Output Artifact Bundle name must be unique within the pipeline: {sorted(set(names) & made)}")
    return set(names)


def _action(action: dict, first: bool, made: set[str]) -> None:
    _known(action, _ACTION, f"action {action['name']}")
    kind = action["actionTypeId"]
    key = (kind["category"], kind["provider"])
    if key not in PROVIDERS or kind["owner"] != "AWS" or kind["version"] != "1":
        raise HarnessError(f"the action type {kind} is not known here")
    if first != (kind["category"] == "Source"):
        _structure("Source actions stand in the first stage, and nothing else does")
    required, optional = PROVIDERS[key]
    given = {name for name, value in action.get("configuration", {}).items() if value is not None}
    if required - given:
        _declaration(f"Action configuration for action '{action['name']}' is missing {sorted(required - given)}")
    if given - required - optional:
        raise HarnessError(f"configuration of {key}: nothing is known here of {sorted(given - required - optional)}")
    _artifacts(action, kind, made)


def _artifacts(action: dict, kind: dict, made: set[str]) -> None:
    inputs = [each["name"] for each in action.get("inputArtifacts", [])]
    outputs = action.get("outputArtifacts", [])
    if set(inputs) - made:
        _structure(f"Input Artifact Bundle {sorted(set(inputs) - made)} in action {action['name']} is not declared as output before")
    counts = {"Source": ((0, 0), (1, 1)), "Approval": ((0, 0), (0, 0))}.get(kind["category"], ((1, 5), (0, 5)))
    for found, (least, most), word in ((inputs, counts[0], "input"), (outputs, counts[1], "output")):
        if not least <= len(found) <= most:
            _declaration(f"Action {action['name']} has {len(found)} {word} artifacts")
    primary = action.get("configuration", {}).get("PrimarySource")
    if kind["provider"] == "CodeBuild" and (len(inputs) > 1 and primary not in inputs):
        _declaration(f"Action {action['name']} needs a PrimarySource among its input artifacts")
    if "timeoutInMinutes" in action and kind["category"] != "Approval":
        _declaration("timeoutInMinutes is available only to the manual approval action")


def _modes(pipeline: dict) -> None:
    second = pipeline.get("pipelineType", "V1") == "V2"
    mode = pipeline.get("executionMode", "SUPERSEDED")
    if not second and (pipeline.get("triggers") or mode != "SUPERSEDED"):
        _structure("Triggers and execution modes need a pipeline of type V2")
    if mode == "PARALLEL":
        raise HarnessError("the execution mode PARALLEL is not known here")
    sources = {action["name"] for action in pipeline["stages"][0]["actions"]}
    for trigger in pipeline.get("triggers") or []:
        name = trigger["gitConfiguration"]["sourceActionName"]
        if name not in sources:
            _structure(f"Trigger configuration names the source action {name}, which the pipeline does not have")


def _known(found: dict, known: set[str], where: str) -> None:
    unknown = {key for key, value in found.items() if value not in (None, [], {})} - known
    if unknown:
        raise HarnessError(f"{where}: nothing is known here of {sorted(unknown)}")


def _unique(names: list[str], what: str) -> None:
    if len(set(names)) != len(names):
        _structure(f"Pipeline has two of one {what} name: {names}")


def _structure(message: str) -> None:
    raise AwsError("InvalidStructureException", message)


def _declaration(message: str) -> None:
    raise AwsError("InvalidActionDeclarationException", message)
