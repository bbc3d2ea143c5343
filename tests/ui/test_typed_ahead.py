"""Keys typed faster than what they open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from tests.ui.pilot import NARROW, SAMPLES, opened_app, type_at_once, wait_for
from tracetui.ui.form.editors import TextEditor
from tracetui.ui.typed_ahead import TypedAhead, keys_go_on, keys_wait


class _Name(Screen[None]):
    """Asks for a name, after a while."""

    BINDINGS = [Binding("escape", "app.pop_screen"), Binding("g", "go_on")]

    def __init__(self, *, after: bool = False) -> None:
        super().__init__()
        self._after = after
        self.may_ask = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Input(classes="other")
        yield Input(id="name")

    def on_mount(self) -> None:
        if self._after:
            keys_wait(self)
            self._ask_later()
        else:
            self._ask()

    @work
    async def _ask_later(self) -> None:
        await self.may_ask.wait()
        self._ask()
        keys_go_on(self)

    def _ask(self) -> None:
        self.query_one("#name").focus()


class _App(TypedAhead):
    BINDINGS = [
        Binding("n", "name(False)"),
        Binding("l", "name(True)"),
        Binding("f1", "another", priority=True),
        Binding("a", "count"),
        Binding("q", "count"),
        Binding("o", "offer"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0
        self.turns = 0
        """Of the event loop until a name is offered."""
        self.has_offered = False

    def action_name(self, after: bool) -> None:
        self.push_screen(_Name(after=after))

    async def action_another(self) -> None:
        """In place of the field that has the focus."""
        await self.screen.query(Input).remove()
        await self.screen.mount(Input(id="name"))
        self.screen.query_one(Input).focus()

    def action_count(self) -> None:
        self.counted += 1

    @work
    async def action_offer(self) -> None:
        keys_wait(self.screen)
        for _ in range(self.turns):
            await asyncio.sleep(0)
        field = self.screen.query_one("#name", Input)
        field.value = "offered"
        field.focus()
        keys_go_on(self.screen)
        self.has_offered = True


@asynccontextmanager
async def small_app() -> AsyncIterator[tuple[Pilot[int], _App]]:
    app = _App()
    async with app.run_test() as pilot:
        yield pilot, app


def _named(app: _App) -> str:
    return app.screen.query_one("#name", Input).value


async def test_text_typed_at_once_behind_a_key_goes_to_the_field_that_it_opens() -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["a", "n", *"aquanaut"])
        app.post_message(events.Paste(" and pasted"))
        await wait_for(pilot, lambda: app.screen.query("#name") and _named(app) == "aquanaut and pasted", "the name")
        assert app.counted == 1


async def test_keys_wait_for_what_is_made_in_the_background() -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["l", *"aqua"])
        await wait_for(pilot, lambda: isinstance(app.screen, _Name) and app.has_typed_ahead, "keys that wait")
        assert isinstance(app.screen, _Name)
        app.screen.may_ask.set()
        await wait_for(pilot, lambda: _named(app) == "aqua", "the name")
        assert app.counted == 0


async def test_escape_does_not_wait_and_what_was_typed_for_the_screen_goes_with_it() -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["l", *"aqua"])
        await wait_for(pilot, lambda: isinstance(app.screen, _Name) and app.has_typed_ahead, "keys that wait")
        type_at_once(pilot, ["escape"])
        await wait_for(pilot, lambda: not isinstance(app.screen, _Name), "the screen below")
        type_at_once(pilot, ["a", "a", "a"])
        await wait_for(pilot, lambda: app.counted == 3, "three keys counted")


async def test_keys_go_on_where_the_field_that_took_the_last_one_is_gone() -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["n", "x", "f1", *"aqua", "f1", *"naut"])
        await wait_for(pilot, lambda: app.screen.query("#name") and _named(app) == "naut", "the last of three fields")
        assert not app.has_typed_ahead
        type_at_once(pilot, ["s"])
        await wait_for(pilot, lambda: _named(app) == "nauts", "another letter")


async def test_an_app_that_ends_passes_nothing_on() -> None:
    async with small_app() as (pilot, app):
        await pilot.pause()
        app._closing = True
        app._after(app, app.action_count)
        assert app.screen._message_queue.empty()
        app._closing = False
    assert app.counted == 0


async def test_a_burst_of_keys_is_dealt_with_in_order_and_none_is_lost() -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["a"] * 300)
        await wait_for(pilot, lambda: app.counted == 300, "all of them")
        assert not app.has_typed_ahead


@pytest.mark.parametrize("turns", range(4))
async def test_text_does_not_overtake_the_key_before_it_however_soon_its_field_is_there(turns: int) -> None:
    async with small_app() as (pilot, app):
        type_at_once(pilot, ["n"])
        await wait_for(pilot, lambda: app.screen.query("#name"), "the field")
        app.set_focus(None)
        await pilot.pause()
        app.turns = turns
        type_at_once(pilot, ["o", "ctrl+u", *"mine"])
        await wait_for(pilot, lambda: app.has_offered and not app.has_typed_ahead, "the rest")
        await wait_for(pilot, lambda: _named(app).endswith("mine"), "its end")
        assert _named(app) == "mine"


async def test_a_handover_is_written_by_keys_that_come_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    file = tmp_path / "a quiet handover.txt"
    async with opened_app(SAMPLES / "incident_content.jsonl", size=NARROW) as pilot:
        names = {"/": "slash", ".": "full_stop", " ": "space", "_": "underscore", "-": "minus"}
        for key in ["x", "h", "ctrl+u"]:
            type_at_once(pilot, [key])
        for letter in str(file):
            pilot.app.post_message(events.Key(names.get(letter, letter), letter))
        type_at_once(pilot, ["enter"])
        await wait_for(pilot, file.is_file, "the file")
        assert "ord_555" in file.read_text(encoding="utf-8")


async def test_a_section_of_the_form_is_filled_by_keys_that_come_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    async with opened_app(SAMPLES / "incident_content.jsonl", size=NARROW) as pilot:
        type_at_once(pilot, ["p", "1", "2", "enter", *"quick"])
        await wait_for(pilot, lambda: any(each.text == "quick" for each in pilot.app.screen.query(TextEditor)), "it")
