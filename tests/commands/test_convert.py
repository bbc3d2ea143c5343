from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.write import writer_names

INCIDENT = str(SAMPLES / "incident_content.jsonl")


@pytest.mark.parametrize("target", writer_names())
def test_what_is_written_to_a_file_opens_again(target: str, tmp_path: Path) -> None:
    path = tmp_path / "converted"
    answer = run("convert", INCIDENT, "--to", target, "-o", str(path))
    assert (answer.code, answer.out) == (0, "")
    before, after = run("triage", "--json", INCIDENT).document, run("triage", "--json", str(path)).document
    assert after["source"]["format"] == target
    assert [flag["kind"] for flag in after["sessions"][0]["flags"]] == [
        flag["kind"] for flag in before["sessions"][0]["flags"]
    ]
    assert after["sessions"][0]["verdict"] == before["sessions"][0]["verdict"]


def test_standard_output_has_the_trace_and_stderr_what_has_no_field() -> None:
    answer = run("convert", INCIDENT, "--to", "atif")
    assert json.loads(answer.out)["schema_version"].startswith("ATIF-v")
    assert "has no field for these, kept in `extra.tracetui`" in answer.err


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    answer = run("convert", INCIDENT, "--to", "otlp", "-o", str(path))
    assert answer.code == 2
    assert path.read_text() == "mine"


def test_one_session_among_several_can_be_chosen() -> None:
    path = str(SAMPLES / "langsmith_runs.jsonl")
    names = [session["session_id"] for session in run("triage", "--json", path).document["sessions"]]
    answer = run("convert", path, "--to", "session-trace", "--session", names[-1])
    assert {row["session_id"] for row in answer.documents} == {names[-1]}


def test_an_unknown_target_is_bad_usage() -> None:
    assert run("convert", INCIDENT, "--to", "parquet").code == 2
