"""Frames that render only the rows they paint."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tracetui.ui.row_compositor import RowCompositor, render_rows_only, runs


class Counting(Widget):
    DEFAULT_CSS = "Counting { height: 1fr; }"
    asked: list[Region]

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked = [*getattr(self, "asked", []), crop]
        return super().render_lines(crop)


class Two(App[None]):
    def compose(self) -> ComposeResult:
        yield Counting(id="above")
        yield Counting(id="below")


def test_rows_are_joined_to_unbroken_runs() -> None:
    assert list(runs([])) == []
    assert list(runs([0])) == [(0, 1)]
    assert list(runs([1, 2, 3, 7, 9, 10])) == [(1, 4), (7, 8), (9, 11)]


async def test_of_a_widget_only_the_rows_that_changed_are_rendered_and_the_screen_is_the_same() -> None:
    app = Two()
    async with app.run_test(size=(20, 10)) as pilot:
        compositor = app.screen._compositor
        whole = compositor.render_strips()
        render_rows_only(app.screen)
        assert isinstance(compositor, RowCompositor)
        assert compositor.render_strips() == whole
        above, below = app.query_one("#above", Counting), app.query_one("#below", Counting)
        await pilot.pause(0.1)
        above.asked = below.asked = []
        below.refresh(Region(0, 1, 20, 2))
        await pilot.pause()
        assert above.asked == []
        assert below.asked == [Region(0, 1, 20, 2)]
