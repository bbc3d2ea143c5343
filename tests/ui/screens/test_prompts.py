"""The screen that compares two prompts, from the context page and from the diff."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tests.ui.screens.test_diff import diff
from tracetui.ingest.open import open_trace
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.screens.prompts import PromptsScreen

INCIDENT = SAMPLES / "incident_content.jsonl"


async def shown(pilot: Pilot[int]) -> PromptsScreen:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, PromptsScreen), "the prompts")
    screen = pilot.app.screen
    assert isinstance(screen, PromptsScreen)
    await wait_for(pilot, lambda: screen.is_shown, "the comparison")
    return screen


def title(pilot: Pilot[int]) -> str:
    return screen_text(pilot).splitlines()[0]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_prompt_is_compared_with_that_of_the_call_before(size: tuple[int, int]) -> None:
    async with opened_app(INCIDENT, size=size) as pilot:
        await pilot.press("5", "G", "c", "C")
        await shown(pilot)
        await wait_for(pilot, lambda: "- step 3" in title(pilot) and "+ step 5" in title(pilot), "the title")
        assert "2 only in step 5" in screen_text(pilot)
        beside = any("│" in line and "ord_555" in line for line in screen_text(pilot).splitlines())
        assert not beside  # what only one prompt has takes the whole width


async def test_another_step_is_chosen_by_number_and_by_bracket() -> None:
    async with opened_app(INCIDENT) as pilot:
        await pilot.press("5", "G", "c", "C")
        screen = await shown(pilot)
        await pilot.press("left_square_bracket")
        await wait_for(pilot, lambda: screen.is_shown and "- step 1" in title(pilot), "the call before that")
        await pilot.press("colon", "3", "enter")
        await wait_for(pilot, lambda: screen.is_shown and "- step 3" in title(pilot), "step 3")
        await pilot.press("K")
        await wait_for(pilot, lambda: screen.is_shown and "+ step 3" in title(pilot), "the prompt before")


async def test_the_next_difference_and_back_to_a_step() -> None:
    async with opened_app(INCIDENT) as pilot:
        await pilot.press("5", "G", "c", "C")
        screen = await shown(pilot)
        await pilot.press("n")
        block = screen.pane.block()
        assert block is not None
        assert block.change
        assert screen.check_action("run", ()) is False  # no good run is chosen
        assert "other run" not in screen_text(pilot)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        assert debugger(pilot).steps.step == block.step


async def test_the_good_run_at_that_point_is_one_key_away() -> None:
    async with opened_app(INCIDENT) as pilot:
        good = open_trace(str(SAMPLES / "good_same_customer.jsonl")).sessions[0]
        debugger(pilot).change(debugger(pilot).opened.with_(baseline=good, baseline_path="good"))
        await pilot.press("5", "G", "c", "C")
        screen = await shown(pilot)
        await pilot.press("a")
        await wait_for(pilot, lambda: screen.is_shown and "good run, step" in title(pilot), "the good run")
        await pilot.press("a")
        await wait_for(pilot, lambda: screen.is_shown and "good run" not in title(pilot), "this run")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_c_in_the_diff_shows_what_both_models_saw_at_that_point(size: tuple[int, int]) -> None:
    async with diff(size=size) as (pilot, _):
        await pilot.press("a", "c")
        screen = await shown(pilot)
        await wait_for(pilot, lambda: "good run, step" in title(pilot), "the good run")
        columns = [line for line in screen_text(pilot).splitlines() if "│" in line]
        assert bool(columns) == (size == WIDE)
        await pilot.press("s")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DebuggerScreen), "the debugger")
        assert debugger(pilot).steps.step == screen._step
