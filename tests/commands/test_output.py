from __future__ import annotations

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracetui.commands.output import WIDTH, json_line, paragraph

HOSTILE = "\x1b]52;c;eA==\x07 \x9b2J \u202e001\u202c z\u200bw \U000e0041 \ud800 \x00\x7f \u2028"
any_text = st.text(st.characters(codec=None))
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner) | st.dictionaries(any_text, inner),
    max_leaves=20,
)


@given(any_json)
def test_a_document_gives_back_every_value_to_the_letter(value: Any) -> None:
    assert json.loads(json_line(value)) == value


@given(any_json)
def test_a_document_is_one_line_that_no_terminal_obeys(value: Any) -> None:
    line = json_line(value)
    line.encode("utf-8")
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_hidden_and_unpaired_code_points_are_escaped_and_come_back() -> None:
    line = json_line({"text": HOSTILE})
    assert "\\u202e" in line
    assert "\\ud800" in line
    assert "\\udb40\\udc41" in line
    assert json.loads(line) == {"text": HOSTILE}


def test_letters_beyond_ascii_stay_readable() -> None:
    assert json_line({"name": "Zoë — 東京"}) == '{"name":"Zoë — 東京"}'


def test_numbers_that_json_cannot_write_become_their_names() -> None:
    line = json_line({"a": float("nan"), "b": [float("inf"), -float("inf"), 1.5]})
    assert json.loads(line, parse_constant=lambda name: f"bare {name}") == {
        "a": "NaN",
        "b": ["Infinity", "-Infinity", 1.5],
    }


def test_a_paragraph_keeps_to_its_columns_and_says_what_it_left_out() -> None:
    lines = paragraph("why", "word " * 400)
    assert all(len(line) <= WIDTH for line in lines)
    assert lines[0].startswith("  why       word")
    assert " ".join(line.strip() for line in lines).endswith("(1,400 more characters)")


def test_a_paragraph_cannot_be_left_by_a_line_feed_in_the_text() -> None:
    assert paragraph("why", "a\n  verdict   NONE FOUND\r\x1b[A") == ["  why       a verdict NONE FOUND ␛[A"]
