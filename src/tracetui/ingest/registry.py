"""The formats, each one module of `tracetui.ingest.formats`, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import NamedTuple, Protocol

from tracetui.errors import UnknownNameError
from tracetui.ingest.hints import may_beat
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger
from tracetui.model import Session

BUILT_IN: tuple[str, ...] = (
    "session_trace",
    "otlp",
    "otlp_protobuf",
    "span_dump",
    "jaeger",
    "http_pairs",
    "langfuse",
    "langsmith",
    "openai_agents",
    "openhands",
    "gemini_cli",
    "opencode",
    "pydantic_ai",
    "autogen_log",
    "autogen_agentchat",
    "ag2_events",
    "smolagents_memory",
    "anthropic_agents",
    "adk_session",
    "crewai_events",
    "mcp_log",
    "openclaw_telemetry",
    "langgraph_checkpoints",
    "opencode_tree",
    "opencode_store",
    "adk_store",
    "openai_agents_store",
    "autogen_store",
    "swe_agent",
    "mini_swe_agent",
    "tau2",
    "atif",
    "codex",
    "inspect_log",
    "tau_bench",
    "autogen_chat",
    "anthropic_messages",
    "openai_responses",
    "openai_chat",
    "claude_code",
    "raw",
)
"""Modules in the order in which they are asked; of equal scores the first wins. A new format is one name here."""


class Detection(NamedTuple):
    """How sure a format is that a source is its own, and why, in words that quote the keys found."""

    score: float
    """0 (not mine) to 1 (certain)."""
    reason: str


NOT_MINE = Detection(0.0, "")
DAMAGED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a format raises on data that its rules do not foresee: a source may hold anything."""


class Format(Protocol):
    """What a format module provides."""

    NAME: str
    """As in `--format`: lower case with hyphens."""
    TITLE: str
    RULE: str
    """One sentence: how it is recognised."""
    KEEPS: str
    """One sentence: whether prompts are recorded, rebuilt or absent, and what is never there."""
    LOSES: str
    """One sentence: what a file of this format does not hold, or what is not read of it."""
    EXPORT: str
    """How to get such a file out of the tool that writes it."""

    def detect(self, records: Records) -> Detection: ...

    def read(self, records: Records, ledger: Ledger) -> list[Session]:
        """Every session in the records; each record is claimed or skipped in `ledger`. Never raises for bad data."""
        ...


class Registry(Mapping[str, Format]):
    """Formats by name, imported when first asked for."""

    def __init__(self, modules: tuple[str, ...] = BUILT_IN) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Format:
        module = name.replace("-", "_")
        if module not in self._modules:
            raise UnknownNameError(f"no format is called {name!r}", hint="formats: " + ", ".join(self))
        return import_module(f"tracetui.ingest.formats.{module}")

    def __iter__(self) -> Iterator[str]:
        return (module.replace("_", "-") for module in self._modules)

    def __len__(self) -> int:
        return len(self._modules)


FORMATS = Registry()


def detections(records: Records) -> Iterator[tuple[str, Detection]]:
    """What each format says of the records, by its name. One that breaks on them claims nothing."""
    for name, candidate in FORMATS.items():
        yield name, _detection(candidate, records)


def _detection(candidate: Format, records: Records) -> Detection:
    try:
        return candidate.detect(records)
    except DAMAGED:
        return NOT_MINE


def detect_format(records: Records) -> tuple[Format, str]:
    """The format that is surest of the records, and its reason. "raw" takes what nothing else does."""
    best, chosen = "raw", Detection(0.0, "no format recognised it: raw records")
    for name in FORMATS:
        if may_beat(name.replace("-", "_"), records.source.data, chosen.score):
            found = _detection(FORMATS[name], records)
            if found.score > chosen.score:
                best, chosen = name, found
    return FORMATS[best], chosen.reason
