"""The ledger of what was done to the world outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.pilot import NARROW, SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for
from tracetui.store.incidents import Store
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.blast_radius import BlastRadiusScreen
from tracetui.ui.screens.debugger import DebuggerScreen

INCIDENT = SAMPLES / "incident_content.jsonl"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_action_is_shown_with_what_it_takes_to_undo_it(size: tuple[int, int]) -> None:
    async with opened_app(INCIDENT, size=size) as pilot:
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BlastRadiusScreen), "the blast radius")
        await wait_for(pilot, lambda: "to undo" in screen_text(pilot), "the first action explained")
        text = screen_text(pilot)
        assert "2 actions · ! 1 irreversible · X 1 external · 2 after origin" in text
        assert "confirm_order" in text
        assert "alice.chen@example.com" in text
        assert text.count("rests on") >= 2
        assert "withdraw it" in text


async def test_enter_goes_to_the_step_and_escape_comes_back() -> None:
    async with opened_app(INCIDENT) as pilot:
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BlastRadiusScreen), "the blast radius")
        await pilot.press("j", "enter")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
        assert debugger(pilot).steps.step == 6
        await pilot.press("b")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BlastRadiusScreen), "the blast radius again")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger again")


async def test_the_worst_can_be_put_first() -> None:
    async with opened_app(INCIDENT) as pilot:
        await pilot.press("b")
        await wait_for(pilot, lambda: "confirm_order" in screen_text(pilot), "the rows")
        await pilot.press("s", "g")
        await wait_for(pilot, lambda: "cannot be recalled" in screen_text(pilot), "the email first")


async def test_a_run_that_only_read_says_so() -> None:
    async with opened_app(SAMPLES / "incident.jsonl", size=NARROW) as pilot:
        await pilot.press("b")
        await wait_for(pilot, lambda: "nothing outside was changed" in screen_text(pilot), "the empty ledger")
        assert " ".join(screen_text(pilot).split()).count("a policy file (--policy) knows better") == 1
        await pilot.press("enter", "s", "j")
        assert isinstance(pilot.app.screen, BlastRadiusScreen)


async def test_hostile_names_and_targets_are_shown_safely(tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    path.write_text(
        '{"session_id":"s","step":1,"type":"llm_call","completion":"x"}\n'
        '{"session_id":"s","step":2,"type":"tool_call","parent_step":1,"tool":"send_\\u001b[31m[/]\\u202e",'
        '"args":{"to":"[@click=app.quit]a\\u0007"},"result":"\\u001b]52;c;AAAA\\u0007"}\n'
    )
    async with opened_app(path) as pilot:
        await pilot.press("b")
        await wait_for(pilot, lambda: "[@click=app.quit]" in screen_text(pilot), "the target as text")
        assert "\x1b" not in screen_text(pilot)


async def test_owner_and_done_are_kept_with_the_incident_and_taken_back_by_key(tmp_path: Path) -> None:
    app = TracetuiApp(str(INCIDENT), store_root=str(tmp_path / "store"))
    store = Store(tmp_path / "store")
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen) and app.screen.opened.triage, "the triage")
        await pilot.press("b")
        await wait_for(pilot, lambda: "nobody yet" in screen_text(pilot), "the first action explained")
        await pilot.press("t")
        await wait_for(pilot, lambda: "kept in INC-" in screen_text(pilot), "the incident")
        told = "2 actions, 1 done · ! 1 irreversible · X 1 external · 2 after origin"
        assert screen_text(pilot).splitlines()[0].rstrip().endswith(told)
        await pilot.press("w", "d", "a", "n", "a", "enter")
        await wait_for(pilot, lambda: "owner    dana   done  yes" in screen_text(pilot), "the owner")
        row = "blast_radius/step-6"
        await wait_for(pilot, lambda: store.read(store.ids()[0]).text(f"{row}/owner") == "dana", "the owner on disk")
        await pilot.press("u", "u")
        await wait_for(pilot, lambda: "owner    nobody yet   done  not yet" in screen_text(pilot), "both taken back")
        await wait_for(pilot, lambda: store.read(store.ids()[0]).text(f"{row}/done") == "", "both taken back on disk")
        await pilot.press("e", "x", "enter", "escape")
        await wait_for(pilot, lambda: app.screen is debugger(pilot), "the debugger")
        await pilot.press("b")
        await wait_for(pilot, lambda: "who relied on itx" in screen_text(pilot), "the remedy read again")
