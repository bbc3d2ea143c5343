"""The app opens a path and shows the right screen."""

from __future__ import annotations

from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for


async def test_the_first_screen_tells_the_verdict_and_stands_at_the_origin() -> None:
    async with opened_app(SAMPLES / "incident.jsonl") as pilot:
        await wait_for(pilot, lambda: "HALLUCINATION PROPAGATION" in screen_text(pilot), "the verdict")
        assert debugger(pilot).steps.step == 2


async def test_q_quits_with_nothing_lost_to_say() -> None:
    async with opened_app(SAMPLES / "incident.jsonl") as pilot:
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.return_value == 0, "the end")
