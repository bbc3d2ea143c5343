"""AutoGen 0.2's runtime log: prompts recorded whole, functions joined to the calls that asked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ingest.database import database, sample
from tests.ingest.reading import only, read
from tracetui.context import prompt_at
from tracetui.model import Usage

SCRIPT = (
    "CREATE TABLE chat_completions (id, session_id, request, response, start_time);"
    " CREATE TABLE function_calls (function_name, args, returns, timestamp);"
)


def test_prompts_usage_and_cost_are_recorded() -> None:
    session = only(sample("autogen_store.sqlite"))
    first, second, failed = [step for step in session.steps if step.kind == "llm_call"]
    assert (first.agent, first.usage, first.cost_usd, first.duration_ns) == (
        "planner",
        Usage(60, 14),
        0.0012,
        1_500_000_000,
    )
    prompt = prompt_at(session, second.index)
    assert prompt.fidelity == "recorded"
    assert [message.message.role for message in prompt.messages] == ["system", "user", "assistant", "tool"]
    assert [tool.name for tool in prompt.tools] == ["send_parcel"]
    assert first.attributes["temperature"] == 0
    assert (failed.status, failed.error, failed.agent) == ("error", "config 0 timed out.", "checker")


def test_a_function_is_the_answer_of_the_call_that_asked_for_it() -> None:
    (tool,) = [step for step in only(sample("autogen_store.sqlite")).steps if step.kind == "tool_call"]
    assert (tool.tool, tool.result, tool.agent, tool.call_id) == ("send_parcel", "sent: shp_88", "planner", "c1")


def test_a_function_that_nobody_asked_for_is_a_step_and_a_row_without_messages_is_listed(tmp_path: Path) -> None:
    request = json.dumps({"messages": [{"role": "user", "content": "go"}]})
    response = json.dumps({"choices": [{"message": {"role": "assistant", "content": "ok"}}]})
    at = "2026-02-03 10:00:0"
    chats = [(1, "s", request, response, at + "1"), (2, "s", "{}", "{}", at + "2"), (3, "s", "no", "{}", at + "3")]
    functions = [("ring", '{"bell": 2}', "rang", at + "4")]
    trace = read(database(tmp_path / "l.db", SCRIPT, chat_completions=chats, function_calls=functions), path="x.bin")
    tool = only(trace).steps[-1]
    assert (tool.kind, tool.tool, tool.arguments, tool.result) == ("tool_call", "ring", {"bell": 2}, "rang")
    assert len(trace.report.skipped) == 2
