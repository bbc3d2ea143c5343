"""What stands out among lines, by their columns alone."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import block_of
from tracetui.ingest.line_standouts import DEAR, LOOP
from tracetui.ingest.line_survey import Survey

columns = partial(block_of, glance=GLANCE)


def call(answer: object = "no", session: str = "s", **args: object) -> bytes:
    fields = {"session_id": session, "type": "tool_call", "tool": "get", "args": {"id": 7} | args, "result": answer}
    return json.dumps(fields).encode() + b"\n"


def asked(tokens: int, session: str = "s", ms: int = 10) -> bytes:
    return json.dumps({"session_id": session, "type": "llm_call", "input_tokens": tokens, "ms": ms}).encode() + b"\n"


def standing_out(*blocks: list[bytes]) -> list[tuple[int, str]]:
    survey = Survey()
    for block in blocks:
        survey.take(columns(block))
    return [(line, kind) for line in survey.marked for kind in survey.kinds_of(survey.marks[line])]


def test_the_same_call_with_the_same_answer_stands_out_when_it_passes_the_limit() -> None:
    assert standing_out([call(), asked(5)] * 5) == [(6, LOOP)]


def test_a_loop_is_seen_across_blocks_and_between_the_lines_of_other_sessions() -> None:
    others = [call(session=f"other {n}") for n in range(30)]
    assert standing_out([call(), *others], [call(), *others], [call(), *others, call()]) == [(93, LOOP)]


@pytest.mark.parametrize(
    "innocent",
    [
        [call(answer) for answer in range(9)],
        [call(page=n) for n in range(9)],
        [call()] * 3,
        [line for _ in range(6) for line in (call(), *[asked(5)] * 12)],
        [json.dumps({"session_id": "s", "type": "tool_call", "tool": "get", "result": 1}).encode()] * 9,
        [json.dumps({"session_id": "s", "type": "tool_call", "tool": "get", "args": {"a": 1}}).encode()] * 9,
    ],
    ids=["polling", "pages", "as often as is in order", "far apart", "arguments not recorded", "answers not recorded"],
)
def test_what_gets_on_does_not_stand_out(innocent: list[bytes]) -> None:
    assert standing_out(innocent) == []


def test_a_call_far_dearer_than_any_before_it_stands_out_and_a_growing_context_does_not() -> None:
    growing = [asked(1000 * n) for n in range(1, 200)]
    assert standing_out(growing) == []
    assert standing_out([*growing, asked(1_200_000), asked(200_000)]) == [(199, DEAR)]
    assert standing_out([asked(900, ms=2000)] * 9 + [asked(900, ms=90_000)]) == [(9, DEAR)]


def test_without_calls_to_compare_with_none_is_dear() -> None:
    assert standing_out([asked(10)] * 7 + [asked(900_000)]) == []
