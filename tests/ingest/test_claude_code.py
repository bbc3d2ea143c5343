"""Claude Code sessions: the graph of lines, windows across compactions, sub-agents, branches."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.claude_lines import (
    SESSION,
    assistant,
    boundary,
    call,
    line,
    result,
    summary,
    text,
    user,
    written,
)
from tests.shared import shared_data
from tracetui.context import prompt_at, prompts
from tracetui.ingest.open import open_folder, open_trace, read_trace
from tracetui.ingest.source import Source
from tracetui.model import OtherPart, Session, Step, ToolCallResponsePart, Trace
from tracetui.parts import text_of


def only(trace: Trace) -> Session:
    assert len(trace.sessions) == 1
    report = trace.report
    assert report.records == report.read + len(report.skipped)
    return trace.sessions[0]


def texts(session: Session, step: Step) -> list[str]:
    return ["".join(map(text_of, shown.message.parts)) for shown in prompt_at(session, step.index).messages]


def of_kind(session: Session, kind: str) -> list[Step]:
    return [step for step in session.steps if step.kind == kind]


def test_the_lines_of_one_response_are_one_llm_call_with_the_last_usage(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "read it"),
        assistant("a1", "u1", "m1", text("reading"), second=2, usage={"input_tokens": 3, "output_tokens": 1}),
        assistant(
            "a2",
            "a1",
            "m1",
            call("c1"),
            second=4,
            usage={
                "input_tokens": 3,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 20,
                "output_tokens": 50,
            },
        ),
        result("r1", "a2", "c1", "contents", second=5),
    )
    session = only(open_trace(path))
    (answer,) = of_kind(session, "llm_call")
    assert answer.usage is not None
    assert answer.usage.input_tokens == 123
    assert answer.usage.cache_read_input_tokens == 100
    assert answer.usage.cache_write_input_tokens == 20
    assert answer.usage.output_tokens == 50
    assert answer.usage.origin == "derived"
    assert answer.attributes["usage"]["input_tokens"] == 3
    assert answer.duration_ns == 4_000_000_000
    assert [place.line for place in (answer.source, *answer.also)] == [2, 3]


def test_parallel_results_that_hang_off_different_lines_are_all_in_the_prompt(tmp_path: Path) -> None:
    """A plain walk from the leaf to the root would lose the first call's result."""
    path = written(
        tmp_path,
        user("u1", None, "read both"),
        assistant("a1", "u1", "m1", call("c1", path="x")),
        assistant("a2", "a1", "m1", call("c2", path="y")),
        result("r1", "a1", "c1", "from x"),
        result("r2", "a2", "c2", "from y"),
        assistant("a3", "r2", "m2", text("done")),
    )
    session = only(open_trace(path))
    assert [scope.kind for scope in session.scopes] == ["agent"]
    assert texts(session, session.steps[-1]) == ["read both", '{"path":"x"}{"path":"y"}', "from x", "from y"]
    calls = of_kind(session, "tool_call")
    assert [(step.call_id, step.result, step.parent) for step in calls] == [("c1", "from x", 1), ("c2", "from y", 1)]


def test_arguments_and_result_of_a_call_keep_their_own_places(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "go"),
        assistant("a1", "u1", "m1", text("ok"), call("c1", path="x")),
        result("r1", "a1", "c1", "done"),
    )
    (step,) = of_kind(only(open_trace(path)), "tool_call")
    assert (step.source.line, step.source.pointer) == (3, "/message/content/0")
    assert step.arguments_source is not None
    assert (step.arguments_source.line, step.arguments_source.pointer) == (2, "/message/content/1")


def test_a_refused_call_is_an_error(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "go"),
        assistant("a1", "u1", "m1", call("c1"), call("c2")),
        result("r1", "a1", "c1", "denied", is_error=True),
        result("r2", "a1", "c2", "fine"),
    )
    tools = of_kind(only(open_trace(path)), "tool_call")
    assert [(step.status, step.error) for step in tools] == [("error", "denied"), ("ok", None)]


