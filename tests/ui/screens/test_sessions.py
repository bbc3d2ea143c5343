"""The list of sessions."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.pilot import SAMPLES, debugger, screen_text, wait_for
from tracetui.ui.app import TracetuiApp
from tracetui.ui.loading import load, what_came
from tracetui.ui.screens import following, sessions
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.sessions import SessionList, SessionsScreen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("incident_content.jsonl", "good_same_customer.jsonl", "incident_openai.json"):
        shutil.copy(SAMPLES / name, tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a trace", encoding="utf-8")
    return tmp_path


@asynccontextmanager
async def opened_folder(folder: Path, size: tuple[int, int] = (120, 30)) -> AsyncIterator[Pilot[int]]:
    app = TracetuiApp(str(folder))
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, SessionsScreen), "the sessions")
        await wait_for(pilot, lambda: screen_text(pilot).count("hallucination propagation") == 2, "the verdicts")
        yield pilot
        assert app.backstop.hits == 0


async def test_a_folder_opens_on_its_sessions_with_their_verdicts(folder: Path) -> None:
    async with opened_folder(folder) as pilot:
        text = screen_text(pilot)
        assert "3 sessions" in text
        assert "nothing found" in text
        assert "step 3 ord_555" in text


async def test_the_columns_fit_a_small_screen(folder: Path) -> None:
    async with opened_folder(folder, size=(80, 24)) as pilot:
        assert all(len(line.rstrip()) <= 80 for line in screen_text(pilot).splitlines())


async def test_it_filters_as_one_types(folder: Path) -> None:
    async with opened_folder(folder) as pilot:
        await pilot.press("slash", *"good")
        await wait_for(pilot, lambda: "1 of 3 sessions" in screen_text(pilot), "the filter")
        await pilot.press("enter", "escape")
        await wait_for(pilot, lambda: "   3 sessions" in screen_text(pilot), "all sessions")


async def test_the_request_of_the_session_under_the_cursor_is_told_and_found(folder: Path) -> None:
    async with opened_folder(folder, size=(80, 24)) as pilot:
        rows = pilot.app.screen.query_one(SessionList)
        await wait_for(pilot, lambda: "asked  Please confirm the latest" in screen_text(pilot), "what was asked")
        await pilot.press("slash", *"latest")
        await wait_for(pilot, lambda: rows.row_count() == 3, "the sessions that were asked for it")
        await pilot.press(*"zzz")
        await wait_for(pilot, lambda: not rows.row_count() and "asked  " not in screen_text(pilot), "none")


async def test_it_sorts_by_what_matters(folder: Path) -> None:
    async with opened_folder(folder) as pilot:
        await pilot.press("s")
        await wait_for(pilot, lambda: "by flags" in screen_text(pilot), "the order")
        rows = screen_text(pilot).splitlines()[2:5]
        assert "nothing found" in rows[-1]


async def test_a_session_opens_with_its_verdict_and_q_comes_back(folder: Path) -> None:
    async with opened_folder(folder) as pilot:
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: "HALLUCINATION PROPAGATION" in screen_text(pilot), "the verdict")
        await pilot.press("m")
        await pilot.press(*"see", "enter", "q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen), "the sessions")
        assert pilot.app.screen.query_one(SessionList).cursor == 1
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger again")
        screen = pilot.app.screen
        assert isinstance(screen, DebuggerScreen)
        assert list(screen.opened.notes.values()) == ["see"]


async def test_a_session_that_grew_is_listed_as_it_is_and_a_file_that_came_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_GLANCE_SECONDS", 0.06)
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.06)
    path = folder / "incident_content.jsonl"
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))
    async with opened_folder(folder) as pilot:
        await pilot.press("slash", *"content.jsonl", "enter", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the session")
        await pilot.press("m", *"odd", "enter", "F")
        path.write_bytes(whole)
        await wait_for(pilot, lambda: "   8 steps" in screen_text(pilot), "its steps")
        await pilot.press("q")
        shutil.copy(path, folder / "new.jsonl")
        await wait_for(pilot, lambda: "1 new file since: open it again" in screen_text(pilot), "the file")
        row = next(line for line in screen_text(pilot).splitlines() if "incident_content" in line)
        assert " 8 " in row
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the session")
        assert debugger(pilot).opened.notes


def test_a_folder_that_was_emptied_is_said_to_be(folder: Path) -> None:
    loaded = load(str(folder))
    assert what_came(loaded) == ""
    for path in folder.iterdir():
        path.unlink()
    assert what_came(loaded) == "emptied since"
