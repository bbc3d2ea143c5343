from __future__ import annotations

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.postmortem.document import PINS, Entry
from tracetui.postmortem.fields import SECTIONS
from tracetui.store.editing import InMemory
from tracetui.ui.form.desk import Desk, filled, findings_by_section, offer, reason_of, source_words


def desk() -> Desk:
    return Desk(InMemory(sample_postmortem(), "a test", lambda: NOW))


def test_a_suggestion_and_a_persons_words_are_exchanged_with_one_key() -> None:
    held = desk()
    assert not held.touched
    held.write("origin.premise", "my words")
    assert held.touched
    assert offer(held.postmortem.entry("origin.premise")) == "ord_555"
    assert held.take_back("origin.premise")
    assert held.postmortem.text("origin.premise") == "ord_555"
    assert held.take_back("origin.premise")
    assert held.postmortem.text("origin.premise") == "my words"
    assert not held.take_back("lessons.well")


def test_the_time_to_detect_follows_from_the_two_times_unless_a_person_wrote_one() -> None:
    held = desk()
    held.write("detection.occurred_at", "2026-07-01T02:00:00+00:00")
    assert held.write("detection.detected_at", "2026-07-01T03:30:00+00:00") == "detection.time_to_detect"
    entry = held.postmortem.entry("detection.time_to_detect")
    assert (entry.text, entry.source) == ("1:30:00", "computed")
    held.write("detection.detected_at", "")
    assert held.postmortem.text("detection.time_to_detect") == ""
    held.write("detection.time_to_detect", "at once")
    held.write("detection.detected_at", "2026-07-01T03:30:00+00:00")
    assert held.postmortem.text("detection.time_to_detect") == "at once"


def test_writing_what_is_there_is_no_edit() -> None:
    held = desk()
    held.write("origin.premise", "ord_555")
    assert not held.touched
    assert source_words(held.postmortem.entry("origin.premise")) == "trace: step 3"


def test_a_reason_is_told_and_a_place_is_not() -> None:
    assert reason_of(Entry(text="x", source="triage: no policy names it")) == "no policy names it"
    assert reason_of(Entry(text="x", source="trace: step 3")) == ""
    assert reason_of(Entry(text="x", source="triage: 0.92")) == ""
    assert reason_of(Entry(text="x")) == ""


def test_removed_rows_and_pins_come_back_whole() -> None:
    held = desk()
    before = held.postmortem
    put_back = held.remove_row("blast_radius", "step-4")
    assert held.postmortem.rows("blast_radius") == ()
    put_back()
    texts = {column: entry.text for column, entry in before.rows("blast_radius")[0].cells.items()}
    assert {c: e.text for c, e in held.postmortem.rows("blast_radius")[0].cells.items()} == texts
    put_back = held.remove_row(PINS, before.pins[0].id)
    assert len(held.postmortem.pins) == 1
    put_back()
    assert set(held.postmortem.pins) == set(before.pins)


def test_findings_follow_the_document() -> None:
    held = desk()
    assert [finding.address for finding in held.findings_at("detection.gap")] == ["detection.gap"]
    assert held.findings_at("blast_radius/step-4")
    held.write("detection.gap", "no check compares owner and customer")
    assert held.findings_at("detection.gap") == []
    counted = findings_by_section(held.findings)
    assert counted["blast"] == 1
    assert counted["detection"] == 0


def test_sections_count_what_is_filled() -> None:
    held = desk()
    lessons = next(section for section in SECTIONS if section.id == "lessons")
    actions = next(section for section in SECTIONS if section.id == "actions")
    assert filled(held.postmortem, lessons) == (0, 4)
    held.write("lessons.well", "x")
    held.write(f"actions/{held.add_row('actions')}/text", "x")
    assert filled(held.postmortem, lessons) == (1, 4)
    assert filled(held.postmortem, actions) == (1, 1)