def test_what_the_program_keeps_about_a_result_is_shown_and_not_in_the_prompt(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "go"),
        assistant("a1", "u1", "m1", call("c1")),
        result("r1", "a1", "c1", "short", toolUseResult={"stdout": "very long"}),
        assistant("a2", "r1", "m2", text("done")),
    )
    session = only(open_trace(path))
    (step,) = of_kind(session, "tool_call")
    assert step.attributes["toolUseResult"] == {"stdout": "very long"}
    assert "very long" not in "".join(texts(session, session.steps[-1]))


def test_a_result_that_was_sent_shortened_is_shortened_in_the_prompt(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "go"),
        assistant("a1", "u1", "m1", call("c1")),
        result("r1", "a1", "c1", "everything"),
        line(
            "content-replacement",
            None,
            None,
            0,
            replacements=[{"kind": "tool-result", "toolUseId": "c1", "replacement": "a preview"}],
        ),
        assistant("a2", "r1", "m2", text("done")),
    )
    session = only(open_trace(path))
    assert texts(session, session.steps[-1])[-1] == "a preview"
    assert of_kind(session, "tool_call")[0].result == "everything"


def test_an_abandoned_branch_is_shown_with_the_window_it_had(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "start"),
        assistant("a1", "u1", "m1", text("ready")),
        user("u2", "a1", "first attempt"),
        assistant("a2", "u2", "m2", call("c1", "Delete")),
        result("r1", "a2", "c1", "deleted"),
        user("u3", "a1", "second attempt"),
        assistant("a3", "u3", "m3", text("done")),
    )
    session = only(open_trace(path))
    assert [step.scope for step in session.steps] == ["main"] * 2 + ["main/branch-1"] * 3 + ["main"] * 2
    branch = next(scope for scope in session.scopes if scope.kind == "branch")
    assert (branch.parent, branch.spawned_by) == ("main", 1)
    assert texts(session, session.steps[3]) == ["start", "ready", "first attempt"]
    assert texts(session, session.steps[6]) == ["start", "ready", "second attempt"]
    assert [shown.status for shown in prompt_at(session, 3).messages] == ["kept", "new", "new"]


def compacted(*, kept: bool = False, rewritten: bool = False) -> list[dict[str, object]]:
    """A session that was compacted after its second turn; the last two messages may have been preserved."""
    metadata: dict[str, Any] = {}
    if kept:
        metadata = {
            "preservedSegment": {"headUuid": "u2", "anchorUuid": "s1", "tailUuid": "a2"},
            "preservedMessages": {"anchorUuid": "s1", "uuids": ["u2", "a2"]},
        }
    second = assistant("a2", "s1" if rewritten else "u2", "m2", text("kept going"))
    after = user("u3", "a2" if kept else "s1", "and now?")
    lines = [user("u1", None, "start"), assistant("a1", "u1", "m1", text("ready")), user("u2", "a1", "go on")]
    lines += [] if rewritten else [second]
    lines += [boundary("b1", "a2", **metadata), summary("s1", "b1", "so far: a plan")]
    return [*lines, *([second] if rewritten else []), after, assistant("a3", "u3", "m3", text("done"))]


def test_a_compaction_leaves_the_summary_in_place_of_the_window(tmp_path: Path) -> None:
    session = only(open_trace(written(tmp_path, *compacted())))
    assert [step.kind for step in session.steps] == [
        *("message", "llm_call", "message", "llm_call", "compaction", "message", "llm_call")
    ]
    last = session.steps[-1]
    assert texts(session, last) == ["so far: a plan", "and now?"]
    assert [gone.status for gone in prompt_at(session, last.index).removed] == ["compacted"] * 3
    assert texts(session, session.steps[3]) == ["start", "ready", "go on"]
    step = session.steps[4]
    assert step.message is not None
    assert [place.line for place in (step.source, *step.also)] == [5, 6]


@pytest.mark.parametrize("rewritten", [False, True])
def test_preserved_messages_stand_in_both_windows(tmp_path: Path, rewritten: bool) -> None:
    """Some versions write a preserved message again under the summary, others leave it where it was."""
    session = only(open_trace(written(tmp_path, *compacted(kept=True, rewritten=rewritten))))
    kinds = [step.kind for step in session.steps]
    assert kinds == ["message", "llm_call", "message", "llm_call", "compaction", "message", "llm_call"]
    assert {step.scope for step in session.steps} == {"main"}
    assert texts(session, session.steps[-1]) == ["so far: a plan", "go on", "kept going", "and now?"]
    assert texts(session, session.steps[3]) == ["start", "ready", "go on"]
    prompt = prompt_at(session, session.steps[-1].index)
    assert [shown.status for shown in prompt.messages] == ["new", "kept", "new", "new"]
    assert [shown.from_step for shown in prompt.messages][1:3] == [2, 3]
    assert [gone.status for gone in prompt.removed] == ["compacted", "compacted"]


