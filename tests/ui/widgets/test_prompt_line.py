"""The line of input at the foot of a screen."""

from __future__ import annotations

import pytest

from tests.ui.pilot import NARROW, SAMPLES, WIDE, opened_app, screen_text, wait_for


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_is_typed_is_seen_above_the_keys(size: tuple[int, int]) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", size=size) as pilot:
        await pilot.press("f", *"tool")
        await wait_for(pilot, lambda: "filter tool" in screen_text(pilot), "the words")
        assert "esc cancel" in screen_text(pilot).splitlines()[-1]
