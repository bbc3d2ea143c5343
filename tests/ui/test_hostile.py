"""Hostile text on every screen: nothing crashes, nothing is obeyed, nothing is hidden."""

from __future__ import annotations

import pytest

from tests.ui.pilot import SAMPLES, WIDE, debugger, opened_app, screen_text, wait_for


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.json"])
async def test_every_page_of_every_step_shows_hostile_text_as_marks(name: str) -> None:
    async with opened_app(SAMPLES / name, size=WIDE) as pilot:
        screen = debugger(pilot)
        seen = ""
        for step in range(len(screen.opened.session.steps)):
            screen.steps.go_to(step)
            for page in ("step", "context", "evidence", "raw"):
                screen.detail.turn_to(page)
                await wait_for(pilot, lambda: screen.detail.is_shown(), f"{page} of step {step}")
                for _ in range(3):
                    seen += screen_text(pilot)
                    screen.detail.pane.action_page(1)
        assert "␛" in seen
        assert "<RLO>" in seen
        assert "[@click=app.quit]" in seen


@pytest.mark.parametrize("key", ["R", "question_mark", "m", "slash", "ctrl+p"])
async def test_the_other_screens_survive_it_too(key: str) -> None:
    async with opened_app(SAMPLES / "hostile.jsonl", size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.press(*"[/]", "enter")
        await pilot.press("escape")


async def test_a_copy_of_hostile_text_carries_no_control_character(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with opened_app(SAMPLES / "hostile.jsonl", size=WIDE) as pilot:
        monkeypatch.setattr(pilot.app, "copy_text", copied.append)
        await pilot.press("r", "tab", "y")
        await wait_for(pilot, lambda: copied, "a copy")
    assert not any(ord(c) < 32 and c != "\n" for c in copied[0])


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.json"])
async def test_no_page_of_a_hostile_walkthrough_runs_or_hides_anything(name: str) -> None:
    async with opened_app(SAMPLES / name, size=WIDE) as pilot:
        await pilot.press("w")
        await wait_for(pilot, lambda: "1 / " in screen_text(pilot), "the walkthrough")
        pages = int(screen_text(pilot).partition(" / ")[2].split()[0])
        seen = screen_text(pilot)
        for number in range(2, pages + 1):
            await pilot.press("right")
            await wait_for(pilot, lambda n=number: f"{n} / {pages}" in screen_text(pilot), f"page {number}")  # type: ignore[misc]
            seen += screen_text(pilot)
        await pilot.press("t", "escape", "question_mark", "escape", "q")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the debugger")
    assert "<RLO>" in seen or "␛" in seen
