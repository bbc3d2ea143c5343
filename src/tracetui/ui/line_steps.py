"""The steps of a run whose lines are one step each, read from its file when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from msgspec import structs

from tracetui.credentials import masked_text
from tracetui.ingest.line_file import LineFile
from tracetui.model import SourceRef, Step
from tracetui.ui.line_rows import steps_of

_KEPT = 1024
_DECODED_BYTES = 8 << 20
_SHOWN_BYTES = 2000


class LineSteps(Sequence[Step]):
    """`lines` of a file that was read to its end. A step has the number of its line; what holds no step shows its text."""

    def __init__(self, file: LineFile, lines: Sequence[int]) -> None:
        self._file, self._lines = file, lines
        self._known: dict[int, Step] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, at: int) -> Step: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Step]: ...
    def __getitem__(self, at: int | slice) -> Step | Sequence[Step]:
        if isinstance(at, slice):
            return LineSteps(self._file, self._lines[at])
        line = self._lines[at]
        if line not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[line] = self._read(line, at % len(self._lines))
        return self._known[line]

    def number(self, at: int) -> int:
        """What a step is called, without reading it."""
        return self._lines[at] + 1

    def line(self, at: int) -> int:
        """The line of a step, 0-based."""
        return self._lines[at]

    def place(self, at: int) -> int:
        """The offset of a step's line."""
        return self._file.place(self._lines[at])[0]

    def _read(self, line: int, at: int) -> Step:
        offset, length = self._file.place(line)
        steps = steps_of(self._file.source(line, line + 1), self._file.format) if length <= _DECODED_BYTES else []
        if steps:
            return structs.replace(steps[0], index=at, number=line + 1)
        start = self._file.bytes_at(offset, min(length, _SHOWN_BYTES)).decode("utf-8", "surrogateescape")
        source = SourceRef(self._file.path, offset, length, line + 1)
        return Step(index=at, number=line + 1, kind="other", source=source, summary=masked_text(start)[0].strip())
