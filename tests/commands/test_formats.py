from __future__ import annotations

from pathlib import Path

from tests.commands.running import run
from tests.shared import SAMPLES
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
    assert answer.document["source"]["format_reason"] in run("formats", "--check", str(SAMPLES / "incident.jsonl")).out


def test_a_file_that_only_raw_records_take_ends_with_3(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("started\nstopped\n")
    answer = run("formats", "--check", str(path))
    assert answer.code == 3
    assert f"{path}: raw" in answer.out
