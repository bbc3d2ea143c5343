"""The first steps of a session trace, from the head of its file, as far as a first page needs them.

Only what a row shows, and only where it is plain to see: the reader of the format has the last word some moments later.
"""

from __future__ import annotations

import json
import os
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple

from tracetui.ui.colors import BAD, QUIET, Piece
from tracetui.ui.glyphs import GLYPHS, KINDS

HEAD_BYTES = 1 << 20
"""What the app reads of a large file before its first screen."""
_LONGEST_LINE = 64_000
_GIST_CHARACTERS, _VALUE_CHARACTERS = 2000, 200
_FAILED = frozenset(("error", "failed", "failure", "timeout", "cancelled", "canceled"))


class HeadStep(NamedTuple):
    number: int
    kind: str
    word: str
    actor: str
    said: tuple[Piece, ...]
    failed: bool
    duration_ns: int | None
    tokens: int | None
    flagged: bool
    agent: str
    asked: tuple[str, ...]
    """The arguments of each call that an answer asks for."""


class Head(NamedTuple):
    steps: list[HeadStep]
    sessions: list[str]
    """In order of appearance."""
    lines: int
    """That a line feed ends, in the `read` first bytes of a file of `size`."""
    read: int
    size: int


def read_head(path: str, most: int) -> Head | None:
    """Up to `most` steps; None where the file is no session trace, as far as can be seen. Raises OSError."""
    # It may have become a pipe that nobody writes to.
    with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb", buffering=0) as file:
        data = file.read(HEAD_BYTES)
        size = file.seek(0, 2)
    lines = list(islice(BytesIO(data), most))
    if lines and size > len(data) and not lines[-1].endswith(b"\n"):
        lines.pop()
    sessions: dict[str, None] = {}
    steps: list[HeadStep] = []
    for line in filter(bytes.strip, lines):
        row = _decoded(line)
        if not isinstance(row.get("type"), str) or not isinstance(row.get("session_id"), (str, int)):
            return None
        sessions[str(row["session_id"])] = None
        steps.append(_step(row, len(steps) + 1))
    if not steps:
        return None
    return Head(steps, list(sessions), data.count(b"\n"), len(data), size)


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line) if len(line) < _LONGEST_LINE else None
    except (ValueError, RecursionError):
        row = None
    return row if isinstance(row, dict) else {}


def _step(row: dict[str, Any], nth: int) -> HeadStep:
    kind = row["type"] if row["type"] in KINDS else "other"
    role = row.get("role") or "user"
    is_plain_role = kind == "message" and role in ("user", "system")
    word = ("user" if role == "user" else "sys") if is_plain_role else KINDS[kind][1]
    named = (row.get("agent"), row.get("name"), row.get("model"), role if kind == "message" else "")
    actor = row.get("tool") or "unnamed tool" if kind == "tool_call" else next(filter(None, named), "")
    tokens = [row[name] for name in ("input_tokens", "output_tokens") if isinstance(row.get(name), int)]
    return HeadStep(
        number=row["step"] if isinstance(row.get("step"), int) else nth,
        kind=kind,
        word=word,
        actor=str(row.get("name") or "" if is_plain_role else actor),
        said=tuple(_tool_line(row) if kind == "tool_call" else _said(row)),
        failed=bool(row.get("error")) or str(row.get("status")).lower() in _FAILED or kind == "error",
        duration_ns=round(row["ms"] * 1_000_000) if isinstance(row.get("ms"), (int, float)) else None,
        tokens=sum(tokens) if tokens else None,
        flagged=bool(row.get("flags")),
        agent=str(row.get("agent") or ""),
        asked=tuple(map(_asked, _calls(row.get("completion")))),
    )


def _tool_line(row: dict[str, Any]) -> list[Piece]:
    pieces = [(_fields(row["args"]), "")] if row.get("args") not in (None, {}, "") else []
    answer = row.get("error") or _fields(row.get("result")) or row.get("summary")
    if answer:
        pieces += [(f" {GLYPHS.arrow} " if pieces else f"{GLYPHS.arrow} ", QUIET)]
        pieces += [(_gist(answer), BAD if row.get("error") else QUIET)]
    return pieces


def _said(row: dict[str, Any]) -> list[Piece]:
    message = row.get("completion") or row.get("content")
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        content = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    if isinstance(content, str) and content.strip():
        return [(_gist(content), "")]
    return [(_gist(row["error"]), BAD)] if row.get("error") else [(_gist(row.get("summary") or ""), "")]


def _calls(completion: Any) -> list[Any]:
    listed = completion.get("tool_calls") if isinstance(completion, dict) else None
    return listed if isinstance(listed, list) else []


def _asked(call: Any) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if not isinstance(arguments, str):
        return _fields(arguments)
    try:
        return _fields(json.loads(arguments))
    except ValueError:
        return _gist(arguments)


def _fields(value: Any) -> str:
    """id=ord_555 customer=cust_789, in recorded order."""
    if isinstance(value, dict):
        return " ".join(f"{key}={_gist(inner, _VALUE_CHARACTERS)}" for key, inner in value.items())
    return _gist(_flat(value)) if value is not None else ""


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _gist(value: Any, limit: int = _GIST_CHARACTERS) -> str:
    text = _flat(value)
    return text[:limit].lstrip() + (GLYPHS.more if len(text) > limit else "")
