from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.commands import format_check
from tracetui.ingest.registry import FORMATS


def test_every_format_is_listed_with_its_rule() -> None:
    document = run("formats", "--json").document
    assert document["schema"] == "tracetui.formats/1"
    assert [known["name"] for known in document["formats"]] == list(FORMATS)
    assert all(known["title"] and known["rule"] and known["keeps"] for known in document["formats"])
    out = run("formats").out
    assert all(name in out for name in FORMATS)
    assert max(map(len, out.splitlines())) <= 80


def test_a_check_says_which_format_and_what_the_others_thought() -> None:
    answer = run("formats", "--check", str(SAMPLES / "incident.jsonl"), "--json")
    assert answer.code == 0
    assert answer.document["source"]["format"] == "session-trace"
    assert answer.document["scores"][0]["name"] == "session-trace"
    assert {score["name"] for score in answer.document["scores"]} == set(FORMATS)
    (session,) = answer.document["sessions"]
    assert (session["steps"], session["llm_calls"], session["prompts"]["absent"]) == (5, 3, 3)
    assert answer.document["source"]["format_reason"] in run("formats", "--check", str(SAMPLES / "incident.jsonl")).out


def test_a_file_that_only_raw_records_take_ends_with_3(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("started\nstopped\n")
    answer = run("formats", "--check", str(path))
    assert answer.code == 3
    assert f"{path}: raw" in answer.out


def test_a_check_accounts_for_every_record(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes((SAMPLES / "incident.jsonl").read_bytes() + b"not json\nneither\n")
    document = run("formats", "--check", str(path), "--json").document
    ingest = document["ingest"]
    assert ingest["records"] == ingest["read"] + len(ingest["skipped"]) == 7
    out = run("formats", "--check", str(path)).out
    assert "7 = 5 read + 2 listed as not read" in out
    assert "1 session, 5 steps, 3 LLM calls (prompts: 3 absent)" in out
    assert "the first at line 6" in out
    assert max(map(len, out.splitlines()[1:])) <= 80


def test_a_check_of_a_folder_accounts_for_each_trace() -> None:
    answer = run("formats", "--check", str(SAMPLES), "--json")
    assert answer.code == 0
    checked = {document["source"]["path"]: document["source"]["format"] for document in answer.documents}
    assert checked[str(SAMPLES / "codex_rollout.jsonl")] == "codex"
    assert len(set(checked.values())) > 25


def test_a_check_of_a_file_without_steps_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"simulations": [], "tasks": []}')
    answer = run("formats", "--check", str(path))
    assert answer.code == 2
    assert "no step found when read as tau2" in answer.out


def test_a_check_of_a_long_session_says_of_how_many_calls_it_tells_the_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(format_check, "_MOST_PROMPTS", 2)
    path = str(SAMPLES / "incident_content.jsonl")
    out = " ".join(run("formats", "--check", path).out.split())
    assert "4 LLM calls (prompts of the first 2 of a session: 2 rebuilt)" in out
    (session,) = run("formats", "--check", path, "--json").document["sessions"]
    assert (session["llm_calls"], session["prompts"]["rebuilt"]) == (4, 2)
