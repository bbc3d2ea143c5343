"""The columns of all lines, as they come in from child processes."""

from __future__ import annotations

import json
from functools import partial

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.ingest import line_survey
from tracetui.ingest.glance import Glance, Look
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_survey import Survey

columns = partial(block_of, glance=GLANCE)


def row(step: int, session: str = "s", **fields: object) -> bytes:
    return json.dumps({"session_id": session, "type": "tool_call", "step": step} | fields).encode() + b"\n"


ROWS = st.lists(
    st.sampled_from(
        [row(1), row(2, "a"), row(3, "b", status="error"), row(4, flags=["X"]), row(5, flags=["Y", "X"]), b"{\n", b"\n"]
    ),
    max_size=30,
)


@given(ROWS, st.integers(1, 7))
def test_blocks_in_pieces_are_the_survey_of_the_whole(rows: list[bytes], size: int) -> None:
    whole, pieces = Survey(), Survey()
    whole.take(columns(rows))
    for at in range(0, len(rows), size):
        pieces.take(columns(rows[at : at + size]))
    for survey in (whole, pieces):
        assert len(survey) == len(rows)
    assert list(pieces.marked) == [line for line, data in enumerate(rows) if whole.marks[line]]
    assert [pieces.kinds_of(mark) for mark in pieces.marks] == [
        sorted(whole.kinds_of(mark), key=list(pieces.flags).index) for mark in whole.marks
    ]
    named = list(pieces.names)
    assert [named[session] for session in pieces.sessions] == [list(whole.names)[at] for at in whole.sessions]
    assert (pieces.errors, pieces.unread, pieces.flagged) == (whole.errors, whole.unread, whole.flagged)


def test_a_block_is_taken_in_steps_and_known_after_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_survey, "_STEP_LINES", 2)
    survey = Survey()
    known = [len(survey) for _ in survey.taking(columns([row(1, "a"), b"{\n", row(3, "b"), row(4), row(5)]))]
    assert known == [0, 0, 0, 0]
    assert (len(survey), list(survey.marked)) == (5, [1])


def test_marked_lines_are_walked_in_both_directions() -> None:
    survey = Survey()
    survey.take(columns([row(1), b"{\n", row(3), row(4, status="error")]))
    assert [survey.next_marked(line, 1) for line in range(4)] == [1, 3, 3, None]
    assert [survey.next_marked(line, -1) for line in range(4)] == [None, None, 1, 1]


def test_the_lines_of_a_session_are_known_as_far_as_the_survey_is() -> None:
    survey = Survey()
    survey.take(columns([row(1, "a"), row(2, "b"), b"{\n", row(3, "b"), row(4, "a")]))
    found = [survey.lines_of_session(line, 9) for line in range(6)]
    assert [list(lines) if lines is not None else None for lines in found] == [
        [0, 4],
        [1, 3],
        None,
        [1, 3],
        [0, 4],
        None,
    ]


class Named(msgspec.Struct):
    names: tuple[str, ...] = ()


NAMED = Glance(Named, lambda line: Look("other", next(iter(line.names), None), further=line.names[1:]), carries_on=True)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3, unique=True), max_size=12), st.integers(1, 5))
def test_a_line_belongs_to_all_it_names_and_one_that_names_none_to_that_before(
    named: list[list[str]], size: int
) -> None:
    survey, carried = Survey(carries_on=True), list[list[str]]()
    for names in named:
        carried.append(names or (carried[-1][:1] if carried else []))
    lines = [msgspec.json.encode(Named(tuple(names))) for names in named]
    for at in range(0, len(lines), size):
        survey.take(block_of(lines[at : at + size], NAMED))
    for line, names in enumerate(carried):
        expected = [other for other, theirs in enumerate(carried) if names[:1] and names[0] in theirs]
        assert list(survey.lines_of_session(line, 99) or []) == expected
