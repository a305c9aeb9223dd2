"""A small world for the tests of the stubs: roles, a repository, and images that are made without a build."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import Any

from images import bases
from images.registry import digest_of

BUILD, OTHER, REGION = "111111111111", "222222222222", "eu-west-1"
REPOSITORY = "shop/app"
NAME = f"{BUILD}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}"
SERVE = ["/usr/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
MANAGED = "arn:aws:iam::aws:policy/service-role/"
EXECUTION = MANAGED + "AmazonECSTaskExecutionRolePolicy"
INFRASTRUCTURE = MANAGED + "AmazonECSInfrastructureRoleforExpressGatewayServices"


def client(cloud: Any, service: str, account: str = BUILD) -> Any:
    """As the administrator of an account."""
    return cloud.client(cloud.administrator(account), service, REGION)


def role(cloud: Any, name: str, trusted: str, actions: dict[str, Any] | None = None, managed: str = "", account: str = BUILD) -> str:
    """A role that a service, or for 12 digits an account, may take; `actions` are action -> resource."""
    kind = {"AWS": trusted} if trusted.isdigit() else {"Service": trusted}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": kind, "Action": "sts:AssumeRole"}]}
    iam = client(cloud, "iam", account)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if actions:
        allow = [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in actions.items()]
        document = json.dumps({"Version": "2012-10-17", "Statement": allow})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    if managed:
        iam.attach_role_policy(RoleName=name, PolicyArn=managed)
    return arn


def sign_in(cloud: Any, arn: str) -> Any:
    """The credentials of a session of a role that trusts its own account."""
    account = arn.split(":")[4]
    return cloud.assume(arn, cloud.principal(cloud.administrator(account)), "test")


def repository(cloud: Any, **more: Any) -> None:
    """The repository shop/app in the build account."""
    client(cloud, "ecr").create_repository(repositoryName=REPOSITORY, **more)


def image(version: str, command: list[str] | None = None) -> tuple[list[bytes], bytes]:
    """The parts and the manifest of an image whose web server answers / with that version, on port 8080."""
    layers = [bases.file_system(), _files({"www/index.html": f"version {version}"})]
    content = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": command or SERVE},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]},
    }
    configuration = json.dumps(content).encode()
    packed = [gzip.compress(layer, mtime=0) for layer in layers]
    manifest = {
        "schemaVersion": 2,
        "mediaType": bases.MANIFEST,
        "config": {"mediaType": bases.CONFIGURATION, "size": len(configuration), "digest": digest_of(configuration)},
        "layers": [{"mediaType": bases.LAYER, "size": len(one), "digest": digest_of(one)} for one in packed],
    }
    return [*packed, configuration], json.dumps(manifest).encode()


def _files(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()


def upload(ecr: Any, parts: list[bytes]) -> None:
    """The layers, as a push uploads them."""
    for part in parts:
        key = ecr.initiate_layer_upload(repositoryName=REPOSITORY)["uploadId"]
        last = len(part) - 1
        ecr.upload_layer_part(repositoryName=REPOSITORY, uploadId=key, partFirstByte=0, partLastByte=last, layerPartBlob=part)
        ecr.complete_layer_upload(repositoryName=REPOSITORY, uploadId=key, layerDigests=[digest_of(part)])


def push(cloud: Any, version: str, tag: str | None = None, command: list[str] | None = None) -> str:
    """An image of that version in shop/app; answers its digest."""
    ecr = client(cloud, "ecr")
    parts, manifest = image(version, command)
    upload(ecr, parts)
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest.decode(), imageTag=tag or version)
    return digest_of(manifest)
