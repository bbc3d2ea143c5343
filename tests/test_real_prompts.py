"""Recorded prompts are what the files hold, to the letter: the truth is computed from the bytes, without the readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shared import SAMPLES, shared_data
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.open import open_trace
from tracetui.ingest.source import read_source
from tracetui.model import Message, SourceRef
from tracetui.parts import text_of

DATA = shared_data()
TRAIL = sorted(p for p in (DATA / "trail").rglob("*.json*") if ".labels." not in p.name)
LANGFUSE = sorted(path for path in (DATA / "formats/langfuse_export").rglob("*.json") if "chatml" not in path.name)
SWE_AGENT = [*sorted((DATA / "formats").rglob("*.traj")), SAMPLES / "swe_agent.traj"]
INSPECT = sorted(path for path in (DATA / "formats/inspect_logs").rglob("*") if path.suffix in (".json", ".eval"))


class Prompts:
    """The recorded prompts of a file, each with the bytes that it was read from."""

    def __init__(self, path: Path) -> None:
        self._sources: dict[str, bytes] = {}
        self.found: list[tuple[SourceRef, tuple[Message, ...]]] = []
        try:
            sessions = open_trace(str(path)).sessions
        except UnreadableSourceError:
            sessions = ()
        for session in sessions:
            for index, prompt in session.prompts.items():
                self.found.append((session.steps[index].source, prompt.messages))

    def value(self, place: SourceRef, *, whole: bool = False) -> Any:
        """The JSON at a place, or the document that it stands in."""
        data = self._sources.get(place.path) or read_source(place.path).data
        self._sources[place.path] = data
        return json.loads(data if whole else data[place.offset : place.offset + place.length], strict=False)


def said(messages: tuple[Message, ...]) -> list[tuple[str, str]]:
    return [(m.role, "\n".join(text_of(part) for part in m.parts if getattr(part, "content", None))) for m in messages]


def flattened(attributes: dict[str, Any]) -> list[tuple[str, str]]:
    """`llm.input_messages.N.message.*` as roles and texts, in order of N and M."""
    texts: dict[int, dict[int, str]] = {}
    roles: dict[int, str] = {}
    for key, value in attributes.items():
        steps = key.split(".")
        if key.startswith("llm.input_messages.") and steps[3:] == ["message", "role"]:
            roles[int(steps[2])] = value
        if key.startswith("llm.input_messages.") and steps[3:] == ["message", "content"]:
            texts.setdefault(int(steps[2]), {}).setdefault(0, value)
        if key.startswith("llm.input_messages.") and steps[4:5] == ["contents"] and steps[-1] == "text":
            texts.setdefault(int(steps[2]), {})[int(steps[5])] = value
    # A limit on the number of attributes may have cost a message its role.
    numbers = sorted(roles.keys() | texts.keys())
    return [(roles.get(n, "user"), "\n".join(text for _, text in sorted(texts.get(n, {}).items()))) for n in numbers]


@pytest.mark.parametrize("path", TRAIL, ids=lambda path: path.name)
def test_prompts_of_trail_are_the_spans_messages(path: Path) -> None:
    prompts = Prompts(path)
    assert prompts.found
    for place, messages in prompts.found:
        truth = flattened(prompts.value(place)["span_attributes"])
        if truth:
            assert [(role, text) for role, text in said(messages)] == truth


def test_prompts_of_langfuse_are_the_observations_inputs() -> None:
    compared = 0
    for path in LANGFUSE:
        prompts = Prompts(path)
        for place, messages in prompts.found:
            shown = prompts.value(place).get("input")
            shown = json.loads(shown) if isinstance(shown, str) and shown[:1] in "[{" else shown
            listed = shown.get("messages") if isinstance(shown, dict) else shown
            if not isinstance(listed, list) or not all(isinstance(m, dict) and "role" in m for m in listed):
                continue
            for message, truth in zip(messages, listed, strict=True):
                assert message.role == truth["role"]
                if isinstance(truth.get("content"), str) and truth["role"] != "tool":
                    assert said((message,))[0][1] == truth["content"]
                    compared += 1
    assert compared > 5


def test_prompts_of_inspect_are_the_events_inputs_from_the_pool() -> None:
    compared = 0
    for path in INSPECT:
        prompts = Prompts(path)
        for place, messages in prompts.found:
            event, document = prompts.value(place), prompts.value(place, whole=True)
            sample = document["samples"][int(place.pointer.split("/")[2])] if "samples" in document else document
            pool = (sample.get("events_data") or {}).get("messages") or []
            listed = event["input"] or [m for start, end in event.get("input_refs") or () for m in pool[start:end]]
            attachments = sample.get("attachments") or {}
            assert len(messages) == len(listed)
            for message, truth in zip(messages, listed, strict=True):
                assert message.role == truth["role"]
                if isinstance(truth.get("content"), str) and truth["role"] != "tool" and truth["content"]:
                    text = truth["content"]
                    whole = attachments.get(text.removeprefix("attachment://"), text)
                    assert said((message,))[0][1] == whole
                    compared += 1
    assert compared > 50


def test_prompts_of_swe_agent_are_the_steps_queries() -> None:
    compared = 0
    for path in SWE_AGENT:
        listed = [step for step in json.loads(path.read_bytes())["trajectory"] if step.get("query")]
        prompts = Prompts(path)
        if not listed:
            continue
        assert len(prompts.found) == len(listed)
        for (_, messages), step in zip(prompts.found, listed, strict=True):
            assert [message.role for message in messages] == [truth["role"] for truth in step["query"]]
            for message, truth in zip(messages, step["query"], strict=True):
                content = truth["content"]
                texts = content if isinstance(content, list) else [{"text": content}]
                whole = "\n".join(block["text"] for block in texts if block.get("text"))
                assert (
                    "\n".join(filter(None, (text_of(p) for p in message.parts if not getattr(p, "name", None))))
                    == whole
                )
                compared += 1
    assert compared > 5
