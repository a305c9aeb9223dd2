"""Amplify: what visitors see of a published zip."""

from __future__ import annotations

import hashlib

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from aws.services.sample_amplify import SITE, World, packed
from botocore.exceptions import ClientError


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture
def world(cloud):
    return World(cloud)


def code(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def test_a_deployment_moves_by_looks_and_is_what_the_zip_holds(world):
    archive = packed(**SITE)
    assert world.visit()[0] == 404
    assert world.publish(archive) == ["RUNNING", "SUCCEED"]
    status, headers, body = world.visit()
    assert (status, body) == (200, b"version 1")
    assert headers["X-Frame-Options"] == "SAMEORIGIN" and headers["Content-Type"] == "text/html"
    assert world.visit("/assets/app.js")[2] == b"code"
    assert world.visit("/docs/")[2] == b"docs"
    assert world.state.published("web-staging").sha256 == hashlib.sha256(archive).hexdigest()


def test_unknown_addresses_of_a_single_page_app_are_its_first_page(world):
    world.publish(packed(**SITE))
    assert world.visit("/orders/7?x=1")[0:3:2] == (200, b"version 1")


def test_without_the_rule_they_are_404(world):
    world.amplify.update_app(appId=world.app["appId"], customRules=[])
    world.publish(packed(**SITE, **{"404_html": "lost"}))
    assert world.visit("/orders/7")[0:3:2] == (404, b"lost")


@pytest.mark.parametrize(
    "rule, path, expected",
    [
        ({"source": "/old", "target": "/docs/", "status": "301"}, "/old", (301, b"")),
        ({"source": "/api/<*>", "target": "/<*>/index.html", "status": "200"}, "/api/docs", (200, b"docs")),
        ({"source": "/<*>", "target": "/index.html", "status": "404"}, "/nothing", (404, b"version 1")),
    ],
)
def test_rules(world, rule, path, expected):
    world.amplify.update_app(appId=world.app["appId"], customRules=[rule])
    world.publish(packed(**SITE))
    assert world.visit(path)[0:3:2] == expected


def test_a_deleted_branch_is_no_host(world):
    world.publish(packed(**SITE))
    world.amplify.delete_branch(**world.site)
    assert f"web-staging.{world.app['defaultDomain']}" not in world.cloud.sites
    assert code(world.amplify.get_branch, **world.site) == "NotFoundException"


def test_tags_are_kept_for_apps_and_branches(world):
    for arn in (world.app["appArn"], world.amplify.get_branch(**world.site)["branch"]["branchArn"]):
        world.amplify.tag_resource(resourceArn=arn, tags={"project": "shop", "a": "b"})
        world.amplify.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert world.amplify.list_tags_for_resource(resourceArn=arn)["tags"] == {"project": "shop"}


def test_an_unknown_setting_is_an_error_of_the_harness(cloud):
    amplify = sample.client(cloud, "amplify")
    with pytest.raises(ClientError):
        amplify.create_app(name="web", enableBasicAuth=True)
    assert "enableBasicAuth" in cloud.unexpected()[0]
    cloud._unexpected.clear()
