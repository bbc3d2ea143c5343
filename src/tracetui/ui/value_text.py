"""Values of a trace as text to be read: JSON over several lines, binary content as what it is and how large."""

from __future__ import annotations

import json
import re
from typing import Any

from tracetui.media import Payload, without_payloads
from tracetui.ui import figures

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')
_MOST_CHARACTERS = 300_000
"""A longer text is left as it is."""
_INDENT = "  "


def value_text(value: Any) -> str:
    """Text as it is, JSON over several lines with its keys in recorded order; nothing is left out but the letters of
    binary content, which is named with its size."""
    value = without_payloads(value, _named)
    if isinstance(value, str):
        return laid_out(value) or value
    try:
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    except (RecursionError, ValueError):
        return "nested too deeply to be laid out; see Raw"


def laid_out(text: str) -> str | None:
    """A JSON object or array on one line, laid out: numbers, escapes, repeated keys and their order as they stand.

    None where the text is something else, is laid out already, or is very long.
    """
    body = text.strip()
    if not body or body[0] not in "{[" or body[-1] not in "}]" or "\n" in body or len(body) > _MOST_CHARACTERS:
        return None
    try:
        json.loads(body, strict=False)
    except (ValueError, RecursionError):
        return None
    return "".join(_laid_out(body))


def _laid_out(body: str) -> list[str]:
    out: list[str] = []
    depth, before = 0, ""
    for token in _TOKEN.findall(body):
        if token in "}]" and token:
            depth -= 1
            out.append(token if before in "{[" else f"\n{_INDENT * depth}{token}")
        elif before and before in "{[,":
            out.append(f"\n{_INDENT * depth}{token}")
        else:
            out.append(f" {token}" if before == ":" else token)
        if token in "{[" and token:
            depth += 1
        before = token
    return out


def _named(found: Payload) -> str:
    return f"<{payload_words(found)}; its bytes are under Raw>"


def payload_words(found: Payload) -> str:
    """image/png, 394.1 kB, 1200x800 pixels"""
    pixels = f", {found.dimensions[0]}x{found.dimensions[1]} pixels" if found.dimensions else ""
    return f"{found.what}, {figures.size(found.size)}{pixels}"
