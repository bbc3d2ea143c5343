"""Raw records: what nothing recognises can still be read, unless it is no text at all."""

from __future__ import annotations

import random

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.formats.raw import looks_binary
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import Source


def test_random_bytes_are_binary() -> None:
    assert looks_binary(random.Random(7).randbytes(3000))


@pytest.mark.parametrize("data", [b"\x7fELF" + bytes(60), b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_programs_and_pictures_are_binary(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError, match="is binary"):
        read_trace(Source(path="a.bin", data=data))


@pytest.mark.parametrize(
    "text",
    [
        "key: value\n",
        "\x1b[1mbold\x1b[0m log line\n" * 3,
        "Grüße, 日本語\n",
        "one stray \udcff byte in a line of text\n",
    ],
)
def test_text_opens_as_raw_records(text: str) -> None:
    trace = read_trace(Source(path="a.txt", data=text.encode("utf-8", "surrogateescape")))
    assert trace.format == "raw"
    assert len(trace.sessions[0].steps) == text.count("\n")
    assert trace.sessions[0].gaps[0].kind == "format_not_recognised"


def test_a_page_saved_instead_of_a_download_is_named() -> None:
    with pytest.raises(UnreadableSourceError, match="HTML page"):
        read_trace(Source(path="trace.json", data=b"<!DOCTYPE html><html>log in</html>"))


def test_a_json_value_of_an_unknown_shape_is_one_record() -> None:
    trace = read_trace(Source(path="a.json", data=b'{"what": "ever"}'))
    (step,) = trace.sessions[0].steps
    assert step.attributes == {"record": {"what": "ever"}}
