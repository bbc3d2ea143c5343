"""What one convention of attributes has to say to be read: a table, one file a dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from tracetui.ingest.otel.content import SpanContent
from tracetui.ingest.otel.span import Span, json_value
from tracetui.model import StepKind, Usage

Field = Literal[
    "session",
    "model",
    "asked_model",
    "agent",
    "tool",
    "call_id",
    "arguments",
    "result",
    "query",
    "input",
    "output",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost",
]
"""`model`: the one that answered, as far as is said. `input` and `output`: what a framework gave any span and got from
it, whatever its form."""


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One convention. Of several in a span, the first of `dialects.DIALECTS` that says something is taken."""

    name: str
    keys: Mapping[Field, tuple[str, ...]] = {}
    """By field the attributes that may hold it, best first."""
    kinds: Mapping[str, Mapping[str, StepKind]] = {}
    """By attribute, its values in lower case and the kind of step that each means."""
    kind: Callable[[Span], StepKind | None] = lambda _: None
    """The kind of step, where no table of values tells it."""
    repeats: Callable[[Span], bool] = lambda _: False
    """Whether a span only repeats what other spans say, so that it is no call of its own whatever its kind says."""
    llm_marks: tuple[str, ...] = ()
    """Attributes that only calls of a model have."""
    contents: tuple[Callable[[Span], SpanContent | None], ...] = ()
    """The places of messages, the most structured first; each gives None where it holds none."""
    usage: Callable[[Span], Usage | None] = lambda _: None
    """Usage that one attribute holds as an object."""
    cost: Callable[[Span], Any] = lambda _: None
    passed: Mapping[str, Callable[[Any], Any]] = {}
    """By attribute of `input`, what of its value a tool was given."""
    failed: Callable[[Span], str | None] = lambda _: None
    """What went wrong, where an attribute tells it and the status does not."""
    wrote: Callable[[Span], bool] = lambda _: False
    """Whether the instrumentation of this dialect wrote the span, with or without messages."""
    remedy: str = ""
    """The setting that makes it record messages."""


def has(*prefixes: str) -> Callable[[Span], bool]:
    """Whether a span has an attribute that begins so."""
    return lambda span: any(key.startswith(prefixes) for key in span.attributes)


def first(attributes: Mapping[str, Any], *keys: str) -> Any:
    """The value of the first of these attributes that is there and not empty."""
    return next((attributes[key] for key in keys if attributes.get(key) not in (None, "")), None)


def kind_among(kinds: Mapping[str, Mapping[str, StepKind]], span: Span) -> StepKind | None:
    """The kind of step that a table of values tells."""
    for key, values in kinds.items():
        kind = values.get(str(json_value(span.attributes.get(key)) or "").lower())
        if kind is not None:
            return kind
    return None
