"""Prompts of programs that run agents without a server of ours: the model, a script of ours, kept what it was given."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.test_codex_requests import opened
from tracetui.context import prompt_at
from tracetui.model import Message, Session, ToolCallPart, ToolCallResponsePart
from tracetui.parts import text_of

RECORDED = Path(__file__).parent / "recorded"
ROLES = {"human": "user", "ai": "assistant"}


def kept(path: str) -> str:
    return gzip.decompress((RECORDED / path).read_bytes()).decode()


def sent(message: dict[str, Any]) -> list[Any]:
    role = message.get("role") or ROLES.get(message["type"], message["type"])
    content = message["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return [role, text, message.get("calls") or []]


def told(message: Message) -> list[Any]:
    calls = [[part.name, part.arguments] for part in message.parts if isinstance(part, ToolCallPart)]
    said = [part for part in message.parts if not isinstance(part, ToolCallPart)]
    text = "".join(str(p.response) if isinstance(p, ToolCallResponsePart) else text_of(p) for p in said)
    return [message.role, text, calls]


def prompts(sessions: tuple[Session, ...], fidelity: str) -> Counter[str]:
    calls = [(session, step) for session in sessions for step in session.steps if step.kind == "llm_call"]
    found = [prompt_at(session, step.index) for session, step in calls]
    assert {prompt.fidelity for prompt in found} == {fidelity}
    return Counter(json.dumps([told(entry.message) for entry in prompt.messages]) for prompt in found)


def test_prompts_of_inspect_are_those_that_its_model_was_given() -> None:
    trace = opened(RECORDED / "inspect_agents/refunds.json.gz")
    rows = [json.loads(line) for line in kept("inspect_agents/requests.jsonl.gz").splitlines()]
    given = Counter(json.dumps([sent(message) for message in row["messages"]]) for row in rows)
    shown = prompts(trace.sessions, "recorded")
    assert shown.total() == 11
    assert {asked: 2 * count for asked, count in shown.items()} == given  # the log was cut to one of two epochs


def test_prompts_of_langgraph_are_those_that_its_model_was_given() -> None:
    trace = opened(RECORDED / "langgraph_agents/checkpoints.sqlite.gz")
    rows = json.loads(kept("langgraph_agents/requests.json.gz"))
    given = Counter(json.dumps([sent(m) for m in row["messages"] if m["type"] != "system"]) for row in rows)
    assert prompts(trace.sessions, "rebuilt") == given
    assert sum(step.status == "error" for step in trace.sessions[0].steps) == 1
