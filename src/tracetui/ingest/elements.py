"""The elements of the one long list in a large JSON document: where each is, and which session it names.

Run as a program it looks at one file, whose bytes are mapped and never held: `python -P -m tracetui.ingest.elements PATH`
prints what `Elements.packed` gives, or nothing where there is no such list. The mapping stands in a process of its own: a file
that is truncated under it ends that process alone.
"""

from __future__ import annotations

import json
import mmap
import re
import subprocess
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, NamedTuple

import msgspec

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.assembled import Run, assembled
from tracetui.ingest.glance import looked
from tracetui.ingest.glances import OWN, glance_of
from tracetui.ingest.reading import open_file
from tracetui.ingest.records import Records
from tracetui.ingest.registry import DAMAGED, detect_format
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source
from tracetui.ingest.stamp import Stamp, stamp

_SHARE = 0.5
"""Of the bytes of a document the list that is read in elements holds at least so many."""
_DEEPEST = 4
_SAMPLED = 3
"""Elements on which it is told what they are."""
_KEY = re.compile(rb'\s*"(?:[^"\\]|\\.)*"\s*:\s*')
_BETWEEN = re.compile(rb"\s*,?\s*")
_OPENING = re.compile(rb"\s*[\[{]\s*")


class Elements(NamedTuple):
    path: tuple[str, ...]
    """The keys from the top to the list."""
    format: str
    starts: array[int]
    ends: array[int]
    names: list[str]
    """Of each element: the session that it names, or what it is called; "" where nothing tells."""
    are_sessions: bool
    """Whether the names are those of sessions, which several elements may belong to."""
    stamp: Stamp | None = None
    """The file that was looked at."""

    def packed(self) -> bytes:
        header = [list(self.path), self.format, self.names, self.are_sessions]
        return json.dumps(header).encode() + b"\n" + self.starts.tobytes() + self.ends.tobytes()

    @classmethod
    def unpacked(cls, stream: IO[bytes]) -> Elements | None:
        """None where nothing came, or not all."""
        line = stream.readline()
        if not line.endswith(b"\n"):
            return None
        path, name, names, are_sessions = json.loads(line)
        starts, ends = array("Q"), array("Q")
        for places in (starts, ends):
            places.frombytes(stream.read(places.itemsize * len(names)))
        if len(ends) != len(names):
            return None
        return cls(tuple(path), name, starts, ends, names, are_sessions)

    def source(self, path: str, elements: Sequence[int], data: Any = None) -> Source:
        """A document of these elements, ascending, and all that stands around the list. Places are those of the file.

        `data`: the bytes of the file, where they are at hand. Raises UnreadableSourceError, also where it has changed.
        """
        if self.stamp is not None and stamp(path) not in (None, self.stamp):
            raise UnreadableSourceError(f"{path}: has changed since it was listed", hint="open it again")
        first, last = self.starts[0], self.ends[-1]
        runs = [Run(0, first, 0), *(Run(self.starts[at], self.ends[at], at) for at in elements), Run(last, None, 0)]
        return assembled(path, runs, self.path, data)


def elements_of(path: str) -> Elements | None:
    """Asked of a child process; None where the document has no long list of which a format is known, or is damaged."""
    command = [sys.executable, "-P", "-m", "tracetui.ingest.elements", path]
    before = stamp(path)
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            assert child.stdout is not None
            found = Elements.unpacked(child.stdout)
    except (OSError, ValueError):  # there can be no process, or it was killed
        return None
    return found._replace(stamp=before) if found is not None else None


