"""Who changed what, and when: every value that another one took the place of, in a file that only grows.

The document holds the values as they are now, each with who wrote it and when; this holds those before. One JSON object a
line, so that what two branches of a repository append is joined line by line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import PERSON, Entry, Postmortem
from tracetui.postmortem.fields import field_at, section_of
from tracetui.store.atomic import write_atomic
from tracetui.text import escaped_json

PAUSE_S = 60
"""Who types on within so many seconds is still at the same value."""
MOST_BYTES = 1 << 20
MOST_OF_ONE = 20
"""In a file larger than MOST_BYTES so many earlier values of each place are kept, the latest."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was there, and how it ended."""

    address: str
    text: str
    source: str
    by: str = ""
    """Who wrote it; empty for what the trace filled in."""
    at: str = ""
    until: str = ""
    """When another one took its place, ISO 8601."""
    replaced_by: str = ""
    """Who put that there; empty for the trace."""
    removed: bool = False
    """Its row was taken out; nothing took its place."""


def replaced(before: Postmortem, after: Postmortem, *, by: str, at: str) -> Iterator[Version]:
    """The values of `before` that `after` no longer has. `by`, `at`: who removes a row, and when."""
    now_there = dict(entries(after))
    for address, entry in entries(before):
        later = now_there.get(address)
        if not entry.text or (later is not None and (later.text == entry.text or _is_typed_on(entry, later))):
            continue
        yield Version(
            address=address,
            text=entry.text,
            source=entry.source,
            by=entry.by,
            at=entry.at,
            until=later.at if later is not None else at,
            replaced_by=later.by if later is not None else by,
            removed=later is None,
        )


def append(path: Path, versions: Iterable[Version]) -> None:
    """Add versions to a history, on disk when this returns. Raises OSError."""
    data = b"".join(escaped_json(msgspec.json.encode(version).decode()).encode() + b"\n" for version in versions)
    if not data:
        return
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size and os.pread(file.fileno(), 1, size - 1) != b"\n":  # cut short by a crash
            data = b"\n" + data
        file.write(data)
        os.fsync(file.fileno())


def read_history(path: Path) -> tuple[Version, ...]:
    """Every version that can be read, each once, the earliest end first; none where there is no file. Raises OSError."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    found: dict[Version, None] = {}
    for line in lines:
        try:
            found[msgspec.json.decode(line, type=Version)] = None
        except msgspec.DecodeError:  # cut short by a crash, or a mark that a merge left
            continue
    return tuple(sorted(found, key=lambda version: version.until))


def prune(path: Path) -> None:
    """Keep the latest versions of each place where the file has grown over MOST_BYTES. Raises OSError."""
    try:
        if path.stat().st_size <= MOST_BYTES:
            return
    except FileNotFoundError:
        return
    kept: dict[str, list[Version]] = {}
    for version in read_history(path):
        kept.setdefault(version.address, []).append(version)
    latest = sorted((v for known in kept.values() for v in known[-MOST_OF_ONE:]), key=lambda version: version.until)
    write_atomic(path, b"".join(escaped_json(msgspec.json.encode(v).decode()).encode() + b"\n" for v in latest))


class Told(NamedTuple):
    """One change for people: a value as it is, or as it was."""

    at: str
    address: str
    by: str
    """Who wrote it, or what of the trace filled it in."""
    where: str
    """Section and field of the form."""
    text: str
    """Of a choice its title."""
    ended: str = ""
    """How; empty for the value that stands there now."""
    instead: str = ""
    """What the trace says, where it is something else."""


def told(held: Postmortem, earlier: Iterable[Version]) -> list[Told]:
    """Every value that a person wrote or replaced, the last first."""
    return sorted((*_now(held), *map(_then, earlier)), reverse=True)


def minute(at: str) -> str:
    """A time for people, to the minute."""
    return at.replace("T", " ")[:16]


def _now(held: Postmortem) -> Iterator[Told]:
    for address, entry in entries(held):
        if entry.from_person and entry.by:
            other = entry.suggested
            differs = other is not None and other.text != entry.text
            instead = f"{other.source} says: {other.text}" if other is not None and differs else ""
            yield Told(entry.at, address, entry.by, *_in_form(address, entry.text), instead=instead)


def _then(version: Version) -> Told:
    who = version.replaced_by or "the trace"
    ended = f"{'its row removed' if version.removed else 'replaced'} {minute(version.until)} by {who}"
    by = version.by if version.source == PERSON else version.source
    return Told(version.at, version.address, by or "somebody", *_in_form(version.address, version.text), ended)


def _in_form(address: str, text: str) -> tuple[str, str]:
    """Where in the form a value stands, and the value as people see it."""
    field, section = field_at(address), section_of(address)
    where = f"{section.title if section else 'Evidence'}: {field.label if field else 'Note'}"
    return where, field.vocabulary.title(text) if field and field.vocabulary else text


def _is_typed_on(before: Entry, after: Entry) -> bool:
    """Whether one person went on writing: what was there is still there, or was a moment's."""
    if not before.from_person or not after.from_person or before.by != after.by:
        return False
    return after.text.startswith(before.text) or _seconds(before.at, after.at) < PAUSE_S


def _seconds(first: str, second: str) -> float:
    try:
        return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()
    except (ValueError, TypeError):  # not written by us, or without its time zone
        return PAUSE_S
