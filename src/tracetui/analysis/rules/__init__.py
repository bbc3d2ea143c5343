"""The flag rules, one a module. A new rule is one file here and a line in `LETTERS`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from tracetui.errors import UnknownNameError

if TYPE_CHECKING:
    from tracetui.analysis.provenance import Provenance
    from tracetui.model import Flag

LETTERS: Mapping[str, str] = {
    "ENTITY_HALLUCINATION": "E",
    "ENTITY_MISMATCH": "M",
    "TOOL_ARG_MISMATCH": "A",
    "CONTEXT_DRIFT": "D",
    "LOOP_DETECTED": "L",
    "ERROR_IGNORED": "I",
    "CLAIM_UNSUPPORTED": "U",
    "CONSTRAINT_BROKEN": "R",
    "STALE_CONTEXT": "S",
    "PREMATURE_TERMINATION": "P",
    "HIDDEN_TEXT": "H",
    "BUDGET": "B",
    "CONTEXT_UNEXPLAINED": "C",
}
"""Kind of flag to its letter, as each rule says itself: whoever shows flags needs no rule. In the order of the rules; a kind
in small letters is the name of its module."""
BUILT_IN = tuple(kind.lower() for kind in LETTERS)
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


def letter_of(kind: str) -> str:
    """The letter of a kind of flag, "?" for kinds that are not ours."""
    return LETTERS.get(kind, "?")


def rules_page() -> str:
    """What every rule says of itself, as Markdown."""
    sections = (f"## {rule.LETTER} · {rule.KIND}\n\n{rule.EXPLAIN}\n" for rule in RULES.values())
    return "\n".join(sections)
