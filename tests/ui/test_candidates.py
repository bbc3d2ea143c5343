"""Runs that may serve as the good one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from tests.ui.pilot import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.postmortem.document import Entry
from tracetui.postmortem.edits import put
from tracetui.postmortem.prefill import prefill
from tracetui.store.incidents import Store
from tracetui.ui import candidates
from tracetui.ui.loading import load
from tracetui.ui.state import Opened

INCIDENT = SAMPLES / "incident_content.jsonl"


def opened(path: Path) -> Opened:
    loaded = load(str(path))
    return loaded.opened(*loaded.sessions[0])


def test_good_runs_that_the_library_knows_are_offered_while_they_exist(tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    shutil.copy(SAMPLES / "good_same_customer.jsonl", good)
    store, trace = Store(tmp_path / "store"), open_trace(str(INCIDENT))
    session = trace.sessions[0]
    found = triage(session)
    for path in (good, tmp_path / "gone.jsonl"):
        draft = prefill(session, found, None, now=datetime.now(UTC), trace=trace)
        entry = Entry(text=str(path), source="comparison", at=draft.created_at)
        store.new(put(draft, "divergence.baseline", entry))
    assert candidates.kept(opened(INCIDENT), store) == [str(good)]


def test_a_file_named_twice_is_offered_once() -> None:
    assert candidates.once(["/a/x", "/a/y", "/a/../a/x"]) == ["/a/x", "/a/y"]
