"""The lines of a packed file, read by place while it is being decoded."""

from __future__ import annotations

import os
from collections.abc import Callable

from tracetui.ingest.line_file import Change, LineFile, Piece
from tracetui.ingest.packed_place import beginning
from tracetui.ingest.packing import Place
from tracetui.ingest.source import on_disk
from tracetui.ingest.unpacking import Unpacking

_HEAD_BYTES = 1 << 20
"""Decoded before the program that decodes the rest has begun."""


class PackedLines(LineFile):
    """Places are those in the decoded bytes. `read_on` waits for them."""

    def __init__(self, path: str, place: Place, *, format_name: str = "session-trace") -> None:
        """`place`: where its bytes are in the file on disk. Raises UnreadableSourceError."""
        self._place = place
        super().__init__(path, format_name=format_name)

    def _opened(self) -> int:
        head, self._likely = beginning(self.path, self._place, _HEAD_BYTES)
        self._unpacking = Unpacking(on_disk(self.path), self._place, head)
        return self._unpacking.handle

    @property
    def size(self) -> int:
        """Bytes that it decodes to; likely ones, until all are there."""
        known = self._unpacking.decoded
        return known if self._unpacking.ended else max(self._likely, known + 1)

    @property
    def problem(self) -> str:
        return self._unpacking.problem

    @property
    def unpacked(self) -> int:
        unpacking = self._unpacking
        return 100 if unpacking.ended else min(100 * unpacking.decoded // self.size, 99)

    def read_on(self, most: int) -> Piece:
        self._unpacking.wait(self.read)
        is_all = self._unpacking.ended
        piece = super().read_on(most)
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

    def change(self) -> Change:
        try:
            now, then = os.stat(on_disk(self.path)), self._unpacking.packed
        except OSError:
            return "same"
        known = (then.st_dev, then.st_ino, then.st_size, then.st_mtime_ns)
        return "same" if (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) == known else "replaced"
