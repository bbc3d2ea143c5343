"""mini-swe-agent trajectories: the message list is the prompt, as it was sent."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message, conversation_gaps, session_name
from tracetui.ingest.fields import count_field, number_field, object_field, text_field
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import Session, Usage

NAME = "mini-swe-agent"
TITLE = "mini-swe-agent trajectories"
RULE = "`trajectory_format` or `info.mini_version`, with `messages`."
KEEPS = "Prompts rebuilt exactly: the agent appends only. Usage and cost where `extra` has them."
LOSES = "Tool definitions: the agent has a shell only."
EXPORT = "The `.traj.json` files of a run, as they are."


def detect(records: Records) -> Detection:
    value = records.document if records.shape == "document" else None
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        named = value.get("trajectory_format")
        if isinstance(named, str) and "mini-swe-agent" in named:
            return Detection(0.97, f"trajectory_format {named}")
        if isinstance(value.get("info"), dict) and "mini_version" in value["info"]:
            return Detection(0.96, "info.mini_version")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    builder = SessionBuilder(session_name(records))
    builder.attributes = {key: inner for key, inner in records.document.items() if key != "messages"}
    chat = Conversation(builder)
    for record in records.items("messages"):
        if not isinstance(record.value, dict):
            ledger.skip(record.source, "a message that is no object")
            continue
        ledger.claim()
        said = chat_message(records, record)
        fields = _call_fields(record.value.get("extra")) if said.message.role == "assistant" else {}
        chat.add(said, **fields)
    conversation_gaps(builder, whole_request=False)
    return [builder.build()] if builder.steps else []


def _call_fields(extra: Any) -> dict[str, Any]:
    """Usage, cost, model and time of a call, from what the agent keeps of the raw response."""
    kept = object_field(extra)
    response = object_field(kept.get("response"))
    usage = object_field(response.get("usage"))
    return {
        "model": text_field(response.get("model")),
        "usage": Usage(count_field(usage.get("prompt_tokens")), count_field(usage.get("completion_tokens")))
        if usage
        else None,
        "cost_usd": number_field(kept.get("cost")),
        "start_ns": parse_time_ns(kept.get("timestamp")),
    }
