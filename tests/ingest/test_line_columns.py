"""What each line of a session trace is, in a few bytes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import STEP_KINDS, Block, block_of
from tracetui.ingest.line_overview import ERROR, FIRST_FLAG, UNREAD
from tracetui.ingest.line_service import lines_between, serve
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source

columns = partial(block_of, glance=GLANCE)


def row(**fields: object) -> bytes:
    return json.dumps({"session_id": "s", "type": "tool_call"} | fields).encode() + b"\n"


def test_a_line_is_its_kind_its_counts_and_its_session() -> None:
    block = columns(
        [row(type="llm_call", input_tokens=7, output_tokens=5, ms=12.6), row(session_id=4, type="no such type")]
    )
    assert [STEP_KINDS[kind - 1] for kind in block.kinds] == ["llm_call", "other"]
    assert list(block.tokens) == [12, 0]
    assert list(block.milliseconds) == [13, 0]
    assert [block.names[session] for session in block.sessions] == ["s", "4"]
    assert list(block.marks) == [0, 0]


@pytest.mark.parametrize(
    "failed", [{"status": "error"}, {"status": "Timeout"}, {"error": "refused"}, {"error": {"code": 1}}]
)
def test_a_failed_step_is_marked(failed: dict[str, object]) -> None:
    assert list(columns([row(**failed)]).marks) == [ERROR]


@pytest.mark.parametrize("fine", [{"status": "ok"}, {"status": 200}, {"error": None}, {"error": ""}, {"flags": []}])
def test_another_is_not(fine: dict[str, object]) -> None:
    assert list(columns([row(**fine)]).marks) == [0]


@pytest.mark.parametrize("line", [b"{broken\n", b"7\n", b'{"type":"x"}\n', b'{"session_id":"s","type":7}\n', b"\xff\n"])
def test_a_line_that_holds_no_step_is_marked_and_a_blank_one_is_not(line: bytes) -> None:
    block = columns([row(), line, b" \n"])
    assert list(block.marks) == [0, UNREAD, 0]
    assert list(block.sessions) == [1, 0, 0]


def test_recorded_flags_have_a_bit_for_each_kind_and_the_last_for_the_rest() -> None:
    block = columns([row(flags=["A", {"kind": "B"}]), row(flags="B"), *(row(flags=f"K{n}") for n in range(40))])
    assert block.flags[:2] == ["A", "B"]
    assert list(block.marks[:2]) == [0b11 << FIRST_FLAG, 0b10 << FIRST_FLAG]
    assert block.marks[-1] == 1 << 31


def test_a_line_that_only_a_lenient_reader_takes_counts_as_it_does_there() -> None:
    block = columns([row(), b'{"session_id":"s","type":"tool_call","ms":NaN,"input_tokens":"12"}\n'])
    assert list(block.marks) == [0, 0]
    assert list(block.tokens) == [0, 12]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("status", "error", "flags", "input_tokens", "output_tokens", "ms", "step", "args")


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES), max_size=5))
def test_the_columns_say_what_a_whole_reading_says(rows: list[dict[str, Any]]) -> None:
    data = b"".join(row(**{"type": "tool_call"} | fields) for fields in rows)
    block = columns(io.BytesIO(data))
    sessions = FORMATS["session-trace"].read(Records(Source(path="t.jsonl", data=data)), Ledger())
    steps = {step.source.line: step for session in sessions for step in session.steps}
    for line, mark in enumerate(block.marks, 1):
        assert not mark & UNREAD
        assert bool(mark & ERROR) == (steps[line].status == "error")
        assert bool(mark >= 1 << FIRST_FLAG) == bool(steps[line].recorded_flags)


def test_a_block_comes_back_as_it_went() -> None:
    block = columns([row(), b"{\n", row(flags=["É"], session_id="ü\n"), row(session_id="\ud800")])
    assert Block.unpacked(io.BytesIO(block.packed())) == block
    with pytest.raises(EOFError):
        Block.unpacked(io.BytesIO(block.packed()[:-1]))


def test_ranges_of_a_file_are_answered_in_order(tmp_path: Path) -> None:
    lines = [row(ms=number) for number in range(1, 5)]
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(lines))
    length, answers = len(lines[0]), io.BytesIO()
    with open(path, "rb") as file:
        serve(
            file.fileno(),
            lambda lines: block_of(lines, GLANCE).packed(),
            [f"0 {length}\n", f"{length} {4 * length}\n"],
            answers,
        )
        answers.seek(0)
        assert [list(Block.unpacked(answers).milliseconds) for _ in range(2)] == [[1], [2, 3, 4]]
        assert list(lines_between(file.fileno(), length, 3 * length)) == lines[1:3]


def test_the_program_imports_nothing_of_the_screens_and_nothing_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from the folder')")
    command = "import sys, tracetui.ingest.line_columns; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert not {"textual", "rich", "rapidfuzz", "zstandard", "sqlite3"} & set(done.stdout.split())
