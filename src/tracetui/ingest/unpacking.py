"""A packed file decoded into a file on disk, for lines that are too many to hold and are read by place.

That file has no name: nobody else can open it, and it is gone with the program, however that ends. The decoding is done by a
child process, `python -P -m tracetui.ingest.unpacking PACKED OUT LINES PLACE`: the numbers of two open files that it inherits,
how many lines are the most, and where in the first of them the bytes are (see `decoding.Place.packed`). It answers with
lines: how many bytes are decoded; and last, in quotes, what went wrong, if anything.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.decoding import Place, decode_into, told_wrong
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.packing import MAX_LINES_BYTES

MAX_LINES = 1 << 25
"""Of a file that decodes to more lines only the first are kept, and it is said."""
ANY_LINES = sys.maxsize
LEFT_FREE_BYTES = 512 << 20
"""So much is left free of the disk that it is decoded to."""
_TOLD_BYTES = 4 << 20


class Unpacking:
    """A packed file that is being decoded. `wait` is called by one thread at a time."""

    def __init__(self, path: str, data: HeldFile, place: Place, head: bytes = b"", *, lines: int = MAX_LINES) -> None:
        """`head`: how the decoded bytes begin: they are there at once. `lines`: the most that are decoded.

        Raises UnreadableSourceError where there is no place to decode it to.
        """
        self.handle = _nameless(path)
        """Of the decoded bytes."""
        os.pwrite(self.handle, head, 0)
        told = json.dumps(place._replace(start=data.start + place.start).packed())
        command = [
            sys.executable,
            "-P",
            "-m",
            "tracetui.ingest.unpacking",
            str(data.handle),
            str(self.handle),
            str(lines),
        ]
        self._child = subprocess.Popen(
            [*command, told],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[data.handle, self.handle],
        )
        weakref.finalize(self, _end, self._child)
        self.decoded, self.ended, self.problem = len(head), False, ""

    def wait(self, beyond: int) -> None:
        """Until more than so many bytes are decoded, or all of them."""
        assert self._child.stdout is not None
        while self.decoded <= beyond and not self.ended:
            told = self._child.stdout.readline()
            if told[:1].isdigit():
                self.decoded = max(self.decoded, int(told))
                continue
            self.decoded = os.fstat(self.handle).st_size
            self.problem = json.loads(told) if told else f"stopped; kept the first {self.decoded} decoded bytes"
            self.ended = True
            _end(self._child)

    def stop(self) -> None:
        """What is decoded by now stays; `wait` returns soon."""
        self._child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    with child:
        child.kill()


def _nameless(path: str) -> int:
    """A file without a name. The folder for temporary files may be kept in memory: it comes last where nobody named one."""
    import tempfile  # neither on the way to the first screen of another trace

    import platformdirs

    own = platformdirs.user_cache_dir("tracetui", appauthor=False)
    for folder in filter(None, (os.environ.get("TMPDIR"), own, tempfile.gettempdir())):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=folder) as file:
                return os.dup(file.fileno())
        except OSError:
            continue
    raise UnreadableSourceError(
        f"{path}: no folder to decode it to can be written", hint="TMPDIR names a folder with room for all of it"
    )


_KEPT: list[tuple[tuple[object, ...], HeldFile, str]] = []
"""The latest archive that was decoded whole: its parts are asked for one after another."""


def on_disk_decoded(path: str, data: HeldFile, place: Place) -> tuple[HeldFile, str]:
    """All that a place decodes to, in a file without a name, and what went wrong, if anything. Kept until another is asked for.

    Raises UnreadableSourceError where there is no place to decode it to.
    """
    now = os.fstat(data.handle)
    which = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, data.start, place)
    for known, held, problem in _KEPT:
        if known == which:
            return held, problem
    unpacking = Unpacking(path, data, place, lines=ANY_LINES)
    while not unpacking.ended:
        unpacking.wait(unpacking.decoded)
    _KEPT[:] = [(which, HeldFile(unpacking.handle), unpacking.problem)]
    return _KEPT[0][1:]


class _OnDisk(io.BufferedWriter):
    """Takes decoded bytes until a limit, which it names."""

    def __init__(self, out: int, tell: Callable[[int], None], most_lines: int) -> None:
        super().__init__(io.FileIO(out, "r+"), _TOLD_BYTES)
        self._tell, self._most_lines = tell, most_lines
        self._told = self._lines = self.checksum = 0

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        self._lines += chunk.count(b"\n")
        self.checksum = crc32(chunk, self.checksum)
        if self._lines > self._most_lines:
            raise OSError(f"stopped at the limit of {self._most_lines} lines")
        written = super().write(chunk)
        if (size := self.tell()) >= self._told:
            self._told = size + _TOLD_BYTES
            disk = os.fstatvfs(self.fileno())
            if disk.f_bavail * disk.f_frsize < LEFT_FREE_BYTES:
                left = f"less than {LEFT_FREE_BYTES >> 20} MB of the disk would be left free"
                raise OSError(f"stopped where {left} (TMPDIR names another folder)")
            self.flush()
            self._tell(size)
        return written


def unpack(packed: int, place: Place, out: int, tell: Callable[[int], None], lines: int) -> str:
    """Decode one open file into another, telling now and then how many bytes that are; what went wrong, if anything."""
    with _OnDisk(out, tell, lines) as kept:
        problem = decode_into(kept, HeldFile(packed), place, MAX_LINES_BYTES)
        return problem or told_wrong(place, kept.tell(), kept.checksum)


if __name__ == "__main__":
    source, target, most, told = sys.argv[1:]
    place = Place.unpacked(json.loads(told))
    ended = unpack(int(source), place, int(target), lambda size: print(size, flush=True), int(most))
    print(json.dumps(ended), flush=True)
