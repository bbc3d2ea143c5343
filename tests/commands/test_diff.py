from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.text import cell_width

BAD = str(SAMPLES / "incident_content.jsonl")
GOOD = str(SAMPLES / "good_same_customer.jsonl")
OTHER = str(SAMPLES / "good_other_customer.jsonl")


def test_a_divergence_ends_with_1_and_two_good_runs_with_0() -> None:
    assert run("diff", BAD, GOOD).code == 1
    assert run("diff", GOOD, OTHER).code == 0
    assert run("diff", GOOD, GOOD).code == 2, "a run is no baseline of itself"


def test_what_cannot_be_told_ends_with_3_and_says_what_would_decide_it(tmp_path: Path) -> None:
    for name in ("bad", "good"):
        steps = [
            {"session_id": name, "step": 1, "type": "llm_call", "model": "m"},
            {"session_id": name, "step": 2, "type": "tool_call", "tool": "get_order", "status": "ok"},
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, steps)))
    paths = [str(tmp_path / f"{name}.jsonl") for name in ("bad", "good")]
    answer = run("diff", *paths, "--json")
    assert answer.code == 3
    assert answer.document["verdict"] == "inconclusive"
    assert "does not record the arguments of its tool calls: they would decide it" in answer.document["why"]
    assert run("diff", *paths).code == 3


def test_several_good_runs_tell_from_how_many_of_them_a_step_differs() -> None:
    document = run("diff", "--json", BAD, OTHER, GOOD).document
    assert document["suspicion"]
    assert all(1 <= row["differs_from"] <= row["good_runs"] == 2 for row in document["suspicion"])
    assert document["suspicion"][0]["differs_from"] == 2
    assert run("diff", "--json", BAD, GOOD).document["suspicion"] == []


def test_of_several_good_runs_the_one_compared_with_is_named() -> None:
    document = run("diff", "--json", BAD, OTHER, GOOD).document
    assert document["good"] == {"path": GOOD, "session_id": "ses_good789"}
    assert document["divergence"]["good"]["source"]["path"] == GOOD


def test_every_step_of_both_runs_stands_in_a_pair() -> None:
    document = run("diff", "--json", BAD, GOOD).document
    for side, path in (("bad", BAD), ("good", GOOD)):
        numbers = [step["step"] for step in run("steps", "--json", path).documents]
        assert sorted(pair[side] for pair in document["pairs"] if pair[side] is not None) == numbers


def test_sessions_of_one_file_can_be_compared(tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    path.write_bytes(Path(BAD).read_bytes() + Path(GOOD).read_bytes())
    answer = run("diff", str(path), str(path), "--session", "ses_abc123", "--json")
    assert answer.code == 1
    assert answer.document["good"]["session_id"] == "ses_good789"


def test_plain_text_marks_the_divergence_in_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES)
    lines = run("diff", "incident_content.jsonl", "good_same_customer.jsonl").out.splitlines()
    assert sum("▶" in line for line in lines) == 1
    assert max(map(cell_width, lines)) <= 80


def test_a_good_run_in_triage_adds_where_the_run_leaves_it() -> None:
    (session,) = run("triage", "--json", BAD, "--baseline", GOOD).document["sessions"]
    assert session["baseline"]["verdict"] == "diverged"
    assert session["baseline"]["good"]["path"] == GOOD
    assert session["baseline"]["divergence"]["bad"]["step"] == session["origin"]["step"]
    assert "good run" in run("triage", BAD, "--baseline", GOOD).out


def test_an_unreadable_good_run_ends_with_2() -> None:
    answer = run("diff", BAD, "nowhere.json")
    assert answer.code == 2
    assert "nowhere.json: no such file" in answer.err


def test_markdown_folds_what_is_the_same_and_marks_where_the_runs_part() -> None:
    done = run("diff", "--markdown", BAD, GOOD)
    assert done.code == 1
    assert done.out.startswith("# Diverged: `ses_abc123`")
    assert done.out.count("diverges here") == 1
    assert run("diff", "--markdown", GOOD, OTHER).out.count("the same*") >= 1
