"""The lines of a file that is read by place."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.ui.pilot import debugger, screen_text, wait_for
from tracetui.context import prompt_at
from tracetui.ingest.line_file import LineFile
from tracetui.ui import app as app_module
from tracetui.ui import loading
from tracetui.ui.app import TracetuiApp
from tracetui.ui.line_rows import line_row
from tracetui.ui.screens import lines
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.lines import LineList, LinesScreen


def row(step: int, **fields: object) -> str:
    fields = {"session_id": "s", "step": step, "type": "tool_call", "tool": "look", "args": {"n": step}} | fields
    return json.dumps(fields) + "\n"


def llm(step: int) -> str:
    return row(step, type="llm_call", model="m", messages=[{"role": "user", "content": f"question {step}"}])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "t.jsonl"
    rows = [llm(step) if step % 5 == 0 else row(step) for step in range(1, 300)]
    rows[149] = "{broken\n"
    rows[199] = row(200, result="x" * 70_000)
    found.write_text("".join(rows), encoding="utf-8")
    return found


@asynccontextmanager
async def opened_lines(
    path: Path, *, follow: bool = True, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[Pilot[int]]:
    app = TracetuiApp(str(path), follow=follow)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, LinesScreen), "the lines")
        await wait_for(pilot, lambda: "299 lines" in screen_text(pilot) or "of 299 " in screen_text(pilot), "the index")
        yield pilot
        assert app.backstop.hits == 0


async def test_following_starts_at_the_end_and_shows_what_is_appended(path: Path) -> None:
    async with opened_lines(path) as pilot:
        await wait_for(pilot, lambda: "line 299 of 299" in screen_text(pilot), "the last line")
        with open(path, "a", encoding="utf-8") as writer:
            writer.write(row(300, summary="appended")[:-20])
        await wait_for(pilot, lambda: "line 300 of 300" in screen_text(pilot), "the line being written")
        with open(path, "a", encoding="utf-8") as writer:
            writer.write(row(300, summary="appended")[-20:] + row(301))
        await wait_for(pilot, lambda: "line 301 of 301" in screen_text(pilot), "the next line")
        assert "appended" in screen_text(pilot)


async def test_a_truncated_file_is_said_and_read_anew(path: Path) -> None:
    async with opened_lines(path) as pilot:
        path.write_text(row(1) + row(2), encoding="utf-8")
        await wait_for(pilot, lambda: "line 2 of 2" in screen_text(pilot), "the shorter file")
        assert "truncated at" in screen_text(pilot)


async def test_a_large_file_opens_at_its_top_and_its_numbers_work(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "is_paged", lambda path, **_: True)
    monkeypatch.setattr(lines, "_FIRST_BYTES", 2000)
    async with opened_lines(path, follow=False) as pilot:
        assert "line 1 of 299" in screen_text(pilot)
        await pilot.press("1", "5", "0", "g")
        assert "line 150 of 299" in screen_text(pilot)
        assert "no step: {broken" in screen_text(pilot)
        await pilot.press("2", "0", "0", "g")
        assert "70.1 kB" in screen_text(pilot)
        await pilot.press("G")
        assert "line 299 of 299" in screen_text(pilot)


async def test_enter_debugs_the_steps_around_and_no_prompt_claims_to_be_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_BEFORE", 20)
    monkeypatch.setattr(loading, "_AFTER", 10)
    async with opened_lines(path) as pilot:
        await pilot.press("2", "5", "0", "g", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        opened = debugger(pilot).opened
        assert [step.number for step in opened.session.steps] == list(range(230, 261))
        at = next(step for step in opened.session.steps if step.number == 250)
        assert prompt_at(opened.session, at.index).fidelity == "partial"
        assert json.loads(opened.source_bytes.at(at.source))["step"] == 250
        assert "excerpt" in screen_text(pilot)
        assert "lines 230 to 260" in opened.trace.report.notes[-1]
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, LinesScreen), "the lines again")


async def test_a_line_without_a_step_says_so(path: Path) -> None:
    async with opened_lines(path) as pilot:
        await pilot.press("1", "5", "0", "g", "enter")
        await wait_for(pilot, lambda: "holds no step" in screen_text(pilot), "the reason")


async def test_text_is_found_from_the_cursor_on(path: Path) -> None:
    async with opened_lines(path) as pilot:
        await pilot.press("g", "slash", *"question", "enter")
        await wait_for(pilot, lambda: "line 5 of 299" in screen_text(pilot), "the first hit")
        await pilot.press("n")
        await wait_for(pilot, lambda: "line 10 of 299" in screen_text(pilot), "the second hit")
        await pilot.press("slash", *"zzz", "enter")
        await wait_for(pilot, lambda: "not found" in screen_text(pilot), "that there is none")


async def test_the_cursor_moves_without_decoding_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_lines(path) as pilot:
        made: list[int] = []

        def counted(file: LineFile, line: int, **kinds: Any) -> Content:
            made.append(line)
            return line_row(file, line, **kinds)

        monkeypatch.setattr(lines, "line_row", counted)
        await pilot.press("k")
        await pilot.pause()
        assert len(made) <= 2 * pilot.app.size.height
        assert pilot.app.screen.query_one(LineList).cursor == 297
