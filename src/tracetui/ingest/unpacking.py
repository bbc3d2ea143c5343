"""A packed file decoded into a file on disk, for lines that are too many to hold and are read by place.

That file has no name: nobody else can open it, and it is gone with the program, however that ends. The decoding is done by a
child process, `python -P -m tracetui.ingest.unpacking PACKED OUT START LENGTH PACKING SIZE CHECKSUM`: the numbers of two open
files that it inherits, and where in the first of them the bytes are (see `packing.Place`). It answers with lines: how many
bytes are decoded; and last, in quotes, what went wrong, if anything.
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
from tracetui.ingest.held_file import HeldFile
from tracetui.ingest.packing import MAX_LINES_BYTES, Place, decode_into, packing_named

MAX_LINES = 1 << 25
"""Of a file that decodes to more lines only the first are kept, and it is said."""
LEFT_FREE_BYTES = 512 << 20
"""So much is left free of the disk that it is decoded to."""
_TOLD_BYTES = 4 << 20


class Unpacking:
    """A packed file that is being decoded. `wait` is called by one thread at a time."""

    def __init__(self, path: str, place: Place, head: bytes) -> None:
        """`head`: how the decoded bytes begin: they are there at once.

        Raises UnreadableSourceError where there is no place to decode it to, OSError where it cannot be opened.
        """
        packed = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.packed = os.fstat(packed)
            self.handle = _nameless(path)
            """Of the decoded bytes."""
            os.pwrite(self.handle, head, 0)
            where = (packed, self.handle, place.start, place.length, place.packing.name, place.size, place.checksum)
            command = [sys.executable, "-P", "-m", "tracetui.ingest.unpacking", *map(str, where)]
            self._child = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[packed, self.handle]
            )
        finally:
            os.close(packed)
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


class _OnDisk(io.BufferedWriter):
    """Takes decoded bytes until a limit, which it names."""

    def __init__(self, out: int, tell: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(out, "r+"), _TOLD_BYTES)
        self._tell = tell
        self._told = self._lines = self.checksum = 0

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        self._lines += chunk.count(b"\n")
        self.checksum = crc32(chunk, self.checksum)
        if self._lines > MAX_LINES:
            raise OSError(f"stopped at the limit of {MAX_LINES} lines")
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


def unpack(packed: int, place: Place, out: int, tell: Callable[[int], None]) -> str:
    """Decode one open file into another, telling now and then how many bytes that are; what went wrong, if anything."""
    with _OnDisk(out, tell) as kept:
        data = HeldFile(packed, place.start, place.length)
        problem, size = decode_into(kept, place.packing, data, MAX_LINES_BYTES), kept.tell()
        if not problem and size < place.size:
            problem = f"the archive is cut; kept the first {size} of {place.size} bytes"
        if not problem and place.checksum and kept.checksum != place.checksum:
            problem = f"wrong checksum; kept all {size} decoded bytes"
        return problem


if __name__ == "__main__":
    source, target, start, length, name, size, checksum = sys.argv[1:]
    place = Place(int(start), int(length), packing_named(name), int(size), int(checksum))
    print(json.dumps(unpack(int(source), place, int(target), lambda size: print(size, flush=True))), flush=True)
