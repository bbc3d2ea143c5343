"""A line of OTLP JSON: a batch of spans, perhaps of several traces. What holds a field, the dialects of spans say.

A line of log records alone belongs to the traces that they name. A conversation that spans name is one more of its sessions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tracetui.ingest.glance import MOST, Glance, Look, count
from tracetui.ingest.otel.dialects import DIALECTS, keys
from tracetui.ingest.otel.span import hex_id
from tracetui.model import StepKind

_INPUT, _OUTPUT = set(keys("input_tokens")), set(keys("output_tokens"))
_KINDS: dict[str, dict[str, StepKind]] = {}
for _dialect in DIALECTS:
    for _key, _values in _dialect.kinds.items():
        _KINDS.setdefault(_key, {}).update(_values)
_CONVERSATION = set(keys("session"))
_WANTED = _INPUT | _OUTPUT | _CONVERSATION | set(_KINDS)
_FAILED = (2, "2", "STATUS_CODE_ERROR")


class _Value(msgspec.Struct, gc=False, rename="camel"):
    string_value: Any = None
    int_value: Any = None
    double_value: Any = None


class _Attribute(msgspec.Struct, gc=False):
    key: Any = None
    value: _Value | None = None


class _Status(msgspec.Struct, gc=False):
    code: Any = None


class _Span(msgspec.Struct, gc=False):
    """A span, or a log record."""

    trace: Any = msgspec.field(default=None, name="traceId")
    start: Any = msgspec.field(default=None, name="startTimeUnixNano")
    end: Any = msgspec.field(default=None, name="endTimeUnixNano")
    status: _Status | None = None
    attributes: list[_Attribute] | None = None


class _Scope(msgspec.Struct, gc=False):
    spans: list[_Span] | None = None
    logs: list[_Span] | None = msgspec.field(default=None, name="logRecords")


class _Resource(msgspec.Struct, gc=False):
    spans: list[_Scope] | None = msgspec.field(default=None, name="scopeSpans")
    older: list[_Scope] | None = msgspec.field(default=None, name="instrumentationLibrarySpans")
    logs: list[_Scope] | None = msgspec.field(default=None, name="scopeLogs")


class _Trace(msgspec.Struct, gc=False):
    resources: list[_Resource] | None = msgspec.field(default=None, name="resourceSpans")


class _Line(msgspec.Struct, gc=False):
    resources: list[_Resource] | None = msgspec.field(default=None, name="resourceSpans")
    batches: list[_Resource] | None = None
    logs: list[_Resource] | None = msgspec.field(default=None, name="resourceLogs")
    trace: _Trace | None = None
    result: _Trace | None = None


def _look(line: _Line) -> Look:
    kind: StepKind = "other"
    tokens, failed = 0, False
    starts: list[int] = []
    ends: list[int] = []
    traces: dict[Any, None] = {}
    conversations: dict[str, None] = {}
    for span in _spans(line):
        traces[span.trace] = None
        failed = failed or (span.status is not None and span.status.code in _FAILED)
        starts += _time(span.start)
        ends += _time(span.end)
        own, said = _attributes(span, conversations)
        # A batch is what its calls of models are, where it has any.
        kind = own if own == "llm_call" or kind == "other" else kind
        tokens = min(tokens + said, MOST)
    names = [*(name for trace in traces if (name := hex_id(trace))), *conversations]
    lasted = (max(ends) - min(starts)) // 1_000_000 if starts and ends else 0
    return Look(kind, names[0] if names else None, failed, tokens, count(lasted), (), tuple(names[1:]))


def _spans(line: _Line) -> Iterator[_Span]:
    inner = [held.resources for held in (line.trace, line.result) if held is not None]
    for resources in (line.resources, line.batches, line.logs, *inner):
        for resource in resources or ():
            for scopes in (resource.spans, resource.older, resource.logs):
                for scope in scopes or ():
                    yield from scope.spans or ()
                    yield from scope.logs or ()


def _attributes(span: _Span, conversations: dict[str, None]) -> tuple[StepKind, int]:
    """The kind of step, and the tokens of a call of a model: spans around it repeat them. The conversation that the span
    names is added to the others."""
    kind: StepKind | None = None
    shown = written = 0
    for attribute in span.attributes or ():
        key = attribute.key
        if key not in _WANTED or attribute.value is None:
            continue
        held = attribute.value
        value = held.string_value if held.string_value is not None else held.int_value or held.double_value
        if key in _INPUT:
            shown = shown or count(value)
        elif key in _OUTPUT:
            written = written or count(value)
        elif key in _CONVERSATION:
            conversations[str(value)] = None
        else:
            kind = kind or _KINDS[key].get(str(value).lower())
    return kind or "other", shown + written if kind == "llm_call" else 0


def _time(written: Any) -> list[int]:
    return [int(written)] if type(written) is int or (type(written) is str and written.isdecimal()) else []


GLANCE = Glance(_Line, _look)