def test_a_preserved_segment_without_a_list_is_walked_from_tail_to_head(tmp_path: Path) -> None:
    lines = compacted(kept=True)
    del lines[4]["compactMetadata"]["preservedMessages"]  # type: ignore[attr-defined]
    session = only(open_trace(written(tmp_path, *lines)))
    assert texts(session, session.steps[-1]) == ["so far: a plan", "go on", "kept going", "and now?"]


def test_kept_messages_stand_before_a_summary_that_is_not_their_anchor(tmp_path: Path) -> None:
    lines = compacted(kept=True)
    about = lines[4]["compactMetadata"]
    about["preservedSegment"]["anchorUuid"] = about["preservedMessages"]["anchorUuid"] = "b1"  # type: ignore[index]
    session = only(open_trace(written(tmp_path, *lines)))
    assert texts(session, session.steps[-1]) == ["go on", "kept going", "so far: a plan", "and now?"]


def test_a_session_compacted_twice_keeps_each_window(tmp_path: Path) -> None:
    lines = [
        *compacted(),
        boundary("b2", "a3"),
        summary("s2", "b2", "all of it"),
        user("u4", "s2", "last"),
        assistant("a4", "u4", "m4", text("end")),
    ]
    session = only(open_trace(written(tmp_path, *lines)))
    calls = of_kind(session, "llm_call")
    assert texts(session, calls[2]) == ["so far: a plan", "and now?"]
    assert texts(session, calls[3]) == ["all of it", "last"]


def test_a_compaction_after_a_rewind_belongs_to_the_branch_that_went_on(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "start"),
        assistant("a1", "u1", "m1", text("ready")),
        user("u2", "a1", "first"),
        assistant("a2", "u2", "m2", text("one")),
        user("u3", "a1", "second"),
        assistant("a3", "u3", "m3", text("two")),
        boundary("b1", "a3"),
        summary("s1", "b1", "summary"),
        user("u4", "s1", "go"),
        assistant("a4", "u4", "m4", text("end")),
    )
    session = only(open_trace(path))
    calls = of_kind(session, "llm_call")
    assert [step.scope for step in calls] == ["main", "main/branch-1", "main", "main"]
    assert texts(session, calls[2]) == ["start", "ready", "second"]
    assert texts(session, calls[3]) == ["summary", "go"]


def test_an_old_summary_without_a_boundary_compacts_too(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "start"),
        assistant("a1", "u1", "m1", text("ready")),
        summary("s1", None, "continued"),
        user("u2", "s1", "go"),
        assistant("a2", "u2", "m2", text("done")),
    )
    session = only(open_trace(path))
    assert of_kind(session, "compaction")[0].message is not None
    assert texts(session, session.steps[-1]) == ["continued", "go"]
    assert texts(session, session.steps[1]) == ["start"]


def test_lines_shown_to_people_only_are_steps_and_not_in_the_prompt(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u0", None, "skill body", isMeta=True),
        user("u1", "u0", "notice", isVisibleInTranscriptOnly=True),
        user("u2", "u1", "go"),
        assistant("a1", "u2", "m1", text("done")),
    )
    session = only(open_trace(path))
    assert len(of_kind(session, "message")) == 3
    assert texts(session, session.steps[-1]) == ["skill body", "go"]


def test_errors_of_the_api_are_steps_that_the_model_never_sees(tmp_path: Path) -> None:
    error = {"error": {"type": "overloaded_error", "message": "Overloaded"}}
    path = written(
        tmp_path,
        user("u1", None, "go"),
        line("system", "e1", "u1", 1, subtype="api_error", level="error", error=error),
        assistant("a1", "e1", "m1", text("API Error"), model="<synthetic>", isApiErrorMessage=True),
        user("u2", "a1", "again"),
        assistant("a2", "u2", "m2", text("done")),
    )
    session = only(open_trace(path))
    errors = of_kind(session, "error")
    assert [step.error for step in errors] == ["Overloaded", "API Error"]
    assert {step.status for step in errors} == {"error"}
    assert len(of_kind(session, "llm_call")) == 1
    assert texts(session, session.steps[-1]) == ["go", "again"]


