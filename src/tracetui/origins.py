"""Which step each message of a prompt came from."""

from __future__ import annotations

from collections.abc import Callable

from tracetui.matching import blocks
from tracetui.model import Message, Session, ToolCallPart, ToolCallResponsePart
from tracetui.windows import Entry


class Origins:
    """The steps of a session as the origins of messages. `identity` tells which messages are the same."""

    def __init__(self, session: Session, identity: Callable[[Message], bytes]) -> None:
        self._identity = identity
        self._calls = {step.call_id: step for step in session.steps if step.kind == "tool_call" and step.call_id}

    def attributed(self, messages: tuple[Message, ...], folded: list[Entry], before: int) -> list[Entry]:
        """The messages of a prompt with the step each came from, which is earlier than `before`: by alignment with the
        fold, else by the id of its call."""
        found: list[Entry] = []
        keys = [self._identity(entry.message) for entry in folded]
        for block in blocks(keys, [self._identity(message) for message in messages]):
            paired = block.b - block.a == block.d - block.c
            for offset, message in enumerate(messages[block.c : block.d]):
                other = folded[block.a + offset] if paired else None
                step = other.from_step if other and message.role == other.message.role else None
                found.append(Entry(message, self._by_call(message, before) if step is None else step, "recorded"))
        return found

    def _by_call(self, message: Message, before: int) -> int | None:
        for part in message.parts:
            if not isinstance(part, (ToolCallPart, ToolCallResponsePart)) or part.id is None:
                continue
            call = self._calls.get(part.id)
            if call is not None and call.index < before:
                return call.parent if isinstance(part, ToolCallPart) else call.index
        return None
