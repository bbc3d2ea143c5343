"""How often the lint is right, on sentences as postmortems hold them: `sentences/`, one a line, written for this.

A lint that cries at innocent sentences is switched off: precision comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tracetui.postmortem.blame import find_blame
from tracetui.postmortem.vague import why_vague

FOLDER = Path(__file__).parent / "sentences"
LEAST_PRECISION = 0.98
LEAST_RECALL = {"": 0.95, "later_": 0.70}
"""Of the first ones, which the rules were tuned on, and of those written later, before the rules were last changed."""


def sentences(name: str) -> list[str]:
    return [line for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def blames(text: str) -> bool:
    return any(find_blame(text, {"Dana Fox", "Robin Vale"}))


def is_vague(text: str) -> bool:
    return bool(why_vague(text))


@pytest.mark.parametrize("written", LEAST_RECALL)
@pytest.mark.parametrize(("kind", "speaks"), [("prose", blames), ("actions", is_vague)])
def test_the_lint_speaks_of_the_guilty_and_hardly_ever_of_the_innocent(
    kind: str, speaks: Callable[[str], bool], written: str
) -> None:
    guilty = sentences(f"{written}guilty_{kind}")
    false = [text for text in sentences(f"{written}innocent_{kind}") if speaks(text)]
    missed = [text for text in guilty if not speaks(text)]
    found = len(guilty) - len(missed)
    assert found / (found + len(false)) >= LEAST_PRECISION, false
    assert found / len(guilty) >= LEAST_RECALL[written], missed


def test_there_are_enough_sentences_and_none_twice() -> None:
    innocent, guilty = (
        [
            text
            for written in LEAST_RECALL
            for kind in ("prose", "actions")
            for text in sentences(f"{written}{which}_{kind}")
        ]
        for which in ("innocent", "guilty")
    )
    assert len(innocent) >= 300
    assert len(guilty) >= 200
    assert len({*innocent, *guilty}) == len(innocent) + len(guilty)
