"""OTLP as protobuf: messages decoded into the objects of OTLP's JSON form, each with its byte range.

Only what a trace holds is decoded; the field numbers are those of opentelemetry-proto 1.x. Fields that are not known
are left out, as the protobuf rules say; a message that breaks off raises `BrokenMessageError`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_DEPTH = 60
_LONGEST_VARINT = 10


class BrokenMessageError(ValueError):
    """The bytes stop being a protobuf message at `at`."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(f"{reason} at byte {at}")
        self.at = at


class Field(NamedTuple):
    """One field of a message: its number, wire type, value where it is a number, and the range of its content."""

    number: int
    wire: int
    value: int
    start: int
    end: int
    is_cut: bool = False
    """The content goes on behind the end of the data."""


def fields(data: bytes, start: int, end: int, *, keep_cut: bool = False) -> Iterator[Field]:
    """The fields of the message in `data[start:end]`. Raises BrokenMessageError; what came before has been yielded.

    `keep_cut`: a last field that is cut is yielded with what there is of it.
    """
    at = start
    while at < end:
        first = at
        key, at = varint(data, at, end)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise BrokenMessageError("a field without a number", first)
        if wire == _VARINT:
            value, stop = varint(data, at, end)
        elif wire in (_FIXED64, _FIXED32):
            stop = at + (8 if wire == _FIXED64 else 4)
            value = int.from_bytes(data[at:stop], "little")
        elif wire == _BYTES:
            value, at = varint(data, at, end)
            stop = at + value
        else:
            raise BrokenMessageError(f"wire type {wire}", first)
        if stop > end and keep_cut and wire == _BYTES:
            yield Field(number, wire, value, at, end, is_cut=True)
            return
        if stop > end:
            raise BrokenMessageError("a field that is cut", first)
        yield Field(number, wire, value, at, stop)
        at = stop


def decode_message(data: bytes, start: int, end: int, schema: str) -> dict[str, Any]:
    """The message in `data[start:end]` as OTLP's JSON form has it. `schema` is a key of the table below."""
    return _decode(data, start, end, schema, 0)


def _decode(data: bytes, start: int, end: int, schema: str, depth: int) -> dict[str, Any]:
    if depth > _MAX_DEPTH:
        raise BrokenMessageError(f"nested deeper than {_MAX_DEPTH} messages", start)
    known = _SCHEMAS[schema]
    value: dict[str, Any] = {}
    for field in fields(data, start, end):
        if field.number not in known:
            continue
        name, kind = known[field.number]
        repeated = kind.endswith("[]")
        decoded = _value(data, field, kind.removesuffix("[]"), depth)
        if repeated:
            value.setdefault(name, []).append(decoded)
        else:
            value[name] = decoded
    return value


def _value(data: bytes, field: Field, kind: str, depth: int) -> Any:
    match kind:
        case "int":
            return field.value - (1 << 64) if field.value >> 63 and field.wire == _VARINT else field.value
        case "bool":
            return bool(field.value)
        case "double":
            return struct.unpack("<d", data[field.start : field.start + 8].ljust(8, b"\0"))[0]
        case "text":
            return data[field.start : field.end].decode("utf-8", "surrogateescape")
        case "hex":
            return data[field.start : field.end].hex()
    if field.wire != _BYTES:
        raise BrokenMessageError(f"a number where {kind} should be", field.start)
    return _decode(data, field.start, field.end, kind, depth + 1)


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends. Raises BrokenMessageError."""
    value = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        if at >= end:
            raise BrokenMessageError("a number that is cut", at)
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise BrokenMessageError("a number longer than ten bytes", at)


_SCHEMAS: dict[str, dict[int, tuple[str, str]]] = {
    "Resource": {1: ("attributes", "KeyValue[]"), 2: ("droppedAttributesCount", "int")},
    "Scope": {1: ("name", "text"), 2: ("version", "text"), 3: ("attributes", "KeyValue[]")},
    "Span": {
        1: ("traceId", "hex"),
        2: ("spanId", "hex"),
        3: ("traceState", "text"),
        4: ("parentSpanId", "hex"),
        5: ("name", "text"),
        6: ("kind", "int"),
        7: ("startTimeUnixNano", "int"),
        8: ("endTimeUnixNano", "int"),
        9: ("attributes", "KeyValue[]"),
        10: ("droppedAttributesCount", "int"),
        11: ("events", "Event[]"),
        12: ("droppedEventsCount", "int"),
        13: ("links", "Link[]"),
        14: ("droppedLinksCount", "int"),
        15: ("status", "Status"),
    },
    "Event": {1: ("timeUnixNano", "int"), 2: ("name", "text"), 3: ("attributes", "KeyValue[]")},
    "Link": {1: ("traceId", "hex"), 2: ("spanId", "hex"), 4: ("attributes", "KeyValue[]")},
    "Status": {2: ("message", "text"), 3: ("code", "int")},
    "LogRecord": {
        1: ("timeUnixNano", "int"),
        5: ("body", "AnyValue"),
        6: ("attributes", "KeyValue[]"),
        9: ("traceId", "hex"),
        10: ("spanId", "hex"),
        11: ("observedTimeUnixNano", "int"),
        12: ("eventName", "text"),
    },
    "KeyValue": {1: ("key", "text"), 2: ("value", "AnyValue")},
    "AnyValue": {
        1: ("stringValue", "text"),
        2: ("boolValue", "bool"),
        3: ("intValue", "int"),
        4: ("doubleValue", "double"),
        5: ("arrayValue", "ArrayValue"),
        6: ("kvlistValue", "KeyValueList"),
        7: ("bytesValue", "hex"),
    },
    "ArrayValue": {1: ("values", "AnyValue[]")},
    "KeyValueList": {1: ("values", "KeyValue[]")},
}
"""By message: the JSON name and the kind of each field that is read."""
