"""What a file says of a call's tokens stays with the step, beside the usage that is made of it; what the file says is
looked up without the readers."""

from __future__ import annotations

import csv
import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.shared import REPOSITORY, sample_files
from tracetui.ingest.open import open_trace
from tracetui.model import Step

OBJECTS = {
    "adk_session.json": ("usageMetadata", "usage"),
    "adk_store.sqlite": ("usage_metadata", "usage"),
    "ag2_events.jsonl": ("usage", "usage"),
    "anthropic_agents.jsonl": ("model_usage", "usage"),
    "atif.json": ("metrics", "metrics"),
    "autogen_agentchat.json": ("models_usage", "usage"),
    "autogen_log.jsonl": ("usage", "usage"),
    "autogen_store.sqlite": ("usage", "usage"),
    "claude_code.jsonl": ("usage", "usage"),
    "codex_rollout.jsonl": ("last_token_usage", "usage"),
    "crewai_events.jsonl": ("usage", "usage"),
    "gemini_cli.jsonl": ("tokens", "usage"),
    "http_pairs.jsonl": ("usage", "usage"),
    "inspect_log.json": ("usage", "usage"),
    "langfuse_observations.csv": ("usageDetails", "langfuse.usageDetails"),
    "langfuse_trace.json": ("usageDetails", "langfuse.usageDetails"),
    "langgraph_checkpoints.sqlite": ("usage_metadata", "usage"),
    "langsmith_runs.jsonl": ("token_usage", "langsmith.usage"),
    "mini_swe_agent.traj.json": ("usage", "usage"),
    "openai_agents.jsonl": ("usage", "openai_agents.usage"),
    "openai_requests.jsonl": ("usage", "usage"),
    "opencode.json": ("tokens", "usage"),
    "opencode_store.sqlite": ("tokens", "usage"),
    "openhands_v0.json": ("usage", "usage"),
    "pydantic_ai.json": ("usage", "usage"),
    "smolagents_memory.json": ("token_usage", "usage"),
    "tau2_results.json": ("usage", "usage"),
    "adk/session.json.gz": ("usageMetadata", "usage"),
    "agents_state/javascript.json.gz": ("usage", "usage"),
    "agents_state/python.json.gz": ("usage", "usage"),
    "codex/v0.101/rollout-2026-11-21T20-02-57-01a1ffb4-711d-76a0-8370-f6a01cd90949.jsonl.gz": (
        "last_token_usage",
        "usage",
    ),
    "codex/v0.169/rollout-2026-11-21T20-01-42-01a1ffb3-4956-7121-a780-4cfa8e421597.jsonl.gz": ("usage", "usage"),
    "crewai/events.jsonl.gz": ("usage", "usage"),
    "gemini_cli/session-2026-11-22T01-43-5d740f6e.jsonl": ("tokens", "usage"),
    "inspect/security-guide.json.gz": ("usage", "usage"),
    "mini_swe_agent/mini.traj.json.gz": ("usage", "usage"),
    "opencode/export.json.gz": ("tokens", "usage"),
}
"""By file: what it calls the object with a call's counts, and the attribute that keeps it."""

FIELDS = {
    "jaeger.json": r"gen_ai\.usage\..+",
    "openclaw_telemetry.jsonl": "inputTokens|outputTokens|cacheTokens",
    "otel_console.json": r"gen_ai\.usage\..+",
    "otlp.json": r"gen_ai\.usage\..+",
    "phoenix_spans.json": r"llm\.token_count\..+",
}
"""By file whose counts are fields beside others: how these are called, in the file and among the attributes."""

SAME_SENSE = {"session-trace"}
"""Formats that write what `Usage` holds, under the same names."""


def test_every_sample_with_tokens_is_looked_at_here() -> None:
    known = OBJECTS.keys() | FIELDS.keys() | {"otlp_protobuf.pb"}
    others = [path for path in sample_files() if path.name not in known]
    assert [path.name for path in others if _renames_counts(path)] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_the_counts_of_every_call_stay_with_its_step_as_the_file_has_them(name: str) -> None:
    key, attribute = OBJECTS[name]
    path = _path(name)
    counted = _counted(path)
    assert counted
    found = [value for named, value in _pairs(_values(path)) if named == key and value]
    told = [json.loads(value) if isinstance(value, str) else value.get("data", value) for value in found]
    for step in counted:
        assert step.usage is not None
        assert step.attributes[attribute] in told
        assert step.usage.output_tokens in _numbers(step.attributes[attribute])


