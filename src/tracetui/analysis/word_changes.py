"""Which words of two texts differ: for reading one pair of steps, not for judging it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from tracetui.matching import blocks

MOST_WORDS = 16_000
"""Words of each text that are compared; what lies beyond is shown uncompared."""
_WORD = re.compile(r"\S+")
Reach = tuple[int, int]
"""Half-open range of characters."""


class WordChanges(NamedTuple):
    """The changed words of either text, as ranges of characters in order."""

    first: tuple[Reach, ...]
    second: tuple[Reach, ...]
    compared: Reach
    """Characters of the first and of the second text that were compared, counted from their start."""


class Stretch(NamedTuple):
    """Lines of two texts that stand against each other."""

    first: str
    second: str
    words: WordChanges | None
    """What differs; None where the lines are the same."""


def stretches(first: str, second: str) -> Iterator[Stretch]:
    """Both texts in order: lines that are the same, and between them lines with the words that differ.

    A stretch that only one text has is the empty text in the other, with no words.
    """
    old, new = first.split("\n"), second.split("\n")
    for block in blocks([_key(line) for line in old], [_key(line) for line in new]):
        ours, theirs = "\n".join(old[block.a : block.b]), "\n".join(new[block.c : block.d])
        yield Stretch(ours, theirs, None if block.same else word_changes(ours, theirs))


def _key(line: str) -> bytes:
    return line.encode("utf-8", "surrogatepass")


def word_changes(first: str, second: str) -> WordChanges:
    """The words that an edit script replaces, removes or adds; neighbouring ones as one range."""
    words, others = _words(first), _words(second)
    gone: list[Reach] = []
    come: list[Reach] = []
    for code in Levenshtein.opcodes([first[a:b] for a, b in words], [second[a:b] for a, b in others]):
        if code.tag == "equal":
            continue
        if code.src_end > code.src_start:
            gone.append((words[code.src_start][0], words[code.src_end - 1][1]))
        if code.dest_end > code.dest_start:
            come.append((others[code.dest_start][0], others[code.dest_end - 1][1]))
    return WordChanges(tuple(_joined(gone)), tuple(_joined(come)), (_end(words, first), _end(others, second)))


def _words(text: str) -> list[Reach]:
    found: list[Reach] = []
    for match in _WORD.finditer(text):
        if len(found) == MOST_WORDS:
            break
        found.append(match.span())
    return found


def _end(words: list[Reach], text: str) -> int:
    return words[-1][1] if len(words) == MOST_WORDS else len(text)


def _joined(reaches: list[Reach]) -> list[Reach]:
    """Ranges with nothing but one space between them become one."""
    found: list[Reach] = []
    for start, end in reaches:
        if found and start - found[-1][1] <= 1:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
