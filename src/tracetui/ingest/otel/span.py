"""A span as every envelope gives it, and the spellings of ids, times, enums and values that are seen in files."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import msgspec

from tracetui.ingest.decode import decode_text
from tracetui.ingest.fields import count_field, list_field, object_field
from tracetui.ingest.times import parse_time_ns
from tracetui.model import SourceRef, Status, Usage

_HEX = re.compile(r"(0x)?[0-9a-fA-F]+\Z")
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?\Z")
_STATUS: dict[str, Status] = {"2": "error", "error": "error", "1": "ok", "ok": "ok"}


class SpanEvent(msgspec.Struct, frozen=True):
    name: str
    attributes: dict[str, Any]
    time_ns: int | None = None
    body: Any = None
    """The body of a log record that was joined to the span; None for a span event."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One span, its values normalised: hex ids, ns times, attributes flattened to dotted keys."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    source: SourceRef
    attributes: dict[str, Any]
    start_ns: int | None = None
    end_ns: int | None = None
    kind: str = ""
    events: tuple[SpanEvent, ...] = ()
    status: Status = "unknown"
    status_message: str = ""
    scope_name: str = ""
    resource: dict[str, Any] = {}
    links: tuple[dict[str, Any], ...] = ()
    """Spans of this or another trace that this one names, as recorded."""
    usage: Usage | None = None
    """Where the format tells it and no attribute does."""
    dropped: int = 0
    """Attributes, events and links that the exporter's limits cut."""
    remedy: str = ""
    """What makes its writer record messages, where the format knows; else its dialect does."""

    def first(self, *keys: str) -> Any:
        """The value of the first of these attributes that is there and not empty."""
        for key in keys:
            value = self.attributes.get(key)
            if value is not None and value != "":
                return value
        return None


def hex_id(value: Any) -> str:
    """A trace or span id in lower-case hex, from hex, `0x` hex or base64 (16 or 8 bytes). "" for none and for zeros."""
    text = str(value or "").strip()
    if text.lower().startswith("0x"):
        text = text[2:]
    if (text.endswith("=") and len(text) in (12, 24)) or (
        text and not _HEX.match(text) and len(text) in (11, 12, 22, 24)
    ):
        try:
            text = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).hex()
        except (binascii.Error, ValueError):
            return text
    return "" if not text.strip("0") else text.lower() if _HEX.match(text) else text


def any_value(value: Any) -> Any:
    """An OTLP AnyValue, in camel or snake case, as a plain value; anything else unchanged."""
    if not isinstance(value, dict) or len(value) > 1:
        return value
    for key, inner in value.items():
        match key.replace("_", "").lower():
            case "stringvalue" | "boolvalue" | "doublevalue" | "bytesvalue":
                return inner
            case "intvalue":
                return int(inner) if str(inner).lstrip("-").isdigit() else inner
            case "arrayvalue":
                return [any_value(item) for item in list_field(object_field(inner).get("values"))]
            case "kvlistvalue":
                return key_values(object_field(inner).get("values"))
    return value or None


def key_values(pairs: Any) -> dict[str, Any]:
    """Attributes from a list of `{key, value}`, from Go's list of `{Key, Value: {Type, Value}}`, or from an object."""
    if isinstance(pairs, dict):
        return dict(pairs)
    if not isinstance(pairs, list):
        return {}
    named = {
        str(p["key"]): any_value(p.get("value", p.get("vStr"))) for p in pairs if isinstance(p, dict) and "key" in p
    }
    return named or {
        str(p["Key"]): p["Value"].get("Value")
        for p in pairs
        if isinstance(p, dict) and "Key" in p and isinstance(p.get("Value"), dict)
    }


def flatten(attributes: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Attributes with nested objects, and lists of objects, spread over dotted keys; lists of scalars stay lists."""
    flat: dict[str, Any] = {}
    for key, value in attributes.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value and not _is_content(name, value):
            flat |= flatten(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value) and _is_indexed(name):
            for index, item in enumerate(value):
                flat |= flatten(item, f"{name}.{index}.")
        else:
            flat[name] = value
    return flat


def _is_content(name: str, value: dict[str, Any]) -> bool:
    """Whether an object is a value, such as a tool's arguments or a message, and no group of attributes."""
    plain = name in ("input", "output") and "value" not in value
    return plain or name.endswith(_CONTENT) or ("role" in value and not name.startswith("llm."))


_CONTENT = (
    ".call.arguments",
    ".call.result",
    "tool_arguments",
    "tool_response",
    ".tool_call_args",
    ".toolCall.args",
    ".toolCall.result",
    "put.value",
    ".argument",
    ".response.value",
    ".entity.input",
    ".entity.output",
    ".observation.input",
    ".observation.output",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    ".llm_request",
    ".llm_response",
)
"""Ends of the names of attributes that hold a value of the traced program: it stays in one piece."""


def _is_indexed(name: str) -> bool:
    """Whether the conventions spread this list over numbered keys; other lists of objects are values of their own."""
    return name.startswith(
        ("llm.", "retrieval.", "embedding.", "reranker.", "gen_ai.prompt", "gen_ai.completion")
    ) or name.endswith((".contents", ".tool_calls"))


def numbered(attributes: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    """`prefix.N.rest` keys as a list of objects in numeric order; gaps are closed."""
    items: dict[int, dict[str, Any]] = {}
    start = len(prefix) + 1
    for key, value in attributes.items():
        if key.startswith(prefix + "."):
            number, _, rest = key[start:].partition(".")
            if number.isdigit():
                items.setdefault(int(number), {})[rest] = value
    return [items[number] for number in sorted(items)]


def gathered(attributes: dict[str, Any], key: str) -> Any:
    """The value of an attribute, JSON text as its value; where it was spread over dotted keys, put together again."""
    if attributes.get(key) is not None:
        return json_value(attributes[key])
    start = len(key) + 1
    below = {name[start:]: value for name, value in attributes.items() if name.startswith(key + ".")}
    return _nested(below) if below else None


def _nested(flat: dict[str, Any]) -> Any:
    groups: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        head, _, rest = key.partition(".")
        groups.setdefault(head, {})[rest] = value
    whole = {head: inner[""] if set(inner) == {""} else _nested(inner) for head, inner in groups.items()}
    if list(whole) and set(whole) == {str(number) for number in range(len(whole))}:
        return [whole[str(number)] for number in range(len(whole))]
    return whole


def json_value(value: Any) -> Any:
    """JSON text as its value; other text, and text that was cut, as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"'):
        try:
            return decode_text(value)
        except ValueError:
            return value
    return value


def status_of(value: Any) -> Status:
    """A status from a code (0, 1, 2), a name (`STATUS_CODE_ERROR`, "Error") or an object holding either."""
    if isinstance(value, dict):
        value = value.get("code", value.get("status_code", value.get("statusCode")))
    return _STATUS.get(str(value or "").lower().removeprefix("status_code_"), "unknown")


def whole_number(value: Any) -> int | None:
    """A count from a number, or from its digits as text."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return count_field(value)


def duration_ns(value: Any) -> int | None:
    """A length of time from ISO 8601 text (`PT1M2.5S`) or a number of nanoseconds."""
    if isinstance(value, str) and (found := _DURATION.match(value)):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return round((hours * 3600 + minutes * 60 + seconds) * 1e9)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def time_ns(value: Any) -> int | None:
    """A time in ns from what OTLP files hold: a number of ns, as text or number, or ISO text."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return parse_time_ns(value) or None
