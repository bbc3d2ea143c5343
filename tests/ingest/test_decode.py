"""JSON as real files hold it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ingest.decode import MAX_NESTING, decode, decode_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_clean_json_is_decoded_as_the_standard_library_does(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert decode(text.encode("utf-8", "surrogatepass")) == json.loads(text) == decode_text(text)


def test_a_lone_surrogate_and_a_raw_control_character_are_kept() -> None:
    assert decode(b'"\\ud800"') == "\ud800"
    assert decode(b'"a\x00b\nc"') == "a\x00b\nc"


def test_a_byte_that_is_not_utf8_can_be_found_again() -> None:
    value = decode(b'"caf\xe9"')
    assert value.encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_nan_and_infinity_are_read_as_they_are_written() -> None:
    value = decode(b"[NaN, Infinity, -Infinity]")
    assert math.isnan(value[0])
    assert value[1:] == [math.inf, -math.inf]


def test_numbers_that_python_cannot_hold_stay_text() -> None:
    assert decode(b"[1e999, 2]") == ["1e999", 2]
    digits = "9" * 5000
    assert decode(f"[{digits}]".encode()) == [digits]
    assert decode(b"[123456789012345678901234567890]") == [123456789012345678901234567890]


def test_a_byte_order_mark_is_no_part_of_the_value() -> None:
    assert decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 100_000])
def test_a_value_nested_too_deeply_is_refused(depth: int) -> None:
    for data in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
        with pytest.raises(ValueError, match="nested deeper than 200 levels"):
            decode(data)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(decode(b"[" + b",".join([b"[]"] * 5000) + b"]")) == 5000


def test_what_is_no_json_is_a_value_error_with_its_place() -> None:
    with pytest.raises(json.JSONDecodeError) as problem:
        decode(b'{"a": 1, "b": oops}')
    assert problem.value.pos == 14
