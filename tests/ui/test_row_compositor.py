"""Frames that render only what they paint."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tracetui.ui.row_compositor import PatchUpdate, RowCompositor, around, joined, render_rows_only


class Counting(Widget):
    DEFAULT_CSS = "Counting { height: 1fr; }"
    asked: list[Region]

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked = [*getattr(self, "asked", []), crop]
        return super().render_lines(crop)


class Three(App[None]):
    """Two widgets of five rows each, one below the other; a third one over both."""

    CSS = """
    Screen { layers: default over; }
    #over { layer: over; width: 4; height: 2; offset: 8 4; }
    """

    def compose(self) -> ComposeResult:
        yield Counting(id="above")
        yield Counting(id="below")
        yield Counting(id="over")


def test_regions_within_another_one_are_left_out_and_rows_below_one_another_joined() -> None:
    row, page, other = Region(0, 3, 20, 1), Region(0, 0, 20, 10), Region(30, 0, 2, 2)
    assert joined([row, page, other, page]) == [page, other]
    assert joined([Region(0, 5, 20, 1), row, Region(0, 4, 20, 1), Region(0, 8, 20, 1)]) == [
        Region(0, 3, 20, 3),
        Region(0, 8, 20, 1),
    ]
    assert joined([row, Region(1, 4, 20, 1), Region(0, 4, 19, 1)]) == [row, Region(1, 4, 20, 1), Region(0, 4, 19, 1)]


def test_what_is_around_a_region_fills_the_rest_of_the_outer_one() -> None:
    outer = Region(2, 3, 10, 8)
    for inner in (Region(4, 5, 3, 2), Region(2, 3, 10, 1), Region(11, 10, 1, 1), outer):
        parts = [inner, *around(outer, inner)]
        assert sum(part.area for part in parts) == outer.area
        assert Region.from_union(parts) == outer
        assert not any(one.overlaps(other) for one in parts for other in parts if one is not other)


async def test_only_what_changed_is_rendered_of_the_widgets_that_are_seen_there() -> None:
    app = Three()
    async with app.run_test(size=(20, 10)) as pilot:
        compositor = app.screen._compositor
        whole = compositor.render_strips()
        render_rows_only(app.screen)
        assert isinstance(compositor, RowCompositor)
        assert compositor.render_strips() == whole
        above, below, over = (app.query_one(f"#{name}", Counting) for name in ("above", "below", "over"))
        await pilot.pause(0.1)
        above.asked = below.asked = over.asked = []
        compositor._dirty_regions = {Region(0, 5, 20, 2)}
        update = compositor.render_update()
        assert isinstance(update, PatchUpdate)
        assert update.size == Size(20, 10)
        assert above.asked == []
        assert over.asked == [Region(0, 1, 4, 1)]
        assert below.asked == [Region(0, 0, 8, 1), Region(12, 0, 8, 1), Region(0, 1, 20, 1)]
        assert sorted((y, x, strip.cell_length) for y, x, strip in update.patches) == [
            (5, 0, 8),
            (5, 8, 4),
            (5, 12, 8),
            (6, 0, 20),
        ]
        for y, x, strip in update.patches:
            assert strip.text == whole[y].crop(x, x + strip.cell_length).text


async def test_where_nothing_is_seen_of_what_changed_there_is_no_frame() -> None:
    app = Three()
    async with app.run_test(size=(20, 10)):
        render_rows_only(app.screen)
        app.screen._compositor._dirty_regions = {Region(0, 30, 20, 2)}
        assert app.screen._compositor.render_update() is None
