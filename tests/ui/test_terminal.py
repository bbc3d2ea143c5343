"""The last filter before the terminal, and what is checked before the app starts."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color

from tracetui.text import visible
from tracetui.ui import terminal
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


def test_in_a_browser_the_app_ends_with_a_server_that_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    parents, done, ended = iter([7, 7, 7, 1]), list[tuple[int, ...]](), threading.Event()
    monkeypatch.setattr(terminal, "_WATCH_SECONDS", 0)
    monkeypatch.setattr(terminal, "HARD_EXIT_SECONDS", 0)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(os, "kill", lambda *told: done.append(told))

    def exit_at_once(code: int) -> None:
        done.append((code,))
        ended.set()

    monkeypatch.setattr(os, "_exit", exit_at_once)
    terminal.leave_with_server()
    assert ended.wait(20)
    assert done == [(os.getpid(), signal.SIGTERM), (143,)]
