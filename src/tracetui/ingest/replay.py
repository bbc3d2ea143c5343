"""A context window whose messages have keys, so that a record can name what leaves it: for formats that log events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tracetui.ingest.build import SessionBuilder
from tracetui.model import ContextEdit, Message, SourceRef


class Held(NamedTuple):
    """A message in the window: the keys of the records it was made from, and the step that it comes from."""

    keys: frozenset[str]
    step: int


class ReplayedWindow:
    """Adds messages to one scope of a builder and keeps their keys in step with the window that the edits describe."""

    def __init__(self, builder: SessionBuilder, scope: str = "main") -> None:
        self.builder = builder
        self.scope = scope
        self.held: list[Held] = []

    def message(self, message: Message, source: SourceRef, *keys: str, **fields: Any) -> int:
        """What was put in, as a step of its own."""
        return self._joined(self.builder.message(message, source, scope=self.scope, **fields), keys)

    def llm_call(
        self, message: Message, source: SourceRef, *keys: str, call_sources: Sequence[SourceRef] = (), **fields: Any
    ) -> int:
        """What a model returned, with a step for each tool call in it."""
        index = self.builder.llm_call(message, source, call_sources=call_sources, scope=self.scope, **fields)
        return self._joined(index, keys)

    def tool_result(self, message: Message, source: SourceRef, *keys: str, **fields: Any) -> int:
        """A tool's answer, joined to its call."""
        return self._joined(self.builder.tool_result(message, source, scope=self.scope, **fields), keys)

    def drop(self, gone: Callable[[Held], bool], *, at: int) -> None:
        """From step `at` on, the messages of which `gone` is true are out of the window."""
        for position in reversed(range(len(self.held))):
            if gone(self.held[position]):
                self._splice(at, position, 1)
                del self.held[position]

    def drop_from(self, key: str, *, at: int) -> bool:
        """Drop the message with this key and all after it; false where there is none."""
        start = next((position for position, held in enumerate(self.held) if key in held.keys), None)
        if start is None:
            return False
        self._splice(at, start, len(self.held) - start)
        del self.held[start:]
        return True

    def put(self, message: Message, position: int, *keys: str, at: int) -> None:
        """From step `at` on, the message stands at `position`."""
        self._splice(at, position, 0, message)
        self.held.insert(position, Held(frozenset(keys), at))

    def replace(self, key: str, message: Message, *, at: int) -> None:
        """From step `at` on, the message with this key says something else."""
        for position, held in enumerate(self.held):
            if key in held.keys:
                self._splice(at, position, 1, message, held.step)

    def rebuild(self, messages: Sequence[tuple[str, Message]], *, at: int, keep_from: int | None = None) -> None:
        """The window starts anew: with these messages, then with what stood from position `keep_from` on."""
        kept = () if keep_from is None else tuple(range(keep_from, len(self.held)))
        new = tuple(message for _, message in messages)
        self.builder.edit(
            ContextEdit(at=at, scope=self.scope, kind="compact", messages=new, keep=kept, evidence="recorded")
        )
        self.held = [*(Held(frozenset((key,)), at) for key, _ in messages), *(self.held[i] for i in kept)]

    def _joined(self, index: int, keys: Sequence[str]) -> int:
        self.held.append(Held(frozenset(keys), index))
        return index

    def _splice(
        self, at: int, start: int, delete: int, message: Message | None = None, from_step: int | None = None
    ) -> None:
        put_in = () if message is None else (message,)
        self.builder.edit(
            ContextEdit(
                at=at,
                scope=self.scope,
                kind="splice",
                start=start,
                delete=delete,
                messages=put_in,
                from_step=from_step,
                evidence="recorded",
            )
        )
