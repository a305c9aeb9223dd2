"""The tables of transitions: every row names its source, and its states are the service's own."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest
from aws.base import HarnessError
from aws.services import machine

SERVICES = Path(machine.__file__).parent
MINE = sorted(path for name in ("amplify", "codeconnections", "ecs") for path in (SERVICES / name).glob("*.transitions.tsv"))
# Where botocore says which states there are. A task's are in no model.
ENUMS = {
    "amplify-job": ("amplify", "JobStatus"),
    "codeconnections": ("codeconnections", "ConnectionStatus"),
    "ecs-deployment": ("ecs", "ServiceDeploymentStatus"),
    "ecs-service": ("ecs", "ExpressGatewayServiceStatusCode"),
}


@pytest.mark.parametrize("path", MINE, ids=lambda path: path.stem)
def test_rows_are_whole_and_name_a_source(path):
    for row in machine.Machine(path).rows:
        assert row.source == machine.UNPROVEN or row.source.startswith("https://"), row
        assert row.state == "none" or any(other.to == row.state for other in machine.read(path)), f"nothing leads to {row}"


@pytest.mark.parametrize("path", MINE, ids=lambda path: path.stem)
def test_states_are_the_services_own(path):
    name = path.name.removesuffix(".transitions.tsv")
    if name == "ecs-task":
        return
    service, shape = ENUMS[name]
    known = set(botocore.session.get_session().get_service_model(service).shape_for(shape).enum)
    rows = machine.read(path)
    assert {row.to for row in rows} <= known
    assert {row.state for row in rows} - {"none"} <= known


def test_what_is_in_no_table_is_an_error_of_the_harness(tmp_path):
    table = tmp_path / "x.transitions.tsv"
    table.write_text("# a comment\nnone\tmade\tNEW\tunproven\n")
    assert machine.Machine(table).next("none", "made") == "NEW"
    with pytest.raises(HarnessError, match="knows no made in the state NEW"):
        machine.Machine(table).next("NEW", "made")


@pytest.mark.parametrize("text", ["none\tmade\tNEW\n", "none\tmade\t\tunproven\n", "a\tb\tc\td\na\tb\te\td\n"])
def test_a_broken_table_is_an_error_of_the_harness(tmp_path, text):
    table = tmp_path / "x.transitions.tsv"
    table.write_text(text)
    with pytest.raises(HarnessError):
        machine.Machine(table)
