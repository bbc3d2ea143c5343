"""A table that says how a tool lays out a span, and the span that it makes of an object.

What a table does not name stays with the span as an attribute of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.otel.span import (
    Span,
    SpanEvent,
    duration_ns,
    flatten,
    hex_id,
    json_value,
    key_values,
    status_of,
    time_ns,
)
from tracetui.model import SourceRef

EventNames = tuple[str, str, str]
"""Keys of an event's name, attributes and time."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where a span of one tool keeps its fields. A name with dots is a key, or a path through objects."""

    name: str
    claims: Callable[[dict[str, Any]], bool]
    """Whether an object is a span in this layout."""
    trace_id: str
    span_id: str
    parent_id: str
    title: tuple[str, ...] = ("name",)
    kind: tuple[str, ...] = ()
    start: tuple[str, ...]
    end: str = ""
    duration: str = ""
    duration_unit_ns: int = 1
    attributes: str
    values_are_text: bool = False
    """Attributes are text whatever they were: JSON in them is decoded."""
    events: str = "events"
    event: EventNames = ("name", "attributes", "timestamp")
    links: str = ""
    status: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    scope: str = ""
    resource: str = ""
    service: str = ""
    """Key of the service's name, where the resource is not written out."""
    children: str = ""
    """Key of the list of spans below, which are spans of their own."""
    keeps: tuple[str, ...] = ()
    """Keys that are kept among the attributes although a field is read from inside them."""
    adjusted: Callable[[Span], Span] = lambda span: span

    def span(self, value: dict[str, Any], source: SourceRef) -> Span:
        """The span in an object that `claims` takes. Fields of a wrong type are treated as absent."""
        start, end = time_ns(_first(value, self.start)), time_ns(_at(value, self.end))
        length = duration_ns(_number(_at(value, self.duration)))
        if end is None and start is not None and length is not None:
            end = start + length * self.duration_unit_ns
        status = _first(value, self.status)
        kind = str(_first(value, self.kind) or "")
        resource = key_values(json_value(_at(value, self.resource)))
        if (service := text_field(_at(value, self.service))) and "service.name" not in resource:
            resource = resource | {"service.name": service}
        return self.adjusted(
            Span(
                trace_id=hex_id(_at(value, self.trace_id)),
                span_id=hex_id(_at(value, self.span_id)),
                parent_id=hex_id(_at(value, self.parent_id)) or None,
                name=str(_first(value, self.title) or ""),
                source=source,
                attributes=flatten(self._attributes(value)) | self._rest(value),
                start_ns=start,
                end_ns=end,
                kind=kind,
                events=tuple(self._events(value)),
                links=tuple(_rows(value, self.links)),
                status=status_of(status),
                status_message=str(_first(value, self.message) or ""),
                scope_name=str(_at(value, self.scope) or ""),
                resource=flatten(resource),
            )
        )

    def _attributes(self, value: dict[str, Any]) -> dict[str, Any]:
        held = _at(value, self.attributes)
        if held is None:  # a row of a table has a column for each attribute
            start = len(self.attributes) + 1
            columns = {key[start:]: inner for key, inner in value.items() if key.startswith(self.attributes + ".")}
            return {key: inner for key, inner in columns.items() if inner is not None}
        found = key_values(held)
        return {key: json_value(inner) for key, inner in found.items()} if self.values_are_text else found

    def _events(self, value: dict[str, Any]) -> Iterable[SpanEvent]:
        named, held, timed = self.event
        for row in _rows(value, self.events):
            name = row.get(named) or row.get("event_name") or ""
            yield SpanEvent(str(name), flatten(key_values(row.get(held))), time_ns(_sql_time(row.get(timed))))

    def _rest(self, value: dict[str, Any]) -> dict[str, Any]:
        """What no field of the table names, and is not empty."""
        single = (self.trace_id, self.span_id, self.parent_id, self.end, self.duration, self.attributes, self.events)
        more = (self.links, self.scope, self.resource, self.service, self.children)
        listed = (*self.title, *self.kind, *self.start, *self.status, *self.message)
        read = {name.split(".")[0] for name in (*single, *more, *listed)} - set(self.keeps)
        return {
            key: inner
            for key, inner in value.items()
            if key.split(".")[0] not in read and inner not in (None, "", [], {})
        }


def _at(value: dict[str, Any], path: str) -> Any:
    if not path or path in value:
        return value.get(path)
    found: Any = value
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _first(value: dict[str, Any], paths: tuple[str, ...]) -> Any:
    found = (_at(value, path) for path in paths)
    return next((_sql_time(inner) for inner in found if inner not in (None, "")), None)


def _sql_time(value: Any) -> Any:
    """A time with a space between date and hour, as databases print it, in ISO form."""
    return value.replace(" ", "T") if isinstance(value, str) and value[10:11] == " " and value[:4].isdigit() else value


def _rows(value: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """A list of objects; where a table has a column of lists for each of their keys, what they would be."""
    listed = json_value(_at(value, path))
    if isinstance(listed, list):
        return [object_field(row) for row in listed]
    columns = {key[len(path) + 1 :]: inner for key, inner in value.items() if path and key.startswith(path + ".")}
    lists = [list_field(inner) for inner in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=False)]


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
