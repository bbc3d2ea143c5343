"""The fewest bytes from one look to another."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ui.looks import PLAIN, Look, change, look_of, on_blank

COLORS = st.sampled_from(["", "31", "94", "38;5;200", "38;2;1;22;133"])
BACKGROUNDS = st.sampled_from(["", "44", "48;5;17", "48;2;0;0;9"])
LOOKS = st.builds(Look, st.sampled_from([(), ("1",), ("7",), ("1", "4")]), COLORS, BACKGROUNDS, st.just(""))


def test_parameters_are_sorted_into_attributes_and_colours() -> None:
    assert look_of("1;38;2;1;2;3;48;5;7") == Look(("1",), "38;2;1;2;3", "48;5;7")
    assert look_of("") == PLAIN


def test_only_the_colour_that_changes_is_sent() -> None:
    assert change(look_of("38;5;9;48;5;7"), look_of("38;5;8;48;5;7")) == "\x1b[38;5;8m"
    assert change(look_of("1"), PLAIN) == "\x1b[m"


def test_a_link_is_opened_and_closed() -> None:
    assert change(PLAIN, look_of("", "file:///a")) == "\x1b]8;;file:///a\x1b\\"
    assert change(look_of("", "file:///a"), PLAIN) == "\x1b]8;;\x1b\\"


@given(LOOKS, LOOKS)
def test_a_terminal_ends_in_the_look_asked_for_from_whatever_it_was_in(before: Look, after: Look) -> None:
    straight, detour = pyte.Screen(2, 1), pyte.Screen(2, 1)
    pyte.Stream(straight).feed(change(PLAIN, after) + "x")
    pyte.Stream(detour).feed(change(PLAIN, before) + change(before, after) + "x")
    assert straight.buffer[0][0] == detour.buffer[0][0]


def test_an_attribute_ends_alone_and_bold_that_stays_beside_dim_is_said_again() -> None:
    assert change(look_of("1;31;44"), look_of("31;44")) == "\x1b[22m"
    assert change(look_of("1;2;31;48;5;7"), look_of("1;31;48;5;7")) == "\x1b[22;1m"


def test_on_a_blank_only_the_ground_and_what_marks_it_is_seen() -> None:
    assert on_blank(look_of("1;31;44")) == look_of("44")
    assert on_blank(look_of("7;31;44")) == look_of("7;31;44")
