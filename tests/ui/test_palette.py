"""The palette survives keys that come before it is ready."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from textual.command import CommandList

from tests.ui.pilot import SAMPLES, opened_app, screen_text, wait_for
from tracetui.ui.palette import Palette


async def test_a_page_key_before_the_list_is_laid_out_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_laid_out(_: CommandList) -> None:
        raise KeyError(0)

    monkeypatch.setattr(CommandList, "action_page_down", not_laid_out)
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        await pilot.press("ctrl+p", "pagedown")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Palette), "the palette")
        await wait_for(pilot, lambda: "Show the step" in screen_text(pilot), "the keys of the screen")
        assert "Scroll Left" not in screen_text(pilot)
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(pilot.app.screen, Palette), "the screen below")


async def test_a_palette_that_was_left_says_no_more_that_nothing_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    palette = Palette()
    monkeypatch.setattr(
        palette, "set_timer", lambda seconds, callback: SimpleNamespace(_callback=callback, stop=lambda: None)
    )
    palette._start_no_matches_countdown("nothing")
    timer = palette._no_matches_timer
    assert timer is not None
    assert timer._callback is not None
    timer._callback()
