"""The lines of a file that is read by place."""

from __future__ import annotations

import gzip
import json
import os
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.ui.pilot import debugger, screen_text, wait_for
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest import line_file
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import cache_folder
from tracetui.ingest.line_starts import Piece
from tracetui.ui import asked, excerpts, surveying
from tracetui.ui.app import TracetuiApp
from tracetui.ui.background import BACKGROUND
from tracetui.ui.line_rows import line_row
from tracetui.ui.loading import Loaded
from tracetui.ui.screens import lines
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.lines import LinesScreen
from tracetui.ui.screens.sessions import SessionsScreen
from tracetui.ui.whole_file import WholeFile
from tracetui.ui.widgets import line_list
from tracetui.ui.widgets.line_list import LineList


def row(step: int, **fields: object) -> str:
    fields = {"session_id": "s", "step": step, "type": "tool_call", "tool": "look", "args": {"n": step}} | fields
    return json.dumps(fields) + "\n"


def llm(step: int) -> str:
    return row(step, type="llm_call", model="m", messages=[{"role": "user", "content": f"question {step}"}])


@pytest.fixture(autouse=True)
def follows_by_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "LONGEST_BYTES", 1)


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


async def test_a_file_that_was_copied_cut_and_grew_past_what_was_read_is_read_anew(path: Path) -> None:
    async with opened_lines(path) as pilot:
        with open(path, "r+b") as writer:
            writer.seek(10_000)
            writer.write(b"\n" + "".join(row(step) for step in range(900, 1900)).encode())
        await wait_for(pilot, lambda: "replaced at" in screen_text(pilot), "the other file")
        lines = len(path.read_bytes().splitlines())
        await wait_for(pilot, lambda: f"line {lines:,} of {lines:,}" in screen_text(pilot), "its lines")
        await wait_for(pilot, lambda: "surveyed" not in screen_text(pilot), "what stands out among them")


async def test_new_lines_below_the_cursor_are_counted_and_a_file_that_is_gone_is_said(path: Path) -> None:
    async with opened_lines(path) as pilot:
        await pilot.press("g")
        with open(path, "a", encoding="utf-8") as writer:
            writer.write(row(300) + row(301))
        await wait_for(pilot, lambda: "following: 2 new lines, G" in screen_text(pilot), "the count")
        assert "line 1 of 301" in screen_text(pilot)
        await pilot.press("G")
        assert "new line" not in screen_text(pilot)
        path.unlink()
        await wait_for(pilot, lambda: "the file is gone: this is what it held" in screen_text(pilot), "the loss")


async def test_lines_that_are_gone_are_not_taken_for_blank_ones(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "paged_format", lambda path, **_: "session-trace")
    async with opened_lines(path, follow=False) as pilot:
        os.truncate(path, 100)
        await wait_for(
            pilot, lambda: "cut short since it was read, F reads it anew" in screen_text(pilot), "the remark"
        )
        await pilot.press("G")
        await wait_for(pilot, lambda: "no longer in the file" in screen_text(pilot), "the lines")
        assert "blank line" not in screen_text(pilot)
        await pilot.press("F")
        await wait_for(pilot, lambda: "truncated at" in screen_text(pilot), "the file as it is now")


async def test_a_large_file_opens_at_its_top_and_its_numbers_work(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "paged_format", lambda path, **_: "session-trace")
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


async def test_a_packed_file_is_read_by_place_and_what_is_cut_off_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "LARGE_BYTES", 1)
    whole = gzip.compress(path.read_bytes()[:-1])
    path.write_bytes(whole[:-4])
    async with opened_lines(path, follow=False) as pilot:
        await wait_for(pilot, lambda: "not all of it could be unpacked" in screen_text(pilot), "what is cut off")
        await wait_for(pilot, lambda: "kept the first" in screen_text(pilot), "what was kept")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, LinesScreen), "the lines")
        await pilot.press("G", "w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the whole")


