"""Colours as SGR parameters: what Rich would write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from tests.ui.contrast import linear
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


SEEN_WITHOUT = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
"""Linear RGB as eyes without that cone see it: Machado, Oliveira and Fernandes 2009, severity 1."""
APART = 14
"""Least distance in CIE Lab (1976) at which two words of different colours are not taken for one."""


@pytest.mark.parametrize("eyes", SEEN_WITHOUT)
@pytest.mark.parametrize("table", [colors.DARK_COLORS, colors.LIGHT_COLORS], ids=["dark", "light"])
def test_colors_that_mean_something_are_apart_also_for_eyes_without_red_or_green(
    table: dict[str, str], eyes: str
) -> None:
    """The wrong value and a warning are near each other: the value is bold, and is always the value."""
    near = {
        (one, other)
        for one, other in combinations(["good", "bad", "warn", "wrong", "key", "quiet"], 2)
        if dist(lab(table[one], SEEN_WITHOUT[eyes]), lab(table[other], SEEN_WITHOUT[eyes])) < APART
    }
    assert near <= {("warn", "wrong")}


def lab(color: str, eyes: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """CIE Lab under D65 of what these eyes see."""
    light = [linear(int(color[at : at + 2], 16)) for at in (1, 3, 5)]
    seen = [sum(part * share for part, share in zip(row, light, strict=True)) for row in eyes]
    to_xyz = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8728))  # relative to white
    x, y, z = (max(sum(part * share for part, share in zip(row, seen, strict=True)), 0) ** (1 / 3) for row in to_xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
