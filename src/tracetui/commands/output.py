"""Writing to stdout and stderr. Text of a trace leaves only as safe JSON or through `text.visible`."""

from __future__ import annotations

import contextlib
import errno
import json
import sys
import textwrap
from typing import Any

from tracetui.text import escaped_json, locale_is_ascii, visible, visible_line

WIDTH = 80
"""Columns that plain text is laid out for."""
_PARAGRAPH_CHARACTERS = 600
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def write_document(document: dict[str, Any]) -> None:
    """One compact JSON document on a line of its own, UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(json_line(document).encode())
    sys.stdout.buffer.write(b"\n")


def json_line(document: Any) -> str:
    """Compact, valid JSON, keys in the order given; lone surrogates and hidden characters as escapes.

    A number that JSON cannot write (NaN, an infinity: some writers of traces do) becomes the text of its name.
    """
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_with_finite_numbers(document), ensure_ascii=False, separators=(",", ":"))
    return escaped_json(text)


def write_lines(*lines: str) -> None:
    """Lines for a person, each kept to one line; whatever a terminal would obey or hide is shown as a mark."""
    for line in lines:
        _print(visible_line(line), sys.stdout)


def shown_line(line: str) -> str:
    """A line as `write_lines` writes it: what is to be laid out is as wide as it will be."""
    return visible_line(line, ascii_only=_is_ascii(sys.stdout))


def write_text(text: str) -> None:
    """Text of several lines for a person, made visible in the same way."""
    _print(text, sys.stdout)


def write_bytes(data: bytes) -> None:
    """A record to the byte, where something other than a person reads it; on a terminal as visible text."""
    if sys.stdout.isatty():
        write_text(data.decode("utf-8", "surrogateescape"))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def narrate(text: str) -> None:
    """A line for a person who watches, on stderr."""
    _print(visible_line(text), sys.stderr)


def why_output_ended(problem: BaseException) -> str:
    """In the system's words, where what went wrong is that standard output takes no more: a full disk, a quota, a device
    that fails; else ""."""
    if isinstance(problem, OSError) and problem.filename is None and problem.errno in _NO_ROOM:
        return str(problem.strerror).lower()
    return ""


def is_watched() -> bool:
    """Whether stderr is a terminal, where a person may be told how far something is."""
    return sys.stderr.isatty()


def narrate_progress(text: str) -> None:
    """In place of what this said last, on the same line of stderr; nothing takes it away."""
    shown = visible_line(text)
    with contextlib.suppress(OSError):
        print(f"\r\x1b[K{shown[: WIDTH - 1]}", end="", file=sys.stderr, flush=True)


def paragraph(label: str, text: str, *, indent: int = 2, column: int = 12) -> list[str]:
    """`text` on lines of at most 80 columns, after a label in a column of its own; a cut says how much it left out."""
    if len(text) > _PARAGRAPH_CHARACTERS:
        text = f"{text[:_PARAGRAPH_CHARACTERS]}… ({len(text) - _PARAGRAPH_CHARACTERS:,} more characters)"
    first = " " * indent + label.ljust(column - indent)
    rest = " " * column
    wrapped = textwrap.wrap(
        shown_line(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
    return wrapped or [first.rstrip()]


def _print(text: str, stream: Any) -> None:
    print(visible(text, ascii_only=_is_ascii(stream)), file=stream)


def _is_ascii(stream: Any) -> bool:
    """Whether all else is to be escaped. In the locale C Python writes UTF-8 all the same (PEP 540)."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower()
    return not encoding.startswith("utf") or bool(locale_is_ascii())


def _with_finite_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_finite_numbers(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_finite_numbers(inner) for inner in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return json.dumps(value)
    return value
