"""From an opened session to the pages of its tour."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from tests.ui.pilot import SAMPLES
from tracetui.store.incidents import Store
from tracetui.ui.loading import analyse, load
from tracetui.ui.touring import tour


def test_an_incident_that_was_thrown_away_since_it_was_listed_counts_as_none(tmp_path: Path) -> None:
    loaded = load(str(SAMPLES / "incident_content.jsonl"))
    opened = loaded.opened(*loaded.sessions[0])
    with patch.object(Store, "about", return_value="INC-20250101-aaa"):
        made = tour(opened.with_(triage=analyse(opened)), Store(tmp_path))
    assert made.incident_id == ""
    assert made.pages
