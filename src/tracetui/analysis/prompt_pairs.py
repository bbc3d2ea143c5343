"""Which messages of two prompts stand for each other: for reading two prompts, not for judging them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from tracetui.matching import Block, blocks
from tracetui.model import Message
from tracetui.parts import identity, text_of

_MOST_CELLS = 4_000
"""Above this product of lengths messages that differ are paired by role and order, without looking at what they say."""
_COMPARED_CHARACTERS = 2_000
"""Characters at the start of a message by which its likeness is judged."""
_SAME_ROLE = 0.2
"""What it counts that two messages have one role, beside a likeness of 0 to 1: such a pair is better than none."""


class PromptPair(NamedTuple):
    """Positions of two messages that stand for each other; None where the other prompt has no such message."""

    first: int | None
    second: int | None
    same: bool = False
    """To the letter, by role and parts."""


def prompt_pairs(first: Sequence[Message], second: Sequence[Message]) -> list[PromptPair]:
    """Both prompts in their order. Messages of different roles are never paired."""
    found: list[PromptPair] = []
    for block in blocks([identity(message) for message in first], [identity(message) for message in second]):
        if block.same:
            found += (PromptPair(block.a + at, block.c + at, same=True) for at in range(block.b - block.a))
        else:
            found += _differing(block, first, second)
    return found


def _differing(block: Block, first: Sequence[Message], second: Sequence[Message]) -> Iterator[PromptPair]:
    old, new = first[block.a : block.b], second[block.c : block.d]
    many = len(old) * len(new) > _MOST_CELLS
    a = c = 0
    for at, to in [*(_by_role(old, new) if many else _by_likeness(old, new)), (len(old), len(new))]:
        yield from (PromptPair(block.a + lone, None) for lone in range(a, at))
        yield from (PromptPair(None, block.c + lone) for lone in range(c, to))
        if at < len(old):
            yield PromptPair(block.a + at, block.c + to)
        a, c = at + 1, to + 1


def _by_role(old: Sequence[Message], new: Sequence[Message]) -> Iterator[tuple[int, int]]:
    for block in blocks([message.role.encode() for message in old], [message.role.encode() for message in new]):
        if block.same:
            yield from zip(range(block.a, block.b), range(block.c, block.d), strict=True)


def _by_likeness(old: Sequence[Message], new: Sequence[Message]) -> list[tuple[int, int]]:
    """The pairs in order whose likeness adds up to most."""
    said, says = [_start(message) for message in old], [_start(message) for message in new]
    worth = [
        [
            _SAME_ROLE + fuzz.ratio(said[i], says[j]) / 100 if old[i].role == new[j].role else 0.0
            for j in range(len(new))
        ]
        for i in range(len(old))
    ]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], worth[i][j] and worth[i][j] + best[i + 1][j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if worth[i][j] and best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _start(message: Message) -> str:
    return "\n".join(text_of(part)[:_COMPARED_CHARACTERS] for part in message.parts)[:_COMPARED_CHARACTERS]
