"""ATIF, the agent trajectory interchange format, version 1.8: a trajectory a session, one line each.

An LLM call, its tool calls and their results are one step of ATIF; the windows of sub-agents are trajectories of their
own inside. A step that ATIF has no kind for is an agent's step without an LLM call. What the format has no field for is
in `extra.tracetui` of the trajectory, the step, the call or the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tracetui.model import Message, Part, ReasoningPart, Session, Step, TextPart, ToolCallPart
from tracetui.supplement import Supplements
from tracetui.write import Out
from tracetui.write.notes import Carried
from tracetui.write.values import json_line, stays_text, tools_json

NAME = "atif"
TITLE = "ATIF"

_SCHEMA = "ATIF-v1.8"
_SOURCES = {"user": "user", "system": "system", "assistant": "agent"}
_LAST_NS_TIME = 253_402_300_800 * 10**9
"""The year 10000."""
_OTHERWISE = object()
"""Told where a reader gets something else than was written: text that looks like JSON."""


def write(sessions: Sequence[Session], out: Out) -> list[str]:
    carried = Carried()
    for session in sessions:
        for piece in _Trajectory(session, carried).pieces():
            out(piece)
        out("\n")
    return carried.notes(TITLE, "`extra.tracetui`")


class _Trajectory:
    """One session while it is written."""

    def __init__(self, session: Session, carried: Carried) -> None:
        self._session, self._carried = session, carried
        self._supplements = Supplements(session)
        self._calls, self._nested = _calls_of(session)
        self._spawned: dict[int, list[str]] = defaultdict(list)
        for scope in session.scopes:
            if scope.spawned_by is not None:
                self._spawned[scope.spawned_by].append(scope.id)

    def pieces(self) -> Iterator[str]:
        scopes = list(dict.fromkeys(step.scope for step in self._session.steps))
        main = "main" if "main" in scopes else scopes[0]
        head = {"schema_version": _SCHEMA, "session_id": self._session.session_id, "agent": self._agent(main)}
        yield json_line(head)[:-1] + ',"steps":['
        yield from self._steps(main)
        yield "]"
        separator = ',"subagent_trajectories":['
        for scope in scopes:
            if scope == main:
                continue
            inner = {"schema_version": _SCHEMA, "trajectory_id": scope, "agent": self._agent(scope)}
            yield separator + json_line(inner)[:-1] + ',"steps":['
            yield from self._steps(scope)
            yield "]}"
            separator = ","
        end = {"final_metrics": _totals(self._session), "extra": {"tracetui": self._supplements.of_session()}}
        yield ("]" if len(scopes) > 1 else "") + "," + json_line(end)[1:]

    def _agent(self, scope: str) -> dict[str, Any]:
        steps = [step for step in self._session.steps if step.scope == scope]
        name = next((step.agent for step in steps if step.agent), "agent")
        found: dict[str, Any] = {
            "name": name,
            "version": "unknown",
            "model_name": next((s.model for s in steps if s.model), None),
        }
        tools = tools_json(self._session.tools.get(scope, ()))
        found |= {"tool_definitions": [{"type": "function", "function": _without_type(tool)} for tool in tools]}
        return {key: value for key, value in found.items() if value}

    def _steps(self, scope: str) -> Iterator[str]:
        separator, number = "", 0
        for step in self._session.steps:
            if step.scope == scope and step.index not in self._nested:
                number += 1
                yield separator + json_line({"step_id": number, **self._step(step)})
                separator = ","

    def _step(self, step: Step) -> dict[str, Any]:
        row, told = _timed(step)
        source = _SOURCES.get(step.message.role, "user") if step.kind == "message" and step.message else "agent"
        row["source"] = source
        if source == "agent" and step.model:
            row["model_name"] = told["model"] = step.model
        said, whole = _said(step, source)
        row |= said
        whole = whole and (step.kind == "llm_call" or source != "agent") and self._asks_as_called(step)
        if source == "agent":
            self._add_call(step, row, told)
            self._add_metrics(step, row, told)
        if step.kind != "llm_call" and source == "agent":
            row["llm_call_count"] = 0
        else:
            told["kind"] = "llm_call" if source == "agent" else "message"
        row["extra"] = self._extra(step, told, message=whole)
        return row

    def _asks_as_called(self, step: Step) -> bool:
        """Whether the calls in an answer are those of its steps, to the letter: only one of the two is written."""
        steps = self._session.steps
        calls = self._calls.get(step.index, ())
        return all(index is None or steps[index].arguments == part.arguments for part, index in calls)

    def _add_call(self, step: Step, row: dict[str, Any], told: dict[str, Any]) -> None:
        """The calls that a step asked for, or the call that it is; and what they returned."""
        calls: list[dict[str, Any]] = []
        results: list[dict[str, Any]] = []
        if step.kind == "tool_call":
            told |= self._call_told(step, calls, results)
            calls[0].pop("extra")
            for result in results:
                result.pop("extra")
        for part, index in self._calls.get(step.index, ()):
            if index is None:
                calls.append(_call(part.id, part.name, part.arguments))
                continue
            inner = self._session.steps[index]
            _, timed = _timed(step)
            self._call_told(inner, calls, results, model_calls=timed)
        if calls:
            row["tool_calls"] = calls
        if results:
            row["observation"] = {"results": results}

    def _call_told(
        self,
        step: Step,
        calls: list[dict[str, Any]],
        results: list[dict[str, Any]],
        model_calls: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add a tool step's call and result; what a reader gets of the step from them."""
        told: dict[str, Any] = {"kind": "tool_call", **(model_calls or {})}
        call = _call(step.call_id or f"call_{step.index}", step.tool or "", step.arguments)
        told |= {"call_id": call["tool_call_id"], "tool": call["function_name"], "arguments": call["arguments"]}
        calls.append(call)
        if step.has_result or step.index in self._spawned:
            result: dict[str, Any] = {"source_call_id": call["tool_call_id"]}
            if step.has_result:
                result["content"] = step.result if isinstance(step.result, str) else json_line(step.result)
                structured = isinstance(step.result, (dict, list))
                said = step.result if structured else result["content"]
                told |= {"result": said if stays_text(said) else _OTHERWISE, "has_result": True}
            if step.index in self._spawned:
                result["subagent_trajectory_ref"] = [{"trajectory_id": name} for name in self._spawned[step.index]]
            result["extra"] = {"tracetui": {"index": step.index}}
            results.append(result)
        call["extra"] = {} if model_calls is None else self._extra(step, told, message=False)
        return told

    def _add_metrics(self, step: Step, row: dict[str, Any], told: dict[str, Any]) -> None:
        metrics: dict[str, Any] = {}
        if (usage := step.usage) is not None:
            named = {
                "prompt_tokens": usage.input_tokens,
                "completion_tokens": usage.output_tokens,
                "cached_tokens": usage.cache_read_input_tokens,
            }
            metrics |= {key: value for key, value in named.items() if value is not None}
            other = (usage.cache_write_input_tokens, usage.reasoning_output_tokens)
            counted = usage.input_tokens is not None or usage.output_tokens is not None
            if other == (None, None) and usage.origin == "recorded" and counted:
                told["usage"] = usage
        if step.cost_usd is not None:
            metrics["cost_usd"] = told["cost_usd"] = step.cost_usd
        if metrics:
            row["metrics"] = metrics

    def _extra(self, step: Step, told: dict[str, Any], *, message: bool) -> dict[str, Any]:
        supplement = self._supplements.of_step(step, told, message=message)
        if step.kind == "llm_call" and step.message is None and step.summary:
            supplement["message"] = None
        self._carried.add(supplement)
        return {"tracetui": {"index": step.index, **supplement}}


