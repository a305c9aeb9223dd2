"""The registry's own HTTP interface, as Docker clients know it: every request becomes a call of ECR's API.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html (the actions of a push)
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from images import registry as local

from ...server import Server

PATH = re.compile(
    r"/v2/(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>.+?)"
    r"/(?P<kind>manifests|blobs/uploads|blobs)/(?P<last>.*)"
)
# What the registry answers for a refusal of the API: status, and its own code.
CODES = {
    "AccessDeniedException": (403, "DENIED"),
    "RepositoryNotFoundException": (404, "NAME_UNKNOWN"),
    "ImageTagAlreadyExistsException": (400, "TAG_INVALID"),
    "LayersNotFoundException": (404, "BLOB_UNKNOWN"),
    "UploadNotFoundException": (404, "BLOB_UPLOAD_UNKNOWN"),
    "InvalidLayerException": (400, "DIGEST_INVALID"),
}
TAKEN = "The image tag '{}' already exists in the '{}' repository and cannot be overwritten because the tag is immutable."
EXPIRED = "Your authorization token has expired. Reauthenticate and try again."
CHALLENGE = {"WWW-Authenticate": 'Basic realm="ecr",service="ecr.amazonaws.com"'}
PART = 10 * 1024 * 1024


class Gate:
    """Listens on a loopback port of its own; whoever logged in is who the calls are made as."""

    def __init__(self, ecr: Any):
        self._ecr = ecr
        self._server = Server(self._answer)
        self.port = int(self._server.url.rsplit(":", 1)[1])

    def close(self) -> None:
        """Stops listening."""
        self._server.close()

    def _answer(self, request: Any) -> Response:
        token = self._ecr.tokens.get(password(request))
        if token is None:
            return error(401, "UNAUTHORIZED", "authentication required", CHALLENGE)
        if self._ecr.cloud.clock.now() >= token.expires:
            return error(403, "DENIED", EXPIRED)
        if request.path == "/v2/":
            return Response("{}", 200)
        found = PATH.fullmatch(request.path)
        if found is None:
            return error(404, "UNSUPPORTED", f"the harness's registry has no {request.path}")
        client = self._ecr.cloud.client(token.credentials, "ecr", found["region"])
        try:
            return Exchange(self._ecr, client, found, request).answer()
        except ClientError as refusal:
            return refused(refusal)


class Exchange:
    """One request of a Docker client and the call that it stands for."""

    def __init__(self, ecr: Any, client: Any, found: re.Match, request: Any):
        self.ecr, self.client, self.request = ecr, client, request
        self.where = {"registryId": found["account"], "repositoryName": found["name"]}
        self.kind, self.last = found["kind"], found["last"]

    def answer(self) -> Response:
        """The registry's answer."""
        name = f"{self.request.method.lower()}_{self.kind.rsplit('/', 1)[-1]}"
        method = getattr(self, name.replace("head_manifests", "get_manifests"), None)
        if method is None:
            return error(405, "UNSUPPORTED", f"the harness's registry does not {self.request.method} {self.kind}")
        return method()

    def head_blobs(self) -> Response:
        layers = self.client.batch_check_layer_availability(**self.where, layerDigests=[self.last])["layers"]
        if not layers:
            return Response(status=404)
        return Response(status=200, headers={"Content-Length": str(layers[0]["layerSize"]), "Docker-Content-Digest": self.last})

    def get_blobs(self) -> Response:
        url = self.client.get_download_url_for_layer(**self.where, layerDigest=self.last)["downloadUrl"]
        return Response(local.shared().request("GET", "/" + url.split("/", 3)[3]).body, 200)

    def post_uploads(self) -> Response:
        key = self.client.initiate_layer_upload(**self.where)["uploadId"]
        return self._accepted(key, 0)

    def patch_uploads(self) -> Response:
        return self._accepted(self.last, self._send(0))

    def put_uploads(self) -> Response:
        sent = int(self.request.args.get("sent", 0))
        if self.request.get_data(cache=True):
            self._send(sent)
        digest = self.request.args["digest"]
        self.client.complete_layer_upload(**self.where, uploadId=self.last, layerDigests=[digest])
        return Response(status=201, headers={"Location": f"/v2/blobs/{digest}", "Docker-Content-Digest": digest})

    def _send(self, first: int) -> int:
        """Uploads the body in parts; answers how much there is now."""
        body = self.request.get_data(cache=True)
        for start in range(0, len(body), PART):
            part = body[start : start + PART]
            at = first + start
            self.client.upload_layer_part(
                **self.where, uploadId=self.last, partFirstByte=at, partLastByte=at + len(part) - 1, layerPartBlob=part
            )
        return first + len(body)

    def _accepted(self, key: str, sent: int) -> Response:
        host = f"{self.where['registryId']}.dkr.ecr.{self.client.meta.region_name}.amazonaws.com"
        place = f"/v2/{host}/{self.where['repositoryName']}/blobs/uploads/{key}?sent={sent}"
        headers = {"Location": place, "Docker-Upload-UUID": key, "Range": f"0-{max(sent - 1, 0)}"}
        return Response(status=202, headers=headers)

    def _immutable(self, tag: str) -> bool:
        state = self.ecr.state(self.where["registryId"], self.client.meta.region_name)
        return state.repository(self.where["repositoryName"]).immutable(tag)

    def get_manifests(self) -> Response:
        key = "imageDigest" if self.last.startswith("sha256:") else "imageTag"
        images = self.client.batch_get_image(**self.where, imageIds=[{key: self.last}])["images"]
        if not images:
            return error(404, "MANIFEST_UNKNOWN", "Requested image not found")
        digest, kind = images[0]["imageId"]["imageDigest"], images[0]["imageManifestMediaType"]
        body = images[0]["imageManifest"].encode()
        return Response(body, 200, {"Docker-Content-Digest": digest}, content_type=kind)

    def put_manifests(self) -> Response:
        body = self.request.get_data(cache=True)
        more = {} if self.last.startswith("sha256:") else {"imageTag": self.last}
        kind = self.request.headers["Content-Type"]
        try:
            self.client.put_image(**self.where, imageManifest=body.decode(), imageManifestMediaType=kind, **more)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "ImageAlreadyExistsException":
                raise
            # A tag that may move may also be pushed again; one that may not, not even on the image that has it.
            # https://github.com/moby/buildkit/issues/2004
            if self._immutable(self.last):
                return error(400, "TAG_INVALID", TAKEN.format(self.last, self.where["repositoryName"]))
        digest = local.digest_of(body)
        return Response(status=201, headers={"Docker-Content-Digest": digest, "Location": f"/v2/manifests/{digest}"})


def password(request: Any) -> str:
    """What the client logged in with."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic":
        return ""
    user, _, given = base64.b64decode(secret).decode().partition(":")
    return given if user == "AWS" else ""


def refused(refusal: ClientError) -> Response:
    """A refusal of the API in the registry's own words."""
    code, message = refusal.response["Error"]["Code"], refusal.response["Error"]["Message"]
    if code in ("ExpiredTokenException", "ExpiredToken"):
        return error(403, "DENIED", EXPIRED)
    status, own = CODES.get(code, (400, "UNSUPPORTED"))
    return error(status, own, message)


def error(status: int, code: str, message: str, headers: dict | None = None) -> Response:
    """An error as the distribution specification words it."""
    body = json.dumps({"errors": [{"code": code, "message": message}]})
    return Response(body, status, headers or {}, content_type="application/json")
