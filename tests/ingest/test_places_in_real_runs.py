"""Every real run in the chat formats: right format, every message one step, every place exact."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.ingest.reading import assert_places_hold_what_they_point_at, only, read
from tests.shared import shared_data

DATA = shared_data()
FOLDERS = {
    "who_and_when/algorithm_generated": ("autogen-chat", "history"),
    "who_and_when/hand_crafted": ("autogen-chat", "history"),
    "agentrx/magentic_one/runs": ("autogen-chat", None),
    "agentrx/tau_retail/runs": ("tau-bench", "traj"),
    "agentrx/tau_retail/labelled": ("tau-bench", "traj"),
    "tau_airline": ("tau-bench", "traj"),
}
FILES = [(folder, path) for folder in FOLDERS for path in sorted((DATA / folder).glob("*.json"))]


@pytest.mark.parametrize(("folder", "path"), FILES, ids=[str(path.relative_to(DATA)) for _, path in FILES])
def test_each_message_is_one_step_and_each_place_is_exact(folder: str, path: Path) -> None:
    name, key = FOLDERS[folder]
    data = path.read_bytes()
    document = json.loads(data)
    messages = document[key] if key else document
    trace = read(data, path=str(path))
    session = only(trace)
    assert trace.format == name
    assert trace.report.records == trace.report.read == len(messages)
    where = re.compile(rf"/(?:{key}/)?(\d+)")
    found = Counter(int(match[1]) for step in session.steps if (match := where.fullmatch(step.source.pointer)))
    assert found == Counter(range(len(messages)))
    assert_places_hold_what_they_point_at(trace, data)
    assert not {"call_not_recorded", "result_not_recorded"} & {gap.kind for gap in session.gaps}
