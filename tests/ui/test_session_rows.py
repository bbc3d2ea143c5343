"""The columns of the session list."""

from __future__ import annotations

import pytest

from tests.ui.pilot import SAMPLES
from tracetui.ui.loading import load
from tracetui.ui.session_rows import Listed, Table


@pytest.fixture(scope="module")
def listed() -> Listed:
    loaded = load(str(SAMPLES / "incident_content.jsonl"))
    return loaded.listed(*loaded.sessions[0])


@pytest.mark.parametrize("width", [60, 80, 120, 300])
def test_a_row_fits_and_tells_what_was_asked_where_there_is_room(listed: Listed, width: int) -> None:
    table = Table([listed], width)
    row = table.row(listed, current=True, width=width)
    assert row.cell_length <= width
    assert (listed.asked[:24] in row.plain) is (width == 300)
    heading = table.heading().plain
    assert heading.find("asked") == (row.plain.find(listed.asked[:24]) if width == 300 else -1)
