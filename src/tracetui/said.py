"""What was said before each call of a model, and messages that quote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.model import Message, Part, Session, TextPart, ToolCallPart, ToolCallResponsePart
from tracetui.parts import text_of

_ANSWERS = 3
"""Calls before a call whose answers its prompt may quote."""
_QUOTED = 24
"""Characters of an answer or result from which on finding it in a message is no chance."""


class Said(NamedTuple):
    """What was said before a call in its scope: the last answers, newest first, then the results since the last one."""

    messages: list[Message]
    texts: list[str]


class Quote(NamedTuple):
    """A message of texts of its own and, by number, texts said before."""

    role: str
    pieces: tuple[str | int, ...]

    def with_texts(self, texts: list[str]) -> Message | None:
        """The message with other texts quoted in it; None where one of them is missing."""
        if any(isinstance(piece, int) and piece >= len(texts) for piece in self.pieces):
            return None
        text = "".join(texts[piece] if isinstance(piece, int) else piece for piece in self.pieces)
        return Message(self.role, (TextPart(text),))


def said_before(session: Session) -> dict[int, Said]:
    """By the index of each LLM call."""
    found = {}
    answers: dict[str, list[Message]] = defaultdict(list)
    results: dict[str, list[Message]] = defaultdict(list)
    for step in session.steps:
        if step.kind == "llm_call":
            said = [*answers[step.scope][: -_ANSWERS - 1 : -1], *results.pop(step.scope, ())]
            found[step.index] = Said(said, [text_of_message(message) for message in said])
            answers[step.scope].append(step.message or Message("assistant", ()))
        elif step.kind == "tool_call" and step.has_result:
            part = ToolCallResponsePart(step.call_id, step.result)
            results[step.scope].append(Message("tool", (part,), step.tool, step.source))
    return found


def quoting(message: Message, texts: list[str]) -> Quote | None:
    """A message that quotes some of the texts, with their numbers in place of them; None where it quotes none."""
    if len(message.parts) != 1 or not isinstance(message.parts[0], TextPart):
        return None
    pieces: list[str | int] = [message.parts[0].content]
    for number, text in enumerate(texts):
        for at, piece in enumerate(pieces):
            if len(text) >= _QUOTED and isinstance(piece, str) and text in piece:
                before, _, after = piece.partition(text)
                pieces[at : at + 1] = [before, number, after]
                break
    return Quote(message.role, tuple(pieces)) if len(pieces) > 1 else None


def text_of_message(message: Message) -> str:
    return "\n".join(text_of(part) for part in message.parts)


def values_of(part: Part) -> Iterator[str]:
    """The texts of an answer's part: of a tool call its name and every text in its arguments."""
    if isinstance(part, ToolCallPart):
        yield part.name
        yield from _leaves(part.arguments)
    else:
        yield text_of(part).strip()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
