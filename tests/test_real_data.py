"""Every file of the labelled data and of the format samples opens, or says why not, and accounts for its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared import shared_data
from tracetui.context import prompt_at
from tracetui.errors import UnreadableSourceError
from tracetui.ingest.open import open_trace
from tracetui.model import Trace

DATA = shared_data()
TRACES = ("agentrx/magentic_one/runs", "agentrx/tau_retail", "formats", "tau_airline", "trail", "who_and_when")
SUFFIXES = {".json", ".jsonl", ".gz", ".traj", ".eval"}
FILES = sorted(
    path
    for folder in TRACES
    for path in (DATA / folder).rglob("*")
    if path.suffix in SUFFIXES and not path.name.endswith(("labels.json", "labels.jsonl"))
)


FORMATS_OF = {
    "formats/atif_openclaw_claudecode_scout": {"atif", "claude-code", "openclaw-telemetry"},
    "formats/claude_code_jsonl": {"claude-code"},
    "formats/inspect_logs": {"inspect-log", "tau-bench"},
    "formats/jaeger_json": {"jaeger", "otlp"},
    "formats/langfuse_export": {"langfuse"},
    "formats/langsmith": {"langsmith", "anthropic-agents"},
    "formats/mini_swe_agent_traj": {"mini-swe-agent"},
    "formats/otel_genai": {"span-dump"},
    "formats/swe_agent_traj": {"swe-agent", "openai-chat"},
    "formats/tau2_results": {"tau2"},
    "trail": {"span-dump"},
}
"""By folder: what its traces are. Files there that are no traces (reports, schemas, labels) are raw records."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_real_file_opens_as_what_it_is_and_accounts_for_its_records(path: Path) -> None:
    try:
        trace = open_trace(str(path))
    except UnreadableSourceError as problem:
        assert str(path) in problem.message  # noqa: PT017 - either outcome is right
        return
    report = trace.report
    assert report.records == report.read + len(report.skipped)
    assert report.records > 0
    for formats in (FORMATS_OF[folder] for folder in FORMATS_OF if path.is_relative_to(DATA / folder)):
        assert trace.format in {"raw", *formats}
    assert_numbers_are_unique(trace)
    assert_recorded_prompts_are_shown_as_recorded(trace)


def assert_numbers_are_unique(trace: Trace) -> None:
    for session in trace.sessions:
        numbers = [step.number for step in session.steps]
        assert len(set(numbers)) == len(numbers)
        assert [step.index for step in session.steps] == list(range(len(session.steps)))


def assert_recorded_prompts_are_shown_as_recorded(trace: Trace) -> None:
    for session in trace.sessions:
        for index, recorded in session.prompts.items():
            prompt = prompt_at(session, index)
            cut = any(session.steps[index].number in gap.steps for gap in prompt.gaps)
            assert prompt.fidelity == "recorded" or (prompt.fidelity == "partial" and cut)
            assert tuple(entry.message for entry in prompt.messages) == recorded.messages


@pytest.mark.parametrize("folder", FORMATS_OF)
def test_a_folder_has_traces_of_what_it_is(folder: str) -> None:
    files = (path for path in FILES if path.is_relative_to(DATA / folder))
    assert any(format_of(path) in FORMATS_OF[folder] for path in files)


def format_of(path: Path) -> str | None:
    try:
        return open_trace(str(path)).format
    except UnreadableSourceError:
        return None
