"""The names of the sessions of a large file, which may be as many as its lines: one stretch of bytes and where each name ends."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

_TABLES = 256
"""Names are found in tables that are so many that to enlarge one of them holds nobody up."""
_FEW = 16
_CODE = _NUMBER = 0xFFFFFFFF
_BYTES = "surrogatepass"
"""A name may hold a lone surrogate."""


class SessionNames:
    """Numbered in the order in which they came; 0 is the empty name. About 60 bytes a name of 36 letters."""

    def __init__(self, text: bytes = b"", ends: array[int] | None = None) -> None:
        """`text`, `ends`: as they were kept."""
        self.text = bytearray(text)
        """All of them, in order."""
        self.ends = array("Q", [0]) if ends is None else ends
        self._tables: list[array[int]] = []
        """Where a name is looked for: 32 bits of its hash and its number; made when the first is asked for."""
        self._filled: list[int] = []

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[str]:
        return (bytes(self._at(number)).decode("utf-8", _BYTES) for number in range(len(self)))

    def get(self, name: str) -> int | None:
        """The number of a name that is known."""
        wanted = name.encode("utf-8", _BYTES)
        if not wanted:
            return 0
        at = -1
        while (at := self.text.find(wanted, at + 1)) >= 0:
            number = bisect_left(self.ends, at + len(wanted))
            if number < len(self) and self._at(number) == wanted:
                return number
        return None

    def numbers(self, names: Iterable[str]) -> list[int]:
        """The number of each name; of those that are not known the next ones."""
        if not self._tables:
            self._tables = [array("Q", bytes(8 * _FEW)) for _ in range(_TABLES)]
            self._filled = [0] * _TABLES
            for number in range(1, len(self)):
                self._place(hash(bytes(self._at(number))) & _CODE, number)
        return [self._number(name.encode("utf-8", _BYTES)) if name else 0 for name in names]

    def _number(self, name: bytes) -> int:
        code = hash(name) & _CODE
        table = self._tables[code % _TABLES]
        slot, last = code // _TABLES % len(table), len(table) - 1
        while entry := table[slot]:
            number = entry & _NUMBER
            if entry >> 32 == code and self._at(number) == name:
                return number
            slot = slot + 1 if slot < last else 0
        self.text += name
        self.ends.append(len(self.text))
        self._place(code, len(self.ends) - 1)
        return len(self.ends) - 1

    def _at(self, number: int) -> bytearray:
        return self.text[self.ends[number - 1] : self.ends[number]] if number else bytearray()

    def _place(self, code: int, number: int) -> None:
        which = code % _TABLES
        table = self._tables[which]
        self._filled[which] += 1
        if 3 * self._filled[which] > 2 * len(table):
            table, before = array("Q", bytes(16 * len(table))), table
            self._tables[which] = table
            for entry in filter(None, before):
                _enter(table, entry)
        _enter(table, code << 32 | number)


def _enter(table: array[int], entry: int) -> None:
    slot, last = (entry >> 32) // _TABLES % len(table), len(table) - 1
    while table[slot]:
        slot = slot + 1 if slot < last else 0
    table[slot] = entry
