"""A long trace in one line."""

from __future__ import annotations

from tracetui.analysis.rules import LETTERS
from tracetui.ui.stretches import stretches, strip


def test_the_worst_flag_of_each_stretch_is_shown() -> None:
    assert stretches({0: "L", 1: "E", 9: "!"}, 10, 5) == ["E", "", "", "", "!"]


def test_every_letter_has_its_place_among_them() -> None:
    for letter in (*LETTERS.values(), "?", "!"):
        assert stretches({0: letter, 1: "E"}, 2, 1) == ["E"]


def test_stretches_of_one_letter_are_one_piece() -> None:
    pieces = strip({0: "E", 1: "E", 9: "!"}, 10, 80)
    assert [text for text, _ in pieces] == ["EE", "▁" * 7, "!"]
    assert strip({}, 10, 0) == []
