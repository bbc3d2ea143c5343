"""The passages of a session, found by step, by kind and by the words in them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from tracetui.analysis.actions import is_external
from tracetui.analysis.passages import Passage, PassageKind
from tracetui.analysis.phrases import has_any
from tracetui.model import Evidence, Session, Step

CONTEXT_CHARACTERS = 48
"""Text quoted on either side of a value in evidence."""
_BATCH = 64
"""Passages that are searched for words at a time."""


class Corpus:
    """A session and its passages, in step order."""

    def __init__(self, session: Session, found: tuple[Passage, ...]) -> None:
        self.session = session
        self.passages = found

    def of_kind(self, *kinds: PassageKind) -> Sequence[int]:
        """Indices of the passages of these kinds, in order."""
        if len(kinds) == 1:
            return self._of_kind.get(kinds[0], ())
        return sorted(index for kind in kinds for index in self._of_kind.get(kind, ()))

    def holding(self, words: Sequence[str], *kinds: PassageKind) -> Iterator[int]:
        """Indices of the passages of these kinds that hold one of `words`, given without case, in order.

        Texts are asked in batches, since most rules ask for what next to no text holds.
        """
        indices, passages = self.of_kind(*kinds), self.passages
        for first in range(0, len(indices), _BATCH):
            batch = indices[first : first + _BATCH]
            if has_any("\n".join([passages[index].text for index in batch]).casefold(), words):
                yield from (index for index in batch if has_any(passages[index].text.casefold(), words))

    @cached_property
    def _of_kind(self) -> Mapping[PassageKind, Sequence[int]]:
        found: dict[PassageKind, array[int]] = defaultdict(lambda: array("Q"))
        for index, passage in enumerate(self.passages):
            found[passage.kind].append(index)
        return found

    def passages_at(self, step: int) -> range:
        """Indices of the passages that stand at `step`."""
        return range(self._passages_from[step + 1], self._passages_from[step + 2])

    @cached_property
    def _passages_from(self) -> Sequence[int]:
        """By step, from -1 on: index of its first passage."""
        starts = array("Q", [0])
        for index, passage in enumerate(self.passages):
            if passage.step + 1 >= len(starts):
                starts.extend([index] * (passage.step + 2 - len(starts)))
        starts.extend([len(self.passages)] * (len(self.session.steps) + 2 - len(starts)))
        return starts

    def quote(self, passage: int, start: int, end: int, role: str) -> Evidence:
        """Evidence for any span of a passage."""
        found = self.passages[passage]
        first, last = _around(found.text, start, end)
        return Evidence(max(found.step, 0), found.text[first:last], found.source, role)

    def is_external(self, step: Step) -> bool:
        """Whether a call of this session changes the world outside the agent, or may do so."""
        return self._external[step.index]

    @cached_property
    def _external(self) -> Sequence[bool]:
        return [step.kind == "tool_call" and is_external(step) for step in self.session.steps]


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """A span widened by CONTEXT_CHARACTERS on either side, within its line, cut between words."""
    first = max(0, start - CONTEXT_CHARACTERS, text.rfind("\n", max(0, start - CONTEXT_CHARACTERS), start) + 1)
    line_end = text.find("\n", end, end + CONTEXT_CHARACTERS)
    last = line_end if line_end >= 0 else min(len(text), end + CONTEXT_CHARACTERS)
    if 0 < first < start and text[first - 1] != "\n" and (gap := text.find(" ", first, start)) >= 0:
        first = gap + 1
    if end < last < len(text) and text[last] != "\n" and (gap := text.rfind(" ", end, last)) >= 0:
        last = gap
    return first, last
