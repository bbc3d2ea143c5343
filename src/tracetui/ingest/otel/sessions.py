"""Sessions from spans: order, scopes, steps and prompts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.otel import fields as read
from tracetui.ingest.otel.beside import beside_attributes, shared_resource
from tracetui.ingest.otel.carried import carried_session, carries_session
from tracetui.ingest.otel.content import SpanContent
from tracetui.ingest.otel.dialects import content_of
from tracetui.ingest.otel.earlier import EarlierTurns
from tracetui.ingest.otel.remedies import content_gaps, partial_gaps
from tracetui.ingest.otel.span import Span
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.registry import DAMAGED
from tracetui.model import Gap, RecordedPrompt, Scope, Session, StepKind

_MAX_DEPTH = 200
"""Deeper chains of parents are cut: a cycle or a broken exporter, not an agent."""


def sessions_of(spans: Iterable[Span], *, about: Mapping[str, dict[str, Any]] | None = None) -> list[Session]:
    """One session for each conversation id, or for each trace where spans name none; spans in order of time.

    `about`: by trace id what the file says of the whole trace; it becomes attributes of the session.
    """
    spans = _without_repeats(spans)
    found, spans = _written_here(spans)
    groups: dict[str, list[Span]] = defaultdict(list)
    named: dict[str, str] = {}
    for span in spans:
        name = read.session_id(span)
        if name:
            named.setdefault(span.trace_id, name)
    for span in spans:
        groups[named.get(span.trace_id) or span.trace_id or "spans"].append(span)
    return found + [_SpanRun(name, members, about or {}).session() for name, members in groups.items()]


def _written_here(spans: list[Span]) -> tuple[list[Session], list[Span]]:
    """Sessions of the traces that were written from steps, and the spans that are left."""
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        traces[span.trace_id].append(span)
    found: list[Session] = []
    left: list[Span] = []
    for members in traces.values():
        if carries_session(members):
            with suppress(*DAMAGED):
                found.append(carried_session(members))
                continue
        left += members
    return found, spans if not found else left


def _without_repeats(spans: Iterable[Span]) -> list[Span]:
    """Each span once: of one that was exported twice, as backends and pages of an API give it, the finished one."""
    found: dict[Any, Span] = {}
    for number, span in enumerate(spans):
        key: Any = (span.trace_id, span.span_id) if span.span_id else number
        known = found.get(key)
        if known is None or (known.end_ns is None and span.end_ns is not None):
            found[key] = span
    return list(found.values())


def _id(span: Span) -> tuple[str, str | None]:
    return span.trace_id, span.span_id


class _SpanRun:
    """The spans of one session while they become steps."""

    def __init__(self, name: str, spans: list[Span], about: Mapping[str, dict[str, Any]]) -> None:
        self.builder = SessionBuilder(name)
        shared = shared_resource(spans)
        self.builder.attributes = {f"resource.{key}": value for key, value in shared.items()}
        for trace_id in dict.fromkeys(span.trace_id for span in spans):
            self.builder.attributes |= about.get(trace_id, {})
        self._shared = shared
        self.log = PromptLog(self.builder)
        self._by_id = {_id(span): span for span in spans if span.span_id}
        self._kinds = {id(span): read.step_kind(span) for span in spans}
        self._wrapped: dict[int, int] = {}
        """By wrapper: how many calls it is the nearest wrapper of."""
        self._count_leaf_calls_only(spans)
        self._steps: dict[tuple[str, str | None], int] = {}
        self._tool_spans = any(kind == "tool_call" for kind in self._kinds.values())
        self._without_content: list[tuple[int, Span]] = []
        self._with_messages: list[tuple[int, Span]] = []
        self._earlier = EarlierTurns()
        self._put_together: set[int] = set()
        """Calls whose earlier turns the provider holds, and other calls here show."""
        self._incomplete: list[int] = []
        """Numbers of the calls whose prompts lack messages or roles."""
        # An unordered file must not put an effect before its cause; equal times keep file order, parents first.
        order = {id(span): position for position, span in enumerate(spans)}
        self._spans = sorted(spans, key=lambda s: (s.start_ns or 0, len(self._ancestors(s)), order[id(s)]))

    def session(self) -> Session:
        for span in self._spans:
            kind = self._kinds[id(span)]
            index = self._llm_call(span) if kind == "llm_call" else self._other(span, kind)
            self._steps[_id(span)] = index
        self.log.finish()
        self._note_gaps()
        return self.builder.build()

    def _count_leaf_calls_only(self, spans: list[Span]) -> None:
        """A call around a call is a framework's wrapper: it repeats the prompt and the usage of the inner one."""
        for span in spans:
            if self._kinds[id(span)] == "llm_call":
                for wrapper in self._ancestors(span):
                    if self._kinds[id(wrapper)] == "llm_call":
                        self._kinds[id(wrapper)] = "workflow"
                        self._wrapped[id(wrapper)] = 0
        for span in spans:
            nearest = next((id(a) for a in self._ancestors(span) if id(a) in self._wrapped), None)
            if nearest is not None and self._kinds[id(span)] == "llm_call":
                self._wrapped[nearest] += 1

    def _ancestors(self, span: Span) -> list[Span]:
        found: list[Span] = []
        seen = {span.span_id}
        while span.parent_id and span.parent_id not in seen and len(found) < _MAX_DEPTH:
            seen.add(span.parent_id)
            parent = self._by_id.get((span.trace_id, span.parent_id))
            if parent is None:
                break
            found.append(parent)
            span = parent
        return found

    def _fields(self, span: Span) -> dict[str, Any]:
        ancestors = self._ancestors(span)
        agents = [a for a in ancestors if self._kinds[id(a)] == "agent"]
        if self._kinds[id(span)] == "agent":
            name: str | None = read.agent_title(span)
        else:
            name = next((n for a in (span, *ancestors) if (n := read.agent_name(a))), None)
            name = read.agent_title(agents[0]) if name is None and agents else name
        parent = next((self._steps[_id(a)] for a in ancestors if _id(a) in self._steps), None)
        start, end = span.start_ns, span.end_ns
        return {
            "scope": self._scope(agents, name),
            "agent": name,
            "parent": parent,
            "depth": len(ancestors),
            "start_ns": start,
            "duration_ns": end - start if start is not None and end is not None else None,
            "status": "error" if read.error_of(span) else span.status,
            "error": read.error_of(span),
            "summary": span.name,
            "attributes": span.attributes | beside_attributes(span, self._shared),
        }

    def _scope(self, agents: list[Span], name: str | None) -> str:
        """The nearest agent's window; the outermost agent, or none, is the main one."""
        if len(agents) <= 1:
            return "main"
        scope = f"agent:{agents[0].span_id}"
        spawned = next((self._steps[_id(a)] for a in agents[:1] if _id(a) in self._steps), None)
        return self.builder.scope(Scope(scope, "sub_agent", name, parent="main", spawned_by=spawned))

    def _llm_call(self, span: Span) -> int:
        fields = self._fields(span) | {
            "model": read.model_name(span),
            "usage": read.usage_of(span),
            "cost_usd": read.cost_usd(span),
        }
        content = self._content(span)
        if content is None or not (content.messages or content.completion):
            index = self.builder.step("llm_call", span.source, **fields)
            self._without_content.append((index, span))
            return index
        index = self._with_content(span, content, fields)
        (self._with_messages if content.messages else self._without_content).append((index, span))
        return index

    def _content(self, span: Span) -> SpanContent | None:
        """The span's own; else that of the wrapper, such as Google ADK's, whose only call it is."""
        content = content_of(span)
        wrapper = next((a for a in self._ancestors(span) if id(a) in self._wrapped), None)
        if content is None and wrapper is not None and self._wrapped[id(wrapper)] == 1:
            return content_of(wrapper)
        return content

    def _with_content(self, span: Span, content: SpanContent, fields: dict[str, Any]) -> int:
        whole = self._earlier.put_before(span, content)
        content = content if whole is None else whole
        self._earlier.remember(span, content)
        has_prompt = content.messages or content.system
        prompt = RecordedPrompt(
            messages=content.messages, system=content.system, tools=content.tools, source=span.source
        )
        recorded = whole is None and span.attributes.get("tracetui.prompt", "recorded") == "recorded"
        call_steps = not self._tool_spans
        index = self.log.llm_call(
            prompt if has_prompt else None,
            content.completion,
            span.source,
            call_steps=call_steps,
            recorded=recorded,
            **fields,
        )
        if whole is not None:
            self._put_together.add(index)
        if content.incomplete:
            self._incomplete.append(index + 1)
        if content.cut:
            self.builder.gap(
                Gap(
                    "truncated",
                    "a message attribute was cut by the exporter's length limit",
                    "raise OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
                    (index + 1,),
                )
            )
        return index

    def _other(self, span: Span, kind: StepKind) -> int:
        fields = self._fields(span)
        if kind in ("tool_call", "retrieval"):
            call_id = read.tool_call_id(span)
            asked = self.log.caller(call_id)
            result = read.tool_result(span) if kind == "tool_call" else read.retrieved(span)
            if asked is not None:
                fields["parent"] = asked
            fields |= {
                "tool": read.tool_name(span),
                "call_id": call_id,
                "arguments": read.tool_arguments(span) if kind == "tool_call" else read.retrieval_query(span),
                "arguments_source": span.source,
                "result": result,
                "has_result": result is not None,
            }
        elif kind not in ("agent", "workflow"):
            fields["model"] = read.model_name(span)
        return self.builder.step(kind, span.source, **fields)

    def _note_gaps(self) -> None:
        for gap in (
            *content_gaps(self._without_content),
            *partial_gaps(self._with_messages, put_together=self._put_together),
        ):
            self.builder.gap(gap)
        if self._incomplete:
            effect = "messages, or roles of messages, are missing from these prompts: a limit on attributes cost them"
            remedy = "raise OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT in the traced process"
            self.builder.gap(Gap("messages_dropped", effect, remedy, tuple(self._incomplete)))
        if any(span.dropped for span in self._spans):
            self.builder.gap(
                Gap(
                    "dropped",
                    "the exporter's limits cut attributes or events of some spans",
                    "raise the SDK's span limits",
                )
            )
        orphans = [s for s in self._spans if s.parent_id and (s.trace_id, s.parent_id) not in self._by_id]
        if orphans and len(orphans) < len(self._spans):
            self.builder.gap(Gap("parent_missing", f"{len(orphans)} spans name a parent that is not in this trace"))
