from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tracetui.ui import presenter
from tracetui.ui.ascii_lines import InAscii
from tracetui.ui.presenter import told
from tracetui.ui.tour_place import TourPlace, forget_place, place_file, read_place, tell_place

PLACE = TourPlace(number=3, of=8, title="It began", notes="pause here", next_title="What it led to", started_at=1000.0)


def test_the_presenter_reads_page_notes_next_and_time() -> None:
    text = told(PLACE, 1125.0).plain
    assert "page 3 of 8" in text
    assert "2:05" in text
    assert "pause here" in text
    assert "next: What it led to" in text


def test_without_a_walkthrough_it_says_how_to_start_one() -> None:
    assert "tracetui walk" in told(None, 0.0).plain


def test_the_place_is_read_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = place_file("/x/trace.jsonl", "s")
    tell_place(file, PLACE)
    assert read_place(file) == PLACE
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    forget_place(file)
    assert read_place(file) is None


def test_a_broken_place_counts_as_none(tmp_path: Path) -> None:
    file = tmp_path / "walk-x.json"
    file.write_bytes(b'{"number": "3')
    assert read_place(file) is None


def test_in_a_terminal_of_ascii_it_writes_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(presenter, "AS_SHOWN", (InAscii(),))
    assert isinstance(presenter.PresenterApp(tmp_path).get_line_filters()[-1], InAscii)
