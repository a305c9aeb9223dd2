"""Makes the harness importable, and turns what was executed into docs/src/proof.md."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import proof  # noqa: E402

PAGE = HERE.parent.parent / "docs" / "src" / "proof.md"
# Filled in the process that collects the reports of all workers.
DEEDS: list[proof.Deed] = []


def pytest_addoption(parser):
    parser.addoption("--proof", choices=["write", "check"], help="write docs/src/proof.md, or fail where it would change")


@pytest.fixture
def proves(record_property):
    """Says what the test shows, and for which cell: `proves(cell, "a failing test is red")`."""

    def say(cell, what):
        record_property("cell", cell.name)
        record_property("what", what)

    return say


def pytest_runtest_logreport(report):
    if report.when != "call" or not report.passed:
        return
    said = dict(report.user_properties)
    part = Path(report.location[0]).stem.removeprefix("test_").replace("_", " ")
    DEEDS.append(proof.Deed(said.get("cell", part), said.get("what", report.location[2]), report.duration))


def pytest_sessionfinish(session, exitstatus):
    mode = session.config.getoption("--proof")
    if mode is None or hasattr(session.config, "workerinput") or exitstatus:
        return
    text = proof.page(DEEDS)
    if mode == "write":
        PAGE.write_text(text)
    lost = proof.missing(DEEDS)
    stale = proof.without_times(PAGE.read_text() if PAGE.exists() else "") != proof.without_times(text)
    if lost or stale:
        print(f"\nnot executed: {', '.join(lost)}" if lost else "\ndocs/src/proof.md is stale: run tests/e2e/run --proof write")
        session.exitstatus = 1