def _calls_of(session: Session) -> tuple[dict[int, list[tuple[ToolCallPart, int | None]]], set[int]]:
    """By LLM call: the calls it asked for, each with its step where it has one; and the indices of those steps."""
    below: dict[int, list[Step]] = defaultdict(list)
    for step in session.steps:
        if step.kind == "tool_call" and step.parent is not None:
            below[step.parent].append(step)
    found: dict[int, list[tuple[ToolCallPart, int | None]]] = {}
    nested: set[int] = set()
    for step in session.steps:
        if step.kind != "llm_call" or step.message is None:
            continue
        waiting = [inner for inner in below[step.index] if inner.scope == step.scope]
        found[step.index] = listed = []
        for part in step.message.parts:
            if isinstance(part, ToolCallPart):
                own = next((s for s in waiting if (s.call_id, s.tool) == (part.id, part.name)), None)
                if own is not None:
                    waiting.remove(own)
                    nested.add(own.index)
                listed.append((part, None if own is None else own.index))
    return found, nested


def _said(step: Step, source: str) -> tuple[dict[str, Any], bool]:
    """`message` and `reasoning_content` of a step, and whether they are all that was said, to the letter."""
    if step.message is None:
        return {"message": step.summary}, False
    texts = [part.content for part in step.message.parts if isinstance(part, TextPart)]
    thoughts = [part.content for part in step.message.parts if isinstance(part, ReasoningPart)]
    row: dict[str, Any] = {"message": texts[0] if len(texts) == 1 else [{"type": "text", "text": t} for t in texts]}
    row["message"] = row["message"] or ""
    if thoughts and source == "agent":
        row["reasoning_content"] = "\n".join(thoughts)
    return row, _reads_back(step.message, source, texts, thoughts)


