"""What is written can be read: at least 4.5 to 1 between a character and its ground, on every screen, dark and light, in
truecolor, 256 and 16 colours."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.pilot import Pilot

from tests.ui.contrast import in_themes
from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.ingest.paging import open_lines
from tracetui.ui.app import TracetuiApp
from tracetui.ui.lessons import LESSONS
from tracetui.ui.screens.library import LibraryScreen
from tracetui.ui.screens.lines import LinesScreen
from tracetui.ui.screens.sessions import SessionsScreen
from tracetui.ui.screens.values import ValuesScreen
from tracetui.ui.themes import CYCLE, DARK, LIGHT
from tracetui.ui.widgets.lesson_strip import LessonStrip


class Shown(NamedTuple):
    name: str
    keys: tuple[str, ...] = ()
    """What leads to it."""
    inside: tuple[Shown, ...] = ()
    """What keys lead to from there."""
    themes: tuple[str, ...] = (DARK, LIGHT)


SCREENS = (
    Shown("debugger", themes=CYCLE),
    Shown("context", ("c",), (Shown("prompts", ("C",)),), CYCLE),
    Shown("evidence", ("e",)),
    Shown("raw", ("r",)),
    Shown("keys", ("question_mark",), themes=CYCLE),
    Shown("palette", ("ctrl+p",)),
    Shown("blast radius", ("b",)),
    Shown("diff", ("d", "enter"), (Shown("prompts of both runs", ("c",)),), CYCLE),
    Shown("baseline", ("D",)),
    Shown(
        "postmortem",
        ("p",),
        (
            Shown("what is missing", ("b",)),
            Shown("history", ("h",)),
            Shown("fields", ("1", "2", "enter"), themes=CYCLE),
        ),
    ),
    Shown("walk", ("w",), (Shown("pages of the walk", ("t",)),), CYCLE),
    Shown("export", ("x",)),
    Shown("unread", ("R",)),
    Shown("filter", ("f",)),
    Shown("search", ("slash",)),
)
ELSEWHERE = {"library": (None, LibraryScreen), "sessions": ("folder", SessionsScreen)}
"""What is opened, and the screen that comes."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    return tmp_path


async def test_every_character_of_every_screen_can_be_read(store: Path) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        steps = debugger(pilot)
        faint: dict[tuple[str, str], set[str]] = {}
        for shown in SCREENS:
            faint |= await all_of(pilot, shown)
        await pilot.app.push_screen(ValuesScreen(steps.opened, ("ord_555",)))
        await wait_for(pilot, lambda: "ord_555  id" in screen_text(pilot), "the values")
        faint |= await in_themes(pilot, "values", (DARK, LIGHT))
        await pilot.press("escape")
        lines = open_lines(str(SAMPLES / "hostile.jsonl"), "session-trace")
        await pilot.app.push_screen(LinesScreen(lines))
        await wait_for(pilot, lambda: "flagged line" in screen_text(pilot), "the lines and what is told of them")
        faint |= await in_themes(pilot, "lines", CYCLE)
        await pilot.press("q")
        await steps.mount(lesson := LessonStrip(markup=False))
        lesson.show(0, LESSONS[0].screen)
        faint |= await in_themes(pilot, "tutorial", (DARK, LIGHT))
    assert {where: found for where, found in faint.items() if found} == {}


async def all_of(pilot: Pilot[int], shown: Shown) -> dict[tuple[str, str], set[str]]:
    """What is too faint there and inside, by screen and theme. Ends where it began."""
    below = pilot.app.screen
    await pilot.press(*shown.keys)
    found = await in_themes(pilot, shown.name, shown.themes)
    for inner in shown.inside:
        found |= await all_of(pilot, inner)
    for _ in range(2):
        if shown.keys and (pilot.app.screen is not below or below is debugger(pilot)):
            await pilot.press("escape")
    await wait_for(pilot, lambda: pilot.app.screen is below, f"the way back from {shown.name}")
    return found


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_every_character_of_the_screens_before_the_debugger_can_be_read(name: str, store: Path) -> None:
    opened, screen = ELSEWHERE[name]
    folder = store / "folder"
    folder.mkdir()
    for trace in ("incident_content.jsonl", "good_same_customer.jsonl"):
        shutil.copy(SAMPLES / trace, folder)
    app = TracetuiApp(opened, recent=[str(folder / "incident_content.jsonl")])
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, screen), name)
        await pilot.pause(0.3)
        assert {where: found for where, found in (await in_themes(pilot, name, CYCLE)).items() if found} == {}
