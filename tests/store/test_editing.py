from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.postmortem.example import NOW, sample_comparison, sample_trace, sample_triage
from tracetui.postmortem.document import Entry
from tracetui.postmortem.edits import SetText
from tracetui.store.editing import InMemory, Subject, draft_of, keep_marks, marked_step, open_postmortem, settle
from tracetui.store.incident import Incident
from tracetui.store.incidents import Store

AT = "2026-07-01T02:15:00+00:00"


@pytest.fixture
def subject() -> Subject:
    trace = sample_trace()
    session = trace.sessions[0]
    return Subject(
        trace=trace,
        session=session,
        triage=sample_triage(session),
        pins=(marked_step(session, 3, Entry(text="another customer's")),),
    )


def opened(tmp_path: Path, subject: Subject) -> tuple[Incident | InMemory, bool]:
    return open_postmortem(Store(tmp_path / "store", now=lambda: NOW), subject, now=lambda: NOW)


def test_a_session_gets_one_incident_and_the_same_one_again(tmp_path: Path, subject: Subject) -> None:
    first, new = opened(tmp_path, subject)
    assert new
    assert first.postmortem.text("origin.step") == "3"
    first.edit(SetText("lessons.well", "the breaker held", "dana", AT))
    assert first.close()
    second, new = opened(tmp_path, subject)
    assert not new
    assert second.id == first.id
    assert second.postmortem.text("lessons.well") == "the breaker held"
    second.close()


def test_another_session_of_the_same_trace_gets_its_own(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, subject)
    other = replace(subject, session=replace(subject.session, session_id="other"))
    second, new = opened(tmp_path, other)
    assert new
    assert second.id != first.id
    first.close()
    second.close()


def test_a_new_incident_lists_those_that_are_likely_the_same_fault(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, subject)
    assert first.postmortem.rows("similar") == ()
    first.close()
    second, _ = opened(tmp_path, replace(subject, session=replace(subject.session, session_id="other")))
    (row,) = second.postmortem.rows("similar")
    assert row.text("incident") == first.id
    assert "get_order" in row.text("why")
    assert row.cells["why"].source.startswith("similar: ")
    second.close()


def test_new_findings_are_filled_in_and_no_word_of_a_person_is_lost(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, subject)
    first.edit(SetText("divergence.why", "mine", "dana", AT))
    first.close()
    second, _ = opened(tmp_path, replace(subject, comparison=sample_comparison()))
    assert second.postmortem.text("divergence.bad_step") == "3"
    assert second.postmortem.text("divergence.why") == "mine"
    second.close()


def test_marked_steps_are_pinned_with_their_note_and_a_quote_to_the_letter(subject: Subject) -> None:
    pin = next(pin for pin in draft_of(subject, NOW).pins if pin.id == "mark-4")
    assert pin.note.text == "another customer's"
    assert pin.quote in ("ord_555", "Order found — belongs to cust_012, not cust_789")


def test_records_of_new_pins_are_copied_into_an_incident_that_is_there(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, replace(subject, pins=()))
    first.close()
    second, _ = opened(tmp_path, subject)
    assert all(pin.file for pin in second.postmortem.pins)
    second.close()


def test_without_a_place_on_disk_what_is_typed_stays_in_memory_until_there_is_one(
    tmp_path: Path, subject: Subject
) -> None:
    (tmp_path / "store").write_text("a file")
    held, new = opened(tmp_path, subject)
    assert new
    assert held.state.kind == "failed"
    assert "store" in held.state.why
    held.edit(SetText("lessons.well", "typed", "dana", held.stamp()))
    held.save()
    assert not held.flush()
    assert not held.close()
    (tmp_path / "store").unlink()
    settled = settle(Store(tmp_path / "store", now=lambda: NOW), held.postmortem, subject)
    assert isinstance(settled, Incident)
    assert settled.postmortem.text("lessons.well") == "typed"
    settled.close()


def test_a_look_leaves_nothing_behind(tmp_path: Path, subject: Subject) -> None:
    store = Store(tmp_path / "store", now=lambda: NOW)
    held, _ = open_postmortem(store, subject, now=lambda: NOW)
    assert isinstance(held, Incident)
    store.discard(held)
    assert store.list() == ()


def test_an_incident_open_elsewhere_is_read_only(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, subject)
    second, _ = opened(tmp_path, subject)
    assert second.read_only.startswith("being edited by ")
    first.close()


def test_a_mark_makes_the_incident_signs_its_note_and_keeps_its_record(tmp_path: Path, subject: Subject) -> None:
    store = Store(tmp_path / "store", now=lambda: NOW)
    assert keep_marks(store, subject, subject.pins, now=lambda: NOW).startswith("kept in INC-")
    (known,) = store.ids()
    pin = next(pin for pin in store.read(known).pins if pin.id == "mark-4")
    assert (pin.note.text, pin.note.at[:10]) == ("another customer's", "2026-07-01")
    assert pin.note.by
    assert (store.folder(known) / "evidence" / pin.file).exists()
    keep_marks(store, replace(subject, pins=()), (), ["mark-4"], now=lambda: NOW)
    assert all(pin.id != "mark-4" for pin in store.read(known).pins)


def test_a_mark_in_an_incident_that_someone_else_holds_is_told(tmp_path: Path, subject: Subject) -> None:
    first, _ = opened(tmp_path, subject)
    assert "NOT KEPT: being edited by" in keep_marks(Store(tmp_path / "store"), subject, subject.pins)
    first.close()
