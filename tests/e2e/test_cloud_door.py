"""The door: what it parses, refuses, passes on, checks, slows down and writes down."""

import urllib.request

import pytest
from botocore.exceptions import ClientError

from aws.cloud import AwsError, Cloud, HarnessError, Service
from aws import table

ACCOUNT, REGION = "111111111111", "eu-west-1"
APP = {"name": "web"}


class Amplify(Service):
    """Answers as a test tells it to."""

    name = "amplify"

    def __init__(self, cloud):
        super().__init__(cloud)
        self.answer = {"jobSummaries": []}
        self.asked = 0

    def list_jobs(self, call):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def cloud():
    with Cloud(stubs=[Amplify]) as one:
        yield one


@pytest.fixture
def amplify(cloud):
    return cloud.client(cloud.administrator(ACCOUNT), "amplify", REGION)


def refused(code, call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    assert error.value.response["Error"]["Code"] == code, error.value
    return error.value.response["Error"]["Message"]


JOBS = {"appId": "d1", "branchName": "main"}
SUMMARY = {"jobArn": "arn:aws:amplify:x", "jobId": "1", "commitId": "HEAD", "commitMessage": "", "commitTime": 0, "startTime": 0}


def test_the_caller_is_known_and_the_call_recorded(cloud):
    sts = cloud.client(cloud.administrator(ACCOUNT), "sts", REGION)
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert [str(call) for call in cloud.calls] == [
        f"arn:aws:iam::{ACCOUNT}:user/administrator sts:GetCallerIdentity {REGION} -> 200"
    ]
    assert cloud.unexpected() == []


def test_a_stub_gets_the_parameters_and_its_answer_arrives(cloud, amplify):
    cloud.state("amplify").answer = {"jobSummaries": [{**SUMMARY, "status": "SUCCEED", "jobType": "MANUAL"}]}
    assert amplify.list_jobs(**JOBS)["jobSummaries"][0]["status"] == "SUCCEED"
    call = cloud.calls[-1]
    assert (call.service, call.operation, call.params, call.region) == ("amplify", "ListJobs", JOBS, REGION)
    assert call.actions == ["amplify:ListJobs"]
    assert cloud.unexpected() == []


@pytest.mark.parametrize(
    "answer, problem",
    [
        ({}, "jobSummaries is required"),
        ({"jobSummaries": [{**SUMMARY, "status": "DONE", "jobType": "MANUAL"}]}, "'DONE' is none of"),
        ({"jobSummaries": [], "jobs": []}, "there is no member jobs"),
        ({"jobSummaries": "none"}, "str is no list"),
    ],
)
def test_an_answer_that_violates_the_model_is_an_error_of_the_harness(cloud, amplify, answer, problem):
    cloud.state("amplify").answer = answer
    refused("HarnessError", amplify.list_jobs, **JOBS)
    assert len(cloud.unexpected()) == 1 and problem in cloud.unexpected()[0]


def test_an_error_of_a_stub_is_serialised(cloud, amplify):
    cloud.state("amplify").answer = AwsError("NotFoundException", "App d1 not found.", 404)
    assert refused("NotFoundException", amplify.list_jobs, **JOBS) == "App d1 not found."
    assert (cloud.calls[-1].error, cloud.calls[-1].status) == ("NotFoundException", 404)
    assert cloud.unexpected() == []


def test_a_bug_of_a_stub_is_an_error_of_the_harness(cloud, amplify):
    cloud.state("amplify").answer = KeyError("oops")
    refused("HarnessError", amplify.list_jobs, **JOBS)
    assert "KeyError: 'oops'" in cloud.unexpected()[0]


def test_an_operation_in_no_table_is_an_error_of_the_harness(cloud):
    admin = cloud.administrator(ACCOUNT)
    refused("HarnessError", cloud.client(admin, "amplify", REGION).list_webhooks, appId="d1")
    refused("HarnessError", cloud.client(admin, "sqs", REGION).list_queues)
    assert [text.split(": add")[0] for text in cloud.unexpected()] == [
        "amplify:ListWebhooks: HarnessError: amplify:ListWebhooks is in no table",
        "sqs:ListQueues: HarnessError: sqs:ListQueues is in no table",
    ]


def test_an_operation_without_a_method_is_an_error_of_the_harness(cloud, amplify):
    refused("HarnessError", amplify.create_app, **APP)
    assert "no operation CreateApp" in cloud.unexpected()[0]


def test_the_door_refuses_what_the_model_does_not_allow(cloud):
    # botocore would refuse it before it is sent, so the check is switched off in this client alone.
    client = cloud.client(cloud.administrator(ACCOUNT), "amplify", REGION)
    client._serializer._param_validator = type("Any", (), {"validate": lambda *_: type("R", (), {"has_errors": lambda _: False})()})()
    message = refused("ValidationException", client.list_jobs, appId="not an id", branchName="main")
    assert "appId: 'not an id' does not match" in message
    assert cloud.state("amplify").asked == 0


def test_a_fault_is_met_once_in_the_place_of_the_answer(cloud, amplify):
    fault = cloud.faults.add("amplify", "ListJobs", error=("LimitExceededException", "too many"))
    refused("LimitExceededException", amplify.list_jobs, **JOBS)
    assert amplify.list_jobs(**JOBS)["jobSummaries"] == []
    assert fault.hits == 1 and cloud.state("amplify").asked == 1


def test_a_fault_can_wait_for_a_call_or_only_watch(cloud, amplify):
    seen = []
    cloud.faults.add("amplify", "*", times=None, effect=lambda call: seen.append(call.params["branchName"]))
    cloud.faults.add("amplify", "ListJobs", when=lambda call: call.params["branchName"] == "b", error=("InternalFailureException", "no"))
    amplify.list_jobs(appId="d1", branchName="a")
    refused("InternalFailureException", amplify.list_jobs, appId="d1", branchName="b")
    assert seen == ["a", "b"]


def test_a_fault_does_not_reach_who_is_not_allowed(cloud):
    fault = cloud.faults.add("sts", "GetCallerIdentity", error=("X", "y"))
    with pytest.raises(ClientError):
        cloud.client(None, "amplify", REGION).list_jobs(**JOBS)
    assert fault.hits == 0


def test_sleep_moves_the_clock_and_not_the_time(cloud):
    before = cloud.clock.now()
    request = urllib.request.Request(f"{cloud.url}/_harness/sleep?seconds=7200", method="POST")
    assert urllib.request.urlopen(request, timeout=5).status == 200
    assert 7200 <= (cloud.clock.now() - before).total_seconds() < 7260


def test_a_site_answers_for_its_host(cloud):
    cloud.sites["main.d1.amplifyapp.com"] = lambda path, headers: (200, {"x-path": path}, b"hello")
    answer = urllib.request.urlopen(f"{cloud.url}/_site/main.d1.amplifyapp.com/a/b?c=1", timeout=5)
    assert (answer.read(), answer.headers["x-path"]) == (b"hello", "/a/b?c=1")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{cloud.url}/_site/other.example/", timeout=5)
    assert error.value.code == 404


def test_a_new_cloud_is_empty_and_alone():
    with Cloud(stubs=[]) as cloud:
        iam = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
        iam.create_open_id_connect_provider(Url="https://gitlab.com", ClientIDList=["https://gitlab.com"])
        with pytest.raises(HarnessError):
            Cloud(stubs=[])
    with Cloud(stubs=[]) as cloud:
        iam = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
        assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


@pytest.mark.parametrize("path", sorted(table.FOLDER.glob("*.tsv")), ids=lambda path: path.stem)
def test_every_line_of_a_table_is_of_an_operation_and_its_parameters(path):
    from moto.core.utils import get_service_model

    model = get_service_model(path.stem)
    lines = [row for rows in table.rows(path.stem).values() for row in rows]
    assert lines
    for row in lines:
        shape = model.operation_model(row.operation).input_shape
        known = {"region", "account", *(shape.members if shape else ())}
        texts = [*row.resources, *(value for _, value in row.conditions)] + ([f"{{{row.when}}}"] if row.when else [])
        for text in texts:
            used = {spot.group(1).split(".")[0].removesuffix("[]") for spot in table.PLACEHOLDER.finditer(text)}
            assert used <= known, (row.operation, text)
