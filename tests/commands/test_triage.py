from __future__ import annotations

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES

INCIDENT = str(SAMPLES / "incident.jsonl")
CHAT = str(SAMPLES / "incident_openai.json")
GOOD = str(SAMPLES / "good_same_customer.jsonl")


def test_an_incident_ends_with_1_and_a_good_run_with_0() -> None:
    assert run("triage", INCIDENT).code == 1
    assert run("triage", GOOD).code == 0


def test_documents_come_one_a_path_in_order() -> None:
    answer = run("triage", "--json", GOOD, INCIDENT, GOOD)
    assert answer.code == 1
    assert [document["source"]["path"] for document in answer.documents] == [GOOD, INCIDENT, GOOD]
    assert {document["schema"] for document in answer.documents} == {"tracetui.triage/1"}


def test_an_unreadable_path_leaves_the_others_their_documents(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.jsonl")
    answer = run("triage", "--json", GOOD, missing, INCIDENT)
    assert answer.code == 1
    first, error, last = answer.documents
    assert first["source"]["path"] == GOOD
    assert last["source"]["path"] == INCIDENT
    assert error["schema"] == "tracetui.error/1"
    assert error["path"] == missing
    assert "no such file" in error["message"]
    assert error["hint"]


def test_good_runs_beside_an_unreadable_path_are_no_clean_answer(tmp_path: Path) -> None:
    assert run("triage", "--json", GOOD, str(tmp_path / "missing.jsonl")).code == 3


def test_an_unexpected_error_in_one_trace_leaves_the_others_their_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracetui.analysis.triage import triage

    def fail_once(session: object, **options: object) -> object:
        if getattr(session, "session_id", "") == "ses_abc123":
            raise IndexError("list index out of range")
        return triage(session, **options)  # type: ignore[arg-type]

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with patch("tracetui.commands.triaging.triage", fail_once):
        answer = run("triage", "--json", INCIDENT, GOOD)
    error, good = answer.documents
    assert error["schema"] == "tracetui.error/1"
    assert "unexpected IndexError" in error["message"]
    assert good["sessions"][0]["verdict"]["failure_mode"] == "none_found"
    assert answer.code == 3


def test_a_folder_is_triaged_trace_by_trace(tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "b.jsonl")
    shutil.copy(INCIDENT, tmp_path / "a.jsonl")
    (tmp_path / "notes.txt").write_text("call Alice\n")
    answer = run("triage", "--json", str(tmp_path))
    assert [document["source"]["path"] for document in answer.documents] == [
        str(tmp_path / "a.jsonl"),
        str(tmp_path / "b.jsonl"),
    ]


def test_standard_input_is_read_as_a_dash() -> None:
    answer = run("triage", "--json", "-", stdin=Path(INCIDENT).read_bytes())
    assert answer.code == 1
    assert answer.document["source"]["path"] == "<stdin>"


def test_what_was_not_recorded_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"event": 1}\n{"event": 2}\n')
    answer = run("triage", "--json", str(path))
    assert answer.code == 3
    assert answer.document["sessions"][0]["verdict"]["failure_mode"] == "cannot_tell"


def test_the_symptom_is_a_step_of_the_users_choice() -> None:
    document = run("triage", "--json", INCIDENT, "--symptom", "4:cust_012").document
    origin = document["sessions"][0]["origin"]
    assert origin["symptom"]["step"] == 4
    assert max(document["sessions"][0]["cascade"]) <= 4


def test_a_symptom_that_does_not_exist_is_bad_usage() -> None:
    answer = run("triage", INCIDENT, "--symptom", "12")
    assert answer.code == 2
    assert "no step 12" in answer.err


def test_plain_text_has_the_verdict_first_and_keeps_to_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES)
    answer = run("triage", "incident.jsonl")
    lines = answer.out.splitlines()
    assert lines[3].startswith("  verdict   HALLUCINATION PROPAGATION")
    assert "  cascade   3 → 4 → 5" in lines
    assert max(map(len, lines)) <= 80


def test_hostile_text_reaches_no_terminal_raw() -> None:
    for name in ("hostile.jsonl", "hostile.json"):
        for options in ([], ["--json"]):
            out = run("triage", str(SAMPLES / name), *options).out
            assert not set(out) & set(
                map(chr, [*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x200B, 0xE0041])
            )


