"""What is said of a past incident when a trace is opened."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.contrast import assert_can_be_read
from tests.ui.incident import opened_incident
from tests.ui.pilot import NARROW, SAMPLES, debugger, opened_app, screen_text, wait_for
from tracetui.postmortem.edits import SetText, apply
from tracetui.postmortem.prefill import prefill
from tracetui.store.incidents import Store
from tracetui.ui.alike import find_alike
from tracetui.ui.state import Opened


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    return Store()


def keep(store: Store, opened: Opened, *, path: str) -> str:
    """The incident of a run, as if its trace had lain elsewhere; its id."""
    assert opened.triage is not None
    draft = prefill(opened.session, opened.triage, now=datetime(2026, 7, 1, tzinfo=UTC), trace=opened.trace)
    draft = apply(
        draft, SetText("root_cause.statement", "the lookup took any order id", "dana", "2026-07-01T02:00:00Z")
    )
    return store.new(replace(draft, trace_path=path, session_id="an earlier run")).id


async def test_a_known_fault_is_told_with_its_reason_and_opened_by_a_key(store: Store) -> None:
    known = keep(store, opened_incident(), path="/elsewhere/trace.jsonl")
    async with opened_app(SAMPLES / "incident_content.jsonl", size=NARROW) as pilot:
        await wait_for(pilot, lambda: f"L looks like {known}: " in screen_text(pilot), "the past incident")
        await pilot.press("L")
        await wait_for(pilot, lambda: "the lookup took any order id" in screen_text(pilot), "what was learned")
        assert "why" in screen_text(pilot)
        await assert_can_be_read(pilot, "alike")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is debugger(pilot), "the steps")


def test_its_own_incident_and_an_empty_store_say_nothing(store: Store) -> None:
    opened = opened_incident()
    assert find_alike(opened, store) is None
    known = keep(store, opened, path="/elsewhere/trace.jsonl")
    found = find_alike(opened, store)
    assert found is not None
    assert found.similar.id == known


def test_a_run_in_which_nothing_was_found_looks_like_no_incident(store: Store) -> None:
    opened = opened_incident()
    assert opened.triage is not None
    keep(store, opened, path="/elsewhere/trace.jsonl")
    calm = replace(opened.triage.verdict, failure_mode="none_found")
    assert find_alike(opened.with_(triage=replace(opened.triage, verdict=calm)), store) is None


def test_a_store_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert find_alike(opened_incident(), Store(tmp_path / "file")) is None
