"""CodeConnections: PENDING until a person accepts."""

from __future__ import annotations

import pytest
from aws.base import HarnessError
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from botocore.exceptions import ClientError


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


def test_only_a_person_makes_it_available(cloud):
    api = sample.client(cloud, "codeconnections")
    state = cloud.state("codeconnections", sample.BUILD, sample.REGION)
    arn = api.create_connection(ConnectionName="shop", ProviderType="GitHub", Tags=[{"Key": "a", "Value": "b"}])["ConnectionArn"]
    assert api.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"] == "PENDING"
    state.accept(arn)
    assert api.list_connections()["Connections"][0]["ConnectionStatus"] == "AVAILABLE"
    with pytest.raises(HarnessError):
        state.accept(arn)
    state.breaks(arn)
    assert api.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"] == "ERROR"
    assert api.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_a_deleted_one_is_gone(cloud):
    api = sample.client(cloud, "codeconnections")
    arn = api.create_connection(ConnectionName="shop", ProviderType="Bitbucket")["ConnectionArn"]
    api.delete_connection(ConnectionArn=arn)
    for operation in (api.get_connection, api.delete_connection):
        with pytest.raises(ClientError) as refusal:
            operation(ConnectionArn=arn)
        assert refusal.value.response["Error"]["Code"] == "ResourceNotFoundException"
