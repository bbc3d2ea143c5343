"""The last filter before the terminal, and what is checked before the app starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color

from tracetui.text import visible
from tracetui.ui.terminal import Backstop, why_no_screen

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b2J", "a\u202eb", "\u200b", "\U000e0041", "\ud800"]
)
def test_the_backstop_drops_and_counts_what_a_terminal_would_obey_or_hide(text: str) -> None:
    backstop = Backstop()
    segments = backstop.apply([Segment("before "), Segment(text)], BLACK)
    assert "".join(segment.text for segment in segments).isprintable()
    assert backstop.hits > 0


@given(st.text())
def test_the_backstop_finds_nothing_in_visible_text(text: str) -> None:
    backstop = Backstop()
    line = visible(text).replace("\n", "").replace("\t", "")
    assert backstop.apply([Segment(line)], BLACK) == [Segment(line)]
    assert backstop.hits == 0


def test_a_dumb_terminal_gets_no_app() -> None:
    assert "TERM=dumb" in why_no_screen({"TERM": "dumb"})
    assert "TERM=" in why_no_screen({"TERM": ""})
    assert why_no_screen({})