def test_a_message_that_the_program_wrote_itself_is_no_llm_call(tmp_path: Path) -> None:
    synthetic = assistant("a1", "u1", "m1", text("No response requested."), model="<synthetic>")
    path = written(tmp_path, user("u1", None, "go"), synthetic, user("u2", "a1", "go on"))
    session = only(open_trace(path))
    assert [step.kind for step in session.steps] == ["message", "message", "message"]
    assert texts(session, session.steps[-1]) == ["go", "No response requested.", "go on"]


def test_output_of_hooks_that_reaches_the_model_is_in_the_prompt_as_assumed(tmp_path: Path) -> None:
    noise = {"type": "hook_success", "hookEvent": "PostToolUse", "content": "", "stdout": "ok"}
    told = {"type": "hook_additional_context", "hookEvent": "UserPromptSubmit", "content": ["branch: main"]}
    blocked = {"type": "hook_blocking_error", "blockingError": {"blockingError": "lint failed"}}
    path = written(
        tmp_path,
        user("u1", None, "go"),
        line("attachment", "h1", "u1", 0, attachment=noise),
        line("attachment", "h2", "h1", 0, attachment=told),
        line("attachment", "h3", "h2", 0, attachment=blocked),
        assistant("a1", "h3", "m1", text("done")),
    )
    session = only(open_trace(path))
    prompt = prompt_at(session, session.steps[-1].index)
    assert texts(session, session.steps[-1]) == ["go", "branch: main", "lint failed"]
    assert [shown.fidelity for shown in prompt.messages] == ["rebuilt", "partial", "partial"]
    assert [(step.kind, step.status) for step in session.steps[1:3]] == [("message", "unknown"), ("guardrail", "error")]
    assert session.attributes["records"]["attachment/hook_success"][0]["attachment"] == noise


def test_bookkeeping_is_kept_and_unknown_lines_are_listed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"type": "file-history-snapshot", "messageId": "x", "snapshot": {}},
        user("u1", None, "go"),
        line("brand-new-kind", "n1", "u1", 0, payload=1),
        assistant("a1", "n1", "m1", text("done")),
        {"type": "summary", "summary": "A title", "leafUuid": "a1"},
    )
    trace = open_trace(path)
    session = only(trace)
    assert [skipped.reason for skipped in trace.report.skipped] == ["unknown type of line: 'brand-new-kind'"]
    assert [skipped.line for skipped in trace.report.skipped] == [3]
    assert session.attributes["title"] == "A title"
    assert set(session.attributes["records"]) == {"file-history-snapshot", "summary"}
    assert texts(session, session.steps[-1]) == ["go"]


def test_lines_copied_by_a_resume_are_read_once(tmp_path: Path) -> None:
    first = [user("u1", None, "go"), assistant("a1", "u1", "m1", text("done"))]
    copied = [copy | {"sessionId": "resumed"} for copy in first]
    path = written(tmp_path, *first, *copied, user("u2", "a1", "more", sessionId="resumed"))
    trace = open_trace(path)
    session = only(trace)
    assert len(session.steps) == 3
    assert trace.report.records == 5
    assert any("repeat" in note for note in trace.report.notes)


def test_sessions_that_have_nothing_in_common_are_told_apart(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "one", sessionId="A"),
        user("u2", None, "two", sessionId="B"),
        assistant("a1", "u1", "m1", text("done"), sessionId="A"),
    )
    trace = open_trace(path)
    assert [(session.session_id, len(session.steps)) for session in trace.sessions] == [("A", 2), ("B", 1)]


@pytest.mark.parametrize("first", ["a1", "u1"])
def test_a_cycle_ends(tmp_path: Path, first: str) -> None:
    path = written(
        tmp_path,
        user("u1", "a1", "go"),
        assistant("a1", "u1", "m1", text("done")),
        user("u2", first, "more"),
    )
    assert len(only(open_trace(path)).steps) == 3


