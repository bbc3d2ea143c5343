from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.errors import StoreError, UnknownNameError
from tracetui.postmortem.document import Postmortem, encode
from tracetui.postmortem.edits import SetText
from tracetui.store.incidents import Store
from tracetui.store.place import default_root


def store_at(tmp_path: Path, suffixes: str = "abcdefgh") -> Store:
    letters = iter(suffixes)
    return Store(tmp_path / "store", now=lambda: NOW, suffix=lambda: next(letters) * 3)


def test_a_new_incident_has_an_id_files_and_its_evidence(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    stored = store.new(sample_postmortem())
    assert stored.id == "INC-20260701-aaa"
    folder = store.root / stored.id
    assert store.read(stored.id) == stored
    assert (folder / "postmortem.json").read_bytes() == encode(stored)
    assert all((folder / "evidence" / pin.file).exists() for pin in stored.pins)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "postmortem.json").stat().st_mode) == 0o600


def test_an_id_is_never_given_twice_even_when_the_clock_stands_still(tmp_path: Path) -> None:
    store = store_at(tmp_path, "aaab")
    assert store.new(Postmortem()).id == "INC-20260701-aaa"
    assert store.new(Postmortem()).id == "INC-20260701-bbb"


def test_the_newest_come_first_and_unreadable_ones_say_why(tmp_path: Path) -> None:
    days = iter([NOW, NOW + timedelta(days=1)])
    store = Store(tmp_path, now=lambda: next(days), suffix=lambda: "aaa")
    store.new(sample_postmortem())
    store.new(Postmortem())
    (tmp_path / "INC-20260702-aaa" / "postmortem.json").write_text("{")
    second, first = store.list()
    assert first.title.startswith("Hallucination propagation")
    assert first.failure_mode == "hallucination_propagation"
    assert "is not a postmortem" in second.problem


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert store_at(tmp_path).list() == ()


def test_the_beginning_of_an_id_is_enough_where_one_fits(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.new(Postmortem())
    assert store.folder("inc-2026").name == "INC-20260701-aaa"
    store.new(Postmortem())
    with pytest.raises(UnknownNameError, match="fits INC-20260701-aaa, INC-20260701-bbb"):
        store.folder("INC-2026")


@pytest.mark.parametrize("name", ["../../etc", "/etc", "", ".", "-rf", "a\nb", "x" * 300, "nothing"])
def test_a_name_that_is_no_incident_is_refused(tmp_path: Path, name: str) -> None:
    store = store_at(tmp_path)
    store.new(Postmortem())
    with pytest.raises(UnknownNameError, match="INC-20260701-aaa"):
        store.folder(name)


def test_a_document_that_leads_out_of_the_store_is_not_followed(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    folder = store.root / store.new(Postmortem()).id
    outside = tmp_path / "outside.json"
    (folder / "postmortem.json").rename(outside)
    (folder / "postmortem.json").symlink_to(outside)
    with pytest.raises(StoreError, match="leads out of the store"):
        store.read(folder.name)


def test_reading_includes_what_was_typed_last(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    incident = store.open(store.new(Postmortem()).id)
    incident.edit(SetText("lessons.well", "the breaker held", "dana", incident.stamp()))
    assert incident.flush()
    assert store.read(incident.id).text("lessons.well") == "the breaker held"
    incident.close()


def test_a_place_where_nothing_can_be_written_is_known_before_anyone_types(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "store")
    assert "not a directory" in store.why_not_writable()
    with pytest.raises(StoreError, match="not a directory"):
        store.new(Postmortem())
    assert Store(tmp_path / "good").why_not_writable() == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_known_before_anyone_types(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "permission denied" in Store(tmp_path / "store").why_not_writable()
    finally:
        tmp_path.chmod(0o700)


def test_the_environment_names_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("TRACETUI_STORE")
    assert default_root().parts[-2:] == ("tracetui", "incidents")
