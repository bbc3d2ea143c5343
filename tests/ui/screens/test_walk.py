"""The walkthrough, page by page."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from textual.pilot import Pilot

from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tracetui.store.incidents import Store
from tracetui.ui import themes
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.tour_contents import TourContentsScreen
from tracetui.ui.screens.walk import WalkScreen
from tracetui.ui.tour_place import place_file, read_place

INCIDENT = SAMPLES / "incident_content.jsonl"


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


async def _walk(pilot: Pilot[int]) -> WalkScreen:
    await pilot.press("w")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, WalkScreen), "the walkthrough")
    await wait_for(pilot, lambda: "1 / 6" in screen_text(pilot), "the first page")
    assert isinstance(pilot.app.screen, WalkScreen)
    return pilot.app.screen


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_page_is_reached_and_no_address_is_on_any(size: tuple[int, int]) -> None:
    async with opened_app(INCIDENT, size=size) as pilot:
        await _walk(pilot)
        for number in range(2, 7):
            assert "alice.chen@" not in screen_text(pilot)
            await pilot.press("right")
            await wait_for(pilot, lambda n=number: f"{n} / 6" in screen_text(pilot), f"page {number}")  # type: ignore[misc]
        await pilot.press("right", "home")
        await wait_for(pilot, lambda: "1 / 6" in screen_text(pilot), "the first page again")
        await pilot.press("3")
        await wait_for(pilot, lambda: "It began at step 3" in screen_text(pilot), "the page of a digit")


async def test_the_room_sees_a_light_screen_and_the_debugger_comes_back_as_it_was() -> None:
    async with opened_app(INCIDENT) as pilot:
        before = pilot.app.theme
        await _walk(pilot)
        assert pilot.app.theme == themes.LIGHT
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        assert pilot.app.theme == before


async def test_enter_leaves_for_the_step_under_the_pointer() -> None:
    async with opened_app(INCIDENT) as pilot:
        await _walk(pilot)
        await pilot.press("right")
        await wait_for(pilot, lambda: "2 / 6" in screen_text(pilot), "the overview")
        await pilot.press("j", "j", "j", "j", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        assert debugger(pilot).steps.step == 6


async def test_order_titles_and_notes_are_kept_with_the_incident() -> None:
    async with opened_app(INCIDENT) as pilot:
        walk = await _walk(pilot)
        await pilot.press("t")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TourContentsScreen), "the pages")
        await pilot.press("J", "h", "r", *"end".replace("", " ").split(), "enter")
        await pilot.press("q")
        await wait_for(pilot, lambda: "kept in INC-" in screen_text(pilot), "the arrangement kept")
        assert "1 / 5" in screen_text(pilot)
        assert walk.is_current
    (incident,) = Store().list()
    held = Store().read(incident.id)
    assert held.text("tour/verdict/hidden") == "yes"
    assert held.text("tour/verdict/title").endswith("ord_555end")
    assert held.text("tour/overview/place") == "1"


async def test_looking_at_it_makes_no_incident() -> None:
    async with opened_app(INCIDENT) as pilot:
        await _walk(pilot)
        await pilot.press("t")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TourContentsScreen), "the pages")
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, WalkScreen), "the walkthrough")
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
    assert Store().list() == ()


async def test_the_second_terminal_learns_which_page_is_shown() -> None:
    async with opened_app(INCIDENT) as pilot:
        await _walk(pilot)
        file = place_file(str(INCIDENT), debugger(pilot).opened.session.session_id)
        place = read_place(file)
        assert place is not None
        assert (place.number, place.of, place.next_title) == (1, 6, "The run")
        await pilot.press("q")
        await wait_for(pilot, lambda: read_place(file) is None, "the place forgotten")


async def test_a_deep_link_opens_the_walkthrough_or_a_page_of_a_step() -> None:
    app = TracetuiApp(str(INCIDENT), step=4, view="context")
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(
            pilot, lambda: "4 Raw" in screen_text(pilot) and debugger(pilot).detail.page == "context", "context"
        )
        assert debugger(pilot).steps.step == 3
        with patch.object(app, "copy_text") as copied:
            await pilot.press("y")
            await wait_for(pilot, lambda: copied.called, "the copy")
        assert copied.call_args.args[0].endswith("incident_content.jsonl --step 4 --view context")
