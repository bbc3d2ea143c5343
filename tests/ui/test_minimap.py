"""The session in one line."""

from __future__ import annotations

import pytest
from textual.content import Content

from tests.ui.incident import opened_incident
from tracetui.ui.minimap import minimap


def test_a_short_session_has_a_cell_for_each_step() -> None:
    assert joined(minimap(opened_incident(), "", 80)).plain == "1 ▁▁EM▁▁!▁ 8"


@pytest.mark.parametrize("width", [1, 5, 20, 80])
def test_it_fits(width: int) -> None:
    assert joined(minimap(opened_incident(), "filter kind:tool: 4 steps   /ord_555: 1/5", width)).cell_length <= width


def joined(parts: tuple[Content, Content, Content]) -> Content:
    return Content("").join(parts)
