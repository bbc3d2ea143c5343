"""Every way in which a file can be bad: what is said, what is kept, how the command ends. Never a traceback.

In the order of the list of faults that the design keeps: cut, spoilt, growing, replaced, odd text, odd numbers, odd
order, several sessions, no trace, packed, no file.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.running import Answer, run
from tracetui.ingest import memory, packing
from tracetui.ingest.line_file import LineFile


def row(step: int, **fields: object) -> str:
    return json.dumps({"session_id": "s", "step": step, "type": "tool_call", "tool": "look"} | fields) + "\n"


GOOD = row(1) + row(2, type="llm_call", summary="fine") + row(3)


def steps(path: Path) -> tuple[Answer, list[int]]:
    """What `tracetui steps --json` says of a file, and the numbers of the steps."""
    answer = run("steps", "--json", str(path))
    assert "Traceback" not in answer.err
    return answer, [json.loads(line)["step"] for line in answer.stdout.splitlines()]


def odd(second: str) -> bytes:
    """A trace whose second line is given."""
    return (row(1) + second + "\n" + row(3)).encode("utf-8", "surrogateescape")


READ: dict[str, tuple[bytes, list[int], str]] = {
    "cut in its last line": (GOOD.encode()[:-20], [1, 2], "last line is incomplete"),
    "a bad line in the middle": (odd("{oops}"), [1, 3], "line 2: skipped: not JSON"),
    "bytes that are not UTF-8": (odd(row(2, summary="a\udcffb").strip().replace("\\udcff", "\udcff")), [1, 2, 3], ""),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), [1, 2, 3], "byte order mark"),
    "UTF-16": (GOOD.encode("utf-16"), [1, 2, 3], "converted from UTF-16"),
    "CR LF": (GOOD.replace("\n", "\r\n").encode(), [1, 2, 3], ""),
    "CR alone": (GOOD.replace("\n", "\r").encode(), [1, 2, 3], "its lines end in CR alone"),
    "a lone surrogate": (odd(row(2, summary="x\ud800y").strip()), [1, 2, 3], ""),
    "NUL and control characters": (
        odd('{"session_id":"s","step":2,"type":"message","summary":"a\0b\x01"}'),
        [1, 2, 3],
        "",
    ),
    "nested a hundred thousand deep": (odd("[" * 100_000 + "]" * 100_000), [1, 3], "nested deeper than 200 levels"),
    "numbers out of every range": (
        odd(
            f'{{"session_id":"s","step":2,"type":"llm_call","input_tokens":{"9" * 5000},"ms":NaN,"cost_usd":1e999,"x":{2**70}}}'
        ),
        [1, 2, 3],
        "",
    ),
    "a key written twice": (
        odd('{"session_id":"s","step":2,"step":7,"type":"llm_call"}'),
        [1, 3, 7],
        "'step' is repeated",
    ),
    "a number written twice": ((row(1) + row(1)).encode(), [1, 2], "step 1 is written more than once"),
    "a parent that is not there": (
        (row(1) + row(2, parent_step=9)).encode(),
        [1, 2],
        "a parent that is not in the trace",
    ),
    "parents in a circle": (
        (row(1) + row(2, parent_step=3) + row(3, parent_step=2)).encode(),
        [1, 2, 3],
        "steps 2, 3 are under itself",
    ),
    "a clock that runs backwards": (
        (row(1, ts=1753091200500) + row(2, ts=1753091200000)).encode(),
        [1, 2],
        "time goes backwards",
    ),
    "a negative duration": ((row(1) + row(2, ms=-5)).encode(), [1, 2], ""),
    "a cut gzip": (gzip.compress((GOOD * 300).encode())[:-30], None, "Compressed file ended"),  # type: ignore[dict-item]
    "a gzip with a wrong checksum": (gzip.compress(GOOD.encode())[:-8] + b"12345678", [1, 2, 3], "CRC"),
    "a gzip of several parts": (gzip.compress(row(1).encode()) + gzip.compress(row(2).encode()), [1, 2], ""),
    "a gzip with something behind it": (gzip.compress(GOOD.encode()) + b"trailing", [1, 2, 3], "kept the first"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_good_is_kept_and_the_rest_is_said(name: str, tmp_path: Path) -> None:
    data, kept, said = READ[name]
    path = tmp_path / "t.jsonl"
    path.write_bytes(data)
    answer, numbers = steps(path)
    assert answer.code == 0
    assert numbers == kept if kept is not None else numbers
    assert said.lower() in answer.err.lower()
    for line in run("triage", "--json", str(path)).stdout.splitlines():
        json.loads(line, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))


def test_nanoseconds_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1, ts=1753091200123456789) + row(2, ts="1753091200123456790"))
    listed = [json.loads(line) for line in run("steps", "--json", str(path)).stdout.splitlines()]
    assert [step["start_ns"] for step in listed] == [1753091200123456789, 1753091200123456790]


def test_a_hundred_megabyte_line_is_one_step(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with open(path, "w") as out:
        out.write(row(1) + '{"session_id":"s","step":2,"type":"tool_call","tool":"read","result":"')
        for _ in range(100):
            out.write("x" * (1 << 20))
        out.write('"}\n' + row(3))
    file = LineFile(str(path))
    while not file.done:
        file.take(file.read_on(1 << 20))
    assert len(file) == 3
    assert file.place(1)[1] > 100 << 20
    file.close()


def test_several_sessions_are_never_one(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(row(1) + row(1, session_id="t") + row(2))
    answer = run("context", "--step", "1", str(path))
    assert answer.code == 2
    assert "holds 2 sessions; choose one with --session" in answer.err
    listed = [json.loads(line) for line in run("steps", "--json", str(path)).stdout.splitlines()]
    assert [(step["session_id"], step["step"]) for step in listed] == [("s", 1), ("s", 2), ("t", 1)]


NO_TRACE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "blanks": (b" \n\t\n", "is empty"),
    "a web page": (b"<!DOCTYPE html><html></html>", "HTML page"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
}


@pytest.mark.parametrize("name", NO_TRACE)
def test_what_is_no_trace_is_named_for_what_it_is(name: str, tmp_path: Path) -> None:
    data, said = NO_TRACE[name]
    path = tmp_path / "t.jsonl"
    path.write_bytes(data)
    answer, _ = steps(path)
    assert answer.code == 2
    assert said in answer.err


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: packed({"t.jsonl": data})], ids=["gzip", "zip"])
def test_a_bomb_is_stopped_at_a_limit_with_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(packing, "MAX_DECODED_BYTES", 1 << 20)
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    path = tmp_path / "t.jsonl.packed"
    path.write_bytes(pack(GOOD.encode() + b" " * (3 << 20)))
    answer, _ = steps(path)
    assert "stopped at the limit of 1048576 decoded bytes" in answer.err


def test_a_member_that_leads_out_of_its_archive_is_neither_read_nor_written(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "t.zip"
    path.parent.mkdir()
    path.write_bytes(packed({"../../t.jsonl": GOOD.encode()}))
    answer, _ = steps(path)
    assert answer.code == 2
    assert "holds no files" in answer.err
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]


def a_socket(path: Path) -> None:
    os.chdir(path.parent)
    socket.socket(socket.AF_UNIX).bind(path.name)


def test_a_cut_zip_says_that_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    path.write_bytes(packed({".hidden": GOOD.encode()})[:60])
    answer, _ = steps(path)
    assert answer.code == 2
    assert "the archive is cut or damaged" in answer.err


NO_FILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe nobody writes to": (os.mkfifo, "is not a regular file"),
    "a socket": (a_socket, "no such device"),
    "a link to itself": (lambda path: path.symlink_to(path), "symbolic links"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
    "nothing": (lambda path: None, "no such file"),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("name", NO_FILE)
def test_what_is_no_file_is_refused_at_once(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make, said = NO_FILE[name]
    path = tmp_path / "t"
    make(path)
    answer, _ = steps(path)
    assert answer.code == 2
    assert said in answer.err


def test_a_name_that_holds_escapes_and_line_feeds_is_shown_as_marks(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b[31m.jsonl"
    path.write_text("<html>")
    answer = run("steps", str(path))
    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert "a\nb" not in answer.err


def test_a_name_that_is_not_utf8_is_opened(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"t\xff.jsonl")
    with open(path, "w") as out:
        out.write(GOOD)
    assert steps(Path(os.fsdecode(path)))[1] == [1, 2, 3]


def test_a_read_that_fails_half_way_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(GOOD)
    answer = run("steps", "/proc/self/mem")
    assert answer.code == 2
    assert "input/output error" in answer.err


def test_a_file_that_shrinks_or_is_replaced_while_it_is_read_is_told_apart_from_one_that_grows(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(GOOD)
    file = LineFile(str(path))
    file.take(file.read_on(1 << 20))
    assert file.change() == "same"
    with open(path, "a") as out:
        out.write(row(4))
    assert file.change() == "grown"
    path.write_text(row(1))
    assert file.change() == "truncated"
    path.unlink()
    path.write_text(GOOD)
    assert file.change() == "replaced"
    file.close()


def test_a_file_that_is_cut_before_it_is_read_so_far_does_not_pass_for_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(GOOD)
    file = LineFile(str(path))
    first = len(row(1))
    os.truncate(path, first)
    file.take(file.read_on(1 << 20))
    assert file.done
    assert file.change() == "truncated"
    file.close()
