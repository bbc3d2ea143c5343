"""What a large file holds, listed without reading it: the samples of a log, the files of an archive, the elements of the long
list in a JSON document. One is read when it is chosen."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from tracetui.ingest.elements import Elements, elements_of
from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.folders import member_source, open_archive
from tracetui.ingest.packing import ZIP_MARK
from tracetui.ingest.reading import open_file
from tracetui.ingest.source import Source

if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive

LISTED_BYTES = 64 << 20
"""What decodes to less is read whole."""
FILE = "file"
"""Called so, a part can be opened by its name: `ARCHIVE!MEMBER`."""
_LOOKED_AT = 4096
_SAMPLES, _SUMMARIES = "samples/", "summaries.json"
_SAMPLE = re.compile(r"(.+?_epoch_\d+)(?:\.json\Z|/)", re.DOTALL)
"""What stands after `samples/`: the id of a sample may hold slashes."""
_SUMMARIES_BYTES = 32 << 20


class Part(NamedTuple):
    """One trace in a larger file."""

    name: str
    size: int
    """Bytes that it decodes to, as the archive says."""
    source: Callable[[], Source]
    """Its bytes, with what belongs to all parts. Raises UnreadableSourceError."""
    about: str = ""
    """What was asked, where the log's summaries tell it."""
    outcome: str = ""
    """Its scores, or that it failed."""


class Parts(NamedTuple):
    path: str
    noun: str
    """What one of them is called."""
    format: str | None
    """What they are read as, where that is known."""
    parts: tuple[Part, ...]
    """In the order of the file."""

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


def listed_parts(path: str, *, at_least: int = LISTED_BYTES) -> Parts | None:
    """The parts of an archive that decode to so many bytes together, or of a JSON document of so many; None for what is
    smaller, and where there are no parts.

    Raises UnreadableSourceError where no member of an archive can be found.
    """
    opened = open_archive(path)
    if opened is not None:
        inner, archive = opened
        listed = _samples(inner, archive) if archive.is_log else _files(inner, archive)
        found = Parts(path, "sample" if archive.is_log else FILE, None, tuple(listed))
        return found if len(found.parts) > 1 and sum(archive.sizes.values()) >= at_least else None
    elements = elements_of(path) if _is_large_document(path, at_least) else None
    if elements is None:
        return None
    noun = "session" if elements.are_sessions else "entry"
    return Parts(path, noun, elements.format, tuple(_elements(path, elements)))


def _is_large_document(path: str, at_least: int) -> bool:
    try:
        if not os.path.isfile(path) or os.path.getsize(path) < at_least:
            return False
        with open(open_file(path), "rb") as file:
            first, _, more = file.read(_LOOKED_AT).strip().partition(b"\n")
        lines = first[:1] == b"{" and first.rstrip()[-1:] == b"}" and more
        return first[:1] in (b"{", b"[") and not lines
    except OSError:
        return False


def _elements(path: str, elements: Elements) -> Iterator[Part]:
    """One for each element, or for all elements of a session."""
    named: dict[str, list[int]] = {}
    for at, name in enumerate(elements.names):
        named.setdefault(name if elements.are_sessions else f"{at + 1:,}", []).append(at)
    for name, held in named.items():
        size = sum(elements.ends[at] - elements.starts[at] for at in held)
        about = f"{len(held):,} of the list" if elements.are_sessions else elements.names[held[0]]
        yield Part(name or "without a name", size, partial(elements.source, path, held), about)


def _files(path: str, archive: Archive) -> Iterable[Part]:
    return (Part(name, archive.sizes[name], partial(member_source, path, archive, name)) for name in archive.files)


def _samples(path: str, archive: Archive) -> Iterator[Part]:
    """By what stands after `samples/`: one file, or the chunks in one folder; each with what is about the whole log."""
    members: dict[str, list[str]] = {}
    for name in archive.names:
        if name.startswith(_SAMPLES) and name.endswith(".json"):
            inside = name.removeprefix(_SAMPLES)
            found = _SAMPLE.match(inside)
            key = found[1] if found else inside.partition("/")[0].removesuffix(".json")
            members.setdefault(key, []).append(name)
    common = [name for name in archive.names if not name.startswith(_SAMPLES)]
    told = _summaries(archive)
    for key, names in members.items():
        source = partial(_sample, path, archive, (*common, *names))
        yield Part(key, sum(archive.sizes[name] for name in names), source, *told.get(key, ("", "")))


def _sample(path: str, archive: Archive, names: Iterable[str]) -> Source:
    return Source(path=path, data=ZIP_MARK, archive=archive.of(names))


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
