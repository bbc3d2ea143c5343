"""mini-swe-agent: the bare list, commands in text, tool calls and Responses; what was refused was never sent."""

from __future__ import annotations

from typing import Any

from tests.ingest.reading import kinds, only, read_document
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import Usage

SYSTEM = {
    "role": "system",
    "content": "Reply with one bash block; end with `echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT`.",
}
TASK = {"role": "user", "content": "How many lines has README.md?"}
ASKED = {"role": "assistant", "content": "Let me count.\n\n```bash\nwc -l README.md\n```"}
OUTPUT = {"role": "user", "content": "<returncode>0</returncode>\n<output>\n42 README.md\n</output>"}


def document(*messages: Any) -> dict[str, Any]:
    return {
        "info": {"mini_version": "2.4.6"},
        "messages": [SYSTEM, TASK, *messages],
        "trajectory_format": "mini-swe-agent-1.1",
    }


def test_a_bare_list_is_known_by_what_its_prompt_tells_the_agent_to_print() -> None:
    trace = read_document([SYSTEM, TASK, ASKED, OUTPUT])
    assert trace.format == "mini-swe-agent"
    assert trace.report.skipped == ()


def test_a_list_of_chat_messages_that_only_talks_of_commands_is_a_chat() -> None:
    told = {"role": "user", "content": "What does COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT mean?"}
    trace = read_document([told, {"role": "assistant", "content": "It ends a run of mini-swe-agent."}])
    assert trace.format == "openai-chat"


def test_the_command_of_an_answer_is_a_tool_call_and_the_next_message_its_output() -> None:
    session = only(read_document([SYSTEM, TASK, ASKED, OUTPUT, ASKED]))
    assert kinds(session) == ["message", "message", "llm_call", "tool_call", "llm_call", "tool_call"]
    call = session.steps[3]
    assert (call.tool, call.arguments, call.parent) == ("bash", {"command": "wc -l README.md"}, 2)
    assert (call.result, call.source.pointer, call.arguments_source) == (OUTPUT["content"], "/3", call.also[0])
    prompt = prompt_at(session, 4)
    assert [entry.message.role for entry in prompt.messages] == ["system", "user", "assistant", "user"]
    assert [entry.from_step for entry in prompt.messages] == [0, 1, 2, 3]


def test_two_commands_in_one_text_are_none_since_the_agent_refuses_them() -> None:
    twice = {"role": "assistant", "content": f"{ASKED['content']}\n{ASKED['content']}"}
    assert kinds(only(read_document([SYSTEM, TASK, ASKED, OUTPUT, twice])))[-1] == "llm_call"


def test_actions_that_the_agent_kept_count_and_a_command_that_broke_is_an_error() -> None:
    asked = {"role": "assistant", "content": "ls", "extra": {"actions": [{"command": "ls"}], "cost": 0.5}}
    broke = {
        "role": "user",
        "content": "timed out",
        "extra": {"returncode": -1, "exception_info": "TimeoutExpired", "timestamp": 1.7e9},
    }
    session = only(read_document(document(asked, broke)))
    call = session.steps[3]
    assert (call.arguments, call.status, call.error) == ({"command": "ls"}, "error", "TimeoutExpired")
    assert call.attributes["returncode"] == -1
    assert session.steps[2].cost_usd == 0.5


def test_responses_and_their_items_are_calls_with_outputs() -> None:
    response = {
        "object": "response",
        "model": "gpt-x",
        "output": [{"type": "function_call", "call_id": "c1", "name": "bash", "arguments": '{"command": "ls"}'}],
        "usage": {"input_tokens": 20, "output_tokens": 4},
        "extra": {"actions": [{"command": "ls", "tool_call_id": "c1"}], "cost": 0.1, "timestamp": 1.7e9},
    }
    output = {"type": "function_call_output", "call_id": "c1", "output": "README.md", "extra": {"returncode": 0}}
    session = only(read_document(document(response, output)))
    asked, call = session.steps[2:]
    assert (asked.model, asked.usage, asked.cost_usd) == ("gpt-x", Usage(20, 4), 0.1)
    assert (call.tool, call.arguments, call.result, call.attributes["returncode"]) == (
        "bash",
        {"command": "ls"},
        "README.md",
        0,
    )


def test_an_answer_without_a_command_is_a_call_that_failed_and_was_never_sent_again() -> None:
    refused = {
        "role": "user",
        "content": "Give one command.",
        "extra": {"interrupt_type": "FormatError", "model_response": "I would rather talk.", "cost": 0.2},
    }
    session = only(read_document(document(refused, ASKED)))
    assert kinds(session)[2:] == ["llm_call", "message", "llm_call", "tool_call"]
    assert (session.steps[2].status, session.steps[2].cost_usd) == ("error", 0.2)
    assert "rather talk" not in str(prompt_at(session, 4).messages)


def test_the_exit_is_a_step_and_no_message() -> None:
    left = {"role": "exit", "content": "LimitsExceeded", "extra": {"exit_status": "LimitsExceeded", "submission": ""}}
    session = only(read_document(document(ASKED, OUTPUT, left)))
    assert (session.steps[-1].kind, session.steps[-1].summary) == ("other", "LimitsExceeded")


def test_the_sample_keeps_usage_cost_and_time_of_each_call() -> None:
    session = only(open_trace(str(SAMPLES / "mini_swe_agent.traj.json")))
    calls = [step for step in session.steps if step.kind == "llm_call"]
    assert [(call.usage, call.cost_usd) for call in calls] == [(Usage(50, 12), 0.001), (Usage(80, 9), 0.001)]
    assert all(call.start_ns for call in calls)


def test_a_bare_list_is_told_by_its_commands_and_their_return_codes() -> None:
    answer = {"role": "assistant", "content": "THOUGHT: look\n\n```bash\nls\n```"}
    output = {"role": "user", "content": "<returncode>0</returncode>\n<output>\na.py\n</output>"}
    opening = [{"role": "system", "content": "You help."}, {"role": "user", "content": "Solve it."}]
    assert read_document([*opening, answer, output]).format == "mini-swe-agent"
    assert read_document([*opening, answer, {"role": "user", "content": "thanks"}]).format == "openai-chat"
    assert read_document([*opening, {"role": "assistant", "content": "no command"}, output]).format == "openai-chat"
