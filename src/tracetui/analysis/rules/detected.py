"""How a rule tells what it found."""

from __future__ import annotations

from collections.abc import Iterable

from tracetui.model import Evidence, Flag, SourceRef
from tracetui.text import elide

_MESSAGE = 160
"""Cells of a message: a value, what is wrong with it, and what was not recorded."""


def detected(
    kind: str, step: int, source: SourceRef, told: str, confidence: float, evidence: Iterable[Evidence]
) -> Flag:
    """A flag of the rule whose module bears the name of its kind.

    `step`: index of the step that is flagged; `source`: the place in the trace that shows it; `told`: one line.
    """
    return Flag(
        kind=kind,
        step=step,
        source=source,
        recorded=False,
        confidence=confidence,
        message=elide(told, _MESSAGE),
        rule=kind.lower(),
        evidence=tuple(evidence),
    )