async def test_enter_debugs_the_steps_around_and_no_prompt_claims_to_be_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpts, "_BEFORE", 20)
    monkeypatch.setattr(excerpts, "_AFTER", 10)
    monkeypatch.setattr(excerpts, "_MOST_LINES", 100)
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


async def test_a_session_that_is_not_too_long_is_debugged_whole(path: Path) -> None:
    path.write_text("".join(row(step, session_id="ab"[step > 150 and step <= 250]) for step in range(1, 300)))
    async with opened_lines(path) as pilot:
        await wait_for(pilot, lambda: "2 sessions" in screen_text(pilot), "the survey")
        await pilot.press("2", "0", "0", "g", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        session = debugger(pilot).opened.session
        assert [step.number for step in session.steps] == list(range(151, 251))
        assert not any(gap.kind == "lines_not_read" for gap in session.gaps)
        assert "excerpt" not in screen_text(pilot)


async def test_the_lines_that_stand_out_are_counted_shown_and_reached(path: Path) -> None:
    rows = path.read_text().splitlines(keepends=True)
    rows[249] = row(250, status="error")
    rows[279] = row(280, flags=["ENTITY_MISMATCH"])
    path.write_text("".join(rows))
    async with opened_lines(path) as pilot:
        await wait_for(pilot, lambda: "1 flagged line" in screen_text(pilot), "the survey")
        assert "1 failed" in screen_text(pilot)
        assert "1 unread" in screen_text(pilot)
        for keys, line in (
            (["g", "right_square_bracket"], 150),
            (["right_square_bracket"], 250),
            (["left_square_bracket"], 150),
        ):
            await pilot.press(*keys)
            assert f"line {line} of 299" in screen_text(pilot)
        await pilot.press("left_square_bracket")
        assert "no further line is marked" in screen_text(pilot)


async def test_a_file_known_from_the_last_time_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(path.parent / "cache"))
    monkeypatch.setattr(surveying, "KEPT_BYTES", 1)
    monkeypatch.setattr(lines, "_FIRST_BYTES", 2000)
    async with opened_lines(path) as pilot:
        await wait_for(pilot, lambda: list(Path(cache_folder()).glob("*")), "what is kept")
    monkeypatch.setattr(LineFile, "read_on", lambda *_: Piece(array("Q"), 0, False))
    async with opened_lines(path) as pilot:
        assert "1 unread" in screen_text(pilot)
        await pilot.press("left_square_bracket")
        assert "line 150 of 299" in screen_text(pilot)
        await pilot.press("G")
        assert "line 299 of 299" in screen_text(pilot)


async def test_a_survey_that_cannot_go_on_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("tracetui.ingest.line_ranges._inline", broken)
    async with opened_lines(path) as pilot:
        await wait_for(pilot, lambda: "survey stopped" in screen_text(pilot), "what became of the survey")


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

        monkeypatch.setattr(line_list, "line_row", counted)
        await pilot.press("k")
        await pilot.pause()
        assert len(made) <= 2 * pilot.app.size.height
        assert pilot.app.screen.query_one(LineList).cursor == 297


async def test_the_whole_file_opens_with_its_verdict_and_leaves_to_the_lines(path: Path) -> None:
    async with opened_lines(path) as pilot:
        assert "w whole file" in screen_text(pilot)
        await pilot.press("w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: debugger(pilot).opened.triage, "the verdict")
        assert len(debugger(pilot).opened.session.steps) == 298
        assert not any(gap.kind == "lines_not_read" for gap in debugger(pilot).opened.session.gaps)
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, LinesScreen), "the lines again")
        await pilot.press("w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger again")


async def test_the_whole_of_a_file_with_several_sessions_is_a_list_that_leaves_to_the_lines(path: Path) -> None:
    path.write_text("".join(row(step, session_id=f"s{step % 2}") for step in range(299)), encoding="utf-8")
    async with opened_lines(path) as pilot:
        await pilot.press("w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen), "the sessions")
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, LinesScreen), "the lines again")


