"""OpenHands trajectories: lists of events (V0), and the software-agent SDK's events (V1) in a list or a file each.

The prompt is rebuilt by OpenHands' own rule: the events that a model can see, in order; a condensation takes out the
events it names and puts its summary at the place it names; actions of one response are one message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from tracetui.ingest.arrangement import rows
from tracetui.ingest.chat import session_name
from tracetui.ingest.openhands import v0, v1
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import STDIN_NAME
from tracetui.model import Session

NAME = "openhands"
TITLE = "OpenHands trajectories (V0, V1)"
RULE = "Events with `id`, `timestamp`, `source` and an `action` or `observation`, or with a `kind` that ends in Event."
KEEPS = "Prompts rebuilt exactly, condensations included; system prompt and tools where their event is in the file."
LOSES = "V1: the schemas of its own tools; tokens and cost where `base_state.json` is not beside `events/`. V0: a time zone."
EXPORT = (
    "V0: `save_trajectory_path` in the configuration. V1: the conversation's folder, with `events/` and `base_state.json`; "
    "open it, or the first file of `events/`."
)

_EVENT_FILE = re.compile(r"event-(\d+)-[\w-]+\.json\Z")


def detect(records: Records) -> Detection:
    document = records.document if records.shape == "document" else None
    leading = document[:20] if isinstance(document, list) else records.sample
    events = [row for row in leading if isinstance(row, dict) and {"id", "timestamp", "source"} <= row.keys()]
    if any(v1.is_event(row) for row in events):
        return Detection(0.95, "events with a `kind` of OpenHands' agent SDK")
    if any(v0.is_event(row) for row in events):
        return Detection(0.93, "events with `source` and an `action` or `observation`")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    events: list[tuple[Records, Record]] = []
    for owner in [records, *_siblings(records)]:
        for record in rows(owner, ledger):
            if isinstance(record.value, dict) and (v0.is_event(record.value) or v1.is_event(record.value)):
                events.append((owner, record))
                ledger.claim()
            else:
                ledger.skip(record.source, "no event: neither `action`, `observation` nor `kind`")
    version: Any = v1 if any(v1.is_event(record.value) for _, record in events) else v0
    session: Session = version.session(session_name(records), events, ledger)
    return [session] if session.steps else []


def _siblings(records: Records) -> Iterator[Records]:
    """The event files after the first of a conversation's folder, in order; nothing for any other file."""
    folder, name = os.path.split(records.source.path)
    own = _EVENT_FILE.match(name)
    if own is None or records.source.path == STDIN_NAME or not os.path.isdir(folder or "."):
        return
    numbered = sorted(
        (int(found[1]), other) for other in os.listdir(folder or ".") if (found := _EVENT_FILE.match(other))
    )
    if not numbered or numbered[0][1] != name:
        return
    for _, other in numbered[1:]:
        found_records = records.beside(other)
        if found_records is not None:
            yield found_records