def test_a_tool_policy_comes_before_what_the_names_of_tools_say(tmp_path: Path) -> None:
    trace = str(SAMPLES / "incident_content.jsonl")
    before = run("triage", "--json", trace).document["sessions"][0]["blast_radius"]
    assert before
    policy = tmp_path / "tools.toml"
    policy.write_text(f'["{before[0]["tool"]}"]\nreversibility = "irreversible"\nundo = "ring the warehouse"\n')
    after = run("triage", "--json", "--policy", str(policy), trace).document["sessions"][0]["blast_radius"]
    assert (after[0]["reversibility"], after[0]["undo"]) == ("irreversible", "ring the warehouse")
    policy.write_text('["*"]\neffect = "read"\n')
    assert not run("triage", "--json", "--policy", str(policy), trace).document["sessions"][0]["blast_radius"]


def test_a_policy_that_cannot_be_read_is_an_error_with_its_file_and_reason(tmp_path: Path) -> None:
    policy = tmp_path / "tools.toml"
    policy.write_text('["refund_*"]\nreversibilty = "external"\n')
    answer = run("triage", "--policy", str(policy), INCIDENT)
    assert answer.code == 2
    assert "tools.toml: not a tool policy" in answer.err


def test_explain_tells_every_contribution_to_one_score_and_they_add_up() -> None:
    (document,) = run("triage", "--json", "--explain", "3", INCIDENT).documents
    assert document["schema"] == "tracetui.explanation/1"
    (session,) = document["sessions"]
    assert session["sum"] == pytest.approx(sum(reason["weight"] for reason in session["suspect"]["reasons"]))
    (whole,) = run("triage", "--json", INCIDENT).documents
    ranked = [suspect["step"] for suspect in whole["sessions"][0]["suspects"]]
    assert ranked[session["rank"] - 1] == session["suspect"]["step"]
    assert session["of"] == len(ranked)


def test_explain_quotes_what_speaks_for_the_step() -> None:
    (document,) = run("triage", "--json", "--explain", "3", INCIDENT).documents
    reasons = document["sessions"][0]["suspect"]["reasons"]
    shown = " ".join(run("triage", "--explain", "3", INCIDENT).out.split())
    for reason in reasons:
        assert f"{reason['weight']:+.2f}" in shown
        assert reason["feature"] in shown
    assert any(reason["evidence"] for reason in reasons)


def test_explain_of_what_a_user_wrote_says_that_it_is_no_suspect() -> None:
    (document,) = run("triage", "--json", "--explain", "1", CHAT).documents
    assert document["sessions"][0]["suspect"] is None
    assert "no suspect" in run("triage", "--explain", "1", CHAT).out


def test_explain_of_a_call_tells_the_score_of_what_asked_for_it() -> None:
    (document,) = run("triage", "--json", "--explain", "2", INCIDENT).documents
    assert document["sessions"][0]["step"] == 2
    assert document["sessions"][0]["suspect"]["step"] == 1


def test_explain_of_a_step_that_is_not_there_is_an_error_with_the_range() -> None:
    answer = run("triage", "--explain", "999", INCIDENT)
    assert answer.code == 2
    assert "999" in answer.err


def test_a_pattern_that_recurs_in_a_source_escalates_each_session_that_shows_it(tmp_path: Path) -> None:
    trace = tmp_path / "two.jsonl"
    lines = (SAMPLES / "incident.jsonl").read_text()
    trace.write_text(lines + lines.replace("ses_abc123", "ses_other"))
    (document,) = [json.loads(line) for line in run("triage", "--json", str(trace)).out.splitlines()]
    told = [session["verdict"]["escalate_because"] for session in document["sessions"]]
    assert [because[-1] for because in told] == ["the same pattern occurs in 2 sessions"] * 2


def test_what_figures_show_is_told_without_an_empty_quote(tmp_path: Path) -> None:
    steps = [{"session_id": "s", "step": n, "type": "llm_call", "ms": 1000, "status": "ok"} for n in range(1, 12)]
    steps[9]["ms"] = 90_000
    trace = tmp_path / "slow.jsonl"
    trace.write_text("".join(json.dumps(step) + "\n" for step in steps), encoding="utf-8")
    for command in ("triage", "show"):
        told = run(command, str(trace)).out
        assert "BUDGET" in told
        assert '""' not in told
