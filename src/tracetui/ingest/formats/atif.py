"""ATIF, the agent trajectory interchange format of Harbor and terminal-bench: one agent step is one LLM call with its
tool calls and their results. Specification: the format's version 1.8; unknown fields are kept."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tracetui.ingest.arrangement import documents
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.carried_atif import carried, carried_session
from tracetui.ingest.chat import session_name
from tracetui.ingest.fields import count_field, list_field, number_field, object_field, text_field
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import DAMAGED, NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.times import parse_time_ns
from tracetui.model import (
    ContextEdit,
    Gap,
    Message,
    Part,
    ReasoningPart,
    Scope,
    Session,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)

NAME = "atif"
TITLE = "ATIF trajectories"
RULE = "`schema_version` that starts with ATIF-v, and `steps`."
KEEPS = "Prompts rebuilt step by step; tools where the agent declares them; tokens and cost per step."
LOSES = "The duration of single calls: steps have a time only."
EXPORT = "`harbor` writes `trajectory.json` for every agent that it runs."

_ROLES = {"agent": "assistant", "system": "system", "user": "user"}
_STEP_KEYS = {
    "step_id",
    "timestamp",
    "source",
    "model_name",
    "message",
    "reasoning_content",
    "tool_calls",
    "observation",
    "is_copied_context",
}


def detect(records: Records) -> Detection:
    for value in records.sample:
        if isinstance(value, dict) and str(value.get("schema_version") or "").startswith("ATIF-v") and "steps" in value:
            return Detection(0.98, f"schema_version {value['schema_version']}")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    found = []
    for record in documents(records, ledger):
        if not isinstance(record.value, dict):
            ledger.skip(record.source, "not a trajectory")
            continue
        found.append(_session(records, record, ledger))
    return found


def _session(records: Records, record: Record, ledger: Ledger) -> Session:
    if carried(record.value):
        try:
            session = carried_session(records, record)
        except DAMAGED as problem:
            ledger.note(f"`extra.tracetui` is damaged ({problem}): read without it")
        else:
            ledger.claim(len(session.steps))
            return session
    return _Trajectory(records, record, ledger).session()


class _Trajectory:
    """One trajectory while its steps become ours."""

    def __init__(self, records: Records, record: Record, ledger: Ledger) -> None:
        self.records, self.record, self.ledger = records, record, ledger
        value = record.value
        self.builder = SessionBuilder(
            str(value.get("session_id") or value.get("trajectory_id") or session_name(records))
        )
        self.builder.attributes = {
            key: inner for key, inner in value.items() if key not in ("steps", "subagent_trajectories")
        }
        self._copying: dict[str, bool] = {}
        """By scope: whether its last step was copied from a window before."""
        self._leading: Counter[str] = Counter()
        """By scope: how many system messages it begins with."""
        self._seen: Counter[str] = Counter()
        self._aggregated: list[int] = []
        """Numbers of the steps that stand for several calls."""
        self.builder.set_tools(tool_definitions(object_field(value.get("agent")).get("tool_definitions")))

    def session(self) -> Session:
        self._add_steps(self.record, "main", 0, None)
        for child in self.records.inside(self.record, "subagent_trajectories"):
            if isinstance(child.value, dict):
                self._add_sub_agent(child)
            else:
                self.ledger.skip(child.source, "not a trajectory")
        self._note_gaps()
        return self.builder.build()

    def _add_sub_agent(self, child: Record) -> None:
        name = str(child.value.get("trajectory_id") or child.value.get("session_id") or child.source.pointer)
        spawned = next(
            (s.index for s in self.builder.steps if name in str(s.attributes.get("subagent_trajectory_ref") or "")),
            None,
        )
        agent = object_field(child.value.get("agent")).get("name")
        scope = self.builder.scope(Scope(name, "sub_agent", agent if isinstance(agent, str) else None, "main", spawned))
        self._add_steps(child, scope, 1, spawned)

    def _add_steps(self, trajectory: Record, scope: str, depth: int, parent: int | None) -> None:
        agent = object_field(trajectory.value.get("agent"))
        defaults = {"scope": scope, "depth": depth, "parent": parent}
        for record in self.records.inside(trajectory, "steps"):
            if not isinstance(record.value, dict):
                self.ledger.skip(record.source, "a step that is no object")
                continue
            self.ledger.claim()
            self._add_step(record, agent, defaults)

    def _add_step(self, record: Record, agent: dict[str, Any], defaults: dict[str, Any]) -> None:
        step = record.value
        fields = defaults | {"start_ns": parse_time_ns(step.get("timestamp")), "attributes": _attributes(step)}
        copied, scope = step.get("is_copied_context") is True, str(defaults["scope"])
        if copied and not self._copying.get(scope, True):
            # What is carried over after a summary begins a new window.
            at, kept = len(self.builder.steps), 0 if step.get("source") == "system" else self._leading[scope]
            keep = tuple(range(kept))
            self.builder.edit(ContextEdit(at=at, scope=scope, kind="compact", keep=keep, evidence="recorded"))
        self._leading[scope] += step.get("source") == "system" and self._leading[scope] == self._seen[scope]
        self._seen[scope] += 1
        self._copying[scope] = copied
        role = _ROLES.get(str(step.get("source")), "user")
        parts: list[Part] = (
            [ReasoningPart(step["reasoning_content"])] if isinstance(step.get("reasoning_content"), str) else []
        )
        parts += parts_of_content(step.get("message"))
        calls = [_call(call) for call in list_field(step.get("tool_calls")) if isinstance(call, dict)]
        parts += calls
        if role != "assistant" or step.get("llm_call_count") == 0 or step.get("is_copied_context") is True:
            # No model was called here: a step copied from the window before was counted where it was made.
            index = self.builder.message(Message(role, tuple(parts), source=record.source), record.source, **fields)
            for call, place in zip(calls, self.records.inside(record, "tool_calls"), strict=False):
                self.builder.tool_call(call, place.source, parent=index, start_ns=fields["start_ns"])
            self._add_results(record, index, fields)
            return
        if count_field(step.get("llm_call_count")) not in (None, 1):
            self._aggregated.append(len(self.builder.steps) + 1)
        index = self.builder.llm_call(
            Message("assistant", tuple(parts), source=record.source),
            record.source,
            call_sources=[item.source for item in self.records.inside(record, "tool_calls")],
            model=text_field(step.get("model_name")) or text_field(agent.get("model_name")),
            agent=text_field(agent.get("name")),
            usage=_usage(step.get("metrics")),
            cost_usd=number_field(object_field(step.get("metrics")).get("cost_usd")),
            **fields,
        )
        self._add_results(record, index, fields)

    def _add_results(self, record: Record, index: int, fields: dict[str, Any]) -> None:
        """Results of the step's calls, by call id; an observation without a call is what the environment said."""
        for item in self.records.inside(record, "observation", "results"):
            result = object_field(item.value)
            part = ToolCallResponsePart(text_field(result.get("source_call_id")), _content(result.get("content")))
            kept = {key: fields[key] for key in ("scope", "depth", "start_ns")}
            if part.id is None:
                message = Message("user", parts_of_content(result.get("content")), source=item.source)
                self.builder.message(message, item.source, parent=index, **kept)
                continue
            tool = self.builder.tool_result(
                Message("tool", (part,), source=item.source), item.source, scope=kept["scope"]
            )
            if reference := result.get("subagent_trajectory_ref"):
                self.builder.update(tool, attributes={"subagent_trajectory_ref": json.dumps(reference)})

    def _note_gaps(self) -> None:
        value = self.record.value
        if not any(s.message is not None and s.message.role == "system" for s in self.builder.steps):
            self.builder.gap(
                Gap("system_prompt_not_recorded", "what the model was told to be and to do is not in this trace")
            )
        if not self.builder.has_tools:
            self.builder.gap(Gap("tools_not_recorded", "arguments cannot be checked against the tools' schemas"))
        if self._aggregated:
            effect = "each of these steps stands for several calls of a model: their usage is the sum"
            self.builder.gap(Gap("calls_aggregated", effect, steps=tuple(self._aggregated)))
        if value.get("continued_trajectory_ref"):
            self.builder.gap(
                Gap("continued_elsewhere", f"the run goes on in {value['continued_trajectory_ref']}", "open that file")
            )


def _call(call: dict[str, Any]) -> ToolCallPart:
    return ToolCallPart(
        text_field(call.get("tool_call_id")), str(call.get("function_name") or ""), call.get("arguments")
    )


def _content(content: Any) -> Any:
    """The text of an observation; several parts stay a list."""
    if isinstance(content, list) and len(content) == 1 and object_field(content[0]).get("type") == "text":
        return content[0].get("text")
    return content


def _attributes(step: dict[str, Any]) -> dict[str, Any]:
    """What no field of a step holds, and its metrics as written: token ids of the prompt may be among them."""
    return {key: value for key, value in step.items() if key not in _STEP_KEYS and (value or key != "metrics")}


def _usage(metrics: Any) -> Usage | None:
    counts = object_field(metrics)
    shown, written, cached = (count_field(counts.get(f"{kind}_tokens")) for kind in ("prompt", "completion", "cached"))
    return None if shown is None and written is None else Usage(shown, written, cached)
