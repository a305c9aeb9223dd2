"""Trust: which token of which job becomes which role."""

import pytest

from aws.tokens import GITHUB, GITLAB
from aws.testing import ACCOUNT, CLAIMS, HOST, OTHER, SUBJECT, assume, cloud, document, github, iam, provider, refused, role, statement  # noqa: F401 (fixtures are found by name)


def test_the_token_of_the_right_job_becomes_the_role(cloud, provider, role):
    answer = assume(cloud, role)
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run-1"
    call = cloud.calls[-1]
    assert (call.operation, call.principal.kind, call.error) == ("AssumeRoleWithWebIdentity", "federated", None)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "repo:acme/shop:environment:staging"},
        {"sub": "repo:acme@1/shop@2:environment:production"},
        {"ref": "refs/heads/other"},
        {"ref": None},
    ],
)
def test_the_trust_policy_is_evaluated_on_the_claims(cloud, provider, role, change):
    claims = {key: value for key, value in {**CLAIMS, **change}.items() if value is not None}
    message = refused("AccessDenied", assume, cloud, role, cloud.tokens.issue(GITHUB, claims))
    assert message == "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def test_a_token_must_be_for_the_provider_s_audience(cloud, provider, role):
    token = cloud.tokens.issue(GITHUB, {**CLAIMS, "aud": "https://github.com/acme"})
    assert refused("InvalidIdentityToken", assume, cloud, role, token) == "Incorrect token audience"


def test_a_forged_token_is_refused(cloud, provider, role):
    refused("InvalidIdentityToken", assume, cloud, role, cloud.tokens.forge(GITHUB, CLAIMS))
    refused("InvalidIdentityToken", assume, cloud, role, "not.a.token")


def test_a_token_ends(cloud, provider, role):
    token = cloud.tokens.issue(GITHUB, CLAIMS, lifetime=300)
    cloud.clock.advance(300 + 301)
    refused("ExpiredTokenException", assume, cloud, role, token)


def test_without_the_provider_no_token_is_believed(cloud, role):
    assert GITHUB in refused("InvalidIdentityToken", assume, cloud, role)


def test_an_absent_role_is_not_told_from_a_forbidden_one(cloud, provider):
    refused("AccessDenied", assume, cloud, f"arn:aws:iam::{ACCOUNT}:role/absent")


def test_a_second_provider_of_one_url_is_refused(iam, provider):
    refused("EntityAlreadyExists", iam.create_open_id_connect_provider, Url=GITHUB, ClientIDList=["other"])


def test_gitlab_s_token_is_evaluated_by_its_own_keys(cloud, iam):
    iam.create_open_id_connect_provider(Url=GITLAB, ClientIDList=[GITLAB])
    subject = "project_path:acme/shop:ref_type:branch:ref:main"
    trust = document(github({"aud": GITLAB, "sub": subject}, host="gitlab.com"))
    arn = iam.create_role(RoleName="gitlab", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    assume(cloud, arn, cloud.tokens.issue(GITLAB, {"aud": GITLAB, "sub": subject}))
    other = cloud.tokens.issue(GITLAB, {"aud": GITLAB, "sub": subject.replace("main", "mine")})
    refused("AccessDenied", assume, cloud, arn, other)


def test_a_wildcard_needs_string_like(cloud, provider, iam):
    for operator, code in (("StringLike", None), ("StringEquals", "AccessDenied")):
        trust = document(github({"sub": "repo:acme@1/*"}, operator))
        arn = iam.create_role(RoleName=operator, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if code:
            refused(code, assume, cloud, arn)
        else:
            assume(cloud, arn)


def test_an_unknown_claim_in_a_condition_is_an_error_of_the_harness(cloud, provider, iam):
    trust = document(github({"sub": SUBJECT, "colour": "red"}))
    arn = iam.create_role(RoleName="odd", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    refused("HarnessError", assume, cloud, arn)
    assert f"{HOST}:colour" in cloud._unexpected.pop()


def test_a_trust_policy_must_look_at_the_subject_and_name_principals_that_exist(iam):
    refused("MalformedPolicyDocument", iam.create_role, RoleName="a", AssumeRolePolicyDocument=document(github({"aud": "x"})))
    absent = statement({"AWS": f"arn:aws:iam::{OTHER}:role/absent"})
    message = refused("MalformedPolicyDocument", iam.create_role, RoleName="a", AssumeRolePolicyDocument=document(absent))
    assert message == f'Invalid principal in policy: "AWS":"arn:aws:iam::{OTHER}:role/absent"'
