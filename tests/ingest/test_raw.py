"""Raw records: what no format claims is still there to be read."""

from __future__ import annotations

import pytest

from tests.ingest.reading import gap_kinds, only, pointers, read, read_document, read_lines
from tracetui.errors import UnreadableSourceError


def test_one_step_an_item_of_a_list() -> None:
    trace = read_document([{"x": 1}, 2, "three"])
    session = only(trace)
    assert trace.format == "raw"
    assert pointers(session) == ["/0", "/1", "/2"]
    assert [step.attributes["record"] for step in session.steps] == [{"x": 1}, 2, "three"]
    assert gap_kinds(session) == {"format_not_recognised"}


def test_one_step_a_line_and_bad_lines_are_listed() -> None:
    trace = read('{"x": 1}\noops\n{"x": 2}\n', path="x.jsonl")
    assert [step.source.line for step in only(trace).steps] == [1, 3]
    assert [skipped.line for skipped in trace.report.skipped] == [2]


def test_one_object_is_one_step() -> None:
    assert len(only(read_document({"x": 1})).steps) == 1
    assert len(only(read_lines({"x": 1}, {"y": 2})).steps) == 2


def test_text_is_one_step_a_line_with_its_bytes() -> None:
    data = b"caf\xe9 opens\n\nclosed"
    session = only(read(data))
    places = [step.source for step in session.steps]
    assert [data[place.offset : place.offset + place.length] for place in places] == [b"caf\xe9 opens", b"closed"]


def test_what_looks_like_json_and_is_none_says_why() -> None:
    assert "nested deeper" in read("[" * 9999 + "]" * 9999).report.notes[0]
    assert "Expecting" in read('{"a": oops}').report.notes[0]


def test_parquet_is_refused_with_the_command_that_converts_it() -> None:
    with pytest.raises(UnreadableSourceError, match="is Parquet") as refused:
        read(b"PAR1" + bytes(range(256)), path="spans.parquet")
    assert "pandas.read_parquet" in refused.value.hint


@pytest.mark.parametrize("shape", ["list", "page", "lines"])
def test_traces_of_langfuse_without_their_observations_say_what_is_missing(shape: str) -> None:
    fields = ("id", "name", "timestamp", "userId", "sessionId", "tags", "release", "version", "latency")
    row = dict.fromkeys(fields) | {"input": "hi", "output": "yo", "observations": ["o1", "o2"], "scores": []}
    page = {"data": [row], "meta": {"page": 1}}
    trace = read_lines(row, row) if shape == "lines" else read_document(page if shape == "page" else [row, row])
    assert trace.format == "raw"
    assert gap_kinds(only(trace)) == {"observations_not_exported"}
    assert "export the observations" in " ".join(trace.report.notes)
