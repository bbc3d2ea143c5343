"""session-trace.jsonl: one step a line. docs/session-trace.md tells every field.

`messages` are the messages that a window gained since its previous LLM call, where it only grew; `prompt` is a
recorded prompt; what neither can say is in `context`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracetui.model import Session, Step
from tracetui.supplement import Supplements
from tracetui.windows import PHASE_INPUT, Entry, Windows
from tracetui.write import Out
from tracetui.write.notes import Carried
from tracetui.write.values import json_line, message_json, part_json, prompt_survives, stays_text, survives, tools_json

NAME = "session-trace"
TITLE = "session-trace.jsonl"

RESERVED = frozenset(
    """session_id step type model input_tokens output_tokens cache_read_input_tokens cache_write_input_tokens
    reasoning_output_tokens ms summary tool args status flags ts messages prompt completion call_id result tools agent
    parent_step cost_usd error goal role name content context""".split()  # noqa: SIM905
)
"""Every field with a meaning: an attribute of such a name has no place on a line."""
_FIRST_NS_TIME = 10**17
"""Times before 1973 in ns would be taken for µs."""
_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)


def write(sessions: Sequence[Session], out: Out) -> list[str]:
    carried = Carried()
    for session in sessions:
        _Lines(session, carried).write(out)
    return carried.notes(TITLE, "`context`")


class _Lines:
    """The lines of one session."""

    def __init__(self, session: Session, carried: Carried) -> None:
        self._session, self._carried = session, carried
        self._supplements = Supplements(session)
        self._first_with: dict[int, int] = {}
        for step in session.steps:
            self._first_with.setdefault(step.number, step.index)
        self._added = dict(_additions(session))
        for at, entries in self._added.items():
            for place, entry in enumerate(entries):
                if survives(entry.message):
                    self._supplements.adds(at, place, entry.message)

    def write(self, out: Out) -> None:
        plain = _holds_summaries_only(self._session) and not any(self._line(step)[1] for step in self._session.steps)
        for step in self._session.steps:
            row, context = self._line(step)
            self._carried.add(context)
            if step.index == 0 and not plain:
                context["session"] = self._supplements.of_session()
            if context:
                row["context"] = context
            out(json_line(row) + "\n")

    def _line(self, step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
        """A line without its `context`, and what `context` has to say."""
        row, told = self._row(step)
        prompt = self._session.prompts.get(step.index)
        told_prompt = prompt is not None and prompt_survives(prompt)
        return row, self._supplements.of_step(step, told, message=survives(step.message), prompt=told_prompt)

    def _row(self, step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
        """A line, and the fields of the step that a reader gets from it."""
        kind = "other" if step.kind == "unreadable" else step.kind
        row: dict[str, Any] = {"session_id": self._session.session_id, "step": step.number, "type": kind}
        told: dict[str, Any] = {"number": step.number, "kind": kind}
        for name in ("agent", "model", "tool", "call_id", "summary", "goal", "cost_usd"):
            if (value := getattr(step, name)) not in (None, ""):
                row[name] = told[name] = value
        self._add_time(step, row, told)
        if step.parent is not None:
            row["parent_step"] = self._session.steps[step.parent].number
            told["parent"] = self._first_with[row["parent_step"]]
        for field, name, value, known in (
            ("args", "arguments", step.arguments, step.arguments is not None or step.arguments_source is not None),
            ("result", "result", step.result, step.has_result),
        ):
            if known:
                row[field] = value
                told[name] = value if stays_text(value) else object()
        told |= {"has_result": True} if step.has_result else {}
        self._add_outcome(step, row, told)
        self._add_messages(step, row)
        if step.attributes and not RESERVED & step.attributes.keys():
            row |= step.attributes
            told["attributes"] = step.attributes
        return row, told

    def _add_time(self, step: Step, row: dict[str, Any], told: dict[str, Any]) -> None:
        if step.start_ns is not None and step.start_ns >= _FIRST_NS_TIME:
            row["ts"] = told["start_ns"] = step.start_ns
        if step.duration_ns is not None and step.duration_ns >= 0:
            ms = step.duration_ns / 1_000_000
            row["ms"] = int(ms) if ms.is_integer() else ms
            told["duration_ns"] = round(row["ms"] * 1_000_000)

    def _add_outcome(self, step: Step, row: dict[str, Any], told: dict[str, Any]) -> None:
        if step.status != "unknown":
            row["status"] = told["status"] = step.status
        if step.error:
            row["error"] = told["error"] = step.error
            told["status"] = "error"
        if step.recorded_flags:
            row["flags"] = list(step.recorded_flags)
            told["recorded_flags"] = tuple(filter(None, step.recorded_flags))
        usage = step.usage
        if usage is not None and (usage.input_tokens is not None or usage.output_tokens is not None):
            row |= {name: count for name in _USAGE if (count := getattr(usage, name)) is not None}
            if usage.origin == "recorded":
                told["usage"] = usage

    def _add_messages(self, step: Step, row: dict[str, Any]) -> None:
        session = self._session
        if step.index in self._added:
            row["messages"] = [message_json(entry.message) for entry in self._added[step.index]]
        prompt = session.prompts.get(step.index)
        if prompt is not None:
            row["prompt"] = {
                "messages": [message_json(message) for message in prompt.messages],
                "system": [part_json(part) for part in prompt.system],
                "tools": tools_json(prompt.tools),
            }
        if step.message is None:
            return
        if step.kind == "llm_call":
            row["completion"] = message_json(step.message)
        else:
            said = message_json(step.message)
            row |= {"role": said["role"], "content": said["parts"]}
            row |= {"name": said["name"]} if "name" in said else {}


def _additions(session: Session) -> dict[int, list[Entry]]:
    """By LLM call: what its window gained since the scope's previous call, where it only grew."""
    windows, found = Windows(session), {}
    for step in windows.calls():
        now = windows.at(step.scope, step.index, PHASE_INPUT)
        before = windows.previous_call(step.scope, step.index)
        if before is None:
            found[step.index] = now.entries
        elif session.steps[before].scope == step.scope:
            then = windows.at(step.scope, before, PHASE_INPUT)
            if then.grew_into(now):
                found[step.index] = now.run[then.length : now.length]
    return found if session.edits else {}


def _holds_summaries_only(session: Session) -> bool:
    """Whether nothing was said or answered: then lines without `context` can read as the same session."""
    content = session.edits or session.prompts or session.system_prompts or session.tools or session.attributes
    said = any(step.message is not None or step.has_result for step in session.steps)
    known = {
        "content_not_recorded": 0,
        "result_not_recorded": sum(s.arguments_source is not None for s in session.steps),
    }
    gaps = all(len(gap.steps) == known.get(gap.kind, -1) for gap in session.gaps)
    goal = next((step.goal for step in session.steps if step.goal), None)
    numbers = [step.number for step in session.steps]
    return not (content or said) and gaps and session.goal == goal and numbers == sorted(set(numbers))