async def test_escape_stops_reading_the_whole_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()
    stopped: list[object] = []
    read = WholeFile.read

    def held(whole: WholeFile) -> Loaded | TracetuiError | None:
        begun.set()
        go_on.wait(30)
        stopped.append(read(whole))
        return None

    monkeypatch.setattr(WholeFile, "read", held)
    async with opened_lines(path) as pilot:
        await pilot.press("w")
        await wait_for(pilot, begun.is_set, "the reader")
        assert "whole file 0 %, esc stops" in screen_text(pilot)
        await pilot.press("escape")
        assert "whole file 0 %" not in screen_text(pilot)
        go_on.set()
        await wait_for(pilot, lambda: stopped, "the end of the reader")
        assert stopped == [None]
        assert isinstance(pilot.app.screen, LinesScreen)


async def test_an_excerpt_from_the_first_line_says_that_lines_after_it_were_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpts, "_AFTER", 10)
    monkeypatch.setattr(excerpts, "_MOST_LINES", 100)
    async with opened_lines(path) as pilot:
        await pilot.press("5", "g", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        session = debugger(pilot).opened.session
        (gap,) = (gap for gap in session.gaps if gap.kind == "lines_not_read")
        assert gap.steps == (15,)
        assert all(gap.kind != "lines_not_read" for gap in prompt_at(session, 4).gaps)
        assert "excerpt" in screen_text(pilot)


async def test_marks_come_back_with_their_lines_in_another_excerpt_and_in_the_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpts, "_BEFORE", 20)
    monkeypatch.setattr(excerpts, "_MOST_LINES", 100)
    async with opened_lines(path) as pilot:
        for keys in (["2", "5", "0", "g", "enter"], ["2", "5", "5", "g", "enter"], ["w"]):
            await pilot.press(*keys)
            await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
            opened = debugger(pilot).opened
            if keys[2:3] == ["0"]:
                await pilot.press("m", *"odd", "enter")
            else:
                assert {opened.session.steps[index].number: note for index, note in opened.notes.items()} == {
                    250: "odd"
                }
            await pilot.press("q")
            await wait_for(pilot, lambda: isinstance(pilot.app.screen, LinesScreen), "the lines again")


async def test_the_last_lines_are_shown_before_the_file_is_read_and_get_their_numbers_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = Event()
    read_on = LineFile.read_on

    def held(file: LineFile, most: int) -> Piece:
        if current_thread().name == BACKGROUND:
            may_read.wait(30)
        return read_on(file, most)

    monkeypatch.setattr(LineFile, "read_on", held)
    monkeypatch.setattr(lines, "_FIRST_BYTES", 2000)
    monkeypatch.setattr(lines, "_STEP_BYTES", 1000)
    monkeypatch.setattr(line_file, "_END_BYTES", 2000)
    app = TracetuiApp(str(path), follow=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, LinesScreen), "the lines")
        await wait_for(pilot, lambda: "n=299" in screen_text(pilot), "the last line")
        assert "line … of" in screen_text(pilot)
        await pilot.press("k", "enter")
        assert "opens as soon as its number is known" in screen_text(pilot)
        await pilot.press("escape")
        may_read.set()
        await wait_for(pilot, lambda: "line 298 of 299 " in screen_text(pilot), "the numbers")


async def test_leaving_the_lines_opened_from_the_library_shows_the_library(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "paged_format", lambda path, **_: "session-trace")
    app = TracetuiApp(None, store_root=str(tmp_path / "store"), recent=[str(path)])
    async with app.run_test(size=(120, 30)) as pilot:
        library = app.screen
        app.open_path(str(path))
        await wait_for(pilot, lambda: isinstance(app.screen, LinesScreen), "the lines")
        await pilot.press("q")
        await wait_for(pilot, lambda: app.screen is library, "the library")
        app.open_path(str(path), incident_id="inc-1")
        await wait_for(
            pilot, lambda: any(isinstance(screen, DebuggerScreen) for screen in app.screen_stack), "the whole"
        )


async def test_leaving_the_lines_ends_the_app_where_nothing_is_below(path: Path) -> None:
    async with opened_lines(path) as pilot:
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.return_code == 0 and not pilot.app.is_running, "the end")
