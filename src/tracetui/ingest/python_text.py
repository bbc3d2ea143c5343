"""Values that a program wrote as Python shows them (`repr`) where they lay too deep for its JSON."""

from __future__ import annotations

import ast
from typing import Any

from tracetui.ingest.messages import decoded

_OPENING = ("'", '"', "{", "[", "(")
_MOST_CHARACTERS = 1_000_000
_MOST_DEEP = 20


def written_out(value: Any, depth: int = 0) -> Any:
    """The value with every literal of Python inside it, of text, list or object, as what it stands for; JSON text of a list
    or an object too. All other text, and what is no literal, stays to the letter. Nothing is evaluated."""
    if depth > _MOST_DEEP:
        return value
    if isinstance(value, dict):
        return {key: written_out(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [written_out(inner, depth + 1) for inner in value]
    if not isinstance(value, str):
        return value
    read = _literal(value) if value.startswith(_OPENING) and len(value) <= _MOST_CHARACTERS else value
    if isinstance(read, str):
        return decoded(read) if read is value else read
    return written_out(read, depth + 1)


def _literal(text: str) -> Any:
    try:
        read = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return read if isinstance(read, (str, dict, list, tuple)) and _has_text_keys(read) else text


def _has_text_keys(value: Any) -> bool:
    return not isinstance(value, dict) or all(isinstance(key, str) for key in value)
