"""Which format a source is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.reading import read
from tests.shared import SAMPLES, sample_files
from tracetui.errors import UnknownNameError
from tracetui.ingest.hints import HINTS, may_beat
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, detect_format
from tracetui.ingest.source import Source

NAMED = {
    "opencode_store": "opencode-store",
    "adk_store": "adk-store",
    "openai_agents_store": "openai-agents-store",
    "autogen_store": "autogen-store",
    "atif": "atif",
    "good_renewal": "atif",
    "incident_context_poisoning": "anthropic-messages",
    "incident_cost_runaway": "otlp",
    "http_pairs": "http-pairs",
    "otlp_protobuf": "otlp-protobuf",
    "otel_console": "span-dump",
    "adk": "adk-session",
    "ag2": "ag2-events",
    "anthropic_agents": "anthropic-agents",
    "autogen_agentchat": "autogen-agentchat",
    "autogen_log": "autogen-log",
    "autogen": "autogen-chat",
    "crewai": "crewai-events",
    "gemini": "gemini-cli",
    "langgraph": "langgraph-checkpoints",
    "mcp": "mcp-log",
    "openclaw": "openclaw-telemetry",
    "opencode": "opencode",
    "openhands": "openhands",
    "pydantic": "pydantic-ai",
    "claude": "claude-code",
    "codex": "codex",
    "inspect": "inspect-log",
    "jaeger": "jaeger",
    "langfuse": "langfuse",
    "langsmith": "langsmith",
    "mini_swe": "mini-swe-agent",
    "openai_agents": "openai-agents",
    "otlp": "otlp",
    "phoenix": "span-dump",
    "smolagents": "smolagents-memory",
    "swe": "swe-agent",
    "tau2": "tau2",
    "tau_bench": "tau-bench",
    "openai_responses": "openai-responses",
    "openai_requests": "openai-chat",
}


def expected_format(path: Path) -> str:
    """As the sample's name says."""
    for start, found in NAMED.items():
        if path.name.startswith(start):
            return found
    if "anthropic" in path.name:
        return "anthropic-messages"
    return "session-trace" if path.suffix == ".jsonl" else "openai-chat"


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["", "x.bin"])
def test_one_format_is_surest_of_each_sample_whatever_its_name(path: Path, name: str) -> None:
    records = Records(Source(path=name or path.name, data=path.read_bytes()))
    scores = {fmt.NAME: fmt.detect(records) for fmt in FORMATS.values() if fmt.NAME != "raw"}
    claimed = {found: detection for found, detection in scores.items() if detection.score > 0}
    best = max(claimed.values())
    assert [found for found, detection in claimed.items() if detection.score == best.score] == [expected_format(path)]
    for found, detection in claimed.items():
        assert 0 < detection.score <= 1
        assert detection.reason
        module = found.replace("-", "_")
        assert may_beat(module, path.read_bytes(), 0)
        assert module not in HINTS or detection.score <= HINTS[module].most
    assert expected_format(path) == detect_format(records)[0].NAME


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_every_sample_opens_with_nothing_skipped(path: Path) -> None:
    trace = read(path.read_bytes(), path=path.name)
    assert trace.report.skipped == ()
    assert all(session.steps for session in trace.sessions)


def test_every_sample_is_told_in_the_readme() -> None:
    told = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for path in sample_files():
        stem = path.name.replace("good_same_customer", "…").replace("good_other_customer", "…")
        assert f"`{path.name}`" in told or f"`{stem}`" in told


def test_every_format_says_how_it_is_known_and_what_it_keeps() -> None:
    assert list(FORMATS)[-1] == "raw"
    for name, fmt in FORMATS.items():
        assert name == fmt.NAME
        assert fmt.TITLE
        assert fmt.RULE.endswith(".")
        assert fmt.KEEPS.endswith(".")
        assert fmt.LOSES
        assert fmt.EXPORT


def test_a_name_that_is_no_format_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        FORMATS["nonsense"]
    with pytest.raises(UnknownNameError):
        FORMATS["__init__"]


def test_every_format_has_a_sample() -> None:
    in_a_folder = {"opencode-tree"}
    assert {expected_format(path) for path in sample_files()} | in_a_folder == set(FORMATS) - {"raw"}
