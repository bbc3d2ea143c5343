"""AG2's event logs: one window from the files of a stream, compactions where they were, sub-tasks as windows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.ingest.reading import gap_kinds, kinds, only
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.ag2 import usage_of
from tracetui.ingest.open import open_folder, open_trace
from tracetui.model import Session, Usage

AT = 1.77e9


def event(at: float, name: str, **data: Any) -> dict[str, Any]:
    return {"type": f"ag2.events.{name}", "data": {"created_at": AT + at, **data}}


def asked(at: float, text: str) -> dict[str, Any]:
    part = {"__event__": "ag2.events.input_events.TextInput", "content": text}
    return event(at, "input_events.ModelRequest", parts=[part])


def answered(at: float, text: str, **data: Any) -> dict[str, Any]:
    return event(at, "types.ModelResponse", message={"content": text}, tool_calls={"calls": []}, **data)


def counted(at: float, kind: str = "model_call") -> dict[str, Any]:
    return event(at, "types.UsageEvent", kind=kind, usage={"__dataclass__": "Usage", "data": {"prompt_tokens": at}})


def write(folder: Path, **files: list[dict[str, Any]]) -> None:
    for name, rows in files.items():
        path = folder / f"{name.replace('_dropped_', '.dropped-')}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def said(session: Session, index: int) -> list[str]:
    return [
        getattr(part, "content", "") for entry in prompt_at(session, index).messages for part in entry.message.parts
    ]


def test_the_sample_has_calls_results_usage_and_what_failed() -> None:
    session = only(open_trace(str(SAMPLES / "ag2_events.jsonl")))
    assert kinds(session) == ["message", "llm_call", "tool_call", "llm_call", "tool_call", "llm_call"]
    second, failed = session.steps[3], session.steps[4]
    assert (second.usage, second.model, second.duration_ns) == (Usage(170, 20, 96), "gpt-4o-mini", 2_000_000_000)
    assert (failed.tool, failed.status, failed.error) == ("book_berth", "error", "no berth is free")
    assert [entry.message.role for entry in prompt_at(session, 5).messages] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
    ]
    assert gap_kinds(session) == {"system_prompt_not_recorded", "tools_not_recorded"}


def test_what_a_compaction_dropped_is_in_the_window_until_then(tmp_path: Path) -> None:
    summary = {"type": "ag2.compact.CompactionSummary", "data": {"created_at": AT + 3, "summary": "They asked a."}}
    write(
        tmp_path,
        s_dropped_1=[asked(0, "a"), counted(1), answered(1, "A")],
        s_dropped_2=[counted(1), summary, counted(2, "compaction"), asked(4, "b"), counted(5)],
        s=[counted(1), counted(2, "compaction"), counted(5), answered(5, "B"), asked(6, "c"), answered(7, "C")],
    )
    traces, problems = open_folder(str(tmp_path))
    assert ([Path(trace.path).name for trace in traces], problems) == (["s.jsonl"], [])
    session = only(traces[0])
    assert kinds(session) == [
        "message", "llm_call", "llm_call", "compaction", "message", "llm_call", "compaction", "message", "llm_call",
    ]  # fmt: skip
    summed = "[Summary of earlier conversation]\nThey asked a."
    assert [said(session, at) for at in (1, 5, 8)] == [["a"], [summed, "b"], ["B", "c"]]
    assert only(open_trace(str(tmp_path / "s.dropped-1.jsonl"))).steps[-1].kind == "llm_call"
    assert sum(step.usage.input_tokens or 0 for step in session.steps if step.usage) == 2


def test_a_sub_tasks_log_beside_is_a_window_that_its_step_opened(tmp_path: Path) -> None:
    started = event(2, "task_events.TaskStarted", task_id="t", agent_name="helper", objective="find x")
    done = event(
        5, "task_events.TaskCompleted", task_id="t", agent_name="helper", result="x", task_stream={"__uuid__": "inner"}
    )
    write(
        tmp_path, outer=[asked(0, "go"), started, done, answered(6, "ok")], inner=[asked(3, "find x"), answered(4, "x")]
    )
    (trace,) = open_folder(str(tmp_path))[0]
    session = only(trace)
    scope = session.scopes[-1]
    assert (scope.kind, scope.agent, session.steps[scope.spawned_by or 0].summary) == ("sub_agent", "helper", "find x")
    inner = next(step for step in session.steps if step.scope == scope.id and step.kind == "llm_call")
    assert said(session, inner.index) == ["find x"]
    assert said(session, session.steps[-1].index) == ["go"]


def test_a_provider_that_counts_its_cache_apart_is_told_by_its_name() -> None:
    counts = {"prompt_tokens": 100, "completion_tokens": 5, "cache_read_input_tokens": 40}
    assert usage_of({"provider": "anthropic", "usage": counts}) == Usage(140, 5, 40, origin="derived")
    assert usage_of({"provider": "openai", "usage": counts}) == Usage(100, 5, 40)
