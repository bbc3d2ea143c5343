"""What changed between two windows: which messages stayed, came, were rewritten or went."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, NamedTuple

import msgspec

from tracetui.matching import Block, blocks
from tracetui.model import Fidelity, Message
from tracetui.windows import Entry

MessageStatus = Literal["kept", "new", "changed"]


class PromptMessage(msgspec.Struct, frozen=True):
    """A message where it stands in a prompt."""

    message: Message
    from_step: int | None
    """Index of the step that put it there; None where the trace does not tell."""
    status: MessageStatus
    fidelity: Fidelity
    """partial: that it was in the prompt, or its wording there, is assumed."""


class RemovedMessage(msgspec.Struct, frozen=True):
    message: Message
    from_step: int | None
    status: Literal["dropped", "compacted"]


class Keyed(NamedTuple):
    """The messages of a window, and the identity of each."""

    entries: list[Entry]
    keys: list[bytes]


def grown(now: list[Entry], kept: int, fidelity: Fidelity) -> tuple[PromptMessage, ...]:
    """The messages of a window that had `kept` of them before and was only added to since."""
    return tuple(_shown(entry, "kept" if at < kept else "new", fidelity) for at, entry in enumerate(now))


def changes(
    then: Keyed, now: Keyed, fidelity: Fidelity, rewritten: Literal["", "compact", "reset"]
) -> tuple[tuple[PromptMessage, ...], tuple[RemovedMessage, ...]]:
    """The messages of `now` with their status, and those of `then` that are gone.

    A message that another of the same role stands in for, one for one or as what the same step put in, is changed, unless
    the window was rewritten since (compacted, reset): there the old ones are gone and the summary is new.
    """
    found = list(blocks(then.keys, now.keys))
    moved = _moved(found, then.keys, now.keys)
    statuses: list[MessageStatus] = ["new"] * len(now.entries)
    gone = set(moved)
    for at in moved.values():
        statuses[at] = "kept"
    for block in found:
        for old, new in _stands_for(block, then.entries, now.entries) if block.same or not rewritten else ():
            if old in moved or statuses[new] == "kept":
                continue
            if block.same or then.entries[old].message.role == now.entries[new].message.role:
                statuses[new] = "kept" if block.same else "changed"
                gone.add(old)
    why: Literal["dropped", "compacted"] = "compacted" if rewritten == "compact" else "dropped"
    shown = (_shown(entry, status, fidelity) for entry, status in zip(now.entries, statuses, strict=True))
    removed = (RemovedMessage(e.message, e.from_step, why) for at, e in enumerate(then.entries) if at not in gone)
    return tuple(shown), tuple(removed)


def _stands_for(block: Block, then: list[Entry], now: list[Entry]) -> list[tuple[int, int]]:
    """Positions in `then` and `now` of messages of a block that stand against one another."""
    if block.b - block.a == block.d - block.c:
        return list(zip(range(block.a, block.b), range(block.c, block.d), strict=True))
    steps = {then[at].from_step: at for at in range(block.a, block.b) if then[at].from_step is not None}
    return [(steps.pop(step), at) for at in range(block.c, block.d) if (step := now[at].from_step) in steps]


def _shown(entry: Entry, status: MessageStatus, fidelity: Fidelity) -> PromptMessage:
    return PromptMessage(entry.message, entry.from_step, status, "partial" if entry.evidence == "assumed" else fidelity)


def _moved(found: list[Block], then: list[bytes], now: list[bytes]) -> dict[int, int]:
    """Positions in `then` of messages that only changed places, to where they stand in `now`."""
    left: dict[bytes, list[int]] = defaultdict(list)
    for block in found:
        if not block.same:
            for at in reversed(range(block.a, block.b)):
                left[then[at]].append(at)
    changed = (at for block in found if not block.same for at in range(block.c, block.d))
    return {left[now[at]].pop(): at for at in changed if left.get(now[at])}
