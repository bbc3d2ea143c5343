"""What a large archive holds, listed without decoding it: the samples of a log, or its files. One is read when it is chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.source import Source, member_source, open_archive

if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive

LISTED_BYTES = 64 << 20
"""An archive whose members decode to less is read whole."""
_SAMPLES, _SUMMARIES = "samples/", "summaries.json"
_SUMMARIES_BYTES = 32 << 20


class Part(NamedTuple):
    """One trace in an archive."""

    name: str
    size: int
    """Bytes that it decodes to, as the archive says."""
    members: tuple[str, ...]
    about: str = ""
    """What was asked, where the log's summaries tell it."""
    outcome: str = ""
    """Its scores, or that it failed."""


class Parts(NamedTuple):
    """An archive, and what it holds in archive order."""

    path: str
    archive: Archive
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def source(self, part: Part) -> Source:
        """The bytes of a file; of a sample its members and those that are about the whole log.

        Raises UnreadableSourceError.
        """
        if not self.archive.is_log:
            return member_source(self.path, self.archive.of(part.members), *part.members)
        common = [name for name in self.archive.names if not name.startswith(_SAMPLES)]
        return Source(path=self.path, data=b"", archive=self.archive.of([*common, *part.members]))


def listed_parts(path: str, *, at_least: int = LISTED_BYTES) -> Parts | None:
    """The parts of an archive that decode to so many bytes together; None for what is no archive of several, or smaller.

    Raises UnreadableSourceError where no member of it can be found.
    """
    archive = open_archive(path)
    if archive is None or sum(archive.sizes.values()) < at_least:
        return None
    parts = tuple(_samples(archive) if archive.is_log else _files(archive))
    return Parts(path, archive, parts) if len(parts) > 1 else None


def _files(archive: Archive) -> Iterable[Part]:
    return (Part(name, archive.sizes[name], (name,)) for name in archive.files)


def _samples(archive: Archive) -> list[Part]:
    """By what stands after `samples/`: one file, or the chunks in one folder."""
    members: dict[str, list[str]] = {}
    for name in archive.names:
        if name.startswith(_SAMPLES) and name.endswith(".json"):
            key = name.removeprefix(_SAMPLES).partition("/")[0].removesuffix(".json")
            members.setdefault(key, []).append(name)
    told = _summaries(archive)
    return [
        Part(key, sum(archive.sizes[name] for name in names), tuple(names), *told.get(key, ("", "")))
        for key, names in members.items()
    ]


def _summaries(archive: Archive) -> dict[str, tuple[str, str]]:
    if not 0 < archive.sizes.get(_SUMMARIES, 0) <= _SUMMARIES_BYTES:
        return {}
    found: dict[str, tuple[str, str]] = {}
    with suppress(ValueError, RecursionError):
        for summary in map(object_field, list_field(json.loads(archive.of([_SUMMARIES]).read(_SUMMARIES)[0]))):
            found[f"{summary.get('id')}_epoch_{summary.get('epoch')}"] = _asked(summary.get("input")), _outcome(summary)
    return found


def _asked(given: Any) -> str:
    if isinstance(given, list):
        given = next((object_field(message).get("content") for message in given), None)
    return text_field(given) or ""


def _outcome(summary: dict[str, Any]) -> str:
    scores = object_field(summary.get("scores"))
    told = [f"{name} {text_field(object_field(score).get('value')) or '-'}" for name, score in scores.items()]
    return ", ".join(["failed"] * bool(summary.get("error")) + told)
