"""A step of a session trace."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import msgspec

from tracetui.ingest.glance import Glance, Look, Said, count
from tracetui.ingest.session_rows import KINDS, common_fields, recorded_flags, status

_WORDS = 256
"""So many words of `status` are remembered."""
_known: dict[Any, bool] = {}


_NOTHING = msgspec.Raw(b"")


class _Line(msgspec.Struct, gc=False):
    type: Any = None
    session_id: Any = None
    status: Any = None
    error: Any = None
    flags: Any = None
    input_tokens: Any = None
    output_tokens: Any = None
    ms: Any = None
    tool: Any = None
    args: msgspec.Raw = _NOTHING
    result: msgspec.Raw = _NOTHING


def _look(line: _Line) -> Look | None:
    name, session = line.type, line.session_id
    if type(name) is not str or type(session) not in (str, int):
        return None
    shown, written = line.input_tokens, line.output_tokens
    return Look(
        KINDS.get(name, "other"),
        session if type(session) is str else str(session),
        (line.status is not None and _failed(line.status)) or (line.error is not None and _has_error(line.error)),
        0 if shown is None and written is None else count(shown) + count(written),
        0 if line.ms is None else count(line.ms),
        () if line.flags is None else recorded_flags(line.flags) or (),
        (),
        crc32(line.result, crc32(line.args, crc32(line.tool.encode("utf-8", "replace"))))
        if line.result and line.args and type(line.tool) is str
        else 0,
    )


def _failed(written: Any) -> bool:
    try:
        return _known[written]
    except (KeyError, TypeError):
        failed = status(written) == "error"
        if isinstance(written, str) and len(_known) < _WORDS:
            _known[written] = failed
        return failed


def _has_error(written: Any) -> bool:
    return "error" in common_fields({"type": "", "error": written})


class _Written(msgspec.Struct, gc=False):
    session_id: msgspec.Raw = _NOTHING
    type: msgspec.Raw = _NOTHING
    agent: msgspec.Raw = _NOTHING
    tool: msgspec.Raw = _NOTHING
    summary: msgspec.Raw = _NOTHING
    args: msgspec.Raw = _NOTHING
    completion: msgspec.Raw = _NOTHING
    content: msgspec.Raw = _NOTHING
    status: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING
    result: msgspec.Raw = _NOTHING


def _tokens(line: _Written) -> tuple[int, int, int, bytes] | None:
    """Times, counts, ids of calls and prompts are left out: they differ between runs that do the same."""
    actor = b"\0".join((line.type, line.agent, line.tool))
    if not line.type or not line.session_id:
        return None
    return (
        crc32(actor),
        hash(b"\0".join((actor, line.summary, line.args, line.completion, line.content))),
        crc32(line.result, crc32(line.error, crc32(line.status))),
        bytes(line.session_id),
    )


GLANCE = Glance(_Line, _look, said=Said(_Written, _tokens))
