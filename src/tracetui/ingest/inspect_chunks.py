"""Samples of an Inspect archive in the chunked layout: a shell, and four sequences in chunks named by their first index.

`samples/{id}_epoch_{epoch}/` holds `sample.json`, perhaps `metadata.json`, and `messages/`, `events/`, `calls/` and
`attachments/` with `{start}.json`. Attachments are referred to by their index: `attachment://3`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source

_CHUNK = re.compile(r"(samples/.+)/(messages|events|attachments)/(\d+)\.json\Z")
_SHELL = "/sample.json"

if TYPE_CHECKING:
    from tracetui.ingest.archive import Archive


class Log(NamedTuple):
    """An archive while it is read. Its members are decoded one at a time."""

    path: str
    archive: Archive
    ledger: Ledger

    def member(self, name: str) -> Records:
        """A member; what went wrong while it was decoded is remarked."""
        data, problem = self.archive.read(name)
        if problem:
            self.ledger.note(f"{name}: {problem}")
        return Records(Source(path=f"{self.path}!{name}", data=data))


class ChunkedSample(NamedTuple):
    """One sample, put together but for its events, which are read chunk by chunk."""

    records: Records
    shell: Record
    """The sample's own fields; its final conversation is `message_refs` into `pool`."""
    pool: list[Any]
    attachments: dict[str, Any]
    """By index, as text."""
    events: Iterator[Record]


def chunked_samples(log: Log) -> Iterator[ChunkedSample]:
    """Every sample of the archive that has a shell, in archive order."""
    chunks: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    names = log.archive.names
    for name in names:
        if found := _CHUNK.match(name):
            chunks[found[1]][found[2]].append((int(found[3]), name))
    for name in names:
        if not name.startswith("samples/") or not name.endswith(_SHELL):
            continue
        prefix = name.removesuffix(_SHELL)
        shell = log.member(name)
        value = dict(object_field(shell.document))
        if f"{prefix}/metadata.json" in names:
            value["metadata"] = log.member(f"{prefix}/metadata.json").document
        parts = {kind: [name for _, name in sorted(listed)] for kind, listed in chunks[prefix].items()}
        pool = [item for part in parts.get("messages", ()) for item in _items(log, part)]
        texts = [item for part in parts.get("attachments", ()) for item in _items(log, part)]
        attachments = {str(index): text for index, text in enumerate(texts)}
        events = _events(log, parts.get("events", []))
        yield ChunkedSample(shell, Record(value, shell.whole().source), pool, attachments, events)


def _items(log: Log, name: str) -> list[Any]:
    return list_field(log.member(name).document)


def _events(log: Log, names: list[str]) -> Iterator[Record]:
    for name in names:
        chunk = log.member(name)
        yield from chunk.items()
        if chunk.cut is not None:
            log.ledger.skip(*chunk.cut)
