"""The operations of Amplify on apps and branches; those on jobs are in jobs.py."""

from __future__ import annotations

from typing import Any

from ...base import AwsError, Call, HarnessError
from ..regional import Regional, identifier
from .jobs import Jobs
from .state import App, Branch, State

# The settings that the harness keeps; any other would be silently without effect, so it is an error.
APP = {"name", "description", "platform", "customRules", "customHeaders", "enableBranchAutoBuild"}
BRANCH = {"branchName", "description", "stage", "enableAutoBuild", "displayName", "enablePullRequestPreview"}


class Amplify(Jobs, Regional):
    """The stub."""

    name = "amplify"
    State = State

    def create_app(self, call: Call) -> dict:
        settings = kept(call.params, APP)
        key = "d" + identifier(13)
        arn = f"arn:aws:amplify:{call.region}:{call.account}:apps/{key}"
        app = App(key, arn, call.time, settings, dict(call.params.get("tags") or {}))
        self.here(call).apps[key] = app
        return {"app": app_shown(app)}

    def get_app(self, call: Call) -> dict:
        return {"app": app_shown(self.app(call))}

    def list_apps(self, call: Call) -> dict:
        return {"apps": [app_shown(app) for app in self.here(call).apps.values()]}

    def update_app(self, call: Call) -> dict:
        app = self.app(call)
        app.settings |= kept(call.params, APP)
        # The door's parser drops an empty list; here it means: no rules any more.
        if (call.request.get_json(silent=True) or {}).get("customRules") == []:
            app.settings["customRules"] = []
        return {"app": app_shown(app)}

    def delete_app(self, call: Call) -> dict:
        app = self.app(call)
        for name in list(app.branches):
            self._remove(app, name)
        return {"app": app_shown(self.here(call).apps.pop(app.id))}

    def app(self, call: Call) -> App:
        return self.here(call).app(call.params["appId"])

    def branch(self, call: Call) -> Branch:
        return self.app(call).branch(call.params["branchName"])

    def create_branch(self, call: Call) -> dict:
        app, name = self.app(call), call.params["branchName"]
        if name in app.branches:
            raise AwsError("BadRequestException", f"The specified branch {name} already exists.")
        arn = f"{app.arn}/branches/{name}"
        branch = Branch(name, arn, call.time, kept(call.params, BRANCH), dict(call.params.get("tags") or {}))
        app.branches[name] = branch
        state = self.here(call)
        self.cloud.sites[host(app, branch)] = lambda path, headers: visit(state, app, branch, path)
        return {"branch": branch_shown(branch)}

    def get_branch(self, call: Call) -> dict:
        return {"branch": branch_shown(self.branch(call))}

    def list_branches(self, call: Call) -> dict:
        return {"branches": [branch_shown(branch) for branch in self.app(call).branches.values()]}

    def update_branch(self, call: Call) -> dict:
        branch = self.branch(call)
        branch.settings |= kept(call.params, BRANCH)
        return {"branch": branch_shown(branch)}

    def delete_branch(self, call: Call) -> dict:
        app, branch = self.app(call), self.branch(call)
        self._remove(app, branch.name)
        return {"branch": branch_shown(branch)}

    def _remove(self, app: App, name: str) -> None:
        self.cloud.sites.pop(host(app, app.branches.pop(name)), None)

    def tag_resource(self, call: Call) -> dict:
        self._tags(call).update(call.params["tags"])
        return {}

    def untag_resource(self, call: Call) -> dict:
        for key in call.params["tagKeys"]:
            self._tags(call).pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call) -> dict:
        return {"tags": self._tags(call)}

    def _tags(self, call: Call) -> dict[str, str]:
        found = self._by_arn(call.params["resourceArn"])
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Resource {call.params['resourceArn']} not found.", 404)
        return found.tags

    def resource_tags(self, arn: str) -> dict[str, str]:
        """For the evaluator."""
        found = self._by_arn(arn)
        return found.tags if found else {}

    def _by_arn(self, arn: str) -> Any:
        _, _, _, region, account, path = arn.split(":", 5)
        parts = path.split("/", 3)
        app = self.state(account, region).apps.get(parts[1])
        return app.branches.get(parts[3]) if app and len(parts) == 4 else app


def kept(given: dict, known: set[str]) -> dict:
    """The settings out of a call's parameters."""
    unknown = set(given) - known - {"appId", "tags"}
    if unknown:
        raise HarnessError(f"the stub of amplify does not know {', '.join(sorted(unknown))}")
    return {key: given[key] for key in known if key in given}


def host(app: App, branch: Branch) -> str:
    """Where visitors go."""
    return f"{branch.name.replace('/', '-')}.{app.domain}"


def visit(state: State, app: App, branch: Branch, path: str) -> tuple[int, dict, bytes]:
    """What a visitor gets; before the first deployment there is nothing."""
    published = branch.published
    if published is None:
        return 404, {"Content-Type": "text/html"}, b"Your app will appear here once you complete your first deployment.\n"
    if published.sha256 in state.answers:
        return state.answers[published.sha256], {"Content-Type": "text/plain"}, b"as the test wants it\n"
    return published.answer(path, app.settings.get("customRules") or [])


def app_shown(app: App) -> dict:
    """An app as GetApp shows it."""
    shown = {
        "appId": app.id,
        "appArn": app.arn,
        "description": "",
        "repository": "",
        "platform": "WEB",
        "createTime": app.created,
        "updateTime": app.created,
        "environmentVariables": {},
        "defaultDomain": app.domain,
        "enableBranchAutoBuild": False,
        "enableBasicAuth": False,
        "tags": app.tags,
    }
    return shown | app.settings


def branch_shown(branch: Branch) -> dict:
    """A branch as GetBranch shows it."""
    shown = {
        "branchArn": branch.arn,
        "description": "",
        "stage": "PRODUCTION",
        "displayName": branch.name.replace("/", "-"),
        "enableNotification": False,
        "createTime": branch.created,
        "updateTime": branch.created,
        "environmentVariables": {},
        "enableAutoBuild": True,
        "customDomains": [],
        "framework": "",
        "activeJobId": branch.active_job,
        "totalNumberOfJobs": str(len(branch.jobs)),
        "enableBasicAuth": False,
        "ttl": "5",
        "enablePullRequestPreview": False,
        "tags": branch.tags,
    }
    return shown | branch.settings
