"""A pane of text: only what is seen is made, whatever the size."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from tracetui.ui.document import Document, Wrapped, Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.themes import THEMES, variables
from tracetui.ui.widgets.text_pane import TextPane

HEIGHT = 20


class PaneApp(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(THEMES[0])

    def compose(self) -> ComposeResult:
        yield TextPane()

    def on_mount(self) -> None:
        self.query_one(TextPane).focus()


def document(text: str) -> Document:
    out = Writer()
    out.text(text)
    return out.document()


@pytest.mark.parametrize("text", ["line\n" * 500_000, "x" * 2_000_000], ids=["many lines", "one line"])
async def test_a_key_makes_at_most_the_rows_that_are_seen(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    made: list[int] = []
    row = Wrapped.row

    def counting(self: Wrapped, at: int, needles: object = ()) -> Content:
        made.append(at)
        return row(self, at, ())

    monkeypatch.setattr(Wrapped, "row", counting)
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        app.query_one(TextPane).show(document(text))
        await pilot.pause()
        assert len(made) <= 2 * HEIGHT
        for key in ("j", "G", "k", "ctrl+u", "g", "space"):
            made.clear()
            await pilot.press(key)
            await pilot.pause()
            assert len(made) <= HEIGHT + 2, key


async def test_rows_below_the_text_are_one_strip_so_that_its_cells_are_made_once() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)):
        pane = app.query_one(TextPane)
        pane.show(document("two\nlines"))
        assert pane.row_strip(2, 80) is pane.row_strip(19, 80)
        assert pane.row_strip(2, 80).text.isspace()
        pane.show(document("three\nlines\nnow"))
        assert pane.row_strip(2, 80).text.strip() == "now"


async def test_the_place_is_kept_when_the_same_page_is_shown_anew() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        pane = app.query_one(TextPane)
        pane.show(document("\n".join(map(str, range(100)))))
        await pilot.press("5", "0", "j", "j", "j")
        here = pane.cursor
        pane.show(document("\n".join(map(str, range(100)))), keep_place=True)
        assert pane.cursor == here
        pane.show(document("other"))
        assert pane.cursor == 0


async def test_a_search_goes_to_the_next_line_that_holds_the_text() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)):
        pane = app.query_one(TextPane)
        pane.show(document("\n".join(f"line {at}" for at in range(100))))
        pane.show_first("line 77")
        assert pane.cursor == 77
        pane.show_first("LINE 3")
        assert pane.cursor == 77, "a capital makes case matter"
        pane.show_first("line 5")
        assert pane.cursor == 5


async def test_the_text_is_wrapped_anew_at_another_width() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        pane = app.query_one(TextPane)
        pane.show(document("word " * 100))
        rows = pane.virtual_size.height
        await pilot.resize_terminal(40, HEIGHT)
        await pilot.pause()
        assert pane.virtual_size.height > rows


async def test_the_key_bar_is_made_anew_when_a_text_has_other_keys_than_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(TextPane, "refresh_bindings", lambda _pane: told.append("told"))
    app = PaneApp()
    async with app.run_test(size=(80, HEIGHT)):
        pane, out = app.query_one(TextPane), Writer()
        pane.show(document("plain"))
        assert told == []
        out.anchor(change=True, folds=True)
        out.text("new\nmessage")
        pane.show(out.document())
        assert told == ["told"]


async def test_the_sign_at_the_cursor_says_that_the_pane_has_the_keys() -> None:
    app = PaneApp()
    async with app.run_test() as pilot:
        pane = app.query_one(TextPane)
        pane.show(document("one"))
        for focused in (False, True):
            app.set_focus(pane if focused else None)
            await pilot.pause()
            assert pane.row_strip(0, 20).text.startswith(GLYPHS.cursor) is focused
