"""Records of a source and their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source, read_source


def records(data: bytes, path: str = "x.bin") -> Records:
    return Records(Source(path=path, data=data))


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (b'{"a": 1}', "document"),
        (b'[\n {"a": 1},\n {}\n]', "document"),
        (b'{"a": 1}\n{"a": 2}\n', "lines"),
        (b'oops\n{"a": 1}\n{"a": 2}\n', "lines"),
        (b'{"a": 1}\n{"a": 2', "lines"),
        (b"plain text\nof two lines", "opaque"),
        (b"[2024-01-01 12:00:00] ERROR it failed\n", "opaque"),
        (b"1\n2\n3", "opaque"),
        (b'{"messages": [{"a": 1}, {"a', "document"),
        (b'{\n "messages": [\n  {\n   "a": 1\n  },\n  {\n   "a"', "document"),
        (b"[" * 100_000, "opaque"),
        (b"", "opaque"),
    ],
)
def test_the_shape_is_told_by_content(data: bytes, shape: str) -> None:
    assert records(data).shape == shape


def test_a_single_line_is_lines_where_the_name_says_so() -> None:
    assert records(b'{"a": 1}\n', "x.jsonl").shape == "lines"
    assert records(b'{\n "a": 1\n}\n', "x.jsonl").shape == "document"


def test_lines_that_are_no_json_are_listed_with_line_byte_and_reason() -> None:
    ledger = Ledger()
    found = list(records(b'{"a":1}\n{"a":oops}\n\n{"a":3}\n{"a":"cut').lines(ledger))
    assert [record.value for record in found] == [{"a": 1}, {"a": 3}]
    middle, last = ledger.report().skipped
    assert (middle.line, middle.offset, middle.length) == (2, 8, 10)
    assert middle.reason == "not JSON: Expecting value at byte 13"
    assert (last.line, last.offset) == (5, 28)
    assert "incomplete" in last.reason


def test_a_line_nested_too_deeply_is_listed() -> None:
    ledger = Ledger()
    assert not list(records(b"[" * 100_000 + b"]" * 100_000 + b"\n").lines(ledger))
    assert "nested deeper" in ledger.report().skipped[0].reason


def test_places_do_not_count_a_byte_order_mark() -> None:
    data = b'\xef\xbb\xbf{"a":1}\r\n{"a":2}\r\n'
    for record in records(data).lines(Ledger()):
        place = record.source
        assert data[place.offset : place.offset + place.length] == b'{"a":%d}' % record.value["a"]


def test_items_have_exact_byte_ranges_and_pointers() -> None:
    data = '\ufeff{ "x/y": {"list": [ {"a": "é€"},\n 2 , "🙂"]}}'.encode()
    found = list(records(data).items("x/y", "list"))
    assert [data[r.source.offset :][: r.source.length].decode() for r in found] == ['{"a": "é€"}', "2", '"🙂"']
    assert [r.source.pointer for r in found] == ["/x~1y/list/0", "/x~1y/list/1", "/x~1y/list/2"]


def test_values_inside_a_line_are_placed_in_the_file() -> None:
    data = b'{"x": 1}\n{"calls": [{"n": 1}, {"n": 2}]}\n'
    source = records(data)
    record = list(source.lines(Ledger()))[1]
    place = list(source.inside(record, "calls"))[1].source
    assert (place.line, place.pointer) == (2, "/calls/1")
    assert data[place.offset : place.offset + place.length] == b'{"n": 2}'
    found = source.at(record, "calls", 0, "n")
    assert found is not None
    assert (found.value, found.source.pointer) == (1, "/calls/0/n")


@pytest.mark.parametrize("path", [("missing",), ("n",), ("list", 9), ("list", "x"), ("n", "deeper")])
def test_nothing_is_inside_what_is_not_there(path: tuple[str | int, ...]) -> None:
    source = records(b'{"n": 1, "list": [1]}')
    assert list(source.inside(source.whole(), *path)) == []


def test_of_a_repeated_key_the_last_counts_everywhere() -> None:
    source = records(b'{"m": [1], "m": [2, 3]}')
    assert source.document == {"m": [2, 3]}
    assert [record.value for record in source.items("m")] == [2, 3]


def test_a_cut_document_keeps_its_whole_items_and_knows_the_rest() -> None:
    data = b'{"model": "m", "messages": [{"a": 1}, {"a": 2}, {"a": "thr'
    source = records(data)
    assert [record.value for record in source.items("messages")] == [{"a": 1}, {"a": 2}]
    assert source.cut is not None
    assert data[source.cut.source.offset :] == b'{"a": "thr'
    assert "cut at byte 58" in source.cut.reason


def test_a_document_broken_in_the_middle_is_kept_up_to_there() -> None:
    data = b'[{"a": 1}, {"a": oops}, {"a": 3}]'
    source = records(data)
    assert source.document == [{"a": 1}]
    assert source.cut is not None
    assert "not JSON" in source.cut.reason
    assert "byte 17" in source.cut.reason


def test_files_beside_a_trace_are_remembered(tmp_path: Path) -> None:
    (tmp_path / "main.jsonl").write_text("{}\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.jsonl").write_text('{"a": 1}\n')
    main = Records(read_source(str(tmp_path / "main.jsonl")))
    beside = main.beside("sub/more.jsonl")
    assert beside is not None
    assert main.neighbours == [beside]
    assert main.beside("nothing.jsonl") is None


def test_a_stream_has_nothing_beside_it() -> None:
    assert records(b"{}", "<stdin>").beside("x.jsonl") is None
