from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.incidents import held, store_at
from tracetui.postmortem.edits import SetText
from tracetui.store.incident import DOCUMENT, JOURNAL, encode_edit
from tracetui.store.incidents import Store
from tracetui.store.index import VERSION, Index, cache_path
from tracetui.store.journal import frame


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = store_at(tmp_path / "store")
    made.new(held({"identity.title": "Refund sent twice", "lessons.wrong": "Die Prüfung fehlte; pay_1 to cust_789"}))
    made.new(held({"identity.title": "Order of another customer", "actions/r1/text": "check the owner of the refund"}))
    return made


@pytest.fixture
def index(store: Store, tmp_path: Path) -> Index:
    return Index(store, tmp_path / "cache" / "index.sqlite")


def found(index: Index, text: str) -> list[str]:
    return [hit.summary.id for hit in index.search(text)]


def test_a_search_finds_titles_first_then_any_text_also_of_tables(index: Index) -> None:
    assert found(index, "refund") == ["INC-20260701-000", "INC-20260701-001"]
    assert index.search("owner")[0].excerpt == "check the owner of the refund"
    assert index.search("twice")[0].excerpt == "", "what the title holds needs none"


def test_an_excerpt_begins_a_few_words_before_the_hit_and_choices_are_found_by_title(
    index: Index, store: Store
) -> None:
    store.new(
        held({"lessons.lucky": "one two three four five six seven", "classification.failure_mode": "tool_misfire"})
    )
    assert index.search("six")[0].excerpt == "…three four five six seven"
    assert [hit.excerpt for hit in index.search("misfire")] == [""]


@pytest.mark.parametrize("text", ["cust_789", "PRUFUNG", "prüf", "ref twice", '"sent twice"', "INC-20260701-000"])
def test_words_are_found_by_their_beginning_whatever_case_and_accents(index: Index, text: str) -> None:
    assert found(index, text) == ["INC-20260701-000"]


@pytest.mark.parametrize("text", ["refund nowhere", '"twice sent"', "", "   ", "!!!", '"', '""'])
def test_all_words_must_be_there(index: Index, text: str) -> None:
    assert found(index, text) == []


@given(st.text(max_size=20))
def test_no_text_is_taken_as_an_operator(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Index(Store(folder), Path(folder, "index.sqlite")).search(f'refund {text} OR ( NEAR * "')


def test_a_changed_a_new_and_a_removed_incident_are_seen(index: Index, store: Store) -> None:
    assert found(index, "mandate") == []
    third = store.new(held({"identity.title": "Mandate lost"}))
    assert found(index, "mandate") == [third.id]
    (store.root / third.id / DOCUMENT).unlink()
    assert found(index, "mandate") == []


def test_what_is_only_in_the_journal_is_found(index: Index, store: Store) -> None:
    assert found(index, "halved") == []
    (incident, _) = store.ids()
    record = encode_edit(SetText("lessons.wrong", "the amount was halved", "dana", "2026-07-01T02:15:00Z"))
    (store.root / incident / JOURNAL).write_bytes(frame(record))
    assert found(index, "halved") == [incident]


def test_the_index_is_made_anew_when_it_is_damaged(index: Index) -> None:
    assert found(index, "refund")
    whole = index.path.read_bytes()
    for damaged in (b"", b"not a database at all, but long enough" * 100, whole[: len(whole) // 2], _holed(whole)):
        index.path.write_bytes(damaged)
        assert found(index, "refund") == ["INC-20260701-000", "INC-20260701-001"]
        assert index.likenesses().keys() == {"INC-20260701-000", "INC-20260701-001"}
    assert index.path.read_bytes()[:15] == b"SQLite format 3"


def test_the_index_of_another_version_is_made_anew(index: Index) -> None:
    assert found(index, "refund")
    with sqlite3.connect(index.path) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
        database.execute("DELETE FROM incidents")
    database.close()
    assert found(index, "refund")


def test_where_no_cache_can_be_written_the_index_is_made_in_memory(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert found(Index(store, tmp_path / "file" / "index.sqlite"), "refund")


def test_while_another_process_writes_the_index_is_made_in_memory(
    index: Index, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracetui.store.index._WAIT_S", 0.01)
    assert found(index, "refund")
    other = sqlite3.connect(index.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.new(held({"identity.title": "Mandate lost"}))
    assert len(found(index, "mandate")) == 1
    other.close()
    assert len(found(index, "mandate")) == 1


def test_only_the_owner_can_read_the_index(index: Index) -> None:
    index.search("refund")
    assert stat.S_IMODE(index.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(index.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in index.path.parent.iterdir()] == ["index.sqlite"], "no write-ahead log"


def test_an_incident_that_cannot_be_read_does_not_hide_the_others(index: Index, store: Store) -> None:
    (store.root / "INC-20260701-001" / DOCUMENT).write_bytes(b"{")
    assert found(index, "refund") == ["INC-20260701-000"]
    assert len(index.problems) == 1
    assert "INC-20260701-001" in index.problems[0]
    assert found(index, "refund") == ["INC-20260701-000"]
    assert len(index.problems) == 1


def test_text_that_is_no_unicode_is_indexed(index: Index, store: Store) -> None:
    incident = store.new(held({"identity.title": "broken \ud800 letters", "lessons.well": "a\x00b"}))
    assert found(index, "letters") == [incident.id]


def test_two_stores_never_share_a_cache(tmp_path: Path) -> None:
    assert cache_path(Store(tmp_path / "a")) != cache_path(Store(tmp_path / "b"))
    os.symlink(tmp_path / "a", tmp_path / "c")
    assert cache_path(Store(tmp_path / "a")) == cache_path(Store(tmp_path / "c"))


def test_a_store_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert found(Index(Store(tmp_path / "nowhere"), tmp_path / "index.sqlite"), "refund") == []


def _holed(whole: bytes) -> bytes:
    """A database whose pages behind the first are overwritten."""
    return whole[:4096] + b"\xff" * (len(whole) - 4096)
