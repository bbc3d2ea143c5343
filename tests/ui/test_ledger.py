"""What is done about the actions of the blast radius, in the incident."""

from __future__ import annotations

from pathlib import Path

from tests.ui.incident import opened_incident
from tracetui.store.incidents import Store
from tracetui.ui.ledger import Change, keep, read_ledger, row_of


def test_what_was_changed_is_there_when_the_ledger_is_read_again(tmp_path: Path) -> None:
    opened, store = opened_incident(), Store(tmp_path / "store")
    assert opened.triage is not None
    effect = opened.triage.blast_radius[0]
    changes = [Change(effect, "owner", "dana", ""), Change(effect, "done", "yes", "")]
    assert keep(opened, store, changes).startswith("kept in INC-")
    found = read_ledger(opened, store)
    assert found[effect.step, "owner"] == "dana"
    assert found[effect.step, "done"] == "yes"
    assert len(store.ids()) == 1
    assert keep(opened, store, [Change(effect, "done", "no", "yes")]).startswith("kept in INC-")
    assert read_ledger(opened, store)[effect.step, "done"] == "no"
    assert len(store.ids()) == 1


def test_an_action_without_a_row_in_the_form_gets_one_with_what_is_known_of_it(tmp_path: Path) -> None:
    opened, store = opened_incident(), Store(tmp_path / "store")
    assert opened.triage is not None
    effect = opened.triage.blast_radius[0]
    before = effect.__class__(
        step=0, tool="notify", target="ops", reversibility="external", after_origin=False, undo="tell them"
    )
    assert keep(opened, store, [Change(before, "done", "yes", "")]).startswith("kept in")
    held = store.read(store.ids()[0])
    row = row_of(opened.session, before)
    assert [held.text(f"{row}/{column}") for column in ("step", "tool", "target", "done")] == [
        "1",
        "notify",
        "ops",
        "yes",
    ]


def test_without_an_incident_the_ledger_is_empty_and_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    opened = opened_incident()
    assert opened.triage is not None
    assert read_ledger(opened, Store(tmp_path / "none")) == {}
    (tmp_path / "file").write_text("")
    blocked = Store(tmp_path / "file")
    assert keep(opened, blocked, [Change(opened.triage.blast_radius[0], "done", "yes", "")]).startswith("NOT KEPT")
