"""A model's turn: the assistant lines of one API response put together again, with the results of its calls."""

from __future__ import annotations

import msgspec

from tracetui.ingest.claude.graph import Node
from tracetui.ingest.claude.lines import Entry
from tracetui.ingest.messages import part_of
from tracetui.ingest.usage import anthropic_usage
from tracetui.model import Message, Part, SourceRef, ToolCallPart, ToolCallResponsePart, Usage
from tracetui.parts import text_of

_SYNTHETIC = "<synthetic>"
"""Model of a message that the program wrote itself."""


class TurnCall(msgspec.Struct):
    part: ToolCallPart
    entry: Entry
    source: SourceRef


class TurnAnswer(msgspec.Struct):
    part: ToolCallResponsePart
    message: Message
    entry: Entry
    source: SourceRef
    is_error: bool


class Turn(msgspec.Struct):
    """One API response."""

    lines: list[Entry]
    """The assistant lines, in order."""
    message: Message
    calls: list[TurnCall]
    answers: dict[str, TurnAnswer]
    """By call id, in the order in which they came."""

    @property
    def also(self) -> tuple[SourceRef, ...]:
        return tuple(entry.source for entry in self.lines[1:])

    @property
    def model(self) -> str | None:
        model = self.lines[-1].body.get("model")
        return model if isinstance(model, str) else None

    @property
    def is_synthetic(self) -> bool:
        return self.model == _SYNTHETIC

    @property
    def is_error(self) -> bool:
        return any(entry.value.get("isApiErrorMessage") for entry in self.lines)

    @property
    def text(self) -> str:
        return "\n".join(text_of(part) for part in self.message.parts)

    @property
    def usage(self) -> Usage | None:
        """Of the last line that has one: it is repeated on every line of a response, and grows."""
        usages = (entry.body.get("usage") for entry in reversed(self.lines))
        found = next((usage for usage in usages if isinstance(usage, dict)), None)
        return anthropic_usage(found) if found is not None and not self.is_synthetic else None

    @property
    def cost_usd(self) -> float | None:
        costs = (entry.value.get("costUSD") for entry in reversed(self.lines))
        return next((float(c) for c in costs if isinstance(c, (int, float)) and not isinstance(c, bool)), None)


def turn_of(node: Node) -> Turn:
    lines = [entry for entry in node.entries if entry.type == "assistant"]
    parts: list[Part] = []
    calls: list[TurnCall] = []
    for entry in lines:
        message = entry.message()
        parts += message.parts
        for position, part in enumerate(message.parts):
            if isinstance(part, ToolCallPart):
                calls.append(TurnCall(part, entry, entry.block_source(position)))
    answers: dict[str, TurnAnswer] = {}
    for entry in node.entries:
        for position, block in enumerate(entry.blocks if entry.type == "user" else ()):
            answered = part_of(block)
            if isinstance(answered, ToolCallResponsePart):
                message = Message("user", (answered,), source=entry.source)
                is_error = isinstance(block, dict) and block.get("is_error") is True
                answer = TurnAnswer(answered, message, entry, entry.block_source(position), is_error)
                answers.setdefault(answered.id or "", answer)
    return Turn(lines, Message("assistant", tuple(parts), source=lines[0].source), calls, answers)
