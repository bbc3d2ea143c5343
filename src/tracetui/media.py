"""Binary content in a message: what it is and how large, instead of its base64."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from typing import Any, NamedTuple

_LEAST = 400
"""Characters from which on a text of base64 letters is taken for binary content."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]+={0,2}")
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.-]+)*;base64,", re.ASCII)
_MIME_FIELDS = ("media_type", "mime_type", "mimeType", "format")
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp or audio/wav"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_HEAD = 64
"""Base64 letters that are decoded to see what a content is."""


class Payload(NamedTuple):
    """Binary content that stands in a text."""

    what: str
    """Its media type, as declared or by its first bytes; "binary" where neither tells."""
    size: int
    """Bytes."""
    dimensions: tuple[int, int] | None = None
    """Width and height of a PNG image, in pixels."""


def payload(text: str, declared: str = "") -> Payload | None:
    """The binary content that a text is: base64, or a data URL with base64; None for any other text."""
    if " " in text:
        return None
    url = _DATA_URL.match(text)
    if url is None and len(text) < _LEAST:
        return None
    encoded = text[url.end() :] if url else text
    if not _is_base64(encoded):
        return None
    head = _decoded(encoded[:_HEAD])
    seen = next((mime for start, mime in _STARTS if head.startswith(start)), "")
    if url is None and not declared and not seen:
        return None
    what = (url.group(1) or "" if url else "") or declared or seen or "binary"
    size = len(encoded.rstrip("=")) * 3 // 4
    png = seen == "image/png" and len(head) >= 24
    return Payload(what, size, (_number(head[16:20]), _number(head[20:24])) if png else None)


def first_payload(value: Any) -> Payload | None:
    """The first binary content in a JSON value."""
    found: list[Payload] = []

    def keep(each: Payload) -> str:
        found.append(each)
        return ""

    without_payloads(value, keep)
    return found[0] if found else None


def without_payloads(value: Any, marked: Callable[[Payload], str]) -> Any:
    """A JSON value with each binary content in it replaced by `marked(payload)`; the value itself where it holds none."""
    if isinstance(value, str):
        found = payload(value)
        return value if found is None else marked(found)
    if isinstance(value, list):
        made = [without_payloads(inner, marked) for inner in value]
        return made if any(new is not old for new, old in zip(made, value, strict=True)) else value
    if isinstance(value, dict):
        declared = next((value[name] for name in _MIME_FIELDS if isinstance(value.get(name), str)), "")
        replaced = {key: _field(inner, declared, marked) for key, inner in value.items()}
        return replaced if any(replaced[key] is not inner for key, inner in value.items()) else value
    return value


def _field(value: Any, declared: str, marked: Callable[[Payload], str]) -> Any:
    found = payload(value, declared) if isinstance(value, str) and declared else None
    return marked(found) if found is not None else without_payloads(value, marked)


def _is_base64(text: str) -> bool:
    return _BASE64.fullmatch(text.replace("\n", "").replace("\r", "")) is not None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text.replace("-", "+").replace("_", "/")[: len(text) // 4 * 4])
    except (Error, ValueError):
        return b""


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
