"""The flag rules, one a module. A new rule is one file here and its name in `BUILT_IN`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Protocol

from tracetui.analysis.provenance import Provenance
from tracetui.errors import UnknownNameError
from tracetui.model import Flag

BUILT_IN: tuple[str, ...] = (
    "entity_hallucination",
    "entity_mismatch",
    "tool_arg_mismatch",
    "context_drift",
    "loop_detected",
    "error_ignored",
    "claim_unsupported",
    "constraint_broken",
    "stale_context",
    "premature_termination",
    "hidden_text",
    "budget",
    "context_unexplained",
)
NOT_ITS_DOING = frozenset(("CONTEXT_UNEXPLAINED",))
"""Kinds of flags that tell what was done to the agent, not what it did: no mode and no suspect comes of them."""


class Rule(Protocol):
    """What a rule module provides."""

    KIND: str
    """The flag's name as traces record it: upper case with underscores."""
    LETTER: str
    """One capital letter for narrow columns."""
    EXPLAIN: str
    """What it means, how it is found and what it cannot see, in a few sentences."""

    def find(self, provenance: Provenance) -> Iterator[Flag]:
        """Every such flag of the session, in any order. Never raises for odd data."""
        ...


class Rules(Mapping[str, Rule]):
    """Rules by module name, imported when first asked for."""

    def __init__(self, modules: tuple[str, ...] = BUILT_IN) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Rule:
        if name not in self._modules:
            raise UnknownNameError(f"no rule is called {name!r}", hint="rules: " + ", ".join(self))
        return import_module(f"tracetui.analysis.rules.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


RULES = Rules()


@cache
def letters() -> Mapping[str, str]:
    """Kind of flag to its letter."""
    return {rule.KIND: rule.LETTER for rule in RULES.values()}


def rules_page() -> str:
    """What every rule says of itself, as Markdown."""
    sections = (f"## {rule.LETTER} · {rule.KIND}\n\n{rule.EXPLAIN}\n" for rule in RULES.values())
    return "\n".join(sections)
