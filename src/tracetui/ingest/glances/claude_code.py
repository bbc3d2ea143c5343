"""A line of a Claude Code session: one block of an answer, a user's text, a tool's result, or a note of the program.

Usage is repeated on every line of an answer: the tokens of a line are those of its whole answer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tracetui.ingest.glance import MOST, Glance, Look, count
from tracetui.model import StepKind

_EVENTS: dict[Any, StepKind] = {"system": "other", "summary": "compaction", "attachment": "other"}


class _Block(msgspec.Struct, gc=False):
    type: Any = None
    is_error: Any = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: Any = None
    cache_read_input_tokens: Any = None
    cache_creation_input_tokens: Any = None
    output_tokens: Any = None


class _Message(msgspec.Struct, gc=False):
    content: str | list[_Block | str] | None = None
    usage: _Usage | None = None


class _Line(msgspec.Struct, gc=False, rename="camel"):
    type: Any = None
    subtype: Any = None
    session_id: Any = None
    level: Any = None
    is_api_error_message: Any = None
    message: _Message | None = None


def _look(line: _Line) -> Look:
    message = line.message
    content = message.content if message is not None else None
    blocks = [block for block in content if type(block) is _Block] if type(content) is list else []
    failed = any(block.is_error is True for block in blocks) or line.is_api_error_message is True
    failed = failed or line.level == "error" or line.subtype == "api_error"
    usage = message.usage if message is not None else None
    return Look(
        _kind(line.type, blocks),
        line.session_id.split("#", 1)[0] if type(line.session_id) is str else None,
        failed,
        0 if usage is None else _tokens(usage),
    )


def _kind(written: Any, blocks: list[_Block]) -> StepKind | None:
    if written == "assistant":
        return "llm_call"
    if written == "user":
        return "tool_call" if any(block.type == "tool_result" for block in blocks) else "message"
    return _EVENTS.get(written) if type(written) is str else None


def _tokens(usage: _Usage) -> int:
    shown = count(usage.input_tokens) + count(usage.cache_read_input_tokens) + count(usage.cache_creation_input_tokens)
    return min(shown + count(usage.output_tokens), MOST)


GLANCE = Glance(_Line, _look)
