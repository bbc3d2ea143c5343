from __future__ import annotations

import json
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.errors import StoreError
from tracetui.postmortem.document import EMPTY, Entry, Postmortem, decode, encode, from_later, stamp
from tracetui.postmortem.edits import put
from tracetui.text import visible

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def test_a_document_survives_the_way_to_disk_and_back() -> None:
    postmortem = sample_postmortem()
    assert decode(encode(postmortem)) == postmortem


@given(ANY_TEXT)
def test_any_text_survives(text: str) -> None:
    held = decode(encode(put(Postmortem(), "lessons.well", Entry(text=text)))).text("lessons.well")
    # Two unpaired surrogates side by side are one code point once they are written.
    assert held == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def test_the_bytes_are_sorted_one_value_a_line_and_stable() -> None:
    data = encode(sample_postmortem())
    assert data == encode(decode(data))
    assert b"\r" not in data
    assert data.endswith(b"}\n")
    keys = list(json.loads(data)["fields"])
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not a postmortem"),
        (b"[1]", "is not a postmortem"),
        (b"{}", "is not a postmortem"),
        (b"\xff\xfe", "is not a postmortem"),
        (b'{"schema":"tracetui.triage/1"}', "holds 'tracetui.triage/1'"),
        (b'{"schema":"tracetui.postmortem/2","fields":3}', "later tracetui"),
        (b'{"schema":"tracetui.postmortem/1","fields":3}', "fields"),
    ],
)
def test_what_is_no_postmortem_is_refused_with_its_path(data: bytes, words: str) -> None:
    with pytest.raises(StoreError) as raised:
        decode(data, path="INC-1/postmortem.json")
    assert words in raised.value.message
    assert "INC-1/postmortem.json" in raised.value.message


def test_what_a_later_version_wrote_is_read_and_told_apart() -> None:
    held = decode(b'{"schema":"tracetui.postmortem/2","fields":{"lessons.well":{"text":"x"}},"new":1}')
    assert held.text("lessons.well") == "x"
    assert from_later(held)
    assert not from_later(Postmortem())


def test_the_bytes_are_safe_on_any_terminal() -> None:
    text = "\x9b31m \u202e evil \U000e0041 \x7f \x1b]52;c;AA\x07"
    data = encode(put(Postmortem(), "lessons.well", Entry(text=text)))
    assert visible(data.decode()) == data.decode()
    assert decode(data).text("lessons.well") == text


def test_addresses_of_a_later_form_are_kept() -> None:
    held = decode(encode(put(Postmortem(), "future.field", Entry(text="x"))))
    assert held.text("future.field") == "x"


def test_fixed_rows_are_always_there_and_absent_values_are_empty() -> None:
    assert len(Postmortem().rows("checklist")) == 13
    assert Postmortem().entry("actions/r1/owner") == EMPTY
    assert Postmortem().entry("pins/none/note") == EMPTY


def test_times_keep_their_offset() -> None:
    newfoundland = NOW.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
    assert stamp(newfoundland) == "2026-06-30T22:44:07-03:30"
