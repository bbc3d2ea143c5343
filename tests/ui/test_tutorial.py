"""The tutorial: every lesson is passed by its key, on the real screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.pilot import NARROW, WIDE, screen_text, wait_for
from tracetui.store.incidents import Store
from tracetui.ui.app import TracetuiApp
from tracetui.ui.lessons import LESSONS
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.tutorial import TutorialApp

WORDS_A_MINUTE = 200
SECONDS_A_KEY = 3


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


async def _begun(app: TutorialApp, pilot: Pilot[int]) -> None:
    await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen) and app.screen.opened.triage, "the triage")
    await wait_for(pilot, lambda: f"1/{len(LESSONS)}" in screen_text(pilot), "the first lesson")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_its_keys_lead_through_all_lessons_and_out(size: tuple[int, int], tmp_path: Path) -> None:
    app = TutorialApp(str(tmp_path / "thrown-away"))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await _begun(app, pilot)
        for at, lesson in enumerate(LESSONS):
            await wait_for(pilot, lambda a=at: app.lesson == a, f"lesson {at + 1}")  # type: ignore[misc]
            await wait_for(pilot, lambda: _at_its_screen(app), f"the screen of lesson {at + 1}")
            if lesson.action == "submit":
                await pilot.press(*"never listed")
            await pilot.press(lesson.key)
        if size == NARROW:
            await pilot.press("q")  # the step was open
        await wait_for(pilot, lambda: app.return_value == 0, "the end")
        assert app.backstop.hits == 0
    assert Store().list() == ()


def _at_its_screen(app: TutorialApp) -> bool:
    return type(app.screen).__name__ == LESSONS[app.lesson].screen


async def test_another_key_works_as_ever_and_the_lesson_waits(tmp_path: Path) -> None:
    app = TutorialApp(str(tmp_path))
    async with app.run_test(size=WIDE) as pilot:
        await _begun(app, pilot)
        await pilot.press("b")
        await wait_for(pilot, lambda: "q goes back" in screen_text(pilot), "the way back")
        await pilot.press("q")
        await wait_for(pilot, lambda: "to see where it began" in screen_text(pilot), "the lesson again")
        assert app.lesson == 0


async def test_a_screen_that_was_left_early_is_found_again(tmp_path: Path) -> None:
    app = TutorialApp(str(tmp_path))
    async with app.run_test(size=WIDE) as pilot:
        await _begun(app, pilot)
        app.lesson = next(at for at, lesson in enumerate(LESSONS) if lesson.action == "turn(1)")
        await pilot.press("w")
        await wait_for(pilot, lambda: "for the next page" in screen_text(pilot), "the lesson")
        await pilot.press("q")
        await wait_for(pilot, lambda: "press w to go on with the lesson" in screen_text(pilot), "the way in")


async def test_the_first_start_without_arguments_offers_the_sample_incident_and_the_tutorial(tmp_path: Path) -> None:
    app = TracetuiApp(None, store_root=str(tmp_path / "empty"))
    async with app.run_test(size=NARROW) as pilot:
        await wait_for(pilot, lambda: " sample " in screen_text(pilot), "the sample")
        assert " tutorial " in screen_text(pilot)
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: app.tutorial_wanted, "the tutorial")


def test_it_takes_less_than_three_minutes() -> None:
    words = sum(len(f"{lesson.told} press {lesson.key} {lesson.does}".split()) for lesson in LESSONS)
    assert words / WORDS_A_MINUTE * 60 + len(LESSONS) * SECONDS_A_KEY < 180
