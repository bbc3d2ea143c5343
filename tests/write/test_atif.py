from __future__ import annotations

import json
from typing import Any

from tests.shared import SAMPLES
from tests.write.same import converted, reopened, with_steps


def trajectory(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(converted(with_steps(str(SAMPLES / name)), "atif")[0])
    return found


def test_a_call_its_tools_and_their_results_are_one_step() -> None:
    steps = trajectory("incident_openai.json")["steps"]
    assert [step["step_id"] for step in steps] == list(range(1, len(steps) + 1))
    call = next(step for step in steps if "tool_calls" in step)
    assert call["source"] == "agent"
    assert call["tool_calls"][0]["function_name"] == "get_customer"
    assert call["observation"]["results"][0]["source_call_id"] == call["tool_calls"][0]["tool_call_id"]


def test_what_was_said_is_there_for_readers_that_do_not_know_the_supplement() -> None:
    found = trajectory("incident_openai.json")

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key != "extra"}
        return [bare(inner) for inner in value] if isinstance(value, list) else value

    session = reopened(json.dumps(bare(found)).encode(), "atif").sessions[0]
    first = with_steps(str(SAMPLES / "incident_openai.json"))[0]
    assert [(step.kind, step.tool, step.arguments) for step in session.steps] == [
        (step.kind, step.tool, step.arguments) for step in first.steps
    ]
    assert [step.message and step.message.parts for step in session.steps] == [
        step.message and step.message.parts for step in first.steps
    ]


def test_the_window_of_a_sub_agent_is_a_trajectory_of_its_own() -> None:
    sessions = with_steps(str(SAMPLES / "claude_code.jsonl"))
    scopes = {step.scope for session in sessions for step in session.steps}
    found = trajectory("claude_code.jsonl")
    assert len(found.get("subagent_trajectories", ())) == len(scopes) - 1


def test_a_damaged_supplement_is_said_and_the_rest_is_read() -> None:
    found = trajectory("incident_openai.json")
    found["steps"][0]["extra"]["tracetui"]["edits"] = [{"messages": [{"step": 99}]}]
    trace = reopened(json.dumps(found).encode(), "atif")
    assert any("damaged" in note for note in trace.report.notes)
    assert trace.sessions[0].steps