def look_through(path: str, data: Any) -> Elements | None:
    """The elements of a document that are sessions, or that name theirs; None where they are pieces that only make sense
    together, such as messages, and where the document is damaged. `data`: the bytes of the file, or the mapping of them."""
    found = None
    with memoryview(data) as view, suppress(msgspec.MsgspecError, ValueError, RecursionError):
        found = _long_list(view, 0, len(data), ())
    if found is None:
        return None
    keys, starts, ends = found
    known = Elements(keys, "raw", starts, ends, [""] * len(starts), False)
    first = range(min(_SAMPLED, len(starts)))
    try:
        sample = Records(known.source(path, first, data))
        chosen = detect_format(sample)[0]
        sessions = chosen.read(sample, Ledger())
    except (UnreadableSourceError, *DAMAGED):
        return None
    names = list(_sessions(known, chosen.NAME, data)) if chosen.NAME.replace("-", "_") in OWN else []
    if any(names):
        return known._replace(format=chosen.NAME, names=names, are_sessions=True)
    if chosen.NAME == "raw" or len(sessions) < len(first):
        return None
    return known._replace(format=chosen.NAME, names=list(_called(known, data)))


def _long_list(
    view: memoryview, start: int, end: int, keys: tuple[str, ...]
) -> tuple[tuple[str, ...], array[int], array[int]] | None:
    """Where the elements are of the list that holds most of the value from `start` up to `end`, or of the object in it."""
    opening = _OPENING.match(view[start:end])
    if opening is None or len(keys) > _DEEPEST:
        return None
    inside = start + opening.end()
    if b"{" in opening[0]:
        longest = max(_members(view, start, end, inside), key=lambda member: member[2] - member[1], default=None)
        if longest is None or longest[2] - longest[1] < _SHARE * (end - start):
            return None
        return _long_list(view, longest[1], longest[2], (*keys, longest[0]))
    starts, ends = array("Q"), array("Q")
    for item in msgspec.json.decode(view[start:end], type=list[msgspec.Raw]):
        if view[inside : inside + 1] != memoryview(item)[:1]:  # more white space than is looked over
            return None
        starts.append(inside)
        ends.append(inside + memoryview(item).nbytes)
        inside = ends[-1] + _between(view, ends[-1])
    return (keys, starts, ends) if len(starts) > 1 else None


def _members(view: memoryview, start: int, end: int, inside: int) -> Iterator[tuple[str, int, int]]:
    """The members of an object and where the value of each is; none from a repeated key on."""
    for key, value in msgspec.json.decode(view[start:end], type=dict[str, msgspec.Raw]).items():
        named = _KEY.match(view[inside:end])
        if named is None or json.loads(bytes(named[0]).strip().rstrip(b": \t\r\n")) != key:
            return
        at = inside + named.end()
        yield key, at, at + memoryview(value).nbytes
        inside = at + memoryview(value).nbytes
        inside += _between(view, inside)


def _between(view: memoryview, at: int) -> int:
    found = _BETWEEN.match(view[at : at + 4096])
    return found.end() if found is not None else 0


def _sessions(known: Elements, name: str, data: Any) -> Iterator[str]:
    glance = glance_of(name)
    before, after = _wrap(known.path)
    decode = msgspec.json.Decoder(glance.shape).decode
    for start, end in zip(known.starts, known.ends, strict=True):
        document = before + data[start:end] + after
        try:
            row = decode(document)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            row = looked(glance, document)
        look = glance.look(row) if row is not None else None
        yield (look.session if look is not None else None) or ""


def _wrap(path: tuple[str, ...]) -> tuple[bytes, bytes]:
    """What makes an element a document of its own."""
    if not path:
        return b"", b""
    opened = b"".join(json.dumps(key).encode().join((b"{", b":")) for key in path)
    return opened + b"[", b"]" + b"}" * len(path)


class _Called(msgspec.Struct):
    id: Any = None
    task_id: Any = None
    session_id: Any = None
    name: Any = None
    epoch: Any = None
    trial: Any = None


def _called(known: Elements, data: Any) -> Iterator[str]:
    decode = msgspec.json.Decoder(_Called).decode
    for start, end in zip(known.starts, known.ends, strict=True):
        try:
            row = decode(data[start:end])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            yield ""
            continue
        told = [(key, getattr(row, key)) for key in row.__struct_fields__]
        yield " ".join(f"{key} {value}" for key, value in told if type(value) in (str, int))


def main(path: str) -> None:
    with open(open_file(path), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        found = look_through(path, mapped)
    if found is not None:
        sys.stdout.buffer.write(found.packed())


if __name__ == "__main__":
    main(sys.argv[1])
