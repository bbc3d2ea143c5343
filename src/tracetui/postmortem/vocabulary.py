"""The words that an incident is classified with: each with its meaning and its usual fix. They stand in `vocabulary.toml`.

A vocabulary is closed so that incidents can be counted; every one of them ends in the judgement of a person.
"""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec


class Term(msgspec.Struct, frozen=True):
    """One choice. `code` is what the document stores and never changes."""

    code: str
    title: str
    meaning: str
    fix: str = ""
    """What usually mends it, or the first thing to do."""
    note: str = ""
    """How often it occurs, how far it reaches."""


class Vocabulary(msgspec.Struct, frozen=True):
    name: str
    terms: tuple[Term, ...]

    def term(self, code: str) -> Term | None:
        """The term with that code; None for a code that the vocabulary does not hold."""
        return next((term for term in self.terms if term.code == code), None)

    def title(self, code: str) -> str:
        """What people see for `code`; a code of a later version stands for itself."""
        term = self.term(code)
        return term.title if term else code


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term as it is written down."""

    meaning: str
    title: str = ""
    fix: str = ""
    note: str = ""


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    terms: dict[str, _Words]


def _written() -> dict[str, Vocabulary]:
    text = (resources.files(__package__) / "vocabulary.toml").read_text(encoding="utf-8")
    return {
        key: Vocabulary(
            found.name,
            tuple(
                Term(code, term.title or code.replace("_", " "), term.meaning, term.fix, term.note)
                for code, term in found.terms.items()
            ),
        )
        for key, found in msgspec.convert(tomllib.loads(text), dict[str, _Written]).items()
    }


VOCABULARIES = _written()
"""By name in the file."""
YES_NO = VOCABULARIES["yes_no"]
STATUS = VOCABULARIES["status"]
FAILURE_MODE = VOCABULARIES["failure_mode"]
TAXONOMY = VOCABULARIES["taxonomy"]
ROOT_CAUSE_KIND = VOCABULARIES["root_cause_kind"]
ROOT_CAUSE = VOCABULARIES["root_cause"]
CATEGORY = VOCABULARIES["category"]
SEVERITY = VOCABULARIES["severity"]
DETERMINISM = VOCABULARIES["determinism"]
DIVERGENCE_KIND = VOCABULARIES["divergence_kind"]
REVERSIBILITY = VOCABULARIES["reversibility"]
LAYER_VERDICT = VOCABULARIES["layer_verdict"]
FACTOR_KIND = VOCABULARIES["factor_kind"]
CONTAINMENT_KIND = VOCABULARIES["containment_kind"]
ACTION_TYPE = VOCABULARIES["action_type"]
PRIORITY = VOCABULARIES["priority"]
ACTION_STATUS = VOCABULARIES["action_status"]
FIX_PLACE = VOCABULARIES["fix_place"]
DETECTED_BY = VOCABULARIES["detected_by"]
