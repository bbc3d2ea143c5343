"""The whole prompt at a step of an excerpt."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import debugger, screen_text, wait_for
from tests.ui.screens.test_lines import opened_lines
from tracetui.ui import asked, excerpts
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.whole_prompt import WholePromptScreen

TOOLS = [{"name": "look_up", "description": "looks"}]


def row(step: int) -> str:
    """A turn in two lines: a call, and its tool's answer."""
    fields: dict[str, object] = {"session_id": "s", "step": step}
    if step % 2:
        fields |= {"type": "llm_call", "model": "m", "messages": [{"role": "user", "content": f"question {step}"}]}
        fields |= {"tools": TOOLS} if step == 1 else {}
    else:
        fields |= {"type": "tool_call", "tool": "look_up", "args": {}, "result": "nothing"}
    return json.dumps(fields) + "\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(asked, "LONGEST_BYTES", 1)
    for name, limit in (("_BEFORE", 20), ("_AFTER", 10), ("_MOST_LINES", 100)):
        monkeypatch.setattr(excerpts, name, limit)
    found = tmp_path / "t.jsonl"
    found.write_text("".join(map(row, range(1, 300))), encoding="utf-8")
    return found


@asynccontextmanager
async def opened_context(path: Path, line: int) -> AsyncIterator[Pilot[int]]:
    """The context page of a line of the file, narrow."""
    async with opened_lines(path, size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "1 session" in screen_text(pilot), "the survey")
        await pilot.press(*str(line), "g", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await pilot.press("c")
        await wait_for(pilot, debugger(pilot).detail.is_shown, "the context page")
        yield pilot


def shown(pilot: Pilot[int]) -> bool:
    return isinstance(pilot.app.screen, WholePromptScreen) and pilot.app.screen.is_shown


async def test_the_whole_prompt_is_named_where_it_is_missing_searched_and_left(path: Path) -> None:
    async with opened_context(path, 250) as pilot:
        assert "W shows the whole prompt" in " ".join(screen_text(pilot).split())
        await pilot.press("W")
        await wait_for(pilot, lambda: shown(pilot) and "question 251" in screen_text(pilot), "the prompt")
        text = screen_text(pilot)
        assert "rebuilt: the whole prompt of step 251, the first call after step 250" in text
        assert "126 messages" in text
        assert "1 new since line 249" in text
        assert "not held against the recorded tokens" in text
        await assert_can_be_read(pilot, "whole prompt")
        await pilot.press("g")
        await wait_for(
            pilot, lambda: "from line 1\n" in screen_text(pilot).replace(" \n", "\n").replace("  ", ""), "it"
        )
        assert "question 1 " in screen_text(pilot)
        await pilot.press("slash", *"question 77", "enter")
        await wait_for(pilot, lambda: "39 user" in screen_text(pilot).split("─" * 80)[-1], "the message found")
        await pilot.press("n")
        await wait_for(pilot, lambda: "not found from here" in screen_text(pilot), "that there is no other")
        await pilot.press("K")
        await wait_for(pilot, lambda: "call on line 249" in screen_text(pilot), "the prompt before")
        await wait_for(pilot, lambda: "tool definitions" in screen_text(pilot), "the tools behind the last message")
        await pilot.press("enter", "escape", "escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the steps again")


async def test_what_cannot_be_told_by_place_says_what_it_needs(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    lines[100] = lines[100].replace('"messages"', '"prompt"')
    path.write_text("".join(lines))
    async with opened_context(path, 251) as pilot:
        await pilot.press("W")
        await wait_for(pilot, lambda: "line 101 holds a recorded prompt" in screen_text(pilot), "the reason")
        assert "w on the list of lines" in screen_text(pilot)
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the steps again")


async def test_nothing_is_offered_where_all_of_a_session_was_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpts, "_MOST_LINES", 1000)
    async with opened_context(path, 251) as pilot:
        assert debugger(pilot).opened.whole_prompts is None
        await pilot.press("W")
        assert isinstance(pilot.app.screen, DebuggerScreen)
