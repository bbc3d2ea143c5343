"""The display door: nothing a terminal would obey, and nothing a reader would miss, gets through unmarked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.text import cell_width, elide, hidden_text, visible, visible_line

ANY_TEXT = st.text(st.characters(codec=None, categories=None))  # lone surrogates included


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b[2J", "␛[2J"),
        ("a\x9b31mb", "a<U+009B>31mb"),
        ("a\rb", "a␍b"),
        ("nul\x00", "nul␀"),
        ("del\x7f", "del␡"),
        ("pay \u202e001\u202c", "pay <RLO>001<PDF>"),
        ("zero\u200bwidth", "zero<ZWSP>width"),
        ("\U000e0048\U000e0069", "⸨H⸩⸨i⸩"),
        ("half \ud800", "half <U+D800>"),
        ("\ufeffbom", "<BOM>bom"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_shown_as_a_mark(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize("text", ["plain", "日本語", "Ünïcödé", "שלום", "line\n\ttab", "[/] [@click=app.quit]", "❤ 🇩🇪"])
def test_innocent_text_stays_to_the_letter(text: str) -> None:
    assert visible(text) == text
    assert hidden_text(text) == []


def test_joiners_of_an_emoji_are_no_hidden_text() -> None:
    assert hidden_text("👩\u200d🚀 ❤\ufe0f") == []
    assert visible("👩\u200d🚀") == "👩🚀"


def test_hidden_text_names_kind_and_place() -> None:
    found = hidden_text("a\u202eb\u200b\x1b\U000e0041\ud800")
    assert [(item.at, item.kind) for item in found] == [
        (1, "bidi"),
        (3, "zero-width"),
        (4, "control"),
        (5, "tag"),
        (6, "surrogate"),
    ]


@given(ANY_TEXT)
def test_shown_text_has_no_control_format_or_surrogate_code_point(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not [c for c in shown if unicodedata.category(c) in ("Cs", "Zl", "Zp")]
    assert visible(shown) == shown


@given(ANY_TEXT)
def test_one_line_stays_one_line(text: str) -> None:
    assert "\n" not in visible_line(text)
    assert "\t" not in visible_line(text)


@given(ANY_TEXT)
def test_ascii_mode_is_ascii(text: str) -> None:
    assert visible(text, ascii_only=True).isascii()


def test_signs_of_ours_have_a_likeness_in_ascii() -> None:
    assert visible("2 × e-mail → 3 …", ascii_only=True) == "2 x e-mail -> 3 ~"


@given(ANY_TEXT, st.integers(0, 40))
def test_an_elided_text_fits_and_says_that_it_was_cut(text: str, cells: int) -> None:
    shown = visible_line(text)
    cut = elide(shown, cells)
    assert cell_width(cut) <= cells
    assert cut == shown or cells == 0 or cut.endswith("…")


def test_text_that_needs_no_look_at_each_code_point_has_one_cell_each() -> None:
    plain = [
        chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x300), *range(0x2010, 0x2028), *range(0x2030, 0x205F))
    ]
    assert all(cell_width(c + "文") == 3 for c in plain)
    assert cell_width("".join(plain)) == len(plain)


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert cell_width("文") == 2
    assert cell_width("e\u0301") == 1
    assert elide("文文文", 4) == "文…"
