"""What each line of a session trace says, in a few numbers."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from tracetui.ingest import line_tokens
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_tokens import BLANK, UNREAD, Tokens, pieces, tokens_of

SAID = glance_of("session-trace").said
assert SAID is not None


def row(**fields: object) -> bytes:
    return json.dumps({"session_id": "s", "type": "tool_call", "tool": "get"} | fields).encode() + b"\n"


def tokens(*lines: bytes) -> Tokens:
    assert SAID is not None
    return tokens_of(lines, SAID)


@pytest.mark.parametrize(
    "other", [{"ts": 7}, {"ms": 3}, {"step": 9}, {"call_id": "c"}, {"input_tokens": 5}, {"flags": ["LOOP"]}]
)
def test_what_differs_between_runs_that_do_the_same_is_left_out(other: dict[str, object]) -> None:
    found = tokens(row(args={"id": 1}), row(args={"id": 1}, **other))
    assert all(column[0] == column[1] for column in (found.saids, found.actors, found.answers))


@pytest.mark.parametrize(
    "other", [{"args": {"id": 2}}, {"summary": "b"}, {"content": "b"}, {"completion": "b"}, {"agent": "b"}]
)
def test_other_arguments_and_words_are_told_apart(other: dict[str, object]) -> None:
    found = tokens(row(args={"id": 1}), row(**{"args": {"id": 1}} | other))
    assert found.saids[0] != found.saids[1]


def test_who_acted_and_what_came_of_it_stand_for_themselves() -> None:
    found = tokens(row(result=1), row(result=2), row(result=1, tool="put"), row(result=1, status="error"))
    assert [actor == found.actors[0] for actor in found.actors] == [True, True, False, True]
    assert [answer == found.answers[0] for answer in found.answers] == [True, False, True, False]
    assert found.saids[0] == found.saids[1]


@pytest.mark.parametrize("line", [b"{broken\n", b"7\n", b"[]\n", b'{"type":"x"}\n', b"\xff\n", b"[" * 100_000 + b"\n"])
def test_a_line_that_is_no_step_is_told_by_its_bytes(line: bytes) -> None:
    found = tokens(line, row(), line, b"other\n", b" \n")
    assert list(found.actors)[::2] == [UNREAD, UNREAD, BLANK]
    assert found.saids[0] == found.saids[2] != found.saids[3]
    assert found.sessions == {b'"s"'}


def test_of_the_sessions_two_are_enough_to_say_that_there_are_several() -> None:
    assert len(tokens(*(row(session_id=name) for name in "abcd")).sessions) == 2


def test_tokens_come_through_a_pipe_as_they_are_and_a_cut_one_is_noticed() -> None:
    found = tokens(row(), row(args={"id": 2}), b"\n")
    assert Tokens.unpacked(io.BytesIO(found.packed())) == found
    assert Tokens.unpacked(io.BytesIO()) is None
    with pytest.raises(EOFError):
        Tokens.unpacked(io.BytesIO(found.packed()[:-1]))


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_file_in_pieces_has_the_tokens_of_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(line_tokens, "_PIECE_BYTES", 50)
    monkeypatch.setattr(line_tokens, "_LONGEST_BYTES", 2_000)
    lines = [row(args={"id": n}) for n in range(5)] + [b"\n", row(content="x" * 5_000), row(args={"id": 9})]
    data = b"".join(lines).rstrip(b"\n") + end
    path = tmp_path / "t.jsonl"
    path.write_bytes(data)
    found = Tokens.none()
    assert SAID is not None
    handle = os.open(path, os.O_RDONLY)
    for piece in pieces(handle, SAID):
        found.extend(piece)
    os.close(handle)
    whole = tokens(*io.BytesIO(data))
    assert found.ends == whole.ends
    # Of the line that is too long its beginning is known.
    assert [*found.saids[:6], found.saids[7]] == [*whole.saids[:6], whole.saids[7]]
    assert found.actors[6] == UNREAD
