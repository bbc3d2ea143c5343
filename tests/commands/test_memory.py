"""The commands that look back: incidents --search, similar, stats, actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tests.store.incidents import held
from tracetui.store.incidents import Store

INCIDENT = str(SAMPLES / "incident_content.jsonl")
WITHOUT_FLAGS = str(SAMPLES / "incident_unflagged.jsonl")
BARE = str(SAMPLES / "incident.jsonl")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Store()


def made(path: str) -> str:
    return run("postmortem", "new", path).out.strip()


def test_incidents_are_searched() -> None:
    incident = made(INCIDENT)
    answer = run("incidents", "--search", "ord_555 lamp", "--json")
    assert answer.code == 0
    assert answer.document["id"] == incident
    assert "lamp" in answer.document["excerpt"].lower()
    assert run("incidents", "--search", "ord_555").out.startswith(incident)
    nothing = run("incidents", "--search", "zebra")
    assert (nothing.code, nothing.out) == (0, "")
    assert "zebra" in nothing.err


def test_a_trace_is_like_the_incident_it_is_the_same_fault_as() -> None:
    incident, other = made(BARE), made(str(SAMPLES / "good_same_customer.jsonl"))
    answer = run("similar", WITHOUT_FLAGS, "--json")
    assert answer.code == 1
    first, *rest = answer.document["similar"]
    assert first["id"] == incident
    assert first["likely"]
    assert {"tools", "flags", "mode", "shape"} <= {reason["feature"] for reason in first["reasons"]}
    assert not any(one["likely"] for one in rest if one["id"] == other)
    text = run("similar", WITHOUT_FLAGS).out
    assert "looks like the same fault" in text
    assert "tools in common: get_customer, get_order" in text


def test_an_incident_is_not_similar_to_itself() -> None:
    first, second = made(BARE), made(INCIDENT)
    assert [one["id"] for one in run("similar", first, "--json").document["similar"]] == [second]


def test_nothing_similar_ends_with_0(store: Store) -> None:
    answer = run("similar", INCIDENT)
    assert (answer.code, answer.out) == (0, "")
    assert str(store.root) in answer.err


def test_similar_to_what_is_neither_a_file_nor_an_incident_ends_with_2() -> None:
    assert run("similar", "INC-nowhere").code == 2


def test_stats_of_no_incidents_say_so() -> None:
    assert run("stats").code == 0
    assert "postmortem new" in run("stats").err
    assert run("stats", "--json").document["incidents"] == 0


def test_stats_count_what_the_files_hold(store: Store) -> None:
    made(BARE)
    incident = made(INCIDENT)
    document = run("stats", "--json").document
    assert document["schema"] == "tracetui.stats/1"
    assert document["counts"]["failure_mode"] == {"hallucination_propagation": 2}
    assert document["by_month"]["2025-11"] == {"hallucination_propagation": 1}
    text = run("stats").out
    assert "2 incidents" in text
    assert "hallucination propagation" in text
    (store.root / incident / "postmortem.json").write_text("{")
    broken = run("stats", "--json")
    assert broken.document["incidents"] == 1
    assert incident in broken.document["unreadable"][0]


def test_overdue_actions_end_with_1(store: Store) -> None:
    late = {"actions/r1/text": "Reject orders of another customer in get_order", "actions/r1/due": "2026-01-01"}
    incident = store.new(held(late | {"actions/r2/text": "Alert on mismatches", "actions/r2/owner": "dana"})).id
    answer = run("actions", "--json")
    assert answer.code == 1
    assert [document["row"] for document in answer.documents] == ["r1", "r2"]
    assert answer.documents[0]["schema"] == "tracetui.actions/1"
    assert answer.documents[0]["overdue_days"] > 0
    assert [document["row"] for document in run("actions", "--overdue", "--json").documents] == ["r1"]
    text = run("actions").out
    assert text.startswith(incident)
    assert "OVERDUE" in text
    assert "dana" in text


def test_without_overdue_actions_all_is_well(store: Store) -> None:
    assert run("actions").code == 0
    store.new(held({"actions/r1/text": "x", "actions/r1/due": "2026-01-01", "actions/r1/status": "completed"}))
    answer = run("actions", "--overdue")
    assert (answer.code, answer.out) == (0, "")
    assert "nothing is overdue" in answer.err


def test_hostile_text_stays_text(store: Store) -> None:
    store.new(
        held(
            {"identity.title": "\x1b]0;x\x07 refund", "actions/r1/text": "\x1b[2J clear", "actions/r1/owner": "\u202eb"}
        )
    )
    for words in (["incidents", "--search", "refund"], ["actions"], ["stats"]):
        out = run(*words).stdout
        assert b"\x1b" not in out
        assert "\u202e".encode() not in out
