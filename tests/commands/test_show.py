"""The whole analysis as text that is read from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tracetui.commands.show_text
from tests.commands.running import run
from tests.shared import sample_files

INCIDENT = "sample_traces/incident_content.jsonl"
BEGINNINGS = (
    *(
        "Trace ",
        "Records: ",
        "Session ",
        "Verdict: ",
        "Why: ",
        "Escalate: ",
        "Origin: ",
        "Quote, ",
        "Cascade: ",
        "Suspect: ",
        "Flag",
        "Action",
    ),
    *("Gap", "Step", "Marked: ", "Prompt: ", "Summary: ", "Arguments: ", "Result: ", "Said, ", "Error: "),
)


def test_each_line_begins_with_what_it_tells() -> None:
    lines = run("show", "--plain", INCIDENT).out.splitlines()
    others = [line for line in lines if line and not line.startswith(BEGINNINGS)]
    assert others == []
    assert any(line.startswith("Origin: step 3") for line in lines)
    assert [line.split(":")[0] for line in lines if re.match(r"Step \d", line)] == [
        f"Step {n} of 8" for n in range(1, 9)
    ]


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_no_sample_makes_a_box_a_column_or_an_invisible_character(path: object) -> None:
    for words in (("--plain",), ()):
        answer = run("show", *words, str(path))
        assert answer.code in (0, 1, 3)
        assert not re.search(
            "[\u2500-\u259f\u2800-\u28ff\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", answer.out
        )
        assert not re.search(
            r"^\S.*\S {3,}\S", re.sub(r"(?m)^(Said|Result|Arguments|Summary|Quote).*$", "", answer.out)
        )


def test_plain_text_is_not_wrapped_and_has_the_signs_of_a_keyboard() -> None:
    plain = run("show", "--plain", INCIDENT).out
    assert max(map(len, plain.splitlines())) > 200
    assert not re.search("[“”…→·]", plain)
    assert max(map(len, run("show", INCIDENT).out.splitlines())) <= 80


def test_the_exit_code_is_that_of_triage() -> None:
    for path in (INCIDENT, "sample_traces/good_same_customer.jsonl", "sample_traces/mcp_log.jsonl"):
        assert run("show", path).code == run("triage", path).code


def test_what_could_not_be_read_is_listed_with_its_place_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(Path(INCIDENT).read_bytes() + b'{"other": 1}\n{"other": 2}\n')
    lines = run("show", "--plain", str(path)).out.splitlines()
    assert lines[1] == "Records: 10, 2 could not be read."
    assert [line.split(": ")[:2] for line in lines[2:4]] == [
        ["Not read", "line 9, byte 7,517, 12 bytes"],
        ["Not read", "line 10, byte 7,530, 12 bytes"],
    ]
    monkeypatch.setattr(tracetui.commands.show_text, "_MOST_SKIPPED", 1)
    assert run("show", "--plain", str(path)).out.splitlines()[3] == (
        "Not read: 1 more; `tracetui formats --check` lists them."
    )


def test_the_prompts_are_told_where_they_are_asked_for() -> None:
    assert "Prompt, " not in run("show", "--plain", INCIDENT).out
    lines = run("show", "--plain", "--context", INCIDENT).out.splitlines()
    third = lines[lines.index(next(line for line in lines if line.startswith("Step 3 of 8"))) :]
    told = [line.split(": ")[0] for line in third[: third.index("")]]
    assert told[:2] == [told[0], "Marked"]
    assert told[2:8] == [
        "Prompt",
        "Prompt, tools",
        "Prompt, system, from step 1, kept",
        "Prompt, user, from step 1, kept",
        "Prompt, assistant, from step 1, new",
        "Prompt, tool, from step 2, new",
    ]
    assert told[-1] == "Said, assistant"


def test_against_a_good_run_it_says_where_they_part_and_which_output_is_wrong() -> None:
    out = run("show", "--plain", INCIDENT, "--baseline", "sample_traces/good_same_customer.jsonl").out
    assert "Good run: argument at step 3 (good run: step 5): " in out
    assert "Marked: in the cascade, the wrong output." in out
    assert "asked for by step 3, ok, 0.210 s, at 2025-11-03 13:00:03 UTC." in out


def test_in_a_locale_of_ascii_it_writes_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACETUI_ASCII", raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    for words in ((), ("--plain",)):
        out = run("show", *words, "sample_traces/hostile.jsonl").out
        assert out.isascii()
        assert "\\u202e" in out or "<RLO>" in out
    assert max(map(len, run("show", "sample_traces/hostile.jsonl").out.splitlines())) <= 80
