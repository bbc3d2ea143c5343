from __future__ import annotations

from pathlib import Path

import pytest

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import RemoveRow, SetText, apply
from tracetui.store import history
from tracetui.store.history import Version, append, prune, read_history, replaced
from tracetui.store.incidents import Store

AT = "2026-07-01T02:15:{:02}+00:00"


def typed(held: Postmortem, text: str, by: str = "dana", second: int = 0, minute: int = 15) -> Postmortem:
    return apply(held, SetText("lessons.well", text, by, f"2026-07-01T02:{minute:02}:{second:02}+00:00"))


def texts(before: Postmortem, after: Postmortem) -> list[str]:
    return [version.text for version in replaced(before, after, by="dana", at=AT.format(59))]


def test_typing_on_is_one_change_and_another_person_or_a_pause_makes_two() -> None:
    first = typed(sample_postmortem(), "the brake")
    assert texts(sample_postmortem(), first) == []
    assert texts(first, typed(first, "the breaker", second=9)) == [], "corrected in passing"
    assert texts(first, typed(first, "the brake held", minute=40)) == [], "written on: nothing is gone"
    assert texts(first, typed(first, "luck", minute=40)) == ["the brake"]
    assert texts(first, typed(first, "", minute=40)) == ["the brake"]
    assert texts(first, typed(first, "the brake held", by="robin", second=9)) == ["the brake"]


def test_what_the_trace_had_filled_in_and_the_cells_of_a_removed_row_are_told_too() -> None:
    before = apply(sample_postmortem(), SetText("actions/r1/text", "x", "dana", AT.format(1)))
    after = apply(before, SetText("origin.step", "2", "robin", AT.format(2)))
    (origin,) = replaced(before, after, by="robin", at=AT.format(3))
    assert (origin.source, origin.text, origin.replaced_by) == ("triage: 0.92", "3", "robin")
    (cell,) = replaced(before, apply(before, RemoveRow("actions", "r1")), by="robin", at=AT.format(3))
    assert (cell.text, cell.removed, cell.replaced_by, cell.until) == ("x", True, "robin", AT.format(3))


def version(number: int, address: str = "lessons.well") -> Version:
    return Version(address=address, text=f"{number} \u202e", source="person", until=f"{number:05}")


def test_a_line_that_a_crash_cut_and_one_told_twice_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert read_history(path) == ()
    append(path, [version(2), version(2)])
    path.write_bytes(path.read_bytes() + b'{"address": "less')
    append(path, [version(1)])
    assert read_history(path) == (version(1), version(2))
    assert b"\\u202e" in path.read_bytes(), "safe to look at"
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_grew_large_keeps_the_latest_of_each_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.jsonl"
    append(path, [*map(version, range(50)), version(0, "lessons.wrong")])
    prune(path)
    assert len(read_history(path)) == 51
    monkeypatch.setattr(history, "MOST_BYTES", 100)
    prune(path)
    kept = read_history(path)
    assert len(kept) == history.MOST_OF_ONE + 1
    assert kept[-1] == version(49)


def test_every_save_keeps_what_it_replaces(tmp_path: Path) -> None:
    store = Store(tmp_path)
    incident = store.open(store.new(sample_postmortem()).id)
    for number, text in enumerate(("one", "two", "three")):
        incident.edit(SetText("lessons.well", text, "dana", f"2026-07-01T0{number}:00:00+00:00"))
        incident.save()
        assert incident.flush()
    assert [(old.text, old.by) for old in incident.history] == [("one", "dana"), ("two", "dana")]
    incident.close()


def test_a_history_that_cannot_be_written_does_not_keep_the_document_from_being_saved(tmp_path: Path) -> None:
    store = Store(tmp_path)
    incident = store.open(store.new(sample_postmortem()).id)
    (incident.folder / "history.jsonl").mkdir()
    incident.edit(SetText("origin.step", "2", "dana", AT.format(1)))
    incident.save()
    assert incident.flush()
    assert incident.state.why.startswith("without its history: ")
    incident.close()
    assert store.read(incident.id).text("origin.step") == "2"
