"""Lines that are neither a message nor a model's turn: which of them are steps, and which reached the model.

The program sends attachments to the model as messages whose exact wording it does not write down, so what is put
into a window for them is marked as assumed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.ingest.claude.lines import Entry
from tracetui.model import Message, OtherPart, Part, Status, StepKind, TextPart
from tracetui.parts import json_text

_SENT_HOOKS = ("hook_additional_context", "hook_blocking_error", "hook_success")
_SENT_ON = ("SessionStart", "UserPromptSubmit", "SubagentStart")
"""Events whose hooks' output is put before the model."""
_FAILED_HOOKS = ("hook_non_blocking_error", "hook_error_during_execution", "hook_cancelled")
_CONTENT_KEYS = ("content", "prompt", "text", "snippet", "message", "blockingError")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a line becomes; without a kind it is only kept in the session's records."""

    kind: StepKind | None = None
    status: Status = "unknown"
    summary: str = ""
    error: str | None = None
    message: Message | None = None
    """Put into the window where `sent`."""
    sent: bool = False
    assumed: bool = False


def event_of(entry: Entry) -> Event:
    """What an event line is."""
    if entry.type == "attachment":
        return _attachment(entry)
    if entry.type == "system":
        return _system(entry)
    return Event()


def _system(entry: Entry) -> Event:
    value, subtype = entry.value, entry.subtype
    content = value.get("content")
    text = content if isinstance(content, str) else ""
    if subtype == "api_error":
        return Event(kind="error", status="error", summary=text, error=_error_text(value.get("error")) or text or None)
    if subtype == "local_command":
        message = Message("user", (TextPart(text),), source=entry.source)
        return Event(kind="message", message=message, sent=True)
    if subtype == "microcompact_boundary":
        return Event(kind="compaction", summary=text)
    stopped = bool(value.get("preventedContinuation") or value.get("hookErrors"))
    if stopped or value.get("level") in ("warning", "error"):
        failed = value.get("level") == "error" or bool(value.get("hookErrors"))
        return Event(
            kind="other", status="error" if failed else "unknown", summary=text or str(value.get("stopReason", ""))
        )
    return Event()


def _attachment(entry: Entry) -> Event:
    attachment = entry.value.get("attachment")
    held: dict[str, Any] = attachment if isinstance(attachment, dict) else {}
    kind = entry.subtype
    if kind in _FAILED_HOOKS:
        return Event(kind="other", status="error", error=_text_of(held.get("stderr") or held.get("content")) or None)
    if kind.startswith("hook_"):
        said = _said(held)
        if kind not in _SENT_HOOKS or not said or (kind == "hook_success" and held.get("hookEvent") not in _SENT_ON):
            return Event()
        message = Message("user", (TextPart(said),), source=entry.source)
        if kind == "hook_blocking_error":
            return Event(kind="guardrail", status="error", error=said, message=message, sent=True, assumed=True)
        return Event(kind="message", message=message, sent=True, assumed=True)
    said = _said(held)
    part: Part = TextPart(said) if said else OtherPart(kind or "attachment", held)
    return Event(kind="message", message=Message("user", (part,), source=entry.source), sent=True, assumed=True)


def _said(held: dict[str, Any]) -> str:
    """The text that an attachment carries, where it carries plain text."""
    return next((text for text in (_text_of(held.get(key)) for key in _CONTENT_KEYS) if text), "")


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _text_of(value.get("blockingError") or value.get("text") or value.get("content"))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return ""


def _error_text(error: Any) -> str:
    if isinstance(error, dict):
        inner = error.get("error")
        return _error_text(inner) or str(error.get("message") or "") or json_text(error)
    return error if isinstance(error, str) else ""
