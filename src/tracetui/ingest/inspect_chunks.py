"""Samples of an Inspect archive in the chunked layout: a shell, and four sequences in chunks named by their first index.

`samples/{id}_epoch_{epoch}/` holds `sample.json`, perhaps `metadata.json`, and `messages/`, `events/`, `calls/` and
`attachments/` with `{start}.json`. Attachments are referred to by their index: `attachment://3`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracetui.ingest.archive import read_member
from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.records import Record, Records
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import Source

_CHUNK = re.compile(r"(samples/.+)/(messages|events|attachments)/(\d+)\.json\Z")
_SHELL = "/sample.json"


class ChunkedSample(NamedTuple):
    """One sample, put together but for its events, which are read chunk by chunk."""

    records: Records
    shell: Record
    """The sample's own fields; its final conversation is `message_refs` into `pool`."""
    pool: list[Any]
    attachments: dict[str, Any]
    """By index, as text."""
    events: Iterator[Record]


def chunked_samples(records: Records, names: list[str], ledger: Ledger) -> Iterator[ChunkedSample]:
    """Every sample of the archive that has a shell, in archive order."""
    chunks: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        if found := _CHUNK.match(name):
            chunks[found[1]][found[2]].append((int(found[3]), name))
    for name in names:
        if not name.startswith("samples/") or not name.endswith(_SHELL):
            continue
        prefix = name.removesuffix(_SHELL)
        shell = member(records, name, ledger)
        value = dict(object_field(shell.document))
        if f"{prefix}/metadata.json" in names:
            value["metadata"] = member(records, f"{prefix}/metadata.json", ledger).document
        parts = {kind: [name for _, name in sorted(listed)] for kind, listed in chunks[prefix].items()}
        pool = [item for part in parts.get("messages", ()) for item in _items(records, part, ledger)]
        texts = [item for part in parts.get("attachments", ()) for item in _items(records, part, ledger)]
        attachments = {str(index): text for index, text in enumerate(texts)}
        events = _events(records, parts.get("events", []), ledger)
        yield ChunkedSample(shell, Record(value, shell.whole().source), pool, attachments, events)


def member(records: Records, name: str, ledger: Ledger) -> Records:
    """A member of the archive; what went wrong while it was decoded is remarked."""
    data, problem = read_member(records.source.data, name)
    if problem:
        ledger.note(f"{name}: {problem}")
    return Records(Source(path=f"{records.source.path}!{name}", data=data))


def _items(records: Records, name: str, ledger: Ledger) -> list[Any]:
    return list_field(member(records, name, ledger).document)


def _events(records: Records, names: list[str], ledger: Ledger) -> Iterator[Record]:
    for name in names:
        chunk = member(records, name, ledger)
        yield from chunk.items()
        if chunk.cut is not None:
            ledger.skip(*chunk.cut)