def test_a_line_that_is_its_own_parent_ends(tmp_path: Path) -> None:
    path = written(tmp_path, user("u1", "u1", "go"), assistant("a1", "u1", "m1", text("done")))
    assert len(only(open_trace(path)).steps) == 2


def test_a_boundary_that_is_its_own_past_ends(tmp_path: Path) -> None:
    path = written(
        tmp_path, boundary("b1", "a1"), summary("s1", "b1", "so far"), assistant("a1", "s1", "m1", text("x"))
    )
    assert len(only(open_trace(path)).steps) == 2


def test_a_file_that_starts_in_the_middle_says_that_its_prompts_held_more(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u5", "lost", "go"),
        assistant("a1", "u5", "m1", text("done")),
    )
    session = only(open_trace(path))
    prompt = prompt_at(session, 1)
    assert prompt.fidelity == "partial"
    assert "lines_not_recorded" in {gap.kind for gap in prompt.gaps}


def test_a_session_that_was_resumed_in_a_new_file_starts_with_the_lines_it_goes_on_from(tmp_path: Path) -> None:
    two_calls = assistant("a1", "u1", "m1", call("c1"))
    parallel = assistant("a2", "a1", "m1", call("c2"))
    answers = [result("r1", "a1", "c1", "one"), result("r2", "a2", "c2", "two")]
    later = user("u9", "r2", "not carried over")
    written(tmp_path, user("u1", None, "go"), two_calls, parallel, *answers, later, name="first.jsonl")
    resumed = [user("u2", "r2", "go on", 9, sessionId="second"), assistant("a3", "u2", "m2", text("ok"), second=10)]
    path = written(tmp_path, *resumed, name="second.jsonl")
    session = only(open_trace(path))
    last = of_kind(session, "llm_call")[-1]
    assert texts(session, last)[0] == "go"
    assert texts(session, last)[2:] == ["one", "two", "go on"]
    assert prompt_at(session, last.index).fidelity == "rebuilt"
    assert last.source.path == path
    assert session.steps[0].source.path.endswith("first.jsonl")
    assert len(open_folder(str(tmp_path))[0]) == 2
    third = written(tmp_path, user("u3", "a3", "and on", 20, sessionId="third"), name="third.jsonl")
    whole = only(open_trace(third))
    assert texts(whole, whole.steps[-1]) == [*texts(session, last), "ok", "and on"]


def test_a_window_that_the_user_cleared_starts_empty(tmp_path: Path) -> None:
    clear = "<command-name>/clear</command-name>\n<command-args></command-args>"
    path = written(
        tmp_path,
        user("u1", None, "one"),
        assistant("a1", "u1", "m1", text("1")),
        user("u2", "a1", clear),
        user("u3", "u2", "two"),
        assistant("a2", "u3", "m2", text("2")),
    )
    session = only(open_trace(path))
    first, last = of_kind(session, "llm_call")
    assert texts(session, first) == ["one"]
    assert texts(session, last) == [clear, "two"]


def test_a_whole_session_is_rebuilt_and_says_what_is_never_there(tmp_path: Path) -> None:
    path = written(tmp_path, user("u1", None, "go"), assistant("a1", "u1", "m1", text("done")))
    prompt = prompt_at(only(open_trace(path)), 1)
    assert prompt.fidelity == "rebuilt"
    assert {"system_prompt_not_recorded", "tools_not_recorded"} <= {gap.kind for gap in prompt.gaps}


def test_windows_cleared_on_the_server_make_the_prompt_partial(tmp_path: Path) -> None:
    answer = assistant("a1", "u1", "m1", text("done"))
    answer["message"]["context_management"] = {"applied_edits": [{"type": "clear_tool_uses_20250919"}]}
    session = only(open_trace(written(tmp_path, user("u1", None, "go"), answer)))
    assert prompt_at(session, 1).fidelity == "partial"


def test_an_image_stands_in_the_prompt_as_recorded(tmp_path: Path) -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    content = [{"type": "text", "text": "see"}, image]
    shown = line("user", "u1", None, 0, message={"role": "user", "content": content})
    session = only(open_trace(written(tmp_path, shown, assistant("a1", "u1", "m1", text("a cat")))))
    assert prompt_at(session, 1).messages[0].message.parts[1] == OtherPart("image", image)


