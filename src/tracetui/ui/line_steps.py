"""The steps of a run that stays in its file, read from their lines when they are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, overload

from msgspec import structs

from tracetui.credentials import masked_text
from tracetui.ingest.line_file import LineFile
from tracetui.model import SourceRef, Step
from tracetui.ui.line_rows import steps_of

_KEPT = 1024
_DECODED_BYTES = 8 << 20
_SHOWN_BYTES = 2000


class LineSteps(Sequence[Step]):
    """Steps by index. What holds no step shows its text."""

    def __init__(
        self, file: LineFile, lines: Sequence[int], numbers: Sequence[int] = (), places: Sequence[int] = ()
    ) -> None:
        """`lines`: of each step, 0-based, in a file that was read to its end. `numbers`: what the steps are called; by default
        as their lines. `places`: which of its line's steps each is; by default the first."""
        self._file, self._lines, self._numbers, self._places = file, lines, numbers, places
        self._known: dict[int, Step] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return LineSteps, (self._file, self._lines, self._numbers, self._places)

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, at: int) -> Step: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Step]: ...
    def __getitem__(self, at: int | slice) -> Step | Sequence[Step]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        # Several threads may ask.
        if (step := self._known.get(at)) is None:
            step = self._read(at)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[at] = step
        return step

    def number(self, at: int) -> int:
        """What a step is called, without reading it."""
        return self._numbers[at] if self._numbers else self._lines[at] + 1

    def size(self, at: int) -> int:
        """Bytes of the line of a step, without reading it."""
        return self._file.place(self._lines[at])[1]

    def line(self, at: int) -> int:
        """The line of a step, 0-based."""
        return self._lines[at]

    def at_line(self, line: int) -> int:
        """The first step of a line, or the last one before it."""
        if line in self._lines:
            return self._lines.index(line)
        places = sorted((line, at) for at, line in enumerate(self._lines))
        return places[max(bisect_right(places, (line, 0)) - 1, 0)][1]

    def _read(self, at: int) -> Step:
        line = self._lines[at]
        offset, length = self._file.place(line)
        steps = steps_of(self._file.source(line, line + 1), self._file.format) if length <= _DECODED_BYTES else []
        place = self._places[at] if self._places else 0
        if place < len(steps):
            return structs.replace(steps[place], index=at, number=self.number(at))
        start = self._file.bytes_at(offset, min(length, _SHOWN_BYTES)).decode("utf-8", "surrogateescape")
        source = SourceRef(self._file.path, offset, length, line + 1)
        return Step(
            index=at, number=self.number(at), kind="other", source=source, summary=masked_text(start)[0].strip()
        )
