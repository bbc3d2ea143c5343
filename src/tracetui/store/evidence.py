"""Copies of the pinned records, byte for byte, beside the postmortem that quotes them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from tracetui.errors import TracetuiError
from tracetui.ingest.reading import open_file
from tracetui.ingest.source import Source, read_source
from tracetui.model import SourceRef
from tracetui.postmortem.document import Pin
from tracetui.store.atomic import make_folder, reason, write_atomic


def keep_records(
    folder: Path, pins: tuple[Pin, ...], bytes_of: Callable[[SourceRef], bytes] | None = None
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Copy the record of every pin that has no copy yet into `folder`.

    Returns the pins with the names and checksums of their copies, and why a record could not be kept.
    `bytes_of` reads a place of the trace; by default from the file that it names.
    """
    read = bytes_of or SourceReader()
    kept: list[Pin] = []
    problems: list[str] = []
    for pin in pins:
        if not pin.file:
            try:
                pin = _keep(folder, pin, read(pin.source))
            except TracetuiError as problem:
                problems.append(f"step {pin.step}: {problem.message}")
            except OSError as problem:
                problems.append(f"step {pin.step}: {reason(problem)}")
        kept.append(_told_apart(pin))
    return tuple(kept), tuple(problems)


class SourceReader:
    """Bytes of places, each source read once."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def __call__(self, place: SourceRef) -> bytes:
        """Raises TracetuiError where the source is gone or no longer reaches that far."""
        if place.path not in self._sources:
            self._sources[place.path] = read_source(place.path)
        data = self._sources[place.path].data[place.offset : place.offset + place.length]
        if len(data) < place.length:
            raise TracetuiError(f"{place.path}: has become shorter than byte {place.offset + place.length}")
        return data


def _told_apart(pin: Pin) -> Pin:
    """With the checksum of the good run's file, by which another file in its place is noticed."""
    if pin.run is None or pin.run.sha256:
        return pin
    try:
        with open(open_file(pin.run.path), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # part of an archive, or gone
        return pin
    return replace(pin, run=replace(pin.run, sha256=digest))


def _keep(folder: Path, pin: Pin, data: bytes) -> Pin:
    digest = hashlib.sha256(data).hexdigest()
    suffix = "json" if data.lstrip()[:1] in (b"{", b"[") else "txt"
    name = f"step-{pin.step:04d}-{digest[:12]}.{suffix}"
    make_folder(folder)
    path = folder / name
    if not path.exists():
        write_atomic(path, data)
    return replace(pin, file=name, sha256=digest)
