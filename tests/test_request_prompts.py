"""Recorded prompts of request logs are the requests, to the letter, for every call; the truth is read from the bytes alone.

The samples follow the providers' types. Real requests and answers are those that LangChain's tests recorded (`recorded/
http_pairs`); beside them the messages of a real session are written as the log of requests that they were.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.shared import SAMPLES
from tests.test_real_prompts import Heard, chat, recorded, texts_of
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import RecordedPrompt, TextPart, ToolCallPart, ToolCallResponsePart
from tracetui.parts import identity

RECORDED = Path(__file__).parent / "recorded"
Block = dict[str, Any]


def blocks(message: Block) -> Heard:
    """A message in Anthropic's shape."""
    content = message["content"]
    listed: list[Block] = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return Heard(
        message["role"],
        tuple(block["text"] for block in listed if block["type"] == "text" and block["text"]),
        tuple((block["id"], block["name"], block["input"]) for block in listed if block["type"] == "tool_use"),
        tuple((block["tool_use_id"], block["content"]) for block in listed if block["type"] == "tool_result"),
    )


def without_answers(heard: Heard) -> Heard:
    """How the content of a result is held (text or blocks) is the reader's; that it is there and whose it is, is not."""
    return heard._replace(answers=tuple((call, texts_of(answer)) for call, answer in heard.answers))


def anthropic_truth(pair: Block) -> tuple[Heard, ...]:
    body = pair["request"]["body"]
    system = Heard("system", texts_of(body.get("system")))
    return (*((system,) if system.texts else ()), *map(blocks, body["messages"]))


def read_in_order(path: Path) -> list[tuple[Heard, ...]]:
    """The prompts of a log in the order of its records, whatever sessions they belong to."""
    found = sorted(((place.offset, prompt) for _, place, prompt in recorded(path)), key=lambda one: one[0])
    return [prompt for _, prompt in found]


def assert_recorded(path: Path, truth: list[tuple[Heard, ...]]) -> None:
    prompts = read_in_order(path)
    assert len(prompts) == len(truth) > 0
    for prompt, expected in zip(prompts, truth, strict=True):
        assert list(map(without_answers, prompt)) == list(map(without_answers, expected))
    for session in open_trace(str(path)).sessions:
        calls = {step.index for step in session.steps if step.kind == "llm_call"}
        assert calls == session.prompts.keys()


def test_prompts_of_an_openai_log_are_its_requests() -> None:
    lines = [json.loads(line) for line in (SAMPLES / "openai_requests.jsonl").read_text().splitlines()]
    assert_recorded(SAMPLES / "openai_requests.jsonl", [tuple(map(chat, line["messages"])) for line in lines])


def test_prompts_of_an_anthropic_log_are_its_requests() -> None:
    pairs = [json.loads(line) for line in (SAMPLES / "http_pairs.jsonl").read_text().splitlines()]
    asked = [pair for pair in pairs if "count_tokens" not in pair["request"]["url"]]
    assert_recorded(SAMPLES / "http_pairs.jsonl", [anthropic_truth(pair) for pair in asked])


def real_messages(name: str) -> list[Block]:
    """The messages of a Claude Code session as they were sent: the lines of one answer are one message, and what stands
    between two answers is one message of the user."""
    lines = map(json.loads, gzip.decompress((RECORDED / "claude_code" / name).read_bytes()).splitlines())
    found: list[Block] = []
    for line in lines:
        said = line.get("message")
        if line.get("type") not in ("user", "assistant") or line.get("isSidechain") or not isinstance(said, dict):
            continue
        content = said["content"]
        listed = [{"type": "text", "text": content}] if isinstance(content, str) else content
        listed = [block for block in listed if block["type"] in ("text", "tool_use", "tool_result")]
        if found and found[-1]["role"] == said["role"]:
            found[-1] = {"role": said["role"], "content": [*found[-1]["content"], *listed]}
        else:
            found.append({"role": said["role"], "content": listed})
    return found


PAIRS = sorted((RECORDED / "http_pairs").glob("*.jsonl.gz"))
Spoken = tuple[Any, ...]


