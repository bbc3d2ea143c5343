"""Colours as SGR parameters: what Rich would write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from tracetui.ui import colors

SYSTEMS = {1 << 24: ColorSystem.TRUECOLOR, 256: ColorSystem.EIGHT_BIT}
TABLES = [colors.DARK_COLORS, colors.ANSI_DARK_COLORS, colors.ANSI_LIGHT_COLORS]


def written_by_rich(color: str, system: ColorSystem) -> str:
    style = Style.from_color(Color.parse(color).rich_color)
    return (
        style._make_ansi_codes(system).replace("39", "") if color == "ansi_default" else style._make_ansi_codes(system)
    )


@pytest.mark.parametrize("count", SYSTEMS)
def test_every_color_of_a_theme_is_written_as_rich_writes_it(count: int) -> None:
    for color in {color for table in TABLES for color in table.values()} | {colors.DARK_TEXT, colors.DARK_GROUND}:
        assert colors.parameters(color, count) == written_by_rich(color, SYSTEMS[count])


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_color_goes_to_the_same_of_256(rgb: tuple[int, int, int]) -> None:
    color = "#" + "".join(f"{part:02x}" for part in rgb)
    assert colors.parameters(color, 256) == written_by_rich(color, ColorSystem.EIGHT_BIT)


def test_a_ground_is_a_background() -> None:
    assert colors.parameters("#010203", 1 << 24, ground=True) == "48;2;1;2;3"
    assert colors.parameters("ansi_bright_cyan", 16, ground=True) == "106"
