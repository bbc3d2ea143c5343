"""Trajectories written from another trace: `extra.tracetui` tells which step each piece was; read back as exactly those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracetui.ingest.fields import list_field, number_field, object_field, text_field
from tracetui.ingest.messages import decoded, parts_of_content
from tracetui.ingest.records import Record, Records
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Message, Part, ReasoningPart, Session, ToolCallPart, Usage
from tracetui.supplement import StepRecord, restored

_ROLES = {"agent": "assistant", "system": "system", "user": "user"}


def carried(value: Any) -> dict[str, Any]:
    """`extra.tracetui` of a trajectory, a step, a call or a result; empty where there is none."""
    return object_field(object_field(object_field(value).get("extra")).get("tracetui"))


def carried_session(records: Records, record: Record) -> Session:
    """Raises ValueError, TypeError or LookupError where a supplement is damaged."""
    pieces = list(_pieces(records, record))
    for child in records.inside(record, "subagent_trajectories"):
        pieces += _pieces(records, child)
    return restored(str(record.value["session_id"]), carried(record.value), pieces)


def _pieces(records: Records, trajectory: Record) -> Iterator[StepRecord]:
    for record in records.inside(trajectory, "steps"):
        step = record.value
        answers = [object_field(item) for item in list_field(object_field(step.get("observation")).get("results"))]
        calls = [object_field(item) for item in list_field(step.get("tool_calls"))]
        told = _told(step, calls)
        if step.get("llm_call_count") == 0 and calls:
            told |= _call_told(calls[0], answers[0] if answers else {})
        yield StepRecord(carried(step)["index"], record.source, told, carried(step))
        by_index = {carried(answer).get("index"): answer for answer in answers}
        time = {"start_ns": told["start_ns"]} if "start_ns" in told else {}
        for place in records.inside(record, "tool_calls"):
            supplement = carried(place.value)
            if "index" in supplement:
                told = time | _call_told(place.value, by_index.get(supplement["index"], {}))
                yield StepRecord(supplement["index"], place.source, told, supplement)


def _told(step: dict[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
    source, told = str(step.get("source")), dict[str, Any]()
    if "timestamp" in step:
        told["start_ns"] = parse_time_ns(step["timestamp"])
    if step.get("llm_call_count") != 0:
        told["kind"] = "llm_call" if source == "agent" else "message"
    if "model_name" in step:
        told["model"] = step["model_name"]
    metrics = object_field(step.get("metrics"))
    if "prompt_tokens" in metrics or "completion_tokens" in metrics:
        told["usage"] = Usage(
            metrics.get("prompt_tokens"), metrics.get("completion_tokens"), metrics.get("cached_tokens")
        )
    if "cost_usd" in metrics:
        told["cost_usd"] = number_field(metrics["cost_usd"])
    if "message" in carried(step) or step.get("llm_call_count") == 0:
        return told
    parts: list[Part] = [ReasoningPart(step["reasoning_content"])] if "reasoning_content" in step else []
    parts += parts_of_content(step.get("message"))
    parts += [
        ToolCallPart(text_field(c.get("tool_call_id")), str(c.get("function_name")), c.get("arguments")) for c in calls
    ]
    if parts:
        told["message"] = Message(_ROLES.get(source, "user"), tuple(parts))
    return told


def _call_told(call: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": "tool_call",
        "call_id": call.get("tool_call_id"),
        "tool": call.get("function_name"),
        "arguments": call.get("arguments"),
    }
    return told | ({"result": decoded(answer["content"]), "has_result": True} if "content" in answer else {})
