"""The whole analysis as text that is read from top to bottom."""

from __future__ import annotations

import re

import pytest

from tests.commands.running import run
from tests.shared import sample_files

INCIDENT = "sample_traces/incident_content.jsonl"
BEGINNINGS = (
    *(
        "Trace ",
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
    assert others == ["8 records, all read."]
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
