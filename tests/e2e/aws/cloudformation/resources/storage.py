"""Registries, tables and log groups."""

from __future__ import annotations

from .base import Row
from .parts import Aspect, Tagging

REPOSITORY = {"repositoryName": "id"}
TABLE = {"TableName": "id"}
ROWS = [
    Row(
        type="AWS::ECR::Repository", service="ecr", name="RepositoryName", limit=256, lower=True,
        create="create_repository", id="p.RepositoryName", key=REPOSITORY,
        read="describe_repositories", read_key={"repositoryNames": "[id]"},
        delete="delete_repository", gone=("RepositoryNotFoundException",),
        renames={"ImageTagMutabilityExclusionFilterType": "filterType", "ImageTagMutabilityExclusionFilterValue": "filter"},
        attributes={"Arn": "r.repositories[0].repositoryArn", "RepositoryUri": "r.repositories[0].repositoryUri"},
        ignored=("EmptyOnDelete",),
        aspects=(
            Aspect("LifecyclePolicy", "put_lifecycle_policy", "lifecyclePolicyText", remove="delete_lifecycle_policy",
                   convert=lambda policy: policy["LifecyclePolicyText"]),
            Aspect("RepositoryPolicyText", "set_repository_policy", "policyText", remove="delete_repository_policy"),
            Aspect("ImageScanningConfiguration", "put_image_scanning_configuration", "imageScanningConfiguration",
                   in_create=True),
            Aspect("ImageTagMutability", "put_image_tag_mutability", "imageTagMutability", in_create=True),
        ),
        tagging=Tagging("resourceArn", "t.Arn"),
    ),
    Row(
        type="AWS::Logs::LogGroup", service="logs", name="LogGroupName", limit=512,
        create="create_log_group", id="p.LogGroupName", key={"logGroupName": "id"},
        read="describe_log_groups", read_key={"logGroupNamePrefix": "id"},
        found="contains(r.logGroups[].logGroupName, id)",
        attributes={"Arn": "=arn:aws:logs:{region}:{account}:log-group:{id}:*"},
        delete="delete_log_group",
        aspects=(
            Aspect("RetentionInDays", "put_retention_policy", "retentionInDays", remove="delete_retention_policy"),
            Aspect("KmsKeyId", "associate_kms_key", "kmsKeyId", remove="disassociate_kms_key", in_create=True),
        ),
        tagging=Tagging("resourceArn", "=arn:aws:logs:{region}:{account}:log-group:{id}"),
    ),
    Row(
        type="AWS::DynamoDB::Table", service="dynamodb", name="TableName", limit=255,
        create="create_table", id="p.TableName", key=TABLE, read="describe_table", update="update_table",
        also_read=("describe_continuous_backups", "describe_time_to_live"),
        delete="delete_table", renames={"SSEEnabled": "Enabled"},
        attributes={"Arn": "r.Table.TableArn", "StreamArn": "r.Table.LatestStreamArn"},
        aspects=(
            Aspect("TimeToLiveSpecification", "update_time_to_live", "TimeToLiveSpecification"),
            Aspect("PointInTimeRecoverySpecification", "update_continuous_backups", "PointInTimeRecoverySpecification"),
        ),
        tagging=Tagging("ResourceArn", "t.Arn", keys="TagKeys"),
    ),
]  # fmt: skip
