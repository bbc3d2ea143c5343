"""Stylesheets of Textual are the same for every app of a kind: what one app parsed serves the next."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse = Stylesheet._parse_rules


@cache
def _parsed(variables: tuple[tuple[str, str], ...], given: tuple[Any, ...]) -> list[RuleSet]:
    return _parse(Stylesheet(variables=dict(variables)), *given)


def _parse_once(
    sheet: Stylesheet, css: str, read_from: Any, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
) -> list[RuleSet]:
    return _parsed(tuple(sheet._variables.items()), (css, read_from, is_default_rules, tie_breaker, scope))


def parse_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are read by every app that has them and changed by none. What cannot be parsed is not kept."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
