"""The library of incidents."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.store.incidents import held, store_at
from tests.ui.contrast import assert_can_be_read
from tests.ui.pilot import SAMPLES, screen_text, wait_for
from tracetui.postmortem.document import Entry, Postmortem
from tracetui.postmortem.edits import add_row, put
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.library import LibraryScreen, Shelf
from tracetui.ui.screens.postmortem import PostmortemScreen


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    made = store_at(tmp_path / "store")
    for number in range(3):
        made.new(refund(f"refund {number} to another customer"))
    made.new(
        held({"identity.title": "flight \x1b]52;c;AA\x07 booked twice", "classification.failure_mode": "tool_misfire"})
    )
    return made.root


def refund(title: str) -> Postmortem:
    found = held(
        {
            "identity.title": title,
            "classification.failure_mode": "hallucination_propagation",
            "classification.category": "llm_hallucination",
            "classification.severity": "sev2",
            "session.tools_called": "get_order ×1, send_refund ×2",
        }
    )
    found = add_row(found, "actions", "a1")
    for column, text in {"text": "check the owner in send_refund", "owner": "dana", "due": "2020-01-02"}.items():
        found = put(found, f"actions/a1/{column}", Entry(text=text))
    return found


@asynccontextmanager
async def library(
    store: Path, recent: tuple[str, ...] = (), size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[int]]:
    app = TracetuiApp(None, store_root=str(store), recent=recent)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, LibraryScreen), "the library")
        await wait_for(pilot, lambda: "library   " in screen_text(pilot), "the incidents")
        yield pilot
        assert app.backstop.hits == 0


async def shows(pilot: Pilot[int], words: str) -> None:
    await wait_for(pilot, lambda: words in screen_text(pilot), words)


async def test_it_lists_incidents_and_recent_traces_in_80_columns(store: Path) -> None:
    async with library(store, (str(SAMPLES / "incident.jsonl"),)) as pilot:
        await shows(pilot, "4 incidents")
        text = screen_text(pilot)
        assert "refund 2 to another customer" in text
        assert "trace    incident.jsonl" in text
        assert "3 actions overdue" in text


async def test_it_searches_as_one_types_and_comes_back(store: Path) -> None:
    async with library(store) as pilot:
        await shows(pilot, "4 incidents")
        await pilot.press("slash", *"fli")
        await shows(pilot, "1 with “fli”")
        assert "refund" not in screen_text(pilot)
        await pilot.press("enter", "escape")
        await shows(pilot, "4 incidents")


async def test_it_shows_what_is_like_an_incident_and_why(store: Path) -> None:
    async with library(store) as pilot:
        await shows(pilot, "4 incidents")
        await pilot.press("j", "l")
        await shows(pilot, "2 incidents like INC-20260701-002")
        assert "tools in common" in screen_text(pilot) or "the same failure mode" in screen_text(pilot)


async def test_its_figures_and_actions_have_a_page_each(store: Path) -> None:
    async with library(store, size=(120, 50)) as pilot:
        await shows(pilot, "4 incidents")
        await pilot.press("s")
        await shows(pilot, "failure modes by month")
        for words in ("3 times", "time to detect", "0 of 3 completed", "3 overdue", "completion rate 0%"):
            assert words in screen_text(pilot)
        await assert_can_be_read(pilot, "figures")
        await pilot.resize_terminal(60, 50)
        await wait_for(
            pilot, lambda: "█" not in re.sub(r"\d  █+", "", screen_text(pilot)), "every bar beside its count"
        )
        await pilot.press("a")
        await shows(pilot, "days overdue  check the owner in send_refund")
        await assert_can_be_read(pilot, "open actions")
        await pilot.press("q")
        await shows(pilot, "refund 2")


async def test_an_empty_library_offers_the_sample(tmp_path: Path) -> None:
    async with library(tmp_path / "none") as pilot:
        await shows(pilot, "every call returned ok")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        await shows(pilot, "HALLUCINATION PROPAGATION")
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, LibraryScreen), "the library again")


async def test_an_incident_opens_its_form_over_its_trace(tmp_path: Path) -> None:
    made = store_at(tmp_path / "store")
    trace = str(SAMPLES / "incident_content.jsonl")
    made.new(Postmortem(trace_path=trace, session_id="ses_abc123", created_at="2026-07-01T02:14:07+00:00"))
    async with library(made.root) as pilot:
        await shows(pilot, "1 incident")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PostmortemScreen), "the form")


async def test_an_incident_without_its_trace_says_so_and_stays(store: Path) -> None:
    async with library(store) as pilot:
        await shows(pilot, "4 incidents")
        await pilot.press("enter")
        await shows(pilot, "its trace is not at")
        assert isinstance(pilot.app.screen, LibraryScreen)


async def test_a_store_that_comes_in_late_does_not_end_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = Event()

    def late(*_: object) -> Shelf:
        go_on.wait(30)
        return Shelf(problem="late")

    monkeypatch.setattr("tracetui.ui.screens.library.read_shelf", late)
    app = TracetuiApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", "a")
        go_on.set()
        screen = app.screen
        assert isinstance(screen, LibraryScreen)
        await wait_for(pilot, lambda: screen._shelf.problem == "late", "the store")
        await pilot.press("b")
        await wait_for(pilot, lambda: "/ ab" in screen_text(pilot), "what is typed")
