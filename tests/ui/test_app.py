"""The app opens a path and shows the right screen."""

from __future__ import annotations

from threading import Event
from typing import Any
from unittest.mock import Mock

import pytest
from textual.screen import Screen

from tests.ui.incident import opened_incident
from tests.ui.pilot import SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen
from tracetui.ui.themes import CYCLE


async def test_the_first_screen_tells_the_verdict_and_stands_at_the_origin() -> None:
    async with opened_app(SAMPLES / "incident.jsonl") as pilot:
        await wait_for(pilot, lambda: "HALLUCINATION PROPAGATION" in screen_text(pilot), "the verdict")
        assert debugger(pilot).steps.step == 2


async def test_quitting_while_a_screen_comes_up_is_no_fault() -> None:
    app = TracetuiApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(80, 24)):
        app.push_screen(DebuggerScreen(opened_incident()))
        app.exit()
    assert app.return_code == 0


async def test_back_from_the_shell_everything_is_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    painted = Mock()
    monkeypatch.setattr(TracetuiApp, "repaint_all", painted)
    async with opened_app(SAMPLES / "incident.jsonl") as pilot:
        pilot.app.app_resume_signal.publish(pilot.app)
        await wait_for(pilot, lambda: painted.called, "the repaint")


async def test_q_quits_with_nothing_lost_to_say() -> None:
    async with opened_app(SAMPLES / "incident.jsonl") as pilot:
        await pilot.press("q")
        await wait_for(pilot, lambda: pilot.app.return_value == 0, "the end")


async def test_keys_pressed_while_a_trace_is_read_go_to_its_first_screen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on = Event()
    read = TracetuiApp._open

    def slowly(app: TracetuiApp) -> Any:
        may_go_on.wait(20)
        return read(app)

    monkeypatch.setattr(TracetuiApp, "_open", slowly)
    app = TracetuiApp(str(SAMPLES / "incident_content.jsonl"))
    async with app.run_test(size=(80, 24)) as pilot:
        theme = app.theme
        await pilot.press("T", "j")
        assert app.theme == theme
        may_go_on.set()
        await wait_for(pilot, lambda: isinstance(app.screen, DebuggerScreen), "the debugger")
        await wait_for(pilot, lambda: app.theme == CYCLE[(CYCLE.index(theme) + 1) % len(CYCLE)], "one theme further")
        await wait_for(pilot, lambda: debugger(pilot).steps.cursor == 1, "one step down")


async def test_a_screen_that_is_being_left_takes_no_key() -> None:
    class Left(Screen[None]):
        def action_look(self) -> None:
            self.query_one("#pane")

    assert not await TracetuiApp("x").run_action("look", Left())
