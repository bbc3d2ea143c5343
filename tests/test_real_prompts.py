"""Recorded prompts are what the files hold, to the letter: the truth is computed from the bytes, without the readers.

`tests/recorded` has files of other programs that run everywhere; the shared data, where it is at hand, has many more.
Compared are the roles, every text, and every tool call and tool answer of every recorded prompt.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.shared import SAMPLES, shared_folder
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.open import open_trace
from tracetui.ingest.source import read_source
from tracetui.model import Message, Session, SourceRef, TextPart, ToolCallPart, ToolCallResponsePart

RECORDED = Path(__file__).parent / "recorded"


def files(here: str, there: str, *suffixes: str) -> list[Path]:
    """The recorded files of a family, and those of the shared data."""
    shared = shared_folder()
    folders = [RECORDED / here, *([shared / there] if shared else [])]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.name.endswith(suffixes)]
    return [path for path in found if ".labels." not in path.name and ".chatml." not in path.name]


class Heard(NamedTuple):
    """A message as both sides are compared: its role, its texts, its calls and the answers of tools in it."""

    role: str
    texts: tuple[str, ...]
    calls: tuple[tuple[str | None, str, Any], ...] = ()
    answers: tuple[tuple[str | None, Any], ...] = ()


def heard(message: Message) -> Heard:
    parts = message.parts
    return Heard(
        message.role,
        tuple(part.content for part in parts if isinstance(part, TextPart) and part.content),
        tuple((part.id, part.name, part.arguments) for part in parts if isinstance(part, ToolCallPart)),
        tuple((part.id, part.response) for part in parts if isinstance(part, ToolCallResponsePart)),
    )


def recorded(path: Path) -> list[tuple[Session, SourceRef, tuple[Heard, ...]]]:
    """The recorded prompts of a file with their place; a system prompt that stands apart is the first message."""
    try:
        sessions = open_trace(str(path)).sessions
    except UnreadableSourceError:
        return []
    found = []
    for session in sessions:
        for index, prompt in session.prompts.items():
            system = Message("system", prompt.system)
            messages = ((system,) if prompt.system else ()) + prompt.messages
            found.append((session, session.steps[index].source, tuple(map(heard, messages))))
    return found


@lru_cache(maxsize=1)
def bytes_of(path: str) -> bytes:
    return read_source(path).data


def value_at(place: SourceRef) -> Any:
    """The JSON at a place."""
    data = bytes_of(place.path)
    return json.loads(data[place.offset : place.offset + place.length], strict=False)


def document_of(path: Path) -> Any:
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def decoded(value: Any) -> Any:
    """JSON text as its value."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def texts_of(content: Any) -> tuple[str, ...]:
    if isinstance(content, list):
        return tuple(text for block in content for text in texts_of(block))
    if isinstance(content, dict):
        return (content["text"],) if content.get("type", "text") == "text" and content.get("text") else ()
    return (content,) if isinstance(content, str) and content else ()


def chat(value: Any) -> Heard:
    """A message in OpenAI's shape, in Inspect's, or in the parts of the GenAI conventions."""
    if isinstance(value, str):
        return Heard("user", (value,))
    if "parts" in value:
        return in_parts(value)
    if value["role"] == "tool" and value.get("tool_call_id"):
        return Heard("tool", (), (), ((value["tool_call_id"], value["content"]),))
    calls = []
    for call in value.get("tool_calls") or ():
        function = call["function"] if isinstance(call["function"], dict) else call
        calls.append((call.get("id"), function.get("name") or call["function"], decoded(function["arguments"])))
    return Heard(value["role"], texts_of(value.get("content")), tuple(calls))


def in_parts(value: dict[str, Any]) -> Heard:
    parts = value["parts"]
    if not any("type" in part for part in parts):  # Gemini's
        return Heard(value["role"], tuple(part["text"] for part in parts if "text" in part))
    answers = [part for part in parts if part["type"] == "tool_call_response"]
    calls = [part for part in parts if part["type"] == "tool_call"]
    return Heard(
        value["role"],
        tuple(part["content"] for part in parts if part["type"] == "text" and part["content"]),
        tuple((part["id"], part["name"], decoded(part["arguments"])) for part in calls),
        tuple((part["id"], part.get("response", part.get("result"))) for part in answers),
    )


TRAIL = files("trail", "trail", ".json", ".json.gz")


def flattened(attributes: dict[str, Any]) -> tuple[Heard, ...]:
    """`llm.input_messages.N.message.*` in order of N, then of the parts' numbers."""
    found: dict[int, dict[str, Any]] = {}
    for key, value in attributes.items():
        if key.startswith("llm.input_messages."):
            number, rest = key.removeprefix("llm.input_messages.").split(".", 1)
            found.setdefault(int(number), {})[rest.removeprefix("message.")] = value
    return tuple(unflattened(found[number]) for number in sorted(found))


def unflattened(fields: dict[str, Any]) -> Heard:
    def numbered(prefix: str, end: str) -> list[Any]:
        numbers = sorted({int(key.split(".")[1]) for key in fields if key.startswith(f"{prefix}.")})
        return [fields.get(f"{prefix}.{number}.{end}") for number in numbers]

    texts = numbered("contents", "message_content.text") or [fields.get("content")]
    names = numbered("tool_calls", "tool_call.function.name")
    ids = numbered("tool_calls", "tool_call.id")
    arguments = [decoded(value) for value in numbered("tool_calls", "tool_call.function.arguments")]
    # A limit on the number of attributes may have cost a message its role.
    calls = tuple(zip(ids, names, arguments, strict=True))
    return Heard(fields.get("role", "user"), tuple(text for text in texts if text), calls)


