"""A key of a view is acted on and painted without a way through Textual's queues."""

from __future__ import annotations

import asyncio
import gc

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content

from tracetui.ui import at_once, themes
from tracetui.ui.present import content
from tracetui.ui.widgets.line_view import LineView
from tracetui.ui.widgets.row_list import RowList


class Rows(RowList):
    BINDINGS = [Binding("x", "gone", id="rows.gone")]

    def row_count(self) -> int:
        return 100

    def row(self, position: int, *, current: bool, width: int) -> Content:
        return content(f"{'>' if current else ' '} row {position}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "gone"


class OfRows(App[None]):
    BINDINGS = [Binding("x", "of_app")]
    frames = 0
    asked = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Rows()

    def action_of_app(self) -> None:
        self.asked = True

    def _display(self, screen: object, renderable: object) -> None:
        self.frames += 1


async def test_the_frame_of_a_key_is_painted_when_the_key_has_been_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    app = OfRows()
    async with app.run_test(size=(40, 10)) as pilot:
        rows = app.query_one(Rows)
        rows.focus()
        await pilot.pause()
        before = app.frames
        monkeypatch.setattr(at_once, "_last_painted", 0.0)
        key = events.Key("j", "j")
        await LineView.on_key(rows, key)
        assert (rows.cursor, app.frames - before) == (1, 1)
        assert key._stop_propagation
        await LineView.on_key(rows, events.Key("j", "j"))
        assert (rows.cursor, app.frames - before) == (2, 1), "of keys that come fast several are painted together"
        await pilot.pause(0.1)
        assert app.frames - before == 2


async def test_keys_that_the_view_does_not_take_now_go_on_to_the_app() -> None:
    app = OfRows()
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(Rows).focus()
        await pilot.press("x")
        assert app.asked


@pytest.mark.parametrize(("key", "cursor"), [("n", 1), ("j", 0)])
async def test_a_key_that_the_user_chose_stands_for_the_one_before(key: str, cursor: int) -> None:
    app = OfRows()
    async with app.run_test(size=(40, 10)) as pilot:
        app.set_keymap({"row.next": "n"})
        app.query_one(Rows).focus()
        await pilot.press(key)
        assert app.query_one(Rows).cursor == cursor


async def test_what_is_new_is_looked_at_by_the_collector_when_keys_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(gc, "collect", looked.append)
    monkeypatch.setattr(at_once, "_REST_SECONDS", 0.01)
    for on, expected in ((True, [0]), (False, [0])):
        monkeypatch.setattr(gc, "isenabled", lambda on=on: on)
        at_once._tidy_at_rest()
        at_once._tidy_at_rest()
        assert looked == ([] if on else expected)
        await asyncio.sleep(0.03)
        assert looked == expected
