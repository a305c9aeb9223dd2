"""Evaluates `rules: if` as GitLab does; gitlab-ci-local evaluates the same, and both must agree."""

from __future__ import annotations

import re
from typing import Any

from engines import HarnessError

TOKEN = re.compile(
    r"""\s*(?:(?P<variable>\$\w+) | "(?P<double>[^"]*)" | '(?P<single>[^']*)' | /(?P<pattern>(?:\\.|[^/\\])+)/(?P<flags>[ims]*)
    | (?P<null>null\b) | (?P<operator>==|!=|=~|!~|&&|\|\||\(|\)))""",
    re.VERBOSE,
)


def matching(rules: list[dict[str, Any]], variables: dict[str, str]) -> dict[str, Any] | None:
    """The first rule that holds, which alone decides; None where none does: then there is no job, and no pipeline."""
    for rule in rules:
        if "if" not in rule or holds(rule["if"], variables):
            return rule
    return None


def holds(text: str, variables: dict[str, str]) -> bool:
    """Whether an expression is true for these variables."""
    return _Expression(text, variables).value()


class _Expression:
    """A parser of one expression: `||` binds less than `&&`, and that less than a comparison."""

    def __init__(self, text: str, variables: dict[str, str]):
        self.text = text
        self.variables = variables
        self.tokens = self._split()

    def _split(self) -> list[re.Match[str]]:
        tokens, at = [], 0
        while self.text[at:].strip():
            token = TOKEN.match(self.text, at)
            if token is None:
                raise self._error()
            tokens.append(token)
            at = token.end()
        return tokens

    def _error(self) -> HarnessError:
        return HarnessError(f".gitlab-ci.yml: the engine does not understand the expression {self.text}")

    def value(self) -> bool:
        result = self._or()
        if self.tokens:
            raise self._error()
        return bool(result)

    def _next(self, *operators: str) -> str | None:
        if self.tokens and self.tokens[0]["operator"] in operators:
            return self.tokens.pop(0)["operator"]
        return None

    def _or(self) -> Any:
        left = self._and()
        while self._next("||"):
            right = self._and()
            left = left or right
        return left

    def _and(self) -> Any:
        left = self._comparison()
        while self._next("&&"):
            right = self._comparison()
            left = left and right
        return left

    def _comparison(self) -> Any:
        if self._next("("):
            inner = self._or()
            if not self._next(")"):
                raise self._error()
            return inner
        left = self._operand()
        operator = self._next("==", "!=", "=~", "!~")
        if operator is None:
            return left
        right = self._operand()
        if operator in ("==", "!="):
            return (left == right) == (operator == "==")
        if not isinstance(right, re.Pattern):
            raise self._error()
        # No variable matches no pattern.
        found = left is not None and right.search(left) is not None
        return found == (operator == "=~")

    def _operand(self) -> Any:
        if not self.tokens or self.tokens[0]["operator"]:
            raise self._error()
        token = self.tokens.pop(0)
        if token["variable"]:
            return self.variables.get(token["variable"][1:])
        if token["pattern"] is not None:
            flags = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
            return re.compile(token["pattern"].replace(r"\/", "/"), sum(flags[flag] for flag in set(token["flags"])))
        return next((token[kind] for kind in ("double", "single") if token[kind] is not None), None)
