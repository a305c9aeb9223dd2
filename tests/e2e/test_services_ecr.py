"""ECR: what it refuses, and that its images are those of the local registry."""

from __future__ import annotations

import json

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from botocore.exceptions import ClientError
from images.registry import digest_of, shared

KEEP_DEPLOYED = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "tagged", "tagPatternList": ["deployed-*"], "countType": "imageCountMoreThan", "countNumber": 1000},
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 3,
            "selection": {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 180},
            "action": {"type": "expire"},
        },
    ]
}
EXCLUDED = {
    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "deployed-*"}],
}
DAY = 86400


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture
def ecr(cloud):
    return sample.client(cloud, "ecr")


def refused(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def put(ecr, version, tag):
    """Puts an image whose layers are there under a further tag."""
    _, manifest = sample.image(version)
    return ecr.put_image(repositoryName=sample.REPOSITORY, imageManifest=manifest.decode(), imageTag=tag)


def test_the_repository_comes_first(ecr):
    assert refused(ecr.describe_images, repositoryName="shop/app") == "RepositoryNotFoundException"
    assert refused(ecr.put_image, repositoryName="shop/app", imageManifest="{}", imageTag="a") == "RepositoryNotFoundException"


def test_a_name_is_given_once(cloud, ecr):
    sample.repository(cloud)
    assert refused(ecr.create_repository, repositoryName="shop/app") == "RepositoryAlreadyExistsException"


def test_layers_come_before_the_image(cloud, ecr):
    sample.repository(cloud)
    _, manifest = sample.image("1")
    code = refused(ecr.put_image, repositoryName="shop/app", imageManifest=manifest.decode(), imageTag="1")
    assert code == "LayersNotFoundException"


def test_the_image_is_the_one_in_the_registry(cloud, ecr):
    sample.repository(cloud)
    digest = sample.push(cloud, "1", tag="commit")
    shown = ecr.describe_images(repositoryName="shop/app", imageIds=[{"imageTag": "commit"}])["imageDetails"][0]
    assert shown["imageDigest"] == digest and shown["imageTags"] == ["commit"]
    place = cloud.state("ecr", sample.BUILD, sample.REGION).repository("shop/app").place
    assert digest_of(shared().manifest(place, "commit").body) == digest
    read = ecr.batch_get_image(repositoryName="shop/app", imageIds=[{"imageDigest": digest}])["images"][0]
    assert digest_of(read["imageManifest"].encode()) == digest


def test_an_absent_image_is_said_to_be_absent(cloud, ecr):
    sample.repository(cloud)
    assert refused(ecr.describe_images, repositoryName="shop/app", imageIds=[{"imageTag": "x"}]) == "ImageNotFoundException"
    failures = ecr.batch_get_image(repositoryName="shop/app", imageIds=[{"imageTag": "x"}])["failures"]
    assert failures[0]["failureCode"] == "ImageNotFound"


def test_a_commits_tag_never_moves_and_a_mark_does(cloud, ecr):
    sample.repository(cloud, **EXCLUDED)
    first, second = sample.push(cloud, "1"), sample.push(cloud, "2")
    with pytest.raises(ClientError, match="cannot be overwritten because the tag is immutable"):
        put(ecr, "2", "1")
    put(ecr, "1", "deployed-staging")
    put(ecr, "2", "deployed-staging")
    state = cloud.state("ecr", sample.BUILD, sample.REGION)
    assert state.digest("shop/app", "deployed-staging") == second
    assert state.digest("shop/app", "1") == first


def test_the_same_tag_on_the_same_image_is_an_error_of_its_own(cloud, ecr):
    sample.repository(cloud, **EXCLUDED)
    sample.push(cloud, "1")
    with pytest.raises(ClientError) as refusal:
        put(ecr, "1", "1")
    assert refusal.value.response["Error"]["Code"] == "ImageAlreadyExistsException"


@pytest.mark.parametrize("mutability, moves", [("MUTABLE", True), ("IMMUTABLE", False), ("MUTABLE_WITH_EXCLUSION", False)])
def test_each_mutability(cloud, ecr, mutability, moves):
    filters = [{"filterType": "WILDCARD", "filter": "1*"}] if mutability.endswith("EXCLUSION") else None
    more = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
    sample.repository(cloud, imageTagMutability=mutability, **more)
    sample.push(cloud, "1")
    second = sample.push(cloud, "2")
    if moves:
        put(ecr, "2", "1")
    else:
        with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
            put(ecr, "2", "1")
    now = cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "1")
    assert (now == second) == moves


