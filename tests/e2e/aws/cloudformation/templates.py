"""Operations that show and check templates."""

from __future__ import annotations

from typing import Any

from ..base import AwsError, Call
from . import capabilities, template, transforms, wishes
from .engine import Engine
from .template import invalid


class Templates(Engine):
    """Get, summarise, validate."""

    def get_template(self, call: Call) -> dict[str, Any]:
        """As it was given, or after its transforms."""
        stack = self.existing(call)
        wish = stack.current
        if call.params.get("ChangeSetName"):
            one = stack.change_sets.get(call.params["ChangeSetName"])
            if one is None:
                raise AwsError("ChangeSetNotFound", f"ChangeSet [{call.params['ChangeSetName']}] does not exist", 404)
            wish = one.wish
        if wish is None:
            raise invalid(f"Template for stack {stack.name} is not available")
        processed = call.params.get("TemplateStage") == "Processed" and wish.transforms
        body = template.dump(wish.template) if processed else wish.text
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, call: Call) -> dict[str, Any]:
        """Of a template, or of a stack's."""
        stack = self.existing(call) if "StackName" in call.params else None
        if stack is not None and stack.current is None:
            raise invalid(f"Template for stack {stack.name} is not available")
        text = stack.current.text if stack else wishes.text_of(self, call, None)
        raw = template.load(text)
        template.check(raw)
        answer = self._summary(raw)
        answer["ResourceTypes"] = sorted({one["Type"] for one in raw["Resources"].values()})
        for one in answer["Parameters"]:
            declared = raw["Parameters"][one["ParameterKey"]]
            one["ParameterType"] = declared.get("Type", "String")
            allowed = declared.get("AllowedValues")
            one["ParameterConstraints"] = {"AllowedValues": [str(value) for value in allowed]} if allowed else {}
        return answer

    def validate_template(self, call: Call) -> dict[str, Any]:
        """Its form alone; types and properties are not looked at."""
        raw = template.load(wishes.text_of(self, call, None))
        template.check(raw)
        return self._summary(raw)

    @staticmethod
    def _summary(raw: dict[str, Any]) -> dict[str, Any]:
        needed, types = capabilities.needed(raw)
        listed = []
        for key, one in (raw.get("Parameters") or {}).items():
            shown = {"ParameterKey": key, "NoEcho": str(one.get("NoEcho", False)).lower() == "true"}
            shown |= {"DefaultValue": str(one["Default"])} if "Default" in one else {}
            listed.append(shown | ({"Description": one["Description"]} if "Description" in one else {}))
        answer: dict[str, Any] = {"Parameters": listed, "DeclaredTransforms": transforms.declared(raw)}
        if "Description" in raw:
            answer["Description"] = raw["Description"]
        if needed:
            reason = f"The following resource(s) require capabilities: [{', '.join(types)}]"
            answer |= {"Capabilities": [needed], "CapabilitiesReason": reason}
        return answer
