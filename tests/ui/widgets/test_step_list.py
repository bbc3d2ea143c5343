"""The list of steps does nothing that grows with the session."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from tests.ui.incident import opened_incident
from tracetui.model import Session, SourceRef, Step
from tracetui.ui import rows
from tracetui.ui.columns import Columns
from tracetui.ui.state import Opened, facts_of
from tracetui.ui.themes import THEMES, variables
from tracetui.ui.widgets.step_list import StepList

STEPS, HEIGHT = 100_000, 30


def long_session() -> Opened:
    source = SourceRef("run.jsonl", 0, 1)
    steps = tuple(
        Step(index=at, number=at + 1, kind="llm_call", source=source, agent="agent", summary=f"summary {at}")
        for at in range(STEPS)
    )
    session = Session(session_id="long", steps=steps)
    return opened_incident().with_(session=session, facts=facts_of(session), triage=None)


class ListApp(App[None]):
    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self.opened = opened

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(THEMES[0])

    def compose(self) -> ComposeResult:
        yield StepList(self.opened)


async def test_a_key_paints_at_most_the_rows_that_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    paint = rows.row

    def counting(opened: Opened, index: int, cells: Columns, *, current: bool, found: str = "") -> Content:
        painted.append(index)
        return paint(opened, index, cells, current=current, found=found)

    monkeypatch.setattr(rows, "row", counting)
    app = ListApp(long_session())
    async with app.run_test(size=(100, HEIGHT)) as pilot:
        await pilot.pause()
        steps = app.query_one(StepList)
        assert len(painted) <= 3 * HEIGHT
        for key, most in [("j", 2), ("k", 2), ("G", HEIGHT + 1), ("k", 2), ("ctrl+u", HEIGHT + 1), ("g", HEIGHT + 1)]:
            painted.clear()
            await pilot.press(key)
            await pilot.pause()
            assert len(painted) <= most, key
        assert steps.step == 0
        await pilot.press(*"77777", "G")
        assert steps.step == 77_776


async def test_a_filter_keeps_the_cursor_at_its_step_or_the_next() -> None:
    app = ListApp(long_session())
    async with app.run_test(size=(100, HEIGHT)) as pilot:
        steps = app.query_one(StepList)
        steps.go_to(500)
        steps.show_only(range(0, STEPS, 7))
        await pilot.pause()
        assert steps.step == 504
        steps.show_only([])
        assert steps.step is None
        steps.show_only(range(STEPS))
        assert steps.step is not None
