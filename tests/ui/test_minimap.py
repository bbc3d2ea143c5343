"""The session in one line."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Region

from tests.ui.incident import opened_incident
from tests.ui.pilot import SAMPLES, debugger, opened_app
from tracetui.ui.minimap import cell_of, minimap
from tracetui.ui.widgets.banner_lines import Minimap


def test_a_short_session_has_a_cell_for_each_step() -> None:
    assert joined(minimap(opened_incident(), "", 80)).plain == "1 ▁▁EM▁▁!▁ 8"


@pytest.mark.parametrize("width", [1, 5, 20, 80])
def test_it_fits(width: int) -> None:
    assert joined(minimap(opened_incident(), "filter kind:tool: 4 steps   /ord_555: 1/5", width)).cell_length <= width


def test_the_cursor_is_in_the_cell_of_its_stretch() -> None:
    assert [cell_of(here, 10, 5) for here in (0, 1, 2, 9, 10)] == [0, 0, 1, 4, 4]
    assert cell_of(None, 10, 5) is None
    assert cell_of(0, 1, 0) is None


async def test_where_the_cursor_moves_the_line_is_as_if_it_were_made_anew() -> None:
    async with opened_app(SAMPLES / "incident_content.jsonl", step=1) as pilot:
        line = debugger(pilot).query_one(Minimap)
        for step in (0, 1, 2, 7, 7, 0):
            line.point_at(step, "")
            await pilot.pause(0.05)
            moved = line.render_lines(Region(0, 0, *line.outer_size))
            line.line_changed()
            assert line.render_lines(Region(0, 0, *line.outer_size)) == moved
            reversed_ = [text for text, style, _ in moved[0] if style is not None and style.reverse]
            assert len("".join(reversed_)) == 1


def joined(parts: tuple[Content, Content, Content]) -> Content:
    return Content("").join(parts)