def task(call_id: str, prompt: str) -> dict[str, object]:
    return call(call_id, "Task", prompt=prompt, subagent_type="Explore", description="look")


def agent_lines(agent: str, prompt: str, said: str) -> list[dict[str, object]]:
    side = {"isSidechain": True, "agentId": agent}
    return [
        user(f"{agent}-u", None, prompt, 3, **side),
        assistant(f"{agent}-a", f"{agent}-u", f"{agent}-m", text(said), second=4, **side),
    ]


def spawning(about: dict[str, object], *agents: str) -> list[dict[str, object]]:
    calls = [task(f"c{agent}", f"look for {agent}") for agent in agents]
    results = [
        result(f"r{agent}", "a1", f"c{agent}", "found", 9, toolUseResult=about | {"agentId": agent}) for agent in agents
    ]
    return [
        user("u1", None, "delegate"),
        assistant("a1", "u1", "m1", *calls, second=2),
        *results,
        assistant("a2", results[-1]["uuid"], "m2", text("done"), second=10),
    ]


def check_one_sub_agent(session: Session) -> None:
    assert [step.kind for step in session.steps] == [
        *("message", "llm_call", "tool_call", "message", "llm_call", "llm_call")
    ]
    assert [step.depth for step in session.steps] == [0, 0, 0, 1, 1, 0]
    scope = next(scope for scope in session.scopes if scope.kind == "sub_agent")
    assert (scope.parent, scope.spawned_by, scope.agent) == ("main", 2, "Explore")
    assert texts(session, session.steps[4]) == ["look for x"]
    assert texts(session, session.steps[5])[-1] == "found"
    assert session.steps[3].parent == 2


def test_a_sub_agent_in_the_session_s_folder_follows_its_call(tmp_path: Path) -> None:
    path = written(tmp_path, *spawning({}, "x"))
    written(tmp_path, *agent_lines("x", "look for x", "it is here"), name=f"{SESSION}/subagents/agent-x.jsonl")
    trace = open_trace(path)
    check_one_sub_agent(only(trace))
    assert trace.report.records == 6


def test_a_sub_agent_beside_the_session_follows_its_call(tmp_path: Path) -> None:
    path = written(tmp_path, *spawning({}, "x"))
    written(tmp_path, *agent_lines("x", "look for x", "it is here"), name="agent-x.jsonl")
    strangers = [stranger | {"sessionId": "another"} for stranger in agent_lines("y", "else", "no")]
    written(tmp_path, *strangers, name="agent-y.jsonl")
    check_one_sub_agent(only(open_trace(path)))


def test_a_sidechain_in_the_same_file_follows_the_call_with_its_prompt(tmp_path: Path) -> None:
    lines = spawning({}, "x")
    lines[2].pop("toolUseResult")
    side = [{k: v for k, v in line.items() if k != "agentId"} for line in agent_lines("x", "look for x", "it is here")]
    check_one_sub_agent(only(open_trace(written(tmp_path, *lines[:2], *side, *lines[2:]))))


def test_a_sub_agent_is_found_by_the_call_that_its_meta_file_names(tmp_path: Path) -> None:
    lines = spawning({}, "x", "y")
    for answer in lines[2:4]:
        answer.pop("toolUseResult")
    path = written(tmp_path, *lines)
    folder = f"{SESSION}/subagents"
    written(tmp_path, *agent_lines("q", "told otherwise", "here"), name=f"{folder}/agent-q.jsonl")
    (tmp_path / folder / "agent-q.meta.json").write_text(json.dumps({"toolUseId": "cy", "agentType": "helper"}))
    session = only(open_trace(path))
    scope = next(scope for scope in session.scopes if scope.kind == "sub_agent")
    assert scope.spawned_by is not None
    assert session.steps[scope.spawned_by].call_id == "cy"


def test_the_agents_of_a_workflow_follow_the_call_that_started_the_run(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        user("u1", None, "sweep"),
        assistant("a1", "u1", "m1", call("c1", "Workflow", scriptPath="sweep.js")),
        result("r1", "a1", "c1", "launched", toolUseResult={"runId": "wf_1"}),
    )
    for agent in ("p", "q"):
        name = f"{SESSION}/subagents/workflows/wf_1/agent-{agent}.jsonl"
        written(tmp_path, *agent_lines(agent, f"part {agent}", "ok"), name=name)
    session = only(open_trace(path))
    spawned = {scope.id: scope.spawned_by for scope in session.scopes if scope.kind == "sub_agent"}
    assert spawned == {"p": 2, "q": 2}


