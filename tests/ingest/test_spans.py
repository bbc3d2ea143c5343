"""Places of values in a JSON text, and what can be saved of a cut one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.test_decode import JSON
from tracetui.ingest.spans import BrokenJSONError, ByteOffsets, children, pointer, salvage

CONTAINERS = st.lists(JSON, max_size=5) | st.dictionaries(st.text(), JSON, max_size=5)


@given(CONTAINERS, st.sampled_from([None, 1, 3]), st.booleans())
def test_each_child_stands_where_its_span_says(value: object, indent: int | None, ascii_only: bool) -> None:
    text = " \n" + json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    spans = list(children(text))
    expected = list(value.items()) if isinstance(value, dict) else list(enumerate(value))  # type: ignore[arg-type]
    assert [(span.key, span.value) for span in spans] == expected
    offsets, data = ByteOffsets(text), text.encode("utf-8", "surrogatepass")
    for span in spans:
        assert json.loads(text[span.start : span.end]) == span.value
        if text.isprintable():
            first = offsets.offset(span.start)
            assert json.loads(data[first : offsets.offset(span.end)]) == span.value


@given(CONTAINERS, st.data())
def test_salvage_of_a_cut_text_keeps_a_prefix_of_what_was_there(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(1, len(text)))
    kept, broken = salvage(text[:cut])
    assert (broken is None) == (cut == len(text))
    if isinstance(value, list):
        assert kept == value[: len(kept)]
    else:
        assert isinstance(kept, dict)
        assert list(kept) == list(value)[: len(kept)]  # type: ignore[call-overload]


def test_a_cut_list_of_messages_loses_only_the_message_that_is_cut() -> None:
    kept, broken = salvage('{"model": "m", "messages": [{"a": 1}, {"a": 2}, {"a": "thr')
    assert kept == {"model": "m", "messages": [{"a": 1}, {"a": 2}]}
    assert broken is not None
    assert (broken.start, broken.at) == (48, 58)


def test_the_place_where_a_text_breaks_is_named() -> None:
    with pytest.raises(BrokenJSONError) as problem:
        list(children('{"a": [1, 2], "b": [1, oops]}'))
    assert (problem.value.key, problem.value.at) == ("b", 23)


@pytest.mark.parametrize(
    "text", ["", "1", "null", '"text"', "{", "[", '{"', '{"a"', '{"a":', "[1,", '{"a":1,', "[1 2]"]
)
def test_no_text_breaks_salvage(text: str) -> None:
    salvage(text)


def test_a_pointer_escapes_its_tokens() -> None:
    assert pointer("a/b", "m~n", 0) == "/a~1b/m~0n/0"


@pytest.mark.parametrize("text", ["[12", "[1.", "[1e", "[-", "[7, 1e+", "[7, 12"])
def test_a_number_whose_end_is_missing_is_not_read(text: str) -> None:
    kept, broken = salvage(text)
    assert broken is not None
    assert kept in ([], [7])
