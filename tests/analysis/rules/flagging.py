"""What one rule finds in a small run."""

from __future__ import annotations

from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules import RULES
from tracetui.model import Flag, Session


def flags(rule: str, session: Session) -> list[Flag]:
    return list(RULES[rule].find(Provenance.of(session)))


def steps(rule: str, session: Session) -> list[int]:
    """Numbers of the steps that the rule flags."""
    return [session.steps[flag.step].number for flag in flags(rule, session)]
