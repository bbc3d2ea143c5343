"""The headless contract to the byte: what the commands print for the samples, as kept in `tests/golden`.

`TRACETUI_UPDATE=1 python -m pytest tests/commands/test_golden.py` writes them anew: read the difference before you
commit it. A changed or missing key breaks someone's script; a new one does not.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest

from tests.commands.running import run
from tests.shared import REPOSITORY, sample_files

GOLDEN = REPOSITORY / "tests" / "golden"
INCIDENT = "sample_traces/incident_content.jsonl"
GOOD = "sample_traces/good_same_customer.jsonl"
OTHER = "sample_traces/good_other_customer.jsonl"
BARE = "sample_traces/incident.jsonl"


class Case(NamedTuple):
    file: str
    words: tuple[str, ...]
    code: int | None
    """None where any answer is right: other tests say what a sample holds."""


SAMPLE_NAMES = [path.name for path in sample_files()]
OTHERS = [
    Case("incident.triage.txt", ("triage", BARE), 1),
    Case("incident_content.triage.txt", ("triage", INCIDENT), 1),
    Case("incident_content.show.txt", ("show", INCIDENT), 1),
    Case("incident_content.show.plain.txt", ("show", "--plain", INCIDENT), 1),
    Case("incident_content.steps.txt", ("steps", INCIDENT), 0),
    Case("incident_content.context.json", ("context", "--json", "--all", INCIDENT), 0),
    Case("incident_content.context.txt", ("context", "--step", "3", INCIDENT), 0),
    Case("incident_openai.context.json", ("context", "--json", "--all", "sample_traces/incident_openai.json"), 0),
    Case("incident_anthropic.context.json", ("context", "--json", "--all", "sample_traces/incident_anthropic.json"), 0),
    Case("incident.context.json", ("context", "--json", "--step", "3", BARE), 3),
    Case("incident.provenance.json", ("provenance", "--json", INCIDENT, "--step", "8", "--value", "ord_555"), 1),
    Case("incident.provenance.txt", ("provenance", INCIDENT, "--step", "8", "--value", "ord_555"), 1),
    Case("good.provenance.json", ("provenance", "--json", GOOD, "--step", "2", "--value", "cust_789"), 0),
    Case("incident.diff.same_customer.json", ("diff", "--json", INCIDENT, GOOD), 1),
    Case("incident.diff.other_customer.json", ("diff", "--json", INCIDENT, OTHER), 1),
    Case("incident.diff.both.json", ("diff", "--json", INCIDENT, GOOD, OTHER), 1),
    Case("incident.diff.txt", ("diff", INCIDENT, GOOD), 1),
    Case("incident.diff.md", ("diff", "--markdown", INCIDENT, GOOD), 1),
    Case("good.diff.json", ("diff", "--json", GOOD, OTHER), 0),
    Case("incident.baseline.json", ("triage", "--json", INCIDENT, "--baseline", GOOD), 1),
    Case("formats.json", ("formats", "--json"), 0),
    Case("formats.check.json", ("formats", "--json", "--check", INCIDENT), 0),
]


def cases() -> list[Case]:
    found = [Case(f"{name}.triage.json", ("triage", "--json", f"sample_traces/{name}"), None) for name in SAMPLE_NAMES]
    found += [Case(f"{name}.steps.json", ("steps", "--json", f"sample_traces/{name}"), 0) for name in SAMPLE_NAMES]
    return found + OTHERS


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.file)
def test_output_is_what_it_was(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    answer = run(*case.words)
    expected = GOLDEN / case.file
    if os.environ.get("TRACETUI_UPDATE"):
        expected.write_bytes(answer.stdout)
    assert answer.stdout == expected.read_bytes()
    assert answer.code == case.code or (case.code is None and answer.code in (0, 1, 3))
    assert b"\x1b" not in answer.stdout


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {case.file for case in cases()}
