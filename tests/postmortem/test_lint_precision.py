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
LEAST_PRECISION, LEAST_RECALL = 0.98, 0.95


def sentences(name: str) -> list[str]:
    return [line for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def blames(text: str) -> bool:
    return any(find_blame(text, {"Dana Fox", "Robin Vale"}))


def is_vague(text: str) -> bool:
    return bool(why_vague(text))


@pytest.mark.parametrize(("kind", "speaks"), [("prose", blames), ("actions", is_vague)])
def test_the_lint_speaks_of_the_guilty_and_hardly_ever_of_the_innocent(
    kind: str, speaks: Callable[[str], bool]
) -> None:
    false = [text for text in sentences(f"innocent_{kind}") if speaks(text)]
    missed = [text for text in sentences(f"guilty_{kind}") if not speaks(text)]
    found = len(sentences(f"guilty_{kind}")) - len(missed)
    assert found / (found + len(false)) >= LEAST_PRECISION, false
    assert found / len(sentences(f"guilty_{kind}")) >= LEAST_RECALL, missed


def test_there_are_enough_sentences_and_none_twice() -> None:
    innocent = sentences("innocent_prose") + sentences("innocent_actions")
    guilty = sentences("guilty_prose") + sentences("guilty_actions")
    assert len(innocent) >= 150
    assert len(guilty) >= 100
    assert len({*innocent, *guilty}) == len(innocent) + len(guilty)
