"""What the terminal shows after a paint is what was wanted, however it came about."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.ui.looks import PLAIN, Look
from tracetui.ui.shadow import Shadow

WIDTH, HEIGHT = 30, 12
BLUE = Look((), "", "44")


def test_a_cell_that_changes_is_sent_alone() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.paint()
    shadow.put(3, 4, [("x", PLAIN)])
    assert shadow.paint() == "\x1b[4;5Hx"
    assert shadow.paint() == ""


def test_a_block_that_moves_is_moved_by_the_terminal() -> None:
    shadow, screen = Shadow(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    _fill(shadow, 0)
    pyte.Stream(screen).feed(shadow.paint())
    _fill(shadow, 1)
    sent = shadow.paint()
    pyte.Stream(screen).feed(sent)
    assert "\x1b[M" in sent
    assert len(sent) < 100
    assert screen.display == _display(shadow)


def test_a_bar_is_painted_down_its_column() -> None:
    shadow, screen = Shadow(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed(shadow.paint())
    for y in range(HEIGHT):
        shadow.put(y, 9, [("a", PLAIN), (" ", BLUE), ("b", PLAIN)])
    sent = shadow.paint()
    pyte.Stream(screen).feed(sent)
    assert sent.count("\x1b[44m") == 1
    assert screen.display == _display(shadow)


def test_a_bar_in_the_last_column_is_painted_down_it_too() -> None:
    shadow, screen = Shadow(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed(shadow.paint())
    for y in range(HEIGHT):
        shadow.put(y, WIDTH - 2, [("a", PLAIN), (" ", BLUE)])
    sent = shadow.paint()
    pyte.Stream(screen).feed(sent)
    assert sent.count("\x1b[44m") == 1
    assert screen.display == _display(shadow)


def test_what_was_forgotten_is_sent_again() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    first = shadow.paint()
    shadow.forget()
    assert shadow.paint() == first


def test_half_of_a_wide_character_is_never_left() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.put(0, 0, [("界", PLAIN), ("", PLAIN)])
    shadow.paint()
    shadow.put(0, 1, [("x", PLAIN)])
    assert shadow.wanted[0][:2] == [(" ", PLAIN), ("x", PLAIN)]


def test_blanks_at_the_end_of_a_row_are_erased_where_the_terminal_does_so_in_color() -> None:
    for erases, sent in ((True, "\x1b[44m\x1b[K\x1b[m"), (False, "\x1b[44m" + " " * WIDTH + "\x1b[m")):
        shadow = Shadow(WIDTH, HEIGHT, erases=erases)
        shadow.paint()
        shadow.put(0, 0, [(" ", BLUE)] * WIDTH)
        assert shadow.paint() == "\x1b[1H" + sent


ROWS = st.lists(
    st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.text("ab 界", max_size=9), st.booleans()),
    max_size=9,
)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9), ROWS), max_size=6), st.booleans())
def test_any_row_of_frames_ends_in_the_wanted_screen(
    frames: list[tuple[int, list[tuple[int, int, str, bool]]]], erases: bool
) -> None:
    shadow, screen = Shadow(WIDTH, HEIGHT, erases=erases), pyte.Screen(WIDTH, HEIGHT)
    for offset, rows in frames:
        _fill(shadow, offset)
        for y, x, text, blue in rows:
            cells = [(c, BLUE if blue else PLAIN) for char in text for c in ((char, "") if char == "界" else (char,))]
            shadow.put(y, x, cells if len(cells) <= WIDTH - x else [])
        pyte.Stream(screen).feed(shadow.paint())
        assert screen.display == _display(shadow)
        for y in range(HEIGHT):
            for x in range(WIDTH):
                blue = shadow.wanted[y][x][1] is BLUE
                assert (screen.buffer[y][x].bg == "blue") is blue


def _fill(shadow: Shadow, offset: int) -> None:
    for y in range(1, HEIGHT - 1):
        shadow.put(
            y, 0, [(char, PLAIN) for char in f"row {y + offset} {'abcdefghi'[(y + offset) % 9] * 12}".ljust(WIDTH)]
        )


def _display(shadow: Shadow) -> list[str]:
    return ["".join(text for text, _ in row) for row in shadow.wanted]
