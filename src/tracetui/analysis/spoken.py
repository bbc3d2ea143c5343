"""Ids as people put them in: with spaces between their letters, and as ranges."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from tracetui.analysis.arithmetic import Derivation
from tracetui.analysis.entities import SCAN_LIMIT
from tracetui.analysis.identity import id_key
from tracetui.analysis.passages import Passage

_DISTINCTIVE = 5
"""Letters and digits from which on the same sequence elsewhere is no coincidence."""
_PIECE = 5
_LETTERS = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_LAST_DIGIT = re.compile(r".*\d")
_NUMBERED = re.compile(r"#?([A-Za-z]{1,24})[_-]?(\d{1,9})\Z")
_RANGE = re.compile(
    r"(?<!\w)([A-Za-z]{1,24})[-_]?(\d{1,9})\s?(?:-|–|\.\.|to|through|thru|until|bis|à)\s?(?:\1[-_]?)?(\d{1,9})(?!\w)"
)
_LONGEST_RANGE = 200


class Spoken:
    """What users and prompts put in, asked for what came before a passage."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    def spelt_apart(self, key: str, until: int) -> Derivation | None:
        """“MSKU 204 885” for MSKU204885: the same letters and digits, with spaces between."""
        if len(key) < _DISTINCTIVE:
            return None
        collapsed, starts, which = self._collapsed
        last = bisect_left(which, until)
        end = starts[last] if last < len(starts) else len(collapsed)
        if (piece := _LAST_DIGIT.match(key, _PIECE - 1)) is not None:
            before = piece.end() - _PIECE
            places = (at - before for at in self._pieces_to_digits.get(key[before : piece.end()], ()))
            found = any(collapsed.startswith(key, at) and at + len(key) <= end for at in places if at >= 0)
        else:
            found = collapsed.find(key, 0, end) >= 0
        return Derivation((), "the same letters and digits were put in with spaces between") if found else None

    def within_range(self, text: str, until: int) -> Derivation | None:
        """web-02 where “web-01 to web-04” was put in."""
        parts = _NUMBERED.match(text)
        if parts is None:
            return None
        for passage, letters, first, last in self._ranges:
            if passage < until and letters == id_key(parts[1]) and first <= int(parts[2]) <= last:
                return Derivation((), f"lies between {letters} {first} and {last}")
        return None

    @cached_property
    def _put_in(self) -> list[int]:
        return [i for i, passage in enumerate(self._passages) if passage.kind in ("given", "system")]

    @cached_property
    def _ranges(self) -> list[tuple[int, str, int, int]]:
        """(passage, letters, from, to)"""
        return [
            (i, id_key(found[1]), int(found[2]), int(found[3]))
            for i in self._put_in
            for found in _RANGE.finditer(self._passages[i].text, 0, SCAN_LIMIT)
            if 0 < int(found[3]) - int(found[2]) <= _LONGEST_RANGE
        ]

    @cached_property
    def _collapsed(self) -> tuple[str, list[int], list[int]]:
        """Letters and digits alone; where each passage begins, and which it is."""
        texts = ["".join(_LETTERS.findall(self._passages[i].text[:SCAN_LIMIT].lower())) for i in self._put_in]
        starts, at = [], 0
        for text in texts:
            starts.append(at)
            at += len(text) + 1
        return "\0".join(texts), starts, self._put_in

    @cached_property
    def _pieces_to_digits(self) -> Mapping[str, Sequence[int]]:
        """Every run of _PIECE characters up to a digit, with where it begins."""
        collapsed = self._collapsed[0]
        found: dict[str, array[int]] = defaultdict(lambda: array("L"))
        for digit in _DIGIT.finditer(collapsed, _PIECE - 1):
            found[collapsed[digit.end() - _PIECE : digit.end()]].append(digit.end() - _PIECE)
        return found
