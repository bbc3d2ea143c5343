"""Turns that the provider holds: a call that names an earlier answer sends the new messages alone.

Where that answer is in the same session, the prompt is put together from the call that gave it.
"""

from __future__ import annotations

import msgspec

from tracetui.ingest.fields import object_field, text_field
from tracetui.ingest.otel.content import SpanContent
from tracetui.ingest.otel.span import Span, gathered
from tracetui.model import Message, Part

_PREVIOUS = (
    "gen_ai.request.previous_response.id",
    "gen_ai.request.previous_response_id",
    "gen_ai.openai.request.previous_response_id",
)
_ANSWER = ("gen_ai.response.id", "ai.response.id", "llm.response.id")


def previous_response(span: Span) -> str | None:
    """Id of the answer that a call goes on from."""
    named = span.first(*_PREVIOUS)
    if named is None:
        named = object_field(gathered(span.attributes, "llm.invocation_parameters")).get("previous_response_id")
    return text_field(named)


class EarlierTurns:
    """What calls were shown and answered, in the order of the session."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[Message, ...]] = {}
        """By id of an answer: all messages up to it, and it."""

    def put_before(self, span: Span, content: SpanContent) -> SpanContent | None:
        """The content with the turns that the provider holds before its own; None where nothing is put before it.

        The system prompt is not carried over: the provider's rules say so.
        """
        earlier = self._windows.get(previous_response(span) or "")
        if earlier is None or _said(content.messages[: len(earlier)]) == _said(earlier):
            return None
        return msgspec.structs.replace(content, messages=earlier + content.messages)

    def remember(self, span: Span, content: SpanContent) -> None:
        answered = text_field(span.first(*_ANSWER))
        if answered is not None and content.messages:
            last = () if content.completion is None else (content.completion,)
            self._windows[answered] = content.messages + last


def _said(messages: tuple[Message, ...]) -> list[tuple[str, tuple[Part, ...]]]:
    return [(message.role, message.parts) for message in messages]