def test_exclusions_go_with_two_settings_only(ecr):
    given = {**EXCLUDED, "imageTagMutability": "IMMUTABLE"}
    assert refused(ecr.create_repository, repositoryName="shop/app", **given) == "InvalidParameterException"


def test_the_lifecycle_policy_spares_what_an_environment_runs(cloud, ecr):
    sample.repository(cloud, **EXCLUDED)
    ecr.put_lifecycle_policy(repositoryName="shop/app", lifecyclePolicyText=json.dumps(KEEP_DEPLOYED))
    running, old = sample.push(cloud, "1"), sample.push(cloud, "2")
    put(ecr, "1", "deployed-production")
    state = cloud.state("ecr", sample.BUILD, sample.REGION)
    cloud.clock.advance(170 * DAY)
    new = sample.push(cloud, "3")
    assert state.apply_lifecycle("shop/app") == []
    cloud.clock.advance(11 * DAY)
    assert state.apply_lifecycle("shop/app") == [old]
    left = {one["imageDigest"] for one in ecr.describe_images(repositoryName="shop/app")["imageDetails"]}
    assert left == {running, new}


def test_what_no_tag_names_goes_after_a_week(cloud, ecr):
    sample.repository(cloud)
    ecr.put_lifecycle_policy(repositoryName="shop/app", lifecyclePolicyText=json.dumps(KEEP_DEPLOYED))
    old = sample.push(cloud, "1", tag="latest")
    sample.push(cloud, "2", tag="latest")
    cloud.clock.advance(8 * DAY)
    assert cloud.state("ecr", sample.BUILD, sample.REGION).apply_lifecycle("shop/app") == [old]


def test_any_must_come_last(cloud, ecr):
    sample.repository(cloud)
    rules = json.loads(json.dumps(KEEP_DEPLOYED))
    rules["rules"][2]["rulePriority"] = 0
    code = refused(ecr.put_lifecycle_policy, repositoryName="shop/app", lifecyclePolicyText=json.dumps(rules))
    assert code == "InvalidParameterException"


def test_another_account_needs_both_sides(cloud, ecr):
    sample.repository(cloud)
    sample.push(cloud, "1")
    theirs = sample.client(cloud, "ecr", sample.OTHER)
    ask = {"registryId": sample.BUILD, "repositoryName": "shop/app", "imageIds": [{"imageTag": "1"}]}
    assert refused(theirs.batch_get_image, **ask) == "AccessDeniedException"
    statement = {"Effect": "Allow", "Principal": {"AWS": [sample.OTHER]}, "Action": ["ecr:BatchGetImage"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ecr.set_repository_policy(repositoryName="shop/app", policyText=policy)
    assert len(theirs.batch_get_image(**ask)["images"]) == 1
    nobody = sample.role(cloud, "nobody", sample.OTHER, account=sample.OTHER)
    assert refused(cloud.client(sample.sign_in(cloud, nobody), "ecr", sample.REGION).batch_get_image, **ask) == "AccessDeniedException"


def test_a_policy_cannot_name_an_absent_role(cloud, ecr):
    sample.repository(cloud)
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{sample.OTHER}:role/later"}, "Action": "ecr:BatchGetImage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert refused(ecr.set_repository_policy, repositoryName="shop/app", policyText=policy) == "InvalidParameterException"


def test_a_repository_with_images_is_not_deleted(cloud, ecr):
    sample.repository(cloud)
    sample.push(cloud, "1")
    assert refused(ecr.delete_repository, repositoryName="shop/app") == "RepositoryNotEmptyException"
    ecr.delete_repository(repositoryName="shop/app", force=True)
    assert refused(ecr.describe_images, repositoryName="shop/app") == "RepositoryNotFoundException"