@pytest.mark.parametrize("name", [*FIELDS, "otlp_protobuf.pb"])
def test_counts_that_are_fields_of_the_record_stay_among_the_attributes(name: str) -> None:
    named = re.compile(FIELDS.get(name, r"gen_ai\.usage\..+"))
    kept = {
        (key, int(n)) for step in _counted(_path(name)) for key, n in step.attributes.items() if named.fullmatch(key)
    }
    told = {(key, int(n)) for key, n in _pairs(_values(_path(name))) if named.fullmatch(key)}
    assert kept == told != set()


def _path(name: str) -> Path:
    return REPOSITORY / ("tests/recorded" if "/" in name else "sample_traces") / name


def _counted(path: Path) -> list[Step]:
    """The model calls whose tokens are told."""
    steps = (step for session in open_trace(str(path)).sessions for step in session.steps)
    return [step for step in steps if step.kind == "llm_call" and step.usage is not None]


def _renames_counts(path: Path) -> bool:
    trace = open_trace(str(path))
    carries = b'"tracetui' in path.read_bytes()
    return trace.format not in SAME_SENSE and not carries and bool(_counted(path))


def _numbers(value: Any) -> set[int]:
    """Every number in some counts, and what two of them make."""
    plain = {n for _, n in _pairs(value) if isinstance(n, int)}
    return plain | {one + other for one in plain for other in plain}


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Every field of the objects in a value, also of JSON in its texts; an OTLP attribute is a field of its record."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, list):
        for item in value:
            yield from _pairs(item)
    if isinstance(value, dict):
        if "key" in value and "value" in value:
            held = value["value"]
            yield str(value["key"]), held.get("intValue") if isinstance(held, dict) else held
        for key, inner in value.items():
            yield key, inner
            yield from _pairs(inner)


def _values(path: Path) -> list[Any]:
    """What a file holds, each record decoded on its own."""
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind == "sqlite":
        opened = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = [cell for table in tables for row in opened.execute(f'SELECT * FROM "{table}"') for cell in row]
        opened.close()
        return [_unpacked(cell) if isinstance(cell, bytes) else cell for cell in cells]
    if kind == "pb":
        pytest.importorskip("opentelemetry.proto", reason="opentelemetry-proto is not installed")
        from google.protobuf.json_format import MessageToDict
        from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

        left, found = path.read_bytes(), []
        while left:  # each request with its length before it
            end = 4 + int.from_bytes(left[:4], "big")
            found.append(MessageToDict(TracesData.FromString(left[4:end])))
            left = left[end:]
        return found
    if kind == "csv":
        return list(csv.DictReader(_text(path).splitlines()))
    if kind == "jsonl":
        beside = (path.parent / path.stem).rglob("*.jsonl")
        lines = [line for part in (path, *beside) for line in _text(part).splitlines() if line.strip()]
        return [_answered(json.loads(line[line.index("{") :])) for line in lines]
    return list(_documents(_text(path)))


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def _documents(text: str) -> Iterator[Any]:
    """One JSON document after another."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        at += len(text[at:]) - len(text[at:].lstrip())


def _unpacked(packed: bytes) -> Any:
    """MessagePack, also inside its extensions."""
    try:
        return msgspec.msgpack.decode(packed, ext_hook=lambda _, inner: _unpacked(bytes(inner)))
    except msgspec.DecodeError:
        return None


def _answered(row: Any) -> Any:
    """A streamed answer's counts come in pieces: those of the last one stand for the same of the first."""
    body = (row.get("response") or {}).get("body_raw") if isinstance(row, dict) and "request" in row else None
    if not isinstance(body, str):
        return row
    events = [json.loads(line.removeprefix("data: ")) for line in body.splitlines() if line.startswith("data: {")]
    usage: dict[str, Any] = {}
    for event in events:
        usage |= event.get("message", event).get("usage") or {}
    return {"usage": usage}
