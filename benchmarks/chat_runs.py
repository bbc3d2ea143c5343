"""Runs of any format as chat messages, the form that faults are planted into."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

from tracetui.analysis.passages import asking_steps
from tracetui.analysis.sketch import said_text
from tracetui.context import json_text
from tracetui.errors import TracetuiError
from tracetui.ingest.open import open_trace
from tracetui.model import Session, Step

Run = list[dict[str, Any]]
MOST_MESSAGES = 400
FEWEST_MESSAGES = 6
MOST_RUNS = 40
MOST_BYTES = 8_000_000


def runs_below(folder: pathlib.Path) -> dict[str, Run]:
    """The sessions of the traces in a folder, by name: the first MOST_RUNS of a middling length, no two of them equal."""
    found: dict[str, Run] = {}
    seen: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        for session in _sessions(path):
            run = chat_of(session)
            written = json.dumps(run)
            if FEWEST_MESSAGES <= len(run) <= MOST_MESSAGES and written not in seen:
                seen.add(written)
                found[f"{path.relative_to(folder)}#{session.session_id}"] = run
            if len(found) == MOST_RUNS:
                return found
    return found


def _sessions(path: pathlib.Path) -> Iterator[Session]:
    try:
        trace = open_trace(str(path))
    except TracetuiError:
        return
    if trace.format != "raw":
        yield from (session for session in trace.sessions if session.steps)


def chat_of(session: Session) -> Run:
    """User messages, answers, calls one by one as they were made, and what each returned."""
    asking = asking_steps(session)
    run: Run = []
    for step in session.steps:
        if step.kind == "message" and step.message is not None:
            role = "user" if step.message.role in ("user", "human") else step.message.role
            run.append({"role": role if role in ("user", "system") else "assistant", "content": said_text(step)})
        elif step.kind == "llm_call" and (text := said_text(step)):
            run.append({"role": "assistant", "content": text})
        elif step.kind == "tool_call" and step.tool:
            run += _call(step, asking[step.index])
    return run


def _call(step: Step, asked_by: int) -> Run:
    name = f"call_{asked_by}_{step.index}"
    given = step.arguments if isinstance(step.arguments, dict) else {"input": step.arguments}
    function = {"name": step.tool, "arguments": json.dumps(given, default=str)}
    answer = step.result if isinstance(step.result, str) else json_text(step.result)
    return [
        {"role": "assistant", "content": None, "tool_calls": [{"id": name, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": name, "content": answer or step.error or ""},
    ]
