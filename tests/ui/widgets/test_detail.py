"""The detail of a step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from threading import Event

import pytest

from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.context import is_more_when_weighed
from tracetui.model import Session
from tracetui.ui.pages.context import context_page
from tracetui.ui.widgets import detail


@pytest.fixture
def weighing(monkeypatch: pytest.MonkeyPatch) -> Iterable[Event]:
    """Every prompt counts as long, and is weighed in a thread once this is set."""
    weighed = is_more_when_weighed
    begin = Event()

    def later(session: Session, index: int) -> bool:
        return begin.wait(8) and weighed(session, index)

    monkeypatch.setattr(detail, "is_long", lambda _: True)
    monkeypatch.setattr("tracetui.ui.background.CAN_FORK", False)
    monkeypatch.setattr(detail, "is_more_when_weighed", later)
    yield begin
    begin.set()


async def until(condition: Callable[[], object], what: str) -> None:
    """`wait_for` waits for what runs beside the event loop, as the weighing does."""
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(what)


@pytest.mark.parametrize(("sample", "step", "told"), [("claude_code.jsonl", 4, 1), ("incident_content.jsonl", 2, 0)])
async def test_a_long_prompt_is_shown_before_it_is_weighed_and_then_says_what_that_told(
    weighing: Event, sample: str, step: int, told: int
) -> None:
    async with opened_app(SAMPLES / sample) as pilot:
        screen = debugger(pilot)
        screen.steps.go_to(step)
        screen.action_page("context")
        await until(lambda: screen.detail.step == step and screen.detail.is_shown(), "the page")
        await until(lambda: "weighing " in screen_text(pilot), "the prompt, not weighed")
        assert "beyond the trace" not in screen_text(pilot)
        weighing.set()
        await wait_for(pilot, lambda: "weighing " not in screen_text(pilot), "that it is weighed")
        assert screen_text(pilot).count("beyond the trace") == told


async def test_another_step_does_not_wait_for_the_weighing(weighing: Event) -> None:
    async with opened_app(SAMPLES / "claude_code.jsonl") as pilot:
        screen = debugger(pilot)
        screen.steps.go_to(4)
        screen.action_page("context")
        await until(lambda: screen.detail.step == 4 and screen.detail.is_shown(), "the page")
        await until(lambda: "weighing " in screen_text(pilot), "the prompt, not weighed")
        screen.steps.go_to(0)
        await until(lambda: screen.detail.is_shown() and screen.detail.step == 0, "the other page")
        weighing.set()
        await wait_for(pilot, lambda: "weighing " not in screen_text(pilot), "the end")
        assert screen.detail.step == 0
        assert "beyond the trace" not in screen_text(pilot)


async def test_that_a_long_prompt_is_being_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, built = Event(), context_page
    monkeypatch.setattr(detail, "is_long", lambda _: True)
    monkeypatch.setattr("tracetui.ui.background.CAN_FORK", False)
    monkeypatch.setattr(detail, "_SILENT_SECONDS", 0.01)
    monkeypatch.setattr(detail, "context_page", lambda *a, **kinds: (go_on.wait(8), built(*a, **kinds))[1])
    async with opened_app(SAMPLES / "incident_content.jsonl") as pilot:
        debugger(pilot).action_page("context")
        await until(lambda: "4 Raw   reading …" in screen_text(pilot), "that it is read")
        go_on.set()
        await wait_for(pilot, lambda: "reading …" not in screen_text(pilot), "the page")
