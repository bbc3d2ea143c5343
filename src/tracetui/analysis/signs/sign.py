"""What a sign is."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.turns import Outcome
from tracetui.model import Evidence

_COMPLAINT = re.compile(r"\w*(?:Error|Exception)\b[^\n]*|error[^\n]*", re.IGNORECASE)


class Sign(msgspec.Struct, frozen=True, gc=False):
    """That one contribution shows something which experts name when they point at an origin."""

    strength: float
    """0 to 1."""
    evidence: tuple[Evidence, ...] = ()


Finder = Callable[[Scene, Moment], Sign | None]


def answer_quote(scene: Scene, outcome: Outcome, role: str) -> Evidence:
    """The telling line of an answer: the one that complains, else the first."""
    complaint = _COMPLAINT.search(outcome.text)
    return scene.quote(outcome.step, outcome.text, *(complaint.span() if complaint else (0, 0)), role)
