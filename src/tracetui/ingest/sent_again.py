"""What a request repeats of the one before: when two messages are the same, and what was changed between them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from tracetui.ingest.chat import MODEL_ROLES, ChatMessage
from tracetui.matching import blocks
from tracetui.model import ContextEdit, Message, OtherPart, Part, ReasoningPart, TextPart, ToolCallPart
from tracetui.parts import identity, text_of


def key_of(message: Message) -> str:
    """Identity of a message in meaning. What a model said and called tells its answer: reasoning and a provider's own blocks
    come back in another shape, or not at all."""
    said = [part for part in message.parts if isinstance(part, (TextPart, ToolCallPart))]
    if message.role in MODEL_ROLES and any(text_of(part) for part in said):
        return f"{message.role} {[_spoken(part) for part in said]!r}"
    return f"{message.role} {[_meaning(part) for part in message.parts if not isinstance(part, ReasoningPart)]!r}"


def _spoken(part: TextPart | ToolCallPart) -> Any:
    """A call by its id: clients write its arguments anew."""
    if isinstance(part, TextPart):
        return part.content
    return part.name, part.id or json.dumps(part.arguments, sort_keys=True, default=str)


def _meaning(part: Part) -> Part | tuple[str, Any]:
    """A provider's block by its fields that say something, whatever their order."""
    if not isinstance(part, OtherPart) or not isinstance(part.data, dict):
        return part
    return part.kind, part.data.get("id") or sorted(
        (key, value) for key, value in part.data.items() if value is not None
    )


def opening(keys: list[str]) -> str:
    """What a conversation begins with: everything up to its first message that is not the system's."""
    system = list(takewhile(lambda key: key.startswith(("system ", "developer ")), keys))
    return "".join(keys[: len(system) + 1])


def common_prefix(old: list[str], new: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def matches(window: list[str], keys: list[str]) -> list[tuple[int, int]]:
    """Pairs of positions in the window and in the new prompt that hold the same message, in order."""
    same = (block for block in blocks(window, keys) if block.same)
    return [pair for block in same for pair in zip(range(block.a, block.b), range(block.c, block.d), strict=True)]


def edits_between(
    held: list[Message], new_from: int, pairs: list[tuple[int, int]], said: Sequence[ChatMessage]
) -> list[ContextEdit]:
    """What was changed in a window before the new messages, last place first, so that places hold. A message that came back
    in another shape is replaced in its place."""
    edits, old, new = [], 0, 0
    for i, j in [*pairs, (len(held), new_from)]:
        if i > old or j > new:
            put_in = tuple(one.message for one in said[new:j])
            edits.append(
                ContextEdit(at=0, kind="splice", start=old, delete=i - old, messages=put_in, evidence="diffed")
            )
        if i < len(held) and identity(held[i]) != identity(said[j].message):
            edits.append(_reshaped(i, said[j].message))
        old, new = i + 1, j + 1
    return edits[::-1]


def _reshaped(place: int, message: Message) -> ContextEdit:
    return ContextEdit(at=0, kind="splice", start=place, delete=1, messages=(message,), evidence="diffed")
