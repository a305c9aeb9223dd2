"""Expressions, timeouts and names as GitLab reads them."""

import pytest
from engines import HarnessError
from engines.gitlab import configuration, events, images, rules

VARIABLES = {"CI_COMMIT_BRANCH": "main", "CI_PIPELINE_SOURCE": "push", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('$CI_COMMIT_BRANCH == "main"', True), ("$CI_COMMIT_BRANCH != 'main'", False), ("$CI_COMMIT_TAG", False), ("$EMPTY", False),
        ("$CI_COMMIT_TAG == null", True), ('$EMPTY == ""', True), ("$EMPTY == null", False), ("$CI_COMMIT_BRANCH =~ /^ma/", True),
        ("$CI_COMMIT_BRANCH =~ /^MA/i", True), ("$CI_COMMIT_TAG =~ /x/", False), ("$CI_COMMIT_TAG !~ /x/", True),
        ('$CI_COMMIT_TAG || $CI_COMMIT_BRANCH == "main" && $CI_PIPELINE_SOURCE == "push"', True),
        ('$CI_COMMIT_BRANCH == "main" || $CI_COMMIT_TAG && $CI_COMMIT_TAG', True),
        ('($CI_COMMIT_BRANCH == "main" || $CI_COMMIT_TAG) && $CI_COMMIT_TAG', False),
    ],
)  # fmt: skip
def test_an_expression_holds_or_does_not(text, wanted):
    assert rules.holds(text, VARIABLES) is wanted


@pytest.mark.parametrize("text", ["main == main", "$A ==", "($A", "$A =~ $B", "$A = 'b'", "$A $B"])
def test_an_expression_that_is_not_understood_is_an_error_of_the_harness(text):
    with pytest.raises(HarnessError, match="does not understand"):
        rules.holds(text, VARIABLES)


def test_the_first_rule_that_holds_decides():
    given = [{"if": "$CI_COMMIT_TAG", "when": "manual"}, {"if": '$CI_COMMIT_BRANCH == "main"', "when": "never"}, {"when": "on_success"}]
    assert rules.matching(given, VARIABLES) == given[1]
    assert rules.matching(given, {}) == given[2] and rules.matching(given[:2], {}) is None


def test_a_timeout_is_read_whole():
    assert configuration.seconds("1 hour 15 minutes") == 4500 and configuration.seconds("20 minutes") == 1200
    with pytest.raises(HarnessError, match="fortnight"):
        configuration.seconds("1 fortnight")


def test_names_are_made_safe_as_gitlab_does():
    assert events.slug("Feature/A_b$(x)-") == "feature-a-b--x" and len(events.slug("a" * 80)) == 63


@pytest.mark.parametrize("table", ["images.tsv", "kits.tsv", "packages.tsv"])
def test_every_row_has_its_source(table):
    assert images.rows(table) and all(row[-1].strip() for row in images.rows(table))
    assert len({len(row) for row in images.rows(table)}) == 1
