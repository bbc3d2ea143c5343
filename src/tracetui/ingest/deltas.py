"""Where the messages that a prompt gained came from: the answers, results and inputs of the steps before it.

A trace may write down, with each LLM call, the messages added since the one before. Each is given back to the step
that it repeats, so that the window grows step by step as it did in the run; the order is that of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracetui.model import Message, ToolCallPart, ToolCallResponsePart


class Output(NamedTuple):
    """A message that a step is expected to have put into the window."""

    step: int
    message: Message
    known: bool = True
    """False for a tool's answer that its own step does not tell: the message stands for what is expected."""


class Placed(NamedTuple):
    """A message of a delta, and when it joined the window."""

    message: Message
    at: int
    """Index of the step from which on it stands in the window; the LLM call itself for what came with its request."""
    origin: int
    """Index of the step that it comes from; the LLM call itself where no step is known."""


def place_delta(delta: Sequence[Message], outputs: Sequence[Output], call: int) -> Iterator[Placed]:
    """Place every message of the delta of LLM step `call`, in order; `outputs`: what the steps before it gave, in order.

    A message whose origin is not known joins with the request, unless one after it was in the window before.
    """
    origins = _origins(delta, outputs)
    known = [position for position, origin in enumerate(origins) if origin is not None]
    last_known = known[-1] if known else -1
    latest = min((origins[position] or 0 for position in known), default=call)
    for position, (message, origin) in enumerate(zip(delta, origins, strict=True)):
        latest = max(latest, origin if origin is not None else latest)
        yield Placed(message, latest if position <= last_known else call, call if origin is None else origin)


def _origins(delta: Sequence[Message], outputs: Sequence[Output]) -> list[int | None]:
    """For each message the step it comes from: by call id, else by equal content, else by role, name and order."""
    origins: list[int | None] = [None] * len(delta)
    left = list(outputs)
    for position, message in enumerate(delta):
        ids = answered_calls(message)
        if ids and left:
            origins[position] = _take(left, [not ids.isdisjoint(answered_calls(o.message)) for o in left])
    for position, message in enumerate(delta):
        if origins[position] is None and left:
            same = [message.role == o.message.role and message.parts == o.message.parts for o in left]
            origins[position] = _take(left, same)
    for position, message in enumerate(delta):
        if origins[position] is None and left:
            origins[position] = _take(left, [_same_speaker(message, o.message) for o in left])
    return origins


def _take(left: list[Output], fits: list[bool]) -> int | None:
    """The step of the first output that fits, which is then no longer left."""
    return left.pop(fits.index(True)).step if True in fits else None


def _same_speaker(message: Message, output: Message) -> bool:
    """A model's answer that was cut or rewritten, or a result without an id: the tool's name tells, if there is one."""
    if message.role == "assistant" or output.role == "assistant":
        return message.role == output.role
    if not (is_result(message) and is_result(output)) or (answered_calls(message) and answered_calls(output)):
        return False
    return message.name is None or output.name is None or message.name == output.name


def is_result(message: Message) -> bool:
    """Whether a message is a tool's answer."""
    return message.role in ("tool", "function") or any(isinstance(p, ToolCallResponsePart) for p in message.parts)


def answered_calls(message: Message) -> set[str]:
    """Ids of the calls whose results a message holds."""
    parts = message.parts
    if len(parts) == 1:  # nearly every message: this runs once for each one in a trace
        part = parts[0]
        return {part.id} if isinstance(part, ToolCallResponsePart) and part.id else set()
    return {part.id for part in parts if isinstance(part, ToolCallResponsePart) and part.id}


def asked_calls(message: Message) -> list[ToolCallPart]:
    """The calls that a message asks for."""
    return [part for part in message.parts if isinstance(part, ToolCallPart)]
