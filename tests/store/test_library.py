from __future__ import annotations

from pathlib import Path

from tests.store.incidents import held, store_at
from tracetui.store.incident import DOCUMENT
from tracetui.store.library import read_library


def test_an_incident_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    first, second = store.new(held({})), store.new(held({}))
    (tmp_path / first.id / DOCUMENT).write_bytes(b"{")
    library = read_library(store)
    assert [incident.id for incident in library.incidents] == [second.id]
    assert len(library.problems) == 1
    assert first.id in library.problems[0]
