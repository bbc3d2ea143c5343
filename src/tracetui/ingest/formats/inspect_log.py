"""Inspect AI logs: `.json` documents and `.eval` archives, a session for each sample and epoch.

Prompts are recorded whole, but pooled: messages may stand in `events_data`, and long texts in `attachments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracetui.ingest.fields import list_field, object_field, text_field
from tracetui.ingest.inspect_chunks import Log, chunked_samples
from tracetui.ingest.inspect_sample import Sample
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "inspect-log"
TITLE = "Inspect AI logs (.eval, .json)"
RULE = "An archive with `samples/` beside header.json or _journal/, or a document with `eval`, `plan` and `samples`."
KEEPS = "Prompts, tools and usage recorded for every model event; sub-agents as scopes."
LOSES = (
    "State and store changes, and the raw API requests beside model events: they stay in the file. Attempts before the "
    "last one of a sample that was tried again are an attribute of its session, no steps."
)
EXPORT = "The `.eval` or `.json` files in the log folder, as they are."

_WHOLE = re.compile(r"samples/(?:[^/]+|.+_epoch_\d+)\.json\Z", re.DOTALL)
"""A sample in one member. Its id may hold slashes; what chunks hold stands below a folder and is not named so."""


def detect(records: Records) -> Detection:
    if (archive := records.source.archive) is not None:
        return Detection(0.98, f"an archive of {len(archive.names)} members with samples")
    value = records.document if records.shape == "document" else None
    if isinstance(value, dict) and {"eval", "version"} <= set(value) and ("plan" in value or "samples" in value):
        return Detection(0.96, "version, eval and plan")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    if (archive := records.source.archive) is not None:
        log = Log(records.source.path, archive, ledger)
        if log.archive.problem:
            ledger.note(log.archive.problem)
        return [session for session in _archived(log) if session.steps]
    task = text_field(object_field(records.document.get("eval")).get("task")) or ""
    found = [_sample(records, record, task, ledger) for record in records.items("samples")]
    return [session for session in found if session is not None and session.steps]


def _archived(log: Log) -> Iterator[Session]:
    """Each sample of an archive, in either layout; one log may mix them."""
    task = _task(log)
    for name in log.archive.names:
        if _WHOLE.match(name):
            sample = log.member(name)
            session = _sample(sample, sample.whole(), task, log.ledger)
            if sample.cut is not None:
                log.ledger.skip(*sample.cut)
            if session is not None:
                yield session
    for chunked in chunked_samples(log):
        yield Sample(chunked.records, chunked.shell, task, log.ledger).session(chunked)


def _task(log: Log) -> str:
    """The task's name, from the header, or from the journal of a log that was not finished."""
    for name in ("header.json", "_journal/start.json"):
        if name in log.archive.names:
            held = object_field(object_field(log.member(name).document).get("eval"))
            return text_field(held.get("task")) or ""
    return ""


def _sample(records: Records, record: Record, task: str, ledger: Ledger) -> Session | None:
    if not isinstance(record.value, dict):
        ledger.skip(record.source, "a sample that is no object")
        return None
    if attempts := list_field(record.value.get("error_retries")):
        of = f"sample {record.value.get('id')}, epoch {record.value.get('epoch')}"
        ledger.note(f"{of}: failed {len(attempts)} × before; that is its attribute error_retries, and no steps")
    return Sample(records, record, task, ledger).session()
