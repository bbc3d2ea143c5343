"""The fewest bytes from one place to another, and what is written there."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ui.brush import Brush, way
from tracetui.ui.looks import PLAIN, Look

WIDTH, HEIGHT = 40, 12
BLUE = Look((), "", "44")
PLACES = st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1))


def test_a_place_near_by_is_gone_to_from_here() -> None:
    assert way((3, 7), (3, 7)) == ""
    assert way((3, 7), (3, 12)) == "\x1b[5C"
    assert way((3, 7), (4, 6)) == "\x1bD\b"
    assert way((30, 7), (31, 0)) == "\x1bD\r"
    assert way((30, 7), (31, 162)) == "\x1bD\x1b[163G"


def test_a_place_far_off_is_said() -> None:
    assert way((3, 7), (9, 20)) == way(None, (9, 20)) == "\x1b[10;21H"
    assert way((3, 7), (2, 0)) == "\x1b[3H"


def test_where_the_column_is_not_known_it_is_said() -> None:
    assert way((30, None), (30, 162)) == "\x1b[163G"
    assert way((30, None), (31, 0)) == "\x1bD\r"


@given(PLACES, PLACES)
def test_any_way_leads_there(here: tuple[int, int], there: tuple[int, int]) -> None:
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed(way(None, here) + way(here, there))
    assert (screen.cursor.y, screen.cursor.x) == there


def test_blanks_are_erased_where_the_terminal_erases_in_color() -> None:
    cells = [("a", PLAIN), *[(" ", BLUE)] * 20]
    for width, sent in ((WIDTH, "\x1b[20X"), (21, "\x1b[K")):
        brush = Brush(width, erases=True)
        brush.write(0, 0, cells, PLAIN)
        assert brush.written() == f"\x1b[1Ha\x1b[44m{sent}\x1b[m"


def test_what_follows_erased_blanks_is_gone_to() -> None:
    screen, brush = pyte.Screen(WIDTH, 2), Brush(WIDTH, erases=True)
    brush.write(0, 0, [("x", PLAIN)] * WIDTH, PLAIN)
    brush.write(0, 5, [(" ", PLAIN)] * 20, PLAIN)
    brush.write(0, 25, [("y", PLAIN)], PLAIN)
    pyte.Stream(screen).feed(brush.written())
    assert screen.display[0] == "xxxxx" + " " * 20 + "y" + "x" * 14


def test_after_an_emoji_the_place_of_the_next_cell_is_said() -> None:
    brush = Brush(WIDTH)
    brush.write(0, 0, [("😀", PLAIN), ("", PLAIN), ("x", PLAIN)], PLAIN)
    assert brush.written() == "\x1b[1H😀\x1b[3Gx"
