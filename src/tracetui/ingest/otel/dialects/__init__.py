"""The conventions that spans are written in. A new one is a file with a `DIALECT` table, and its line here."""

from __future__ import annotations

from functools import cache

from tracetui.ingest.otel.content import SpanContent, request_content, without_silence
from tracetui.ingest.otel.dialects import (
    adk,
    events,
    genai,
    langfuse,
    mcp,
    mlflow,
    openinference,
    openllmetry,
    plain,
    pydantic_ai,
    vercel,
)
from tracetui.ingest.otel.dialects.table import Dialect, Field, first
from tracetui.ingest.otel.span import Span, json_value

DIALECTS: tuple[Dialect, ...] = (
    genai.DIALECT,
    openinference.DIALECT,
    openllmetry.DIALECT,
    vercel.DIALECT,
    adk.DIALECT,
    events.DIALECT,
    pydantic_ai.DIALECT,
    mcp.DIALECT,
    langfuse.DIALECT,
    mlflow.DIALECT,
    plain.DIALECT,
)
"""The most structured first: what it says of a span is taken before what the others say."""


@cache
def keys(*fields: Field) -> tuple[str, ...]:
    """The attributes of all dialects that may hold these fields, in the order in which they are asked."""
    return tuple(key for field in fields for dialect in DIALECTS for key in dialect.keys.get(field, ()))


def content_of(span: Span) -> SpanContent | None:
    """The content by the first dialect that has any; None where content capture was off."""
    for dialect in DIALECTS:
        for content in dialect.contents:
            if (found := content(span)) is not None:
                return without_silence(found)
    shown, said = (first(span.attributes, *keys(field)) for field in ("input", "output"))
    if shown is None and said is None:
        return None
    return request_content(json_value(shown), json_value(said), plain.DIALECT.name)


def remedy_for(span: Span) -> str:
    """The setting that makes the program that wrote this span record messages."""
    return span.remedy or next(dialect.remedy for dialect in reversed(DIALECTS) if dialect.wrote(span))
