from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.postmortem.edits import SetText
from tracetui.store.incidents import Store

INCIDENT = SAMPLES / "incident_content.jsonl"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def made(*words: str) -> str:
    answer = run("postmortem", "new", str(INCIDENT), *words)
    assert answer.code == 0
    return answer.out.strip()


def test_new_prints_the_id_of_an_incident_filled_in_from_the_trace(store: Path) -> None:
    incident = made()
    assert incident.startswith("INC-")
    document = run("postmortem", "show", incident, "--json").document
    assert document["schema"] == "tracetui.postmortem/1"
    assert document["id"] == incident
    assert document["fields"]["origin.step"]["text"] == "3"
    assert (store / incident / "postmortem.json").stat().st_mode & 0o077 == 0


def test_the_history_tells_every_value_with_who_and_when(store: Path) -> None:
    incident = made()
    editing = Store(store).open(incident)
    for hour, who, text in ((1, "dana", "luck"), (2, "robin", "the limit held")):
        editing.edit(SetText("lessons.well", text, who, f"2026-07-01T0{hour}:00:00+00:00"))
        editing.save()
        assert editing.flush()
    editing.close()
    said = run("postmortem", "history", incident).out
    assert said.index("2026-07-01 02:00  robin: Lessons: What went well") < said.index("2026-07-01 01:00  dana")
    assert "replaced 2026-07-01 02:00 by robin" in said
    first = json.loads(run("postmortem", "history", incident, "--json").out.splitlines()[0])
    assert (first["schema"], first["address"], first["by"]) == ("tracetui.change/1", "lessons.well", "robin")


def test_the_pinned_records_are_copied_to_the_byte(store: Path) -> None:
    incident = made()
    pins = run("postmortem", "show", incident, "--json").document["pins"]
    lines = INCIDENT.read_bytes().splitlines()
    assert pins
    for pin in pins:
        assert (store / incident / "evidence" / pin["file"]).read_bytes() == lines[pin["source"]["line"] - 1]


def test_records_of_standard_input_are_copied_too(store: Path) -> None:
    answer = run("postmortem", "new", "-", "--json", stdin=INCIDENT.read_bytes())
    assert answer.document["schema"] == "tracetui.incident/1"
    assert Path(answer.document["path"]) == store / answer.document["id"]
    assert list((store / answer.document["id"] / "evidence").iterdir())


def test_lint_says_what_keeps_it_from_being_final() -> None:
    incident = made()
    answer = run("postmortem", "lint", incident, "--json")
    assert answer.code == 1
    assert "detection-gap-empty" in [finding["rule"] for finding in answer.document["findings"]]
    assert answer.document["blockers"]
    assert "detection.gap" in run("postmortem", "lint", incident).out


def test_the_store_can_be_named(tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    incident = made("--store", elsewhere)
    assert run("postmortem", "show", incident).code == 2
    assert run("postmortem", "show", incident, "--store", elsewhere, "--json").code == 0


def test_an_incident_that_does_not_exist_ends_with_2_and_lists_the_newest() -> None:
    incident = made()
    answer = run("postmortem", "show", "INC-nowhere")
    assert answer.code == 2
    assert incident in answer.err


def test_incidents_are_listed() -> None:
    empty = run("incidents")
    assert (empty.code, empty.stdout) == (0, b"")
    assert "tracetui postmortem new" in empty.err
    incident = made()
    document = run("incidents", "--json").document
    assert document["schema"] == "tracetui.incidents/1"
    assert document["id"] == incident
    assert document["status"] == "draft"
    assert run("incidents").out.startswith(incident)


def test_a_place_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = run("postmortem", "new", str(INCIDENT), "--store", str(tmp_path / "file" / "store"))
    assert answer.code == 2
    assert "--store" in answer.err


def test_export_prints_markdown_or_writes_a_new_file(tmp_path: Path) -> None:
    incident = made()
    printed = run("postmortem", "export", incident)
    assert printed.code == 0
    assert "ord_555" in printed.out
    file = tmp_path / "report.md"
    assert run("postmortem", "export", incident, "--output", str(file)).code == 0
    assert file.read_text() == printed.out
    again = run("postmortem", "export", incident, "--output", str(file))
    assert again.code == 2
    assert "already there" in again.err


def test_an_export_format_that_does_not_exist_lists_those_that_do() -> None:
    answer = run("postmortem", "export", made(), "--format", "docx")
    assert answer.code == 2
    assert "markdown" in answer.err


def test_show_prints_what_a_person_reads() -> None:
    out = run("postmortem", "show", made()).out
    assert out.startswith("# ")
    assert "ord_555" in out


def test_edit_opens_the_form_of_that_incident_over_its_trace(store: Path) -> None:
    first, _newer = made(), made()
    with patch("tracetui.ui.run.run_app", return_value=0) as opened:
        assert run("postmortem", "edit", first).code == 0
    opened.assert_called_once_with(str(INCIDENT), session="ses_abc123", store_root=None, incident_id=first, policy=None)


def test_edit_says_where_the_trace_was_when_it_is_gone(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_bytes(INCIDENT.read_bytes())
    incident = run("postmortem", "new", str(trace)).out.strip()
    trace.unlink()
    answer = run("postmortem", "edit", incident)
    assert answer.code == 2
    assert f"{incident}: its trace was read from {trace}, which is not there" in answer.err


def test_an_eval_case_holds_what_the_model_was_shown_as_long_as_the_trace_is_there(tmp_path: Path) -> None:
    moved = tmp_path / "trace.jsonl"
    moved.write_bytes(INCIDENT.read_bytes())
    incident = run("postmortem", "new", str(moved)).out.strip()
    assert len(json.loads(run("postmortem", "export", incident, "--format", "eval-json").out)["input"]["messages"]) == 4
    moved.rename(tmp_path / "elsewhere.jsonl")
    without = run("postmortem", "export", incident, "--format", "eval-json")
    assert "--trace" in without.err
    assert json.loads(without.out)["context"]["fidelity"] == "absent"
    named = run("postmortem", "export", incident, "--format", "eval-json", "--trace", str(tmp_path / "elsewhere.jsonl"))
    assert len(json.loads(named.out)["input"]["messages"]) == 4
    assert run("postmortem", "export", incident, "--format", "eval", "--trace", str(tmp_path / "no")).code == 2
