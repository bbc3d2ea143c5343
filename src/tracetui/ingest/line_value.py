"""A line as a JSON value, and what is wrong with it where it is none."""

from __future__ import annotations

import json
from typing import Any

from tracetui.ingest.decode import decode
from tracetui.ingest.source import Line

_BOM = b"\xef\xbb\xbf"


def value_or_none(line: Line) -> Any:
    """What the line holds; None where that is no JSON."""
    try:
        return decode(without_bom(line.offset, line.data)[1])
    except ValueError:
        return None


def without_bom(offset: int, data: bytes) -> tuple[int, bytes]:
    """A line and its place without the mark that a file of UTF-8 may begin with."""
    return (offset + len(_BOM), data[len(_BOM) :]) if offset == 0 and data.startswith(_BOM) else (offset, data)


def problem_of(line: Line, problem: ValueError) -> str:
    """Why a line is no JSON, in words."""
    if not isinstance(problem, json.JSONDecodeError):
        return str(problem)
    unterminated = problem.msg.startswith("Unterminated string") or not problem.doc[problem.pos :].strip()
    if unterminated and not line.ended:
        return f"last line is incomplete ({len(line.data)} bytes): still being written, or cut"
    where = line.offset + len(problem.doc[: problem.pos].encode("utf-8", "surrogateescape"))
    return f"not JSON: {problem.msg} at byte {where}"
