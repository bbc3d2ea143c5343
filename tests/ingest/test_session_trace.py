"""session-trace.jsonl: every field, deltas, calls that are joined, and lines that are not as they should be."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import REPOSITORY, SAMPLES, shared_data
from tracetui.context import prompt_at, prompts
from tracetui.ingest.messages import message_of
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.session_rows import AMONG_ATTRIBUTES, FIELDS, KINDS
from tracetui.ingest.source import Source
from tracetui.model import Session, Step, TextPart, ToolCallPart, Trace

Row = dict[str, Any]


def row(step: int | None, kind: str = "llm_call", **fields: Any) -> Row:
    written: Row = {"session_id": "ses_1", "step": step, "type": kind, **fields}
    return {key: value for key, value in written.items() if key != "step" or value is not None}


def opened(*rows: Row | str) -> Trace:
    lines = (each if isinstance(each, str) else json.dumps(each) for each in rows)
    return read_trace(Source(path="trace.jsonl", data="".join(line + "\n" for line in lines).encode()))


def only(*rows: Row | str) -> Session:
    trace = opened(*rows)
    assert trace.format == "session-trace"
    assert trace.report.records == trace.report.read + len(trace.report.skipped)
    assert len(trace.sessions) == 1
    return trace.sessions[0]


def steps(*rows: Row) -> list[Step]:
    return list(only(*rows).steps)


def contents(session: Session, index: int, **options: Any) -> list[str]:
    shown = prompt_at(session, index, **options).messages
    return [part.content for message in shown for part in message.message.parts if isinstance(part, TextPart)]


def origins(session: Session, index: int) -> list[int | None]:
    return [shown.from_step for shown in prompt_at(session, index).messages]


def user(said: str) -> Row:
    return {"role": "user", "content": said}


def assistant(said: str, *calls: str) -> Row:
    listed = [{"id": c, "type": "function", "function": {"name": f"tool_{c}", "arguments": '{"x":1}'}} for c in calls]
    return {"role": "assistant", "content": said} | ({"tool_calls": listed} if listed else {})


def tool(call_id: str | None, said: Any, name: str | None = None) -> Row:
    written: Row = {"role": "tool", "tool_call_id": call_id, "name": name, "content": said}
    return {key: value for key, value in written.items() if value is not None}


# Fields


def test_the_smallest_trace_of_the_practice_works() -> None:
    session = open_trace(str(SAMPLES / "incident.jsonl")).sessions[0]
    assert [step.kind for step in session.steps] == ["llm_call", "tool_call", "llm_call", "tool_call", "llm_call"]
    assert session.steps[2].recorded_flags == ("ENTITY_HALLUCINATION",)
    assert {prompt.fidelity for prompt in prompts(session)} == {"absent"}
    assert "content_not_recorded" in {gap.kind for gap in session.gaps}


def test_every_field_of_an_llm_call_is_read() -> None:
    (step,) = steps(
        row(
            7,
            model="m",
            agent="a",
            goal="g",
            summary="s",
            status="ok",
            input_tokens=10,
            output_tokens=2,
            cache_read_input_tokens=4,
            ms=1.5,
            ts=1_762_174_800_000,
            cost_usd=0.25,
            flags=["LOOP_DETECTED", "SOMETHING_ELSE"],
            completion="said",
        )
    )
    assert (step.number, step.model, step.agent, step.goal, step.summary, step.status) == (7, "m", "a", "g", "s", "ok")
    assert step.usage is not None
    assert (step.usage.input_tokens, step.usage.output_tokens, step.usage.cache_read_input_tokens) == (10, 2, 4)
    assert (step.duration_ns, step.start_ns) == (1_500_000, 1_762_174_800_000_000_000)
    assert step.cost_usd == 0.25
    assert step.recorded_flags == ("LOOP_DETECTED", "SOMETHING_ELSE")
    assert step.message is not None
    assert step.message.parts == (TextPart("said"),)


def test_every_field_of_a_tool_call_is_read() -> None:
    asked, step = steps(
        row(1, completion="looking"),
        row(2, "tool_call", tool="get", call_id="c1", args={"id": 1}, result={"ok": True}, parent_step=1, error="slow"),
    )
    assert (step.tool, step.call_id, step.arguments, step.result) == ("get", "c1", {"id": 1}, {"ok": True})
    assert (step.parent, step.status, step.error) == (asked.index, "error", "slow")
    assert step.arguments_source is not None
    assert step.arguments_source.pointer == "/args"


def test_a_time_may_be_text() -> None:
    (step,) = steps(row(1, ts="2025-11-03T13:00:00Z"))
    assert step.start_ns == 1_762_174_800_000_000_000


def test_a_message_step_puts_its_content_into_the_window() -> None:
    session = only(row(1, "message", role="user", content="please"), row(2, completion="done"))
    assert session.steps[0].message == message_of(user("please"), source=session.steps[0].message.source)  # type: ignore[union-attr]
    assert contents(session, 1) == ["please"]


def test_arguments_that_are_json_text_are_decoded_and_other_text_stays() -> None:
    found = steps(row(1, "tool_call", args='{"id": "x"}', result="[1]"), row(2, "tool_call", args="ls -l"))
    assert [step.arguments for step in found] == [{"id": "x"}, "ls -l"]
    assert found[0].result == [1]


def test_a_null_result_is_an_answer_and_a_missing_one_is_none() -> None:
    found = steps(row(1, "tool_call", result=None), row(2, "tool_call"))
    assert [step.has_result for step in found] == [True, False]


def test_fields_that_nobody_knows_are_kept() -> None:
    (step,) = steps(row(1, temperature=0.2, nested={"a": [1]}))
    assert step.attributes == {"temperature": 0.2, "nested": {"a": [1]}}


def test_a_type_and_a_status_that_nobody_knows_are_kept() -> None:
    _, step = steps(row(1), row(2, "ponder", status="degraded"))
    assert (step.kind, step.status) == ("other", "unknown")
    assert step.attributes == {"type": "ponder", "status": "degraded"}


@pytest.mark.parametrize(
    ("flags", "names"),
    [("LOOP_DETECTED", ("LOOP_DETECTED",)), ([{"kind": "X"}], ("X",)), ([], ()), (None, ()), ([None, 7], ("7",))],
)
def test_flags_in_other_shapes_are_read(flags: Any, names: tuple[str, ...]) -> None:
    assert steps(row(1, flags=flags))[0].recorded_flags == names


def test_values_of_the_wrong_type_do_no_harm() -> None:
    wrong: Row = {"ms": "soon", "input_tokens": "many", "cost_usd": [], "ts": {}, "parent_step": {}, "args": 5}
    (step,) = steps(row(1, **wrong, error={"code": 3}, tools="none", messages="no", agent=9))
    assert (step.duration_ns, step.usage, step.cost_usd, step.start_ns) == (None, None, None, None)
    assert (step.error, step.agent, step.status) == ('{"code":3}', "9", "error")


def test_numbers_beyond_reason_do_no_harm() -> None:
    (step,) = steps('{"session_id":"s","step":1,"type":"llm_call","ms":NaN,"cost_usd":1e999,"input_tokens":847.0}')  # type: ignore[arg-type]
    assert (step.duration_ns, step.cost_usd) == (None, None)
    assert step.usage is not None
    assert step.usage.input_tokens == 847


def test_a_parent_that_is_not_there_is_kept_as_recorded() -> None:
    (step,) = steps(row(1, parent_step=99))
    assert step.parent is None
    assert step.attributes == {"parent_step": 99}


def test_steps_below_a_tool_call_are_one_level_deeper_and_those_below_an_answer_are_not() -> None:
    found = steps(
        row(1),
        row(2, "tool_call", tool="delegate", parent_step=1),
        row(3, agent="helper", parent_step=2),
        row(4, "tool_call", parent_step=3),
    )
    assert [step.depth for step in found] == [0, 0, 1, 1]


def test_the_first_goal_is_the_session_s() -> None:
    session = only(row(1, goal="first"), row(2, goal="second"))
    assert session.goal == "first"
    assert [step.goal for step in session.steps] == ["first", "second"]


def test_tools_hold_from_where_they_were_first_sent_until_they_change() -> None:
    session = only(
        row(1, tools=[{"name": "a"}], messages=[user("x")]),
        row(2, messages=[]),
        row(3, tools=[{"name": "a"}, {"name": "b"}], messages=[]),
    )
    assert [[tool.name for tool in prompt_at(session, i).tools] for i in range(3)] == [["a"], ["a"], ["a", "b"]]


def test_tools_sent_late_are_not_there_from_the_start() -> None:
    session = only(row(1, messages=[user("x")]), row(2, tools=[{"name": "a"}], messages=[]))
    assert [len(prompt_at(session, i).tools) for i in range(2)] == [0, 1]


# Prompts


def test_a_delta_adds_to_what_was_there() -> None:
    session = only(
        row(1, messages=[{"role": "system", "content": "be kind"}, user("hello")], completion="hi"),
        row(2, messages=[assistant("hi"), user("bye")], completion="so long"),
    )
    assert contents(session, 1) == ["be kind", "hello", "hi", "bye"]
    assert origins(session, 1) == [0, 0, 0, 1]
    assert prompt_at(session, 1).fidelity == "rebuilt"


def test_each_message_of_a_delta_comes_from_the_step_that_it_repeats() -> None:
    session = only(
        row(1, messages=[user("go")], completion=assistant("", "c1", "c2")),
        row(2, "tool_call", call_id="c1", result="one"),
        row(3, "tool_call", call_id="c2", result="two"),
        row(4, messages=[assistant("", "c1", "c2"), tool("c1", "one"), tool("c2", "two"), user("and?")]),
    )
    assert origins(session, 3) == [0, 0, 1, 2, 3]


def test_a_result_that_was_cut_for_the_prompt_still_comes_from_its_call() -> None:
    session = only(
        row(1, messages=[user("go")], completion="a long answer"),
        row(2, "tool_call", call_id="c1", result="a long result"),
        row(3, messages=[assistant("a long"), tool("c1", "a lo…")]),
    )
    assert origins(session, 2) == [0, 0, 1]
    assert contents(session, 2) == ["go", "a long"]


def test_results_without_ids_are_told_apart_by_name_and_then_by_order() -> None:
    session = only(
        row(1, messages=[], completion="x"),
        row(2, "tool_call", tool="a", result="1"),
        row(3, "tool_call", tool="b", result="2"),
        row(4, messages=[tool(None, "second", "b"), tool(None, "first", "a")]),
        row(5, "tool_call", tool="a", result="3"),
        row(6, "tool_call", tool="a", result="4"),
        row(7, messages=[tool(None, "cut 3"), tool(None, "cut 4")]),
    )
    assert origins(session, 3) == [2, 1]
    assert origins(session, 6) == [2, 1, 4, 5]


def test_the_order_is_that_of_the_record_also_where_results_came_in_another() -> None:
    session = only(
        row(1, messages=[user("go")], completion="x"),
        row(2, "tool_call", call_id="c1", result="1"),
        row(3, "tool_call", call_id="c2", result="2"),
        row(4, messages=[tool("c2", "2"), user("between"), tool("c1", "1"), user("after")]),
    )
    delta = [shown.message.role for shown in prompt_at(session, 3).messages]
    assert delta == ["user", "tool", "user", "tool", "user"]
    assert origins(session, 3) == [0, 2, 3, 1, 3]
    assert len(prompt_at(session, 2).messages) == 4


def test_a_tool_step_shows_what_the_next_call_will_see() -> None:
    session = only(
        row(1, messages=[user("go")], completion="looking"),
        row(2, "tool_call", call_id="c1", result="found"),
        row(3, messages=[assistant("looking"), tool("c1", "found")]),
    )
    at_tool = [shown.message for shown in prompt_at(session, 1).messages]
    assert at_tool == [shown.message for shown in prompt_at(session, 2).messages]


def test_the_same_result_twice_comes_from_its_own_call_each_time() -> None:
    session = only(
        row(1, messages=[], completion="x"),
        row(2, "tool_call", result="same"),
        row(3, "tool_call", result="same"),
        row(4, messages=[tool(None, "same"), tool(None, "same")]),
    )
    assert origins(session, 3) == [1, 2]


def test_without_deltas_answers_and_results_are_taken_to_be_seen_next() -> None:
    session = only(
        row(1, "message", content="go"),
        row(2, completion="looking"),
        row(3, "tool_call", call_id="c1", result="found"),
        row(4, completion="done"),
    )
    assert origins(session, 3) == [0, 1, 2]
    assert prompt_at(session, 3).fidelity == "rebuilt"


def test_a_call_without_a_delta_between_such_with_one_is_marked_as_assumed() -> None:
    session = only(row(1, messages=[user("go")], completion="x"), row(2, completion="y"))
    assert [shown.fidelity for shown in prompt_at(session, 1).messages] == ["rebuilt", "partial"]


@pytest.mark.parametrize(
    "prompt",
    [
        [{"role": "system", "content": "be kind"}, user("hello")],
        {"system": "be kind", "messages": [user("hello")]},
    ],
)
def test_a_recorded_prompt_is_shown_as_recorded(prompt: Any) -> None:
    session = only(row(1, prompt=prompt, completion="hi"))
    found = prompt_at(session, 0)
    assert found.fidelity == "recorded"
    system = [part.content for part in found.system if isinstance(part, TextPart)]
    assert system + contents(session, 0) == ["be kind", "hello"]


def test_a_recorded_prompt_may_be_plain_text() -> None:
    assert contents(only(row(1, prompt="hello")), 0) == ["hello"]


def test_a_recorded_prompt_can_be_derived_from_the_first_and_what_happened_since() -> None:
    session = only(
        row(1, prompt=[user("go")], completion="looking"),
        row(2, "tool_call", call_id="c1", tool="get", result="found"),
        row(3, prompt=[user("go"), assistant("(elided)"), tool("c1", "found")], completion="done"),
    )
    assert contents(session, 2) == ["go", "(elided)"]
    assert contents(session, 2, derive=True) == ["go", "looking"]
    assert origins(session, 2) == [0, 0, 1]


# Tool calls


def test_a_call_of_a_completion_with_a_line_of_its_own_is_one_step() -> None:
    session = only(
        row(1, messages=[user("go")], completion=assistant("", "c1")),
        row(2, "tool_call", tool="tool_c1", call_id="c1", args={"x": 1}, result="r"),
        row(3, messages=[assistant("", "c1"), tool("c1", "r")]),
    )
    assert [step.kind for step in session.steps] == ["llm_call", "tool_call", "llm_call"]
    assert session.steps[1].parent == 0


def test_a_line_without_an_id_is_joined_by_the_tool_s_name() -> None:
    session = only(row(1, completion=assistant("", "c1", "c2")), row(2, "tool_call", tool="tool_c2", result="r"))
    second = session.steps[1]
    assert (second.parent, second.call_id) == (0, "c2")


def test_a_call_without_a_line_is_a_step_and_its_result_comes_from_the_delta() -> None:
    session = only(
        row(1, messages=[user("go")], completion=assistant("", "c1")),
        row(3, messages=[assistant("", "c1"), tool("c1", '{"owner": "x"}')], completion="done"),
    )
    call = session.steps[1]
    assert (call.kind, call.number, call.parent, call.tool) == ("tool_call", 2, 0, "tool_c1")
    assert call.arguments == {"x": 1}
    assert (call.has_result, call.result) == (True, {"owner": "x"})
    assert (call.source.line, call.source.pointer) == (2, "/messages/1")
    assert origins(session, 2) == [0, 0, 1]


def test_a_result_that_only_the_delta_tells_is_the_answer_of_its_line() -> None:
    session = only(
        row(1, messages=[], completion="x"),
        row(2, "tool_call", call_id="c1", tool="get", args={}),
        row(3, messages=[tool("c1", "told later")]),
    )
    assert session.steps[1].result == "told later"
    assert not any(gap.kind == "result_not_recorded" for gap in session.gaps)


def test_a_completion_keeps_its_calls_as_recorded() -> None:
    (step, _) = steps(row(1, completion=assistant("thinking", "c1")), row(2))[:2]
    assert step.message is not None
    assert step.message.parts == (TextPart("thinking"), ToolCallPart("c1", "tool_c1", {"x": 1}))


# Lines that are not as they should be


def test_sessions_that_are_mixed_in_one_file_are_told_apart() -> None:
    lines = []
    for step in (1, 2):
        for name in ("a", "b"):
            lines.append(row(step, messages=[user(f"{name}{step}")]) | {"session_id": name})
    trace = opened(*lines)
    assert [session.session_id for session in trace.sessions] == ["a", "b"]
    assert [contents(session, 1) for session in trace.sessions] == [["a1", "a2"], ["b1", "b2"]]


def test_lines_out_of_order_are_put_in_order_and_the_report_says_so() -> None:
    trace = opened(row(3, summary="c"), row(1, summary="a"), row(2, summary="b"))
    assert [step.summary for step in trace.sessions[0].steps] == ["a", "b", "c"]
    assert [step.source.line for step in trace.sessions[0].steps] == [2, 3, 1]
    assert any("sorted by step" in note for note in trace.report.notes)


def test_numbers_that_occur_twice_leave_the_order_and_get_new_ones() -> None:
    found = steps(row(1, summary="a"), row(2, summary="b"), row(1, summary="c"), row(2, summary="d"))
    assert [step.summary for step in found] == ["a", "b", "c", "d"]
    assert [step.number for step in found] == [1, 2, 3, 4]


def test_missing_numbers_are_filled_with_such_that_no_line_has() -> None:
    found = steps(row(1), row(None), row(2), row(None))
    assert [step.number for step in found] == [1, 3, 2, 4]


def test_numbers_may_have_gaps() -> None:
    assert [step.number for step in steps(row(10), row(20), row(30))] == [10, 20, 30]


def test_lines_that_are_no_steps_are_listed() -> None:
    trace = opened(row(1), "[1,2]", '{"session_id":"s"}', "{broken", "null", row(2))
    assert [skipped.line for skipped in trace.report.skipped] == [2, 3, 4, 5]
    assert trace.report.records == 6


def test_a_list_of_steps_in_one_document_is_read_too() -> None:
    source = Source(path="trace.json", data=json.dumps([row(1), row(2)], indent=1).encode())
    trace = read_trace(source)
    assert trace.format == "session-trace"
    assert [step.source.pointer for step in trace.sessions[0].steps] == ["/0", "/1"]


def test_lone_surrogates_are_kept() -> None:
    line = '{"session_id":"s","step":1,"type":"llm_call","messages":[{"role":"user","content":"\\ud800"}]}'
    assert contents(only(line), 0) == ["\ud800"]


TEXTS = st.sampled_from(["a", "b", "ok"])
MESSAGES = st.lists(
    st.one_of(
        TEXTS.map(user),
        TEXTS.map(assistant),
        st.tuples(st.sampled_from([None, "c1", "c2"]), TEXTS).map(lambda pair: tool(*pair)),
    ),
    max_size=4,
)
LINES = st.lists(
    st.one_of(
        st.fixed_dictionaries({"messages": MESSAGES, "completion": st.one_of(TEXTS, TEXTS.map(assistant))}),
        st.fixed_dictionaries({"call_id": st.sampled_from([None, "c1", "c2"]), "result": TEXTS}),
        st.fixed_dictionaries({"role": st.just("user"), "content": TEXTS}),
    ),
    max_size=10,
)


@given(LINES)
@settings(deadline=None)
def test_the_prompt_is_the_concatenation_of_the_deltas(lines: list[Row]) -> None:
    kinds = ["llm_call" if "messages" in line else "tool_call" if "result" in line else "message" for line in lines]
    rows = [row(at + 1, kind, **line) for at, (kind, line) in enumerate(zip(kinds, lines, strict=True))]
    if not rows:
        return
    session = only(*rows)
    expected: list[Any] = []
    for step in session.steps:
        if step.kind == "llm_call":
            expected += [message_of(item) for item in lines[step.index]["messages"]]
            found = [shown.message for shown in prompt_at(session, step.index).messages]
            assert [(m.role, m.parts) for m in found] == [(m.role, m.parts) for m in expected]


def test_a_generated_trace_has_the_prompts_that_its_deltas_make(tmp_path: Path) -> None:
    generator = shared_data().parent / "tools" / "gen_trace.py"
    path = tmp_path / "generated.jsonl"
    command = [sys.executable, str(generator), "--steps", "2000", "--seed", "3", "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    session = open_trace(str(path)).sessions[0]
    expected: list[Any] = []
    found = {prompt.step: prompt for prompt in prompts(session)}
    for at, line in enumerate(lines):
        if line["type"] == "llm_call":
            expected += [message_of(item) for item in line["messages"]]
            shown = found[at].messages
            assert len(shown) == len(expected)
            assert [s.message.parts for s in shown[-8:]] == [m.parts for m in expected[-8:]]
    assert [s.message.parts for s in found[max(found)].messages] == [m.parts for m in expected]


def test_the_documentation_names_every_field_and_every_type() -> None:
    documented = (REPOSITORY / "docs" / "session-trace.md").read_text(encoding="utf-8")
    rows = [line for line in documented.splitlines() if line.startswith("| `")]
    named = {name for line in rows for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    assert named == FIELDS | AMONG_ATTRIBUTES
    (types,) = [line for line in rows if line.startswith("| `type`")]
    assert set(KINDS) <= set(re.findall(r"`([a-z_]+)`", types))


def test_the_examples_of_the_documentation_are_read() -> None:
    documented = (REPOSITORY / "docs" / "session-trace.md").read_text(encoding="utf-8")
    short, full = re.findall(r"```json\n(.*?)```", documented, re.DOTALL)
    assert len(only(*short.splitlines()).steps) == 3
    session = only(*full.splitlines())
    assert prompt_at(session, 2).fidelity == "rebuilt"
    assert origins(session, 2) == [0, 0, 0, 1]


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.sampled_from([None, 1, "x", {"role": []}, {"tool_calls": [{"id": []}]}, {"name": {}}]), max_size=2),
    st.sampled_from([{"messages": [None]}, {"content": [{"type": []}]}, {"role": "tool", "tool_call_id": {}}]),
)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(FIELDS - {"session_id", "type"})), JUNK), max_size=6))
@settings(deadline=None, max_examples=150)
def test_any_value_in_any_field_is_read_or_kept(lines: list[Row]) -> None:
    kinds = ["llm_call", "tool_call", "message"]
    rows: list[Row] = [{"session_id": 1, "type": kinds[at % 3]} | line for at, line in enumerate(lines)]
    source = Source(path="x.jsonl", data="".join(json.dumps(each) + "\n" for each in [row(1), *rows]).encode())
    trace = read_trace(source, format_name="session-trace")
    assert trace.report.read == len(rows) + 1
    for session in trace.sessions:
        assert len({step.number for step in session.steps}) == len(session.steps)
        for step in session.steps:
            prompt_at(session, step.index)
