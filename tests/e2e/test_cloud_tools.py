"""The real command-line tools and moto's services through the door, as pipelines use them."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud
from aws.tokens import GITLAB

ACCOUNT, OTHER, REGION = "111111111111", "222222222222", "eu-west-1"
PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"


@pytest.fixture
def cloud():
    with Cloud(stubs=[]) as one:
        yield one
        assert one.unexpected() == []


@pytest.fixture
def admin(cloud):
    return cloud.administrator(ACCOUNT)


@pytest.fixture
def aws(cloud, admin, tmp_path):
    def run(*words, environment=None, **options):
        variables = {"PATH": PATH, "HOME": str(tmp_path), **(environment or cloud.environment(admin, REGION))}
        command = [f"{Path(sys.executable).parent}/aws", *words]
        return subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=60, **options)

    return run


def trust(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **({"Condition": condition} if condition else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def bucket(cloud, admin):
    s3 = cloud.client(admin, "s3", REGION)
    s3.create_bucket(Bucket="releases", CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def test_the_cli_signs_in_with_a_job_s_token(cloud, admin, aws, tmp_path):
    iam = cloud.client(admin, "iam", REGION)
    provider = iam.create_open_id_connect_provider(Url=GITLAB, ClientIDList=[GITLAB])["OpenIDConnectProviderArn"]
    subject = "project_path:acme/shop:ref_type:branch:ref:main"
    equals = {"gitlab.com:aud": GITLAB, "gitlab.com:sub": subject}
    policy = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", StringEquals=equals)
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    (tmp_path / "token").write_text(cloud.tokens.issue(GITLAB, {"aud": GITLAB, "sub": subject}))
    environment = {"AWS_ROLE_ARN": role, "AWS_ROLE_SESSION_NAME": "gitlab-1-2", "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")}
    environment |= cloud.environment(None, REGION)
    done = aws("sts", "get-caller-identity", "--query", "Arn", "--output", "text", environment=environment)
    assert done.stdout.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/gitlab-1-2", done.stderr
    (tmp_path / "token").write_text(cloud.tokens.issue(GITLAB, {"aud": GITLAB, "sub": subject.replace("main", "fork")}))
    done = aws("sts", "get-caller-identity", environment=environment)
    assert done.returncode != 0 and "Not authorized to perform sts:AssumeRoleWithWebIdentity" in done.stderr


def test_s3_cp_uploads_reads_and_says_404(aws, bucket, tmp_path):
    (tmp_path / "release.json").write_text('{"sequence": 1}')
    done = aws("s3", "cp", "--only-show-errors", "release.json", "s3://releases/web/deployed.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert aws("s3", "cp", "s3://releases/web/deployed.json", "-").stdout == '{"sequence": 1}'
    done = aws("s3", "cp", "--only-show-errors", "s3://releases/web/absent.json", "x")
    assert done.returncode == 1 and "(404)" in done.stderr
    assert "web/" in aws("s3", "ls", "s3://releases/").stdout


def test_s3_cp_of_a_large_file_goes_in_parts(cloud, aws, bucket, tmp_path):
    content = os.urandom(17 * 1024 * 1024)
    (tmp_path / "large").write_bytes(content)
    assert aws("s3", "cp", "--no-progress", "large", "s3://releases/large").returncode == 0
    assert bucket.get_object(Bucket="releases", Key="large")["Body"].read() == content
    operations = [call.operation for call in cloud.calls]
    assert operations.count("UploadPart") == 3 and "CompleteMultipartUpload" in operations


def test_a_bucket_answers_in_its_own_region_only(cloud, admin, bucket, aws):
    far = cloud.client(admin, "s3", "us-east-1")
    answer = [call for call in (far.list_objects_v2(Bucket="releases"),)][0]
    assert answer["KeyCount"] == 0  # SDKs follow the redirect
    assert [(call.region, call.error) for call in cloud.calls if call.operation == "ListObjectsV2"] == [
        ("us-east-1", "PermanentRedirect"),
        (REGION, None),
    ]
    with pytest.raises(ClientError) as error:
        cloud.client(admin, "s3", "eu-central-1").create_bucket(
            Bucket="wrong", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    assert error.value.response["Error"]["Code"] == "IllegalLocationConstraintException"


def test_the_default_vpc_can_be_missing_and_made(cloud, admin):
    ec2 = cloud.client(admin, "ec2", REGION)
    default = [{"Name": "isDefault", "Values": ["true"]}]
    vpc = ec2.describe_vpcs(Filters=default)["Vpcs"][0]["VpcId"]
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_vpcs(Filters=default)["Vpcs"] == []
    ec2.create_default_vpc()
    assert len(ec2.describe_vpcs(Filters=default)["Vpcs"]) == 1


def test_many_clients_at_once(cloud, admin, bucket):
    def work(number):
        s3 = cloud.client(admin, "s3", REGION)
        iam = cloud.client(cloud.administrator(OTHER), "iam", REGION)
        for index in range(5):
            s3.put_object(Bucket="releases", Key=f"{number}/{index}", Body=b"x" * 1000)
            iam.create_role(RoleName=f"r-{number}-{index}", AssumeRolePolicyDocument=trust({"Service": "ecs.amazonaws.com"}))
        return cloud.client(admin, "sts", REGION).get_caller_identity()["Account"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(8))) == {ACCOUNT}
    assert bucket.list_objects_v2(Bucket="releases")["KeyCount"] == 40
    assert len(cloud.client(cloud.administrator(OTHER), "iam", REGION).list_roles()["Roles"]) == 40
    assert cloud.client(admin, "iam", REGION).list_roles()["Roles"] == []
