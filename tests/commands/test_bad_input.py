"""Bad input gives a message with file and place, keeps what can be kept, and never ends in a traceback."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.commands.running import Answer, run
from tests.shared import SAMPLES

GOOD = (SAMPLES / "good_same_customer.jsonl").read_bytes()
LINES = GOOD.splitlines(keepends=True)
READERS = [("triage",), ("triage", "--json"), ("steps",), ("steps", "--json"), ("context", "--step", "1")]
UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n\t\n", "is empty"),
    "html": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "HTML page"),
    "binary": (bytes(range(256)) * 8, "is binary"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 4, "is binary"),
    "cut gzip": (gzip.compress(GOOD)[:12], "nothing in it could be decoded"),
}
KEPT = {
    "truncated last line": (GOOD[:-40], "line 10: skipped: last line is incomplete", 9),
    "bad middle line": (b"".join([*LINES[:3], b'{"session_id": oops}\n', *LINES[3:]]), "line 4: skipped: not JSON", 10),
    "a line of another kind": (b"".join([*LINES[:3], b"[1, 2]\n", *LINES[3:]]), "line 4: skipped: no step", 10),
    "invalid UTF-8": (GOOD.replace(b"Alice", b"Al\xffce", 1), "", 10),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "byte order mark", 10),
    "CRLF": (GOOD.replace(b"\n", b"\r\n"), "", 10),
    "CR in the middle": (GOOD.replace(b"Alice", b"Al\\rce"), "", 10),
    "gzip": (gzip.compress(GOOD), "", 10),
    "UTF-16": (GOOD.decode().encode("utf-16"), "converted from UTF-16", 10),
    "no last line feed": (GOOD.rstrip(b"\n"), "", 10),
}


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
@pytest.mark.parametrize("name", list(UNREADABLE))
def test_nothing_readable_ends_with_2_and_a_reason(name: str, reader: tuple[str, ...], tmp_path: Path) -> None:
    data, reason = UNREADABLE[name]
    path = tmp_path / "trace.jsonl"
    path.write_bytes(data)
    answer = run(*reader, str(path))
    assert answer.code == 2
    assert f"{path}: " in answer.err
    assert reason in answer.err
    assert_no_traceback(answer)


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
def test_a_missing_file_says_so(reader: tuple[str, ...], tmp_path: Path) -> None:
    answer = run(*reader, str(tmp_path / "nowhere.jsonl"))
    assert answer.code == 2
    assert "nowhere.jsonl: no such file" in answer.err
    assert_no_traceback(answer)


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
def test_an_empty_folder_says_so(reader: tuple[str, ...], tmp_path: Path) -> None:
    answer = run(*reader, str(tmp_path))
    assert answer.code == 2
    assert f"{tmp_path}: " in answer.err
    assert_no_traceback(answer)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    answer = run("triage", str(tmp_path / "pipe"))
    assert answer.code == 2
    assert "is not a regular file" in answer.err


@pytest.mark.parametrize("name", list(KEPT))
def test_what_can_be_read_is_kept_and_the_rest_is_named(name: str, tmp_path: Path) -> None:
    data, reason, steps = KEPT[name]
    path = tmp_path / "trace.jsonl"
    path.write_bytes(data)
    answer = run("triage", "--json", str(path))
    assert answer.code in (0, 1, 3)
    assert reason in answer.err
    assert_no_traceback(answer)
    ingest = answer.document["ingest"]
    assert ingest["records"] == ingest["read"] + len(ingest["skipped"])
    assert ingest["read"] == answer.document["sessions"][0]["steps"] == steps
    if ingest["skipped"]:
        assert f"kept {steps} of {ingest['records']} records" in answer.err


def test_places_hold_after_a_byte_order_mark_and_invalid_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace(b"Alice", b"Al\xffce", 1)
    path = tmp_path / "trace.jsonl"
    path.write_bytes(data)
    for document in run("steps", "--json", str(path)).documents:
        place = document["source"]
        record = data[place["offset"] : place["offset"] + place["length"]]
        assert record.startswith((b"{", b"\xef\xbb\xbf{"))
        assert record.endswith(b"}")
        assert b"\n" not in record


def test_an_invalid_byte_comes_out_as_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(GOOD.replace(b"Alice", b"Al\xffce"))
    answer = run("steps", "--json", str(path))
    assert b"Al\\udcffce" in answer.stdout
    assert len(answer.documents) == 10


def assert_no_traceback(answer: Answer) -> None:
    assert "Traceback" not in answer.err
    assert "unexpected" not in answer.err