def _reads_back(message: Message, source: str, texts: list[str], thoughts: list[str]) -> bool:
    """Whether a reader makes the same message: reasoning, then text, then calls."""
    calls: list[Part] = [part for part in message.parts if isinstance(part, ToolCallPart)]
    expected: list[Part] = [*map(ReasoningPart, thoughts), *map(TextPart, texts), *calls]
    role = _SOURCES.get(message.role) == source and message.name is None and bool(message.parts)
    kept = all(
        isinstance(part, ToolCallPart) and part.id and part.name and isinstance(part.arguments, dict) for part in calls
    )
    told_calls = kept if source == "agent" else not calls
    return (
        role
        and told_calls
        and list(message.parts) == expected
        and len(thoughts) <= (source == "agent")
        and "" not in texts
    )


def _call(call_id: str | None, name: str, arguments: Any) -> dict[str, Any]:
    """A call; arguments that are no object stand in one."""
    held = arguments if isinstance(arguments, dict) else {} if arguments is None else {"value": arguments}
    return {"tool_call_id": call_id or "", "function_name": name, "arguments": held}


def _timed(step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
    """`timestamp`, in µs; and what a reader gets from it."""
    if step.start_ns is None or not 0 < step.start_ns < _LAST_NS_TIME:
        return {}, {}
    seconds, rest = divmod(step.start_ns, 10**9)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
    return {"timestamp": moment.isoformat()}, {"start_ns": step.start_ns // 1000 * 1000}


def _totals(session: Session) -> dict[str, Any]:
    calls = [step for step in session.steps if step.kind == "llm_call"]
    usages = [step.usage for step in calls if step.usage is not None]
    costs = [step.cost_usd for step in calls if step.cost_usd is not None]
    found: dict[str, Any] = {"total_steps": len(session.steps)}
    if usages:
        found["total_prompt_tokens"] = sum(usage.input_tokens or 0 for usage in usages)
        found["total_completion_tokens"] = sum(usage.output_tokens or 0 for usage in usages)
    return found | ({"total_cost_usd": sum(costs)} if costs else {})


def _without_type(tool: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tool.items() if key != "type"}
