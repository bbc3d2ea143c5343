"""Differences in words: calls, values and roles as sentences name them. Trace text is quoted as it is."""

from __future__ import annotations

from typing import Any

from tracetui.analysis.meaning import Change
from tracetui.analysis.passages import leaves
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import GIVEN, scalar_text
from tracetui.context import json_text
from tracetui.model import Step
from tracetui.text import elide

_VALUE_CELLS = 48
_ARGUMENTS = 3
"""Arguments of a call that a sentence names."""


def value_text(value: Any) -> str:
    """A value, on one line and cut where it is long."""
    text = scalar_text(value) if not isinstance(value, (dict, list)) else json_text(value)
    return elide(" ".join(text.split()), _VALUE_CELLS) or '""'


def named_value(value: str, roles: Roles, *, bad: bool) -> str:
    """A value with the role it plays: "ORDER#1 (ord_341)"."""
    role = roles.role_of(value, bad=bad)
    return f"{role} ({value_text(value)})" if role else value_text(value)


def call_text(step: Step, roles: Roles, *, bad: bool) -> str:
    """A call with its first arguments: "get_order(id=ord_555)"."""
    named = [
        f"{path.removeprefix('/')}={named_value(text, roles, bad=bad)}" if path else value_text(text)
        for path, text in leaves(step.arguments)
    ]
    rest = "" if len(named) <= _ARGUMENTS else f", … {len(named) - _ARGUMENTS} more"
    return f"{step.tool or 'a tool'}({', '.join(named[:_ARGUMENTS])}{rest})"


def change_text(step: Step, other: Step, change: Change, roles: Roles, more: int) -> str:
    """One changed argument of a call of one tool, and how many others changed."""
    name = change.path.removeprefix("/") or "its argument"
    bad = value_text(change.bad) if change.bad is None else named_value(change.bad, roles, bad=True)
    good = value_text(change.good) if change.good is None else named_value(change.good, roles, bad=False)
    tail = f"; {more} more argument{'s differ' if more > 1 else ' differs'}" if more else ""
    if change.bad is None:
        return f"{step.tool} was called without {name}={good}, which the good run passed{tail}"
    nowhere = ", which nothing brought in before" if change.relation == "nowhere_bad" else ""
    if change.good is None:
        return f"{step.tool} was called with {name}={bad}{nowhere or ', which the good run did not pass'}{tail}"
    instead = f"; the good run used {good}{_source(other, change.good, roles)}"
    if change.relation == "unbound" and not roles.same_world:
        partner = roles.partner_of(change.good, bad=False)
        instead += f", the counterpart of {value_text(partner)}" if partner else ""
    return f"{step.tool} was called with {name}={bad}{nowhere}{instead}{tail}"


def _source(step: Step, value: str | None, roles: Roles) -> str:
    """Where the good run had its value from."""
    entry = roles.good.entry(value, step.index) if value is not None else None
    if entry is None:
        return ""
    return ", which it was given" if entry.way == GIVEN else f", from the answer of {entry.way or 'a tool'}"
