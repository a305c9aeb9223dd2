"""Images and their layers: every one that ECR knows is in the local registry, put there by these operations."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from images import registry as local

from ...base import AwsError, Call
from .gate import TAKEN
from .rules import named
from .state import Image, Repository

NO_LAYERS = "Layers with digests '{digests}' required for pushing image do not exist in the repository with name '{name}' in the registry with id '{account}'"


@dataclass
class Upload:
    """A layer on its way."""

    repository: Repository
    content: bytearray


class Images:
    """The operations on images; a part of the stub of ECR."""

    _uploads: dict[str, Upload]

    def initiate_layer_upload(self, call: Call) -> dict:
        key = str(uuid.uuid4())
        self.uploads[key] = Upload(self.repository(call), bytearray())
        return {"uploadId": key, "partSize": 10 * 1024 * 1024}

    @property
    def uploads(self) -> dict[str, Upload]:
        """The layers that are not complete."""
        self.__dict__.setdefault("_uploads", {})
        return self._uploads

    def upload_layer_part(self, call: Call) -> dict:
        upload = self._upload(call)
        if call.params["partFirstByte"] != len(upload.content):
            raise AwsError("InvalidLayerPartException", "The layer part does not follow the part before it")
        upload.content += call.params["layerPartBlob"]
        return {**named(upload.repository), "uploadId": call.params["uploadId"], "lastByteReceived": len(upload.content) - 1}

    def complete_layer_upload(self, call: Call) -> dict:
        upload = self._upload(call)
        content, wanted = bytes(upload.content), call.params["layerDigests"][0]
        if local.digest_of(content) != wanted:
            raise AwsError("InvalidLayerException", f"Image digest {wanted} does not match the uploaded layer")
        del self.uploads[call.params["uploadId"]]
        local.shared().put_blob(upload.repository.place, content)
        return {**named(upload.repository), "uploadId": call.params["uploadId"], "layerDigest": wanted}

    def _upload(self, call: Call) -> Upload:
        repository, upload = self.repository(call), self.uploads.get(call.params["uploadId"])
        if upload is None or upload.repository is not repository:
            raise AwsError("UploadNotFoundException", f"The upload with ID '{call.params['uploadId']}' does not exist")
        return upload

    def batch_check_layer_availability(self, call: Call) -> dict:
        repository, layers, failures = self.repository(call), [], []
        for digest in call.params["layerDigests"]:
            content = local.shared().blob(repository.place, digest)
            if content is None:
                failures.append({"layerDigest": digest, "failureCode": "MissingLayerDigest", "failureReason": "no such layer"})
            else:
                layers.append({"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": len(content)})
        return {"layers": layers, "failures": failures}

    def get_download_url_for_layer(self, call: Call) -> dict:
        repository, digest = self.repository(call), call.params["layerDigest"]
        if local.shared().blob(repository.place, digest) is None:
            raise AwsError("LayersNotFoundException", f"The layer '{digest}' does not exist in the repository")
        url = f"http://127.0.0.1:{local.shared().port}/v2/{repository.place}/blobs/{digest}"
        return {"downloadUrl": url, "layerDigest": digest}

    def put_image(self, call: Call) -> dict:
        repository, given = self.repository(call), call.params
        body = given["imageManifest"].encode()
        digest, tag = local.digest_of(body), given.get("imageTag")
        if given.get("imageDigest") not in (None, digest):
            raise AwsError("ImageDigestDoesNotMatchException", f"The digest of the manifest is {digest}")
        if tag:
            _check_tag(repository, tag, digest)
        media_type = given.get("imageManifestMediaType") or json.loads(body).get("mediaType") or local.MANIFEST_TYPES[2]
        size = _check_layers(repository, json.loads(body))
        local.shared().put_manifest(repository.place, tag or digest, body, media_type)
        image = repository.images.setdefault(digest, Image(digest, media_type, call.time, size))
        if tag:
            repository.move(tag, image)
        return {"image": self._shown(repository, image, tag)}

    def _shown(self, repository: Repository, image: Image, tag: str | None) -> dict:
        body = self.state(repository.account, repository.region).manifest(repository.name, image.digest)
        key = {"imageDigest": image.digest} | ({"imageTag": tag} if tag else {})
        return {**named(repository), "imageId": key, "imageManifest": body.decode(), "imageManifestMediaType": image.media_type}

    def batch_get_image(self, call: Call) -> dict:
        repository, found, failures = self.repository(call), [], []
        for key in call.params["imageIds"]:
            image = repository.find(key)
            if image is None:
                failures.append({"imageId": key, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"})
            else:
                found.append(self._shown(repository, image, key.get("imageTag")))
        return {"images": found, "failures": failures}

    def describe_images(self, call: Call) -> dict:
        repository, wanted = self.repository(call), call.params.get("imageIds")
        images = [_existing(repository, key) for key in wanted] if wanted else repository.images.values()
        status = (call.params.get("filter") or {}).get("tagStatus", "ANY")
        kept = [image for image in images if status == "ANY" or (status == "TAGGED") == bool(image.tags)]
        return {"imageDetails": [_detail(repository, image) for image in kept]}

    def list_images(self, call: Call) -> dict:
        repository = self.repository(call)
        ids: list[dict] = []
        for image in repository.images.values():
            ids += [{"imageDigest": image.digest, "imageTag": tag} for tag in image.tags] or [{"imageDigest": image.digest}]
        return {"imageIds": ids}

    def batch_delete_image(self, call: Call) -> dict:
        repository, deleted, failures = self.repository(call), [], []
        for key in call.params["imageIds"]:
            image = repository.find(key)
            if image is None:
                failures.append({"imageId": key, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"})
                continue
            deleted.append({"imageDigest": image.digest} | ({"imageTag": key["imageTag"]} if key.get("imageTag") else {}))
            if key.get("imageDigest") or len(image.tags) == 1:
                self.owner(call).delete_image(repository, image.digest)
            else:
                image.tags.remove(key["imageTag"])
        return {"imageIds": deleted, "failures": failures}


def _check_tag(repository: Repository, tag: str, digest: str) -> None:
    """Refuses a tag that is there: on this image already, or immutable on another."""
    there = repository.find({"imageTag": tag})
    where = f"repository with name '{repository.name}' in registry with id '{repository.account}'"
    if there and there.digest == digest:
        text = f"Image with digest '{digest}' and tag '{tag}' already exists in the {where}"
        raise AwsError("ImageAlreadyExistsException", text)
    if there and repository.immutable(tag):
        raise AwsError("ImageTagAlreadyExistsException", TAKEN.format(tag, repository.name))


def _check_layers(repository: Repository, manifest: dict[str, Any]) -> int:
    """All parts of the image must have been uploaded; answers its size."""
    if "layers" not in manifest:
        raise AwsError("InvalidParameterException", "the harness's ECR takes single images, no lists of manifests")
    parts = [manifest["config"], *manifest["layers"]]
    missing = [part["digest"] for part in parts if local.shared().blob(repository.place, part["digest"]) is None]
    if missing:
        text = NO_LAYERS.format(digests=", ".join(missing), name=repository.name, account=repository.account)
        raise AwsError("LayersNotFoundException", text)
    return sum(part["size"] for part in manifest["layers"])


def _existing(repository: Repository, key: dict) -> Image:
    image = repository.find(key)
    if image is None:
        shown = f"{{imageDigest:'{key.get('imageDigest', 'null')}', imageTag:'{key.get('imageTag', 'null')}'}}"
        text = f"The image with imageId {shown} does not exist within the repository with name '{repository.name}' in the registry with id '{repository.account}'"
        raise AwsError("ImageNotFoundException", text)
    return image


def _detail(repository: Repository, image: Image) -> dict:
    shown = {
        **named(repository),
        "imageDigest": image.digest,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.pushed,
        "imageManifestMediaType": image.media_type,
    }
    return shown | ({"imageTags": sorted(image.tags)} if image.tags else {})
