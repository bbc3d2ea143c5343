"""What is asked at the foot of a screen is seen while it is typed, with the keys below it."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.pilot import NARROW, SAMPLES, WIDE, opened_app, screen_text, wait_for
from tracetui.ui.app import TracetuiApp


def foot(pilot: Pilot[int]) -> list[str]:
    """The last two lines of the screen."""
    return [line.strip() for line in screen_text(pilot).splitlines()[-2:]]


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(("key", "label"), [("slash", "/"), ("f", "filter"), ("colon", ":"), ("m", "note on step 3")])
async def test_what_is_typed_stands_over_the_keys(size: tuple[int, int], key: str, label: str) -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", size=size) as pilot:
        await pilot.press(key, "4", "2")
        await wait_for(pilot, lambda: foot(pilot)[0] == f"{label} 42", "what is typed")
        assert foot(pilot)[1] == "enter accept  esc cancel"


async def test_the_search_of_the_library_is_seen() -> None:
    app = TracetuiApp(None)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("slash", "a", "b")
        await wait_for(pilot, lambda: foot(pilot)[0] == "/ ab", "what is typed")
