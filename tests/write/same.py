"""Whether two readings are the same run: steps, windows and flags, whatever file they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tracetui.analysis.triage import triage
from tracetui.context import prompts
from tracetui.ingest.open import open_trace, read_trace
from tracetui.ingest.source import Source
from tracetui.model import Message, Session, Step, Trace
from tracetui.write import get_writer


def converted(sessions: tuple[Session, ...], target: str) -> tuple[bytes, list[str]]:
    """What a writer writes, and its notes."""
    pieces: list[str] = []
    notes = get_writer(target).write(sessions, pieces.append)
    return "".join(pieces).encode(), notes


def reopened(data: bytes, target: str, name: str = "converted") -> Trace:
    """The trace in a file without a telling name; the format is detected."""
    trace = read_trace(Source(path=name, data=data))
    assert trace.format == target
    return trace


def with_steps(path: str) -> tuple[Session, ...]:
    return tuple(session for session in open_trace(path).sessions if session.steps)


class Facts(NamedTuple):
    """What a run is, wherever it stands."""

    session_id: str
    steps: list[dict[str, Any]]
    windows: list[dict[str, Any]]
    found: dict[str, Any] | None


def facts_of(session: Session, *, flags: bool = True) -> Facts:
    """Without `flags` nothing is looked for in it."""
    steps = [step_facts(step) for step in session.steps]
    return Facts(session.session_id, steps, list(windows(session)), found(session) if flags else None)


def differences(first: Facts, second: Facts) -> Iterator[str]:
    """Everything that is not the same, in words."""
    if first.session_id != second.session_id:
        yield f"session {first.session_id!r} != {second.session_id!r}"
    if len(first.steps) != len(second.steps):
        yield f"{len(first.steps)} steps != {len(second.steps)}"
        return
    for mine, theirs in zip(first.steps, second.steps, strict=True):
        yield from (f"step {mine['number']} {k}: {mine[k]!r} != {theirs[k]!r}" for k in mine if mine[k] != theirs[k])
    for mine, theirs in zip(first.windows, second.windows, strict=True):
        yield from (f"prompt {mine['at']} {k}: {mine[k]!r} != {theirs[k]!r}" for k in mine if mine[k] != theirs[k])
    if first.found != second.found:
        yield f"flags and verdict {first.found} != {second.found}"


def step_facts(step: Step) -> dict[str, Any]:
    facts = {name: getattr(step, name) for name in step.__struct_fields__ if name not in ("source", "also")}
    facts["arguments_source"] = step.arguments_source is not None
    facts["message"] = step.message and spoken(step.message)
    return facts


def windows(session: Session) -> Iterator[dict[str, Any]]:
    for prompt in prompts(session):
        yield {
            "at": session.steps[prompt.step].number,
            "fidelity": prompt.fidelity,
            "messages": [(*spoken(m.message), m.from_step, m.status, m.fidelity) for m in prompt.messages],
            "removed": [(*spoken(m.message), m.from_step, m.status) for m in prompt.removed],
            "system": prompt.system,
            "tools": prompt.tools,
            "gaps": prompt.gaps,
        }


def spoken(message: Message) -> tuple[str, Any, str | None]:
    return message.role, msgspec.to_builtins(message.parts), message.name


def found(session: Session) -> dict[str, Any]:
    """What the analysis says of a run: its flags, verdict and origin."""
    said = triage(session)
    return {
        "flags": sorted((flag.kind, flag.step, flag.recorded) for flag in said.flags),
        "verdict": (said.verdict.failure_mode, said.verdict.confidence, said.verdict.escalate),
        "origin": (said.origin.found, said.origin.step, said.origin.cascade),
        "blast_radius": sorted((effect.step, effect.tool) for effect in said.blast_radius),
    }
