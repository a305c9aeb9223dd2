"""S3: buckets and their policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...base import HarnessError
from . import tags
from .base import Row
from .parts import Aspect, Work

BUCKET = {"Bucket": "id"}
PLAIN_RULE = {
    "Status": "Status", "Id": "ID", "NoncurrentVersionExpiration": "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload": "AbortIncompleteMultipartUpload",
    "NoncurrentVersionTransitions": "NoncurrentVersionTransitions",
}  # fmt: skip
EXPIRATION = {"ExpirationInDays": "Days", "ExpirationDate": "Date", "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker"}


def _lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in value["Rules"]:
        unknown = set(rule) - set(PLAIN_RULE) - set(EXPIRATION) - {"Prefix"}
        if unknown:
            raise HarnessError(f"AWS::S3::Bucket: a lifecycle rule's {sorted(unknown)} is not emulated")
        converted: dict[str, Any] = {PLAIN_RULE[key]: item for key, item in rule.items() if key in PLAIN_RULE}
        converted["Filter"] = {"Prefix": rule.get("Prefix", "")}
        expiration = {EXPIRATION[key]: item for key, item in rule.items() if key in EXPIRATION}
        rules.append({**converted, **({"Expiration": expiration} if expiration else {})})
    return {"LifecycleConfiguration": {"Rules": rules}}


def _encryption(value: dict[str, Any]) -> dict[str, Any]:
    rules = [
        {("ApplyServerSideEncryptionByDefault" if key == "ServerSideEncryptionByDefault" else key): item
         for key, item in rule.items()}
        for rule in value["ServerSideEncryptionConfiguration"]
    ]  # fmt: skip
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _notification(value: dict[str, Any]) -> dict[str, Any]:
    unknown = set(value) - {"LambdaConfigurations"}
    if unknown:
        raise HarnessError(f"AWS::S3::Bucket: notifications of {sorted(unknown)} are not emulated")
    functions = []
    for one in value.get("LambdaConfigurations", []):
        converted = {"LambdaFunctionArn": one["Function"], "Events": [one["Event"]]}
        if "Filter" in one:
            rules = one["Filter"]["S3Key"]["Rules"]
            converted["Filter"] = {"Key": {"FilterRules": rules}}
        functions.append(converted)
    return {"NotificationConfiguration": {"LambdaFunctionConfigurations": functions}}


def _logging(value: dict[str, Any]) -> dict[str, Any]:
    enabled = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix", "")}
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


@dataclass(frozen=True)
class Bucket(Row):
    """A bucket's tags are put as a whole; CloudFormation's own ones are refused to everybody else, so they are left out."""

    def make(self, work: Work) -> None:
        """The tags come after the bucket."""
        super().make(work)
        self._tag(work)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """All tags again."""
        super().change(work, before, tags.wanted(work, self.type))
        if tags.wanted(work, self.type) != tags_before:
            self._tag(work)
            if not tags.wanted(work, self.type):
                self.call(work, "delete_bucket_tagging", {"Bucket": work.resource.physical})

    def _tag(self, work: Work) -> None:
        wanted = {key: value for key, value in tags.wanted(work, self.type).items() if not key.startswith("aws:")}
        bucket = {"Bucket": work.resource.physical}
        if wanted:
            pairs = [{"Key": key, "Value": value} for key, value in wanted.items()]
            self.call(work, "put_bucket_tagging", {**bucket, "Tagging": {"TagSet": pairs}})


ROWS = [
    Bucket(
        type="AWS::S3::Bucket", service="s3", name="BucketName", limit=63, lower=True,
        create="create_bucket", id="p.BucketName", key=BUCKET, delete="delete_bucket",
        read="get_bucket_location",
        renames={"BucketName": "Bucket"},
        # us-east-1 is the one region that is not named.
        extra={"CreateBucketConfiguration": "region != 'us-east-1' && {LocationConstraint: region} || `null`"},
        attributes={
            "Arn": "=arn:aws:s3:::{id}", "DomainName": "={id}.s3.amazonaws.com",
            "RegionalDomainName": "={id}.s3.{region}.amazonaws.com",
        },
        aspects=(
            Aspect("OwnershipControls", "put_bucket_ownership_controls", "OwnershipControls"),
            Aspect("PublicAccessBlockConfiguration", "put_public_access_block", "PublicAccessBlockConfiguration",
                   remove="delete_public_access_block"),
            Aspect("BucketEncryption", "put_bucket_encryption", convert=_encryption, remove="delete_bucket_encryption"),
            Aspect("VersioningConfiguration", "put_bucket_versioning", "VersioningConfiguration"),
            Aspect("LifecycleConfiguration", "put_bucket_lifecycle_configuration", convert=_lifecycle,
                   remove="delete_bucket_lifecycle"),
            Aspect("LoggingConfiguration", "put_bucket_logging", convert=_logging),
            Aspect("NotificationConfiguration", "put_bucket_notification_configuration", convert=_notification),
        ),
        gone=("NoSuchBucket", "404"),
    ),
    Row(
        type="AWS::S3::BucketPolicy", service="s3", create="put_bucket_policy", id="p.Bucket", key=BUCKET,
        renames={"PolicyDocument": "Policy"}, read="get_bucket_policy",
        update="put_bucket_policy", delete="delete_bucket_policy", gone=("NoSuchBucket", "NoSuchBucketPolicy"),
    ),
]  # fmt: skip