def items(body: Block) -> list[Spoken]:
    """What an OpenAI request says, in order: texts with their role, calls, results."""
    said: Any = body.get("messages", body.get("input"))
    found: list[Spoken] = []
    listed: list[Block] = [{"role": "user", "content": said}] if isinstance(said, str) else said
    for item in listed:
        match item.get("type", "message"):
            case "message" if item["role"] == "tool":
                found.append(("result", item["tool_call_id"], item["content"]))
            case "message":
                content = item["content"] if isinstance(item["content"], list) else [{"text": item["content"]}]
                found += [(item["role"], part["text"]) for part in content if part.get("text")]
                found += [("call", call["id"]) for call in item.get("tool_calls") or ()]
            case "function_call" | "custom_tool_call":
                found.append(("call", item["call_id"]))
            case "function_call_output" | "custom_tool_call_output":
                found.append(("result", item["call_id"], item["output"]))
    return found


def blocks_said(body: Block) -> list[Spoken]:
    """The same of an Anthropic request."""
    found: list[Spoken] = []
    for message in body["messages"]:
        content = message["content"]
        listed: list[Block] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in listed:
            match block["type"]:
                case "text":
                    found.append((message["role"], block["text"]))
                case "tool_use" | "server_tool_use":
                    found.append(("call", block["id"]))
                case "tool_result":
                    found.append(("result", block["tool_use_id"], block["content"]))
    return found


def spoken(prompt: RecordedPrompt) -> list[Spoken]:
    found: list[Spoken] = []
    for message in prompt.messages:
        for part in message.parts:
            match part:
                case TextPart(text) if text:
                    found.append((message.role, text))
                case ToolCallPart(call_id):
                    found.append(("call", call_id))
                case ToolCallResponsePart(call_id, response):
                    found.append(("result", call_id, response))
    return found


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.name[:-9])
def test_prompts_of_real_requests_are_what_was_sent_and_rebuild_from_their_edits(path: Path) -> None:
    bodies = [json.loads(line)["request"]["body"] for line in gzip.decompress(path.read_bytes()).splitlines()]
    sessions = open_trace(str(path)).sessions
    prompts = [(session, index) for session in sessions for index in session.prompts]
    truth = blocks_said if path.name.startswith("anthropic") else items
    shown = [spoken(session.prompts[index]) for session, index in prompts]
    assert sorted(map(repr, shown)) == sorted(repr(truth(body)) for body in bodies)
    for session, index in prompts:
        rebuilt = prompt_at(session, index, derive=True).messages
        assert [identity(entry.message) for entry in rebuilt] == list(map(identity, session.prompts[index].messages))


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.name[:-9])
def test_an_answer_that_comes_back_in_another_shape_is_one_call(path: Path) -> None:
    """Reasoning without its status, arguments with other spacing, a compaction as an item of its own."""
    for session in open_trace(str(path)).sessions:
        asked = {step.index for step in session.steps if step.kind == "llm_call"}
        assert asked == session.prompts.keys()
        ids = [step.call_id for step in session.steps if step.kind == "tool_call"]
        assert len(ids) == len(set(ids))


def test_a_real_session_as_the_requests_that_it_was(tmp_path: Path) -> None:
    messages = real_messages("326189cf-5676-4237-8cde-1ce80aae4a9f.jsonl.gz")
    pairs = [
        {
            "request": {
                "timestamp": float(at),
                "method": "POST",
                "url": "https://api.anthropic.com/v1/messages",
                "body": {"model": "m", "max_tokens": 9, "system": "Be brief.", "messages": messages[:at]},
            },
            "response": {
                "timestamp": at + 0.5,
                "status_code": 200,
                "body": {"id": f"msg_{at}", "role": "assistant", "content": message["content"], "usage": {}},
            },
        }
        for at, message in enumerate(messages)
        if message["role"] == "assistant"
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    assert_recorded(path, [anthropic_truth(pair) for pair in pairs])
    (session,) = open_trace(str(path)).sessions
    assert len(session.scopes) == 1
