"""The lines of a member of an archive, read by place where it lies, or of a packed file while it is being decoded."""

from __future__ import annotations

import os
from collections.abc import Callable
from zlib import crc32

from tracetui.ingest.decoding import beginning, told_wrong
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.innermost import Inside, on_disk
from tracetui.ingest.line_file import Change, LineFile
from tracetui.ingest.line_starts import Piece
from tracetui.ingest.packing import LISTED
from tracetui.ingest.stamp import stamp
from tracetui.ingest.unpacking import Unpacking

_CHECKED_BYTES = 1 << 18
_HEAD_BYTES = 1 << 20
"""Decoded before the program that decodes the rest has begun."""


class MemberLines(LineFile):
    """The lines of a stretch of a file that is not packed: a member of an archive. Places are those in the member."""

    def __init__(self, inside: Inside, *, format_name: str = "session-trace") -> None:
        """Raises UnreadableSourceError."""
        self._inside = inside
        self._seen = stamp(on_disk(inside.path))
        self._checked, self._checksum = 0, 0
        super().__init__(inside.path, format_name=format_name)

    def _opened(self) -> HeldFile:
        data, place = self._inside.data, self._inside.place
        assert isinstance(data, HeldFile)
        return HeldFile(os.dup(data.handle), data.start + place.start, place.length)

    @property
    def problem(self) -> str:
        place = self._inside.place
        checked = self._checksum if self._checked == place.size else place.checksum
        wrong = told_wrong(place, self.size, checked) if self.done else ""
        return "; ".join(filter(None, (*self._inside.notes, wrong)))

    def read_on(self, most: int) -> Piece:
        piece = super().read_on(most)
        if self._inside.place.checksum and self.read == self._checked:
            while self._checked < piece.read and (chunk := self.held.pread(_CHECKED_BYTES, self._checked)):
                self._checksum = crc32(chunk[: piece.read - self._checked], self._checksum)
                self._checked = min(self._checked + len(chunk), piece.read)
        return piece

    def change(self) -> Change:
        now = stamp(on_disk(self.path))
        return "gone" if now is None else "same" if now == self._seen else "replaced"


class PackedLines(MemberLines):
    """Places are those in the decoded bytes. `read_on` waits for them."""

    def _opened(self) -> HeldFile:
        data, place = self._inside.data, self._inside.place
        assert isinstance(data, HeldFile)
        head, self._likely = beginning(data, place, _HEAD_BYTES)
        self._unpacking = Unpacking(self.path, data, place, head)
        return HeldFile(self._unpacking.handle)

    @property
    def size(self) -> int:
        """Bytes that it decodes to; likely ones, until all are there."""
        known = self._unpacking.decoded
        return known if self._unpacking.ended else max(self._likely, known + 1)

    @property
    def problem(self) -> str:
        return "; ".join(filter(None, (*self._inside.notes, self._unpacking.problem)))

    @property
    def is_listed(self) -> bool:
        """Whether its lines are the elements of a list in a document."""
        return self._inside.place.innermost.packing is LISTED

    @property
    def unpacked(self) -> int:
        unpacking = self._unpacking
        return 100 if unpacking.ended else min(100 * unpacking.decoded // self.size, 99)

    def read_on(self, most: int) -> Piece:
        self._unpacking.wait(self.read)
        is_all = self._unpacking.ended
        piece = LineFile.read_on(self, most)
        return piece if is_all else piece._replace(done=False)

    def unpack_all(self, told: Callable[[int], None] = lambda _: None) -> None:
        while not self._unpacking.ended:
            self._unpacking.wait(self._unpacking.decoded)
            told(self.unpacked)

    def stop_unpacking(self) -> None:
        if not self._unpacking.ended:
            self._unpacking.stop()

    def close(self) -> None:
        self.stop_unpacking()
        super().close()

    def ending(self) -> LineFile | None:
        return super().ending() if self._unpacking.ended else None