def test_a_sub_agent_can_spawn_another(tmp_path: Path) -> None:
    inner = [
        user("x-u", None, "look for x", isSidechain=True, agentId="x"),
        assistant("x-a", "x-u", "x-m", task("cy", "look for y"), isSidechain=True, agentId="x"),
        result("x-r", "x-a", "cy", "ok", isSidechain=True, agentId="x", toolUseResult={"agentId": "y"}),
    ]
    path = written(tmp_path, *spawning({}, "x"))
    written(tmp_path, *inner, name=f"{SESSION}/subagents/agent-x.jsonl")
    written(tmp_path, *agent_lines("y", "look for y", "yes"), name=f"{SESSION}/subagents/agent-y.jsonl")
    session = only(open_trace(path))
    assert max(step.depth for step in session.steps) == 2
    assert next(scope for scope in session.scopes if scope.id == "y").parent == "x"


def test_a_sub_agent_whose_call_is_not_there_is_shown_where_its_time_is(tmp_path: Path) -> None:
    path = written(tmp_path, user("u1", None, "go", 1), assistant("a1", "u1", "m1", text("done"), second=60))
    written(tmp_path, *agent_lines("w", "warm up", "ready"), name=f"{SESSION}/subagents/agent-w.jsonl")
    session = only(open_trace(path))
    assert [step.scope for step in session.steps] == ["main", "w", "w", "main"]


def test_a_sub_agent_s_own_file_opens_alone(tmp_path: Path) -> None:
    path = written(tmp_path, *agent_lines("x", "look for x", "it is here"), name="agent-x.jsonl")
    session = only(open_trace(path))
    assert session.session_id == f"{SESSION}/agent-x"
    assert {step.scope for step in session.steps} == {"main"}
    assert texts(session, session.steps[1]) == ["look for x"]


def test_a_folder_lists_a_session_with_its_sub_agents_once(tmp_path: Path) -> None:
    written(tmp_path, *spawning({}, "x"))
    written(tmp_path, *agent_lines("x", "look for x", "it is here"), name=f"{SESSION}/subagents/agent-x.jsonl")
    traces, problems = open_folder(str(tmp_path))
    assert [os.path.basename(trace.path) for trace in traces] == [f"{SESSION}.jsonl"]
    assert problems == []


def test_a_stream_json_log_is_read_from_top_to_bottom(tmp_path: Path) -> None:
    def event(kind: str, **fields: object) -> dict[str, object]:
        return {"type": kind, "session_id": "S", **fields}

    def said(response: str, *blocks: dict[str, object]) -> dict[str, object]:
        return {"id": response, "role": "assistant", "model": "claude-opus-4", "content": list(blocks)}

    answer = [{"type": "tool_result", "tool_use_id": "c1", "content": "found"}]
    told = {"role": "user", "content": [{"type": "text", "text": "look for x"}]}
    path = written(
        tmp_path,
        event("system", subtype="init", tools=["Task", "Read"], model="claude-opus-4"),
        event("assistant", parent_tool_use_id=None, message=said("m1", task("c1", "look for x"))),
        event("user", parent_tool_use_id="c1", message=told),
        event("assistant", parent_tool_use_id="c1", message=said("m2", text("here"))),
        event("user", parent_tool_use_id=None, message={"role": "user", "content": answer}),
        event("assistant", parent_tool_use_id=None, message=said("m3", text("done"))),
        event("result", subtype="success", total_cost_usd=0.01, is_error=False),
        name="run.jsonl",
    )
    session = only(open_trace(path))
    assert [(step.kind, step.depth) for step in session.steps] == [
        *(("llm_call", 0), ("tool_call", 0), ("message", 1), ("llm_call", 1), ("llm_call", 0))
    ]
    assert [tool.name for tool in session.tools["main"]] == ["Task", "Read"]
    assert session.attributes["records"]["result/success"][0]["total_cost_usd"] == 0.01
    assert texts(session, session.steps[-1])[-1] == "found"