def calls_with_messages(spans: list[dict[str, Any]]) -> int:
    """How many spans of models hold messages and no further span of a model, of which they would be the wrapper."""

    def calls(span: dict[str, Any]) -> tuple[int, bool]:
        below = [calls(child) for child in span["child_spans"]]
        attributes = span["span_attributes"]
        is_call = attributes.get("openinference.span.kind") == "LLM"
        has_call = any(inner for _, inner in below)
        own = is_call and not has_call and any(key.startswith("llm.input_messages.") for key in attributes)
        return sum(count for count, _ in below) + own, is_call or has_call

    return sum(calls(span)[0] for span in spans)


@pytest.mark.parametrize("path", TRAIL, ids=lambda path: path.name)
def test_prompts_of_trail_are_the_spans_messages(path: Path) -> None:
    held = [(flattened(value_at(place)["span_attributes"]), messages) for _, place, messages in recorded(path)]
    compared = [(truth, messages) for truth, messages in held if truth]
    assert len(compared) == calls_with_messages(document_of(path)["spans"]) > 0
    for truth, messages in compared:
        assert messages == truth


def generations(observations: list[dict[str, Any]]) -> set[str]:
    """Ids of the generations with an input that are not a framework's wrapper of another."""
    parents = {o["id"]: o.get("parentObservationId") for o in observations}
    found = {o["id"] for o in observations if o["type"] == "GENERATION" and o.get("input")}
    around = set()
    for one in found:
        while (one := parents.get(one)) is not None:
            around.add(one)
    return found - around


def langfuse_truth(shown: Any) -> tuple[Heard, ...]:
    """The prompt in a generation's input, in the shapes that frameworks give it."""
    shown = decoded(shown)
    if isinstance(shown, dict):
        shown = next(shown[key] for key in ("messages", "contents", "args") if key in shown)
    return tuple(map(chat, shown if isinstance(shown, list) else [shown]))


@pytest.mark.parametrize(
    "path", files("langfuse", "formats/langfuse_export", ".json", ".json.gz"), ids=lambda path: path.name
)
def test_prompts_of_langfuse_are_the_observations_inputs(path: Path) -> None:
    prompts = recorded(path)
    assert len(prompts) == len(generations(document_of(path)["observations"])) > 0
    for _, place, messages in prompts:
        assert messages == langfuse_truth(value_at(place)["input"])


def whole_texts(message: Heard, attachments: dict[str, str]) -> Heard:
    def whole(text: Any) -> Any:
        name = text.removeprefix("attachment://").removeprefix("tc://") if isinstance(text, str) else None
        return attachments.get(name, text) if name is not None else text

    answers = tuple((call_id, whole(answer)) for call_id, answer in message.answers)
    return message._replace(texts=tuple(map(whole, message.texts)), answers=answers)


@pytest.mark.parametrize(
    "path",
    [
        *files("inspect", "formats/inspect_logs", ".json", ".json.gz", ".eval"),
        *sorted((RECORDED / "inspect_compaction").iterdir()),
    ],
    ids=lambda path: path.name,
)
def test_prompts_of_inspect_are_the_events_inputs_from_the_pool(path: Path) -> None:
    for _, place, messages in recorded(path):
        event, document = value_at(place), json.loads(bytes_of(place.path))
        sample = document["samples"][int(place.pointer.split("/")[2])] if "samples" in document else document
        pool = (sample.get("events_data") or {}).get("messages") or sample.get("message_pool") or []
        listed = event["input"] or [m for start, end in event.get("input_refs") or () for m in pool[start:end]]
        attachments = sample.get("attachments") or (sample.get("transcript") or {}).get("content") or {}
        assert messages == tuple(whole_texts(chat(truth), attachments) for truth in listed)


@pytest.mark.parametrize(
    "path", [SAMPLES / "swe_agent.traj", *files("swe_agent", "formats", ".traj")], ids=lambda path: path.name
)
def test_prompts_of_swe_agent_are_the_steps_queries(path: Path) -> None:
    listed = [step["query"] for step in document_of(path)["trajectory"] if step.get("query")]
    assert [messages for _, _, messages in recorded(path)] == [tuple(map(query, truth)) for truth in listed]


def query(value: dict[str, Any]) -> Heard:
    """A message of a query; the result of a tool names its call in a list."""
    ids = value.get("tool_call_ids")
    return chat(value | {"tool_call_id": ids[0]} if ids else value)


@pytest.mark.parametrize(
    ("family", "count"), [("trail", 2), ("langfuse", 6), ("inspect", 3)], ids=["trail", "langfuse", "inspect"]
)
def test_each_family_has_recorded_files_with_prompts(family: str, count: int) -> None:
    found = [path for path in (RECORDED / family).iterdir() if path.suffix in (".gz", ".eval")]
    assert len([path for path in found if recorded(path)]) == len(found) == count


def test_what_is_compared_tells_one_character() -> None:
    """The comparison is no formality: a prompt that differs in one letter is another."""
    place, messages = recorded(TRAIL[0])[0][1:]
    attributes = dict(value_at(place)["span_attributes"])
    key = next(key for key in attributes if key.startswith("llm.input_messages.") and key.endswith("content"))
    assert messages == flattened(attributes)
    assert messages != flattened(attributes | {key: attributes[key] + "."})
