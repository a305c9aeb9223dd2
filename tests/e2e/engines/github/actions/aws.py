"""aws-actions/configure-aws-credentials: an identity token of this job, taken to the cloud's door for a role's credentials."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from xml.etree import ElementTree

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from engines.github.actions import Call, Failed

VERSION = "2011-06-15"
NO_TOKEN = (
    "It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission? "
    "If you are not trying to authenticate with OIDC and the action is working successfully, you can ignore this message."
)
# The real one tries a refused login again, waiting longer each time.
TRIES = 12


def configure(call: Call) -> None:
    """Role by web identity; the keys reach later steps as variables, not as outputs."""
    call.only(
        "aws-region", "role-to-assume", "allowed-account-ids", "role-duration-seconds", "role-session-name", "audience",
        "mask-aws-account-id", "retry-max-attempts", "disable-retry",
    )  # fmt: skip
    region, role = call.inputs["aws-region"], call.inputs["role-to-assume"]
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise Failed(f"Region is not valid: {region}")
    if not role.startswith("arn:"):
        raise Failed("The harness needs a role's full ARN")
    call.exports |= {"AWS_DEFAULT_REGION": region, "AWS_REGION": region}
    keys = _assume(call, role, _identity(call))
    account = _account(call, keys)
    allowed = [each.strip() for each in call.inputs["allowed-account-ids"].split(",") if each.strip()]
    if allowed and account not in allowed:
        expected = ", ".join(allowed)
        raise Failed(f"The account ID of the provided credentials ({account}) does not match any of the expected account IDs: {expected}")
    call.masks += [keys["SecretAccessKey"], keys["SessionToken"]]
    call.exports |= {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }  # fmt: skip
    call.outputs["aws-account-id"] = account
    call.lines.append(f"Authenticated as assumedRoleId {keys['AssumedRoleId']}")


def _identity(call: Call) -> str:
    """What any step with the permission can ask for: the address and the key to it are in its environment."""
    address = call.environment.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    if not address:
        call.lines.append(NO_TOKEN)
        raise Failed("Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers")
    audience = urllib.parse.quote(call.inputs["audience"])
    headers = {"Authorization": f"Bearer {call.environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    status, said = call.site.answer("/oidc?audience=" + audience, {}, headers["Authorization"].split()[1])
    if status != 200:
        raise Failed(f"getIDToken call failed: {said}")
    return said["value"]


def _assume(call: Call, role: str, token: str) -> dict[str, str]:
    tries = 1 if call.flag("disable-retry") else int(call.inputs["retry-max-attempts"] or TRIES)
    asked = {
        "RoleArn": role, "RoleSessionName": call.inputs["role-session-name"] or "GitHubActions", "WebIdentityToken": token,
        "DurationSeconds": call.inputs["role-duration-seconds"] or "3600",
    }  # fmt: skip
    for _ in range(tries):
        answer, error = _ask(call, "AssumeRoleWithWebIdentity", asked, None)
        if answer is not None:
            return {key: answer[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken", "AssumedRoleId")}
    raise Failed(f"Could not assume role with OIDC: {error}")


def _account(call: Call, keys: dict[str, str]) -> str:
    answer, error = _ask(call, "GetCallerIdentity", {}, Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]))
    if answer is None:
        raise Failed(f"Credentials loaded by the SDK do not match the expected access key ID configured by the action: {error}")
    return answer["Account"]


def _ask(call: Call, action: str, parameters: dict[str, str], signer: Credentials | None) -> tuple[dict[str, str] | None, str]:
    """One request to STS at the cloud's door: every element of the answer by its name, or the error's message."""
    data = urllib.parse.urlencode({"Action": action, "Version": VERSION} | parameters)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    address = call.environment["AWS_ENDPOINT_URL"]
    request = AWSRequest("POST", f"{address}/", data=data, headers=headers)
    # An unsigned request names no service: the host of the real STS does, and the door takes its place.
    if signer is not None:
        SigV4Auth(signer, "sts", call.inputs["aws-region"]).add_auth(request)
    sent = urllib.request.Request(f"{address}/", data.encode(), dict(request.headers.items()))
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent) as answer:
            return _elements(answer.read()), ""
    except urllib.error.HTTPError as refused:
        said = _elements(refused.read())
        return None, said.get("Message", f"HTTP {refused.code}")


def _elements(xml: bytes) -> dict[str, str]:
    return {node.tag.rpartition("}")[2]: node.text or "" for node in ElementTree.fromstring(xml).iter()}