def test_every_real_file_opens_and_accounts_for_every_line() -> None:
    root = shared_data() / "formats" / "claude_code_jsonl"
    for path in sorted(root.rglob("*.jsonl")):
        trace = open_trace(str(path))
        report = trace.report
        assert report.records == report.read + len(report.skipped)
        held = sum(1 for row in path.read_bytes().splitlines() if row.strip())
        assert report.records >= held
        for session in trace.sessions:
            answered = {part.id for step in session.steps for part in _responses(session, step)}
            asked = {step.call_id for step in session.steps if step.kind == "tool_call"}
            assert answered <= asked
            latest: dict[str, int] = {}
            for edit in session.edits:
                assert edit.at >= latest.get(edit.scope, 0)
                latest[edit.scope] = edit.at


def _responses(session: Session, step: Step) -> list[ToolCallResponsePart]:
    if step.kind != "llm_call":
        return []
    parts = (part for shown in prompt_at(session, step.index).messages for part in shown.message.parts)
    return [part for part in parts if isinstance(part, ToolCallResponsePart)]


def test_in_real_files_every_answer_stands_in_the_scope_s_next_prompt() -> None:
    """The output of one call is part of what the next one sees, unless the window was compacted between them."""
    root = shared_data() / "formats" / "claude_code_jsonl" / "real_projects"
    checked = 0
    for path in sorted(root.rglob("*.jsonl")):
        for session in open_trace(str(path)).sessions:
            for prompt in prompts(session):
                before = prompt.compared_with
                if before is None or any(gone.status == "compacted" for gone in prompt.removed):
                    continue
                held = {id(shown.message) for shown in prompt.messages}
                assert id(session.steps[before].message) in held
                checked += 1
    assert checked > 400


def test_the_sub_agents_of_a_real_session_are_in_it() -> None:
    root = shared_data() / "formats" / "claude_code_jsonl" / "real_projects" / "-experiments-worktrees"
    (path,) = root.glob("*.jsonl")
    session = only(open_trace(str(path)))
    agents = [scope for scope in session.scopes if scope.kind == "sub_agent"]
    assert len(agents) == 4
    for scope in agents:
        assert scope.spawned_by is not None
        assert session.steps[scope.spawned_by].tool == "Agent"
        first = next(step for step in session.steps if step.scope == scope.id)
        assert first.index == scope.spawned_by + 1
        assert first.depth == 1


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(["", "u1", "a1", "m1", "c1", "user", "assistant", "2026-01-01T00:00:00Z"]),
    st.lists(st.sampled_from(["u1", {"type": "text"}, {"type": "tool_result", "tool_use_id": []}, 3]), max_size=2),
    st.dictionaries(
        st.sampled_from(["type", "id", "content", "uuids", "anchorUuid"]), st.sampled_from([None, "s1", []])
    ),
)
SEED = [
    *compacted(kept=True),
    *spawning({}, "x"),
    *agent_lines("x", "look for x", "it is here"),
    line("system", "e1", "u1", 1, subtype="api_error", error={}),
    line("attachment", "h1", "u1", 1, attachment={"type": "hook_blocking_error", "blockingError": {}}),
    line("content-replacement", None, None, 0, replacements=[{"toolUseId": "cx", "replacement": "y"}]),
]


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_damaged_lines_never_break_the_reading(data: st.DataObject) -> None:
    """Any field may hold anything, parents may point anywhere; every line is still read or listed."""
    lines = json.loads(json.dumps(SEED))
    for _ in range(data.draw(st.integers(1, 12))):
        target = data.draw(st.sampled_from(lines))
        while isinstance(target, dict) and target:
            key = data.draw(st.sampled_from(sorted(target)))
            inner = target[key]
            if isinstance(inner, dict) and inner and data.draw(st.booleans()):
                target = inner
            elif isinstance(inner, list) and inner and isinstance(inner[0], dict) and data.draw(st.booleans()):
                target = inner[0]
            else:
                target[key] = data.draw(JUNK)
                break
    order = data.draw(st.permutations(lines))
    source = Source(path="x.jsonl", data="".join(json.dumps(each) + "\n" for each in order).encode())
    trace = read_trace(source, format_name="claude-code")
    assert trace.report.records == len(lines)
    for session in trace.sessions:
        for step in session.steps:
            prompt_at(session, step.index)
