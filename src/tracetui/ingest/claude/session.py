"""A session made of the conversations in it: the steps in order, and how each window changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.claude.events import event_of
from tracetui.ingest.claude.graph import Conversation, Node, Path, conversation
from tracetui.ingest.claude.lines import Entry, results_and_rest
from tracetui.ingest.claude.links import Spawn
from tracetui.ingest.claude.turns import Turn, turn_of
from tracetui.ingest.claude.window import Contribution, as_sent, window_edits
from tracetui.ingest.messages import decoded
from tracetui.model import (
    EditEvidence,
    Gap,
    Message,
    Scope,
    Step,
    ToolCallResponsePart,
)
from tracetui.parts import text_of

MAIN_AGENT = "claude-code"
_ENVELOPE = frozenset(
    [
        "type",
        "message",
        "uuid",
        "parentUuid",
        "logicalParentUuid",
        "sessionId",
        "session_id",
        "timestamp",
        "cwd",
        "gitBranch",
        "version",
        "userType",
        "isSidechain",
        "agentId",
        "attachment",
        "parent_tool_use_id",
        "entrypoint",
        "slug",
        "teamName",
        "costUSD",
    ]
)
"""Fields of a line that are told elsewhere: by the step itself or by the session."""


class SessionWriter:
    """Writes the conversations of one session into a builder."""

    def __init__(
        self,
        builder: SessionBuilder,
        lines: Mapping[str, list[Entry]],
        spawned: Mapping[str, Spawn],
        replaced: Mapping[str, str],
    ) -> None:
        self.builder = builder
        self.conversations = {agent: conversation(entries) for agent, entries in lines.items()}
        self._spawned = spawned
        self._waiting: dict[str, list[str]] = defaultdict(list)
        for agent, spawn in spawned.items():
            if spawn.call_id is not None:
                self._waiting[spawn.call_id].append(agent)
        self._contributions: dict[Node, list[Contribution]] = defaultdict(list)
        self._steps: dict[Node, int] = {}
        """The last step that each node became."""
        self._first_steps: dict[Node, int] = {}
        self._scope_of: dict[Node, str] = {}
        self._replaced = replaced
        self._summaries: dict[Node, Node] = {}
        """Summaries that are told by the step of their boundary."""

    def write(self) -> None:
        """All steps, windows and gaps."""
        for agent, held in self.conversations.items():
            self._assign_scopes(agent, held)
        loose = [agent for agent in self.conversations if agent and self._spawned[agent].call_id is None]
        loose.sort(key=lambda agent: self._start_ns(agent))
        for node in self._in_order("") if "" in self.conversations else ():
            while loose and node.end_ns is not None and self._start_ns(loose[0]) < node.end_ns:
                self._write_agent(loose.pop(0), 0, None)
            self._write_node(node, "", 0, None)
        for agent in loose:
            self._write_agent(agent, 0, None)
        for agent in [agent for waiting in self._waiting.values() for agent in waiting]:
            self._write_agent(agent, 0, None)  # its call is in no conversation that was written
        for agent, held in self.conversations.items():
            self._declare_scopes(agent, held)
            for path in held.paths:
                for edit in window_edits(path, self._scope(agent, held, path), self._contributions, self._steps):
                    self.builder.edit(edit)

    def steps_after_gaps(self) -> tuple[int, ...]:
        """Numbers of the steps before which lines are missing."""
        nodes = (node for held in self.conversations.values() for node in held.nodes if node.follows_gap)
        indices = sorted(self._first_steps[node] for node in nodes if node in self._first_steps)
        return tuple(self.builder.steps[index].number for index in indices)

    def _start_ns(self, agent: str) -> int:
        times = (node.first.time_ns for node in self.conversations[agent].nodes)
        return next((time for time in times if time is not None), 0)

    def _assign_scopes(self, agent: str, held: Conversation) -> None:
        for path in held.paths:
            scope = self._scope(agent, held, path)
            self._scope_of.update((node, scope) for node in path.own)
            for era in path.eras:
                if era.boundary is not None:
                    self._summaries.update((n, era.boundary) for n in era.lead if n.kind == "summary")

    def _scope(self, agent: str, held: Conversation, path: Path) -> str:
        base = agent or "main"
        position = held.paths.index(path)
        return f"{base}/branch-{position}" if position else base

    def _in_order(self, agent: str) -> list[Node]:
        return sorted(self.conversations[agent].nodes, key=lambda node: node.key)

    def _write_agent(self, agent: str, depth: int, parent: int | None) -> None:
        for node in self._in_order(agent):
            self._write_node(node, agent, depth, parent)

    def _write_node(self, node: Node, agent: str, depth: int, parent: int | None) -> None:
        fields: dict[str, Any] = {
            "scope": self._scope_of.get(node) or self._scope_of.get(node.parent or node) or agent or "main",
            "agent": self._agent_name(agent),
            "depth": depth,
            "parent": parent,
            "start_ns": node.first.time_ns,
        }
        if node.kind == "turn":
            self._write_turn(node, fields)
        elif node.kind in ("boundary", "summary"):
            self._write_compaction(node, fields)
        elif node.kind == "message":
            self._write_input(node, node.first, fields)
        else:
            self._write_event(node, fields)

    def _agent_name(self, agent: str) -> str:
        spawn = self._spawned.get(agent)
        return (spawn.name if spawn is not None else None) or (f"agent-{agent}" if agent else MAIN_AGENT)

    def _write_turn(self, node: Node, fields: dict[str, Any]) -> None:
        turn = turn_of(node)
        attributes = _attributes(turn.lines[-1])
        common = {"message": turn.message, "also": turn.also, "attributes": attributes}
        if turn.is_error:
            text = turn.text
            self._step(node, "error", fields, **common, status="error", error=text, model=None)
        elif turn.is_synthetic:
            index = self._step(node, "message", fields, **common)
            self._contributions[node].append(Contribution(index, turn.message))
        else:
            start = node.parent.end_ns if node.parent is not None else None
            end = turn.lines[-1].time_ns
            took = end - start if start is not None and end is not None and end >= start else None
            answer = fields | {"start_ns": fields["start_ns"] if took is None else start}
            index = self._step(
                node, "llm_call", answer, **common, status="ok", model=turn.model, usage=turn.usage,
                cost_usd=turn.cost_usd, duration_ns=took,
            )  # fmt: skip
            self._contributions[node].append(Contribution(index, turn.message))
        self._write_calls(node, turn, index if not turn.is_error else len(self.builder.steps) - 1)
        for entry in node.entries:
            _, rest = results_and_rest(entry.message()) if entry.type == "user" else ([], None)
            if rest is not None and rest.parts:
                self._write_input(node, entry, fields, rest=rest)

    def _write_calls(self, node: Node, turn: Turn, asked: int) -> None:
        steps: dict[str, int] = {}
        for call in turn.calls:
            answer = turn.answers.get(call.part.id or "")
            fields: dict[str, Any] = {"parent": asked, "start_ns": call.entry.time_ns}
            if answer is not None:
                took = (answer.entry.time_ns or 0) - (call.entry.time_ns or 0)
                known = answer.entry.time_ns is not None and call.entry.time_ns is not None and took >= 0
                fields |= {
                    "result": decoded(answer.part.response),
                    "has_result": True,
                    "status": "error" if answer.is_error else "ok",
                    "error": (text_of(answer.part) or "the tool reported an error") if answer.is_error else None,
                    "also": (call.source,),
                    "attributes": _attributes(answer.entry),
                    "duration_ns": took if known else None,
                }
            index = self.builder.tool_call(call.part, call.source, **fields)
            if answer is not None:
                self.builder.update(index, source=answer.source)
            steps[call.part.id or ""] = index
            self._steps[node] = index
            for agent in self._waiting.pop(call.part.id or "", []):
                self._write_agent(agent, self.builder.steps[index].depth + 1, index)
        for answer in turn.answers.values():
            message = as_sent(answer.message, self._replaced)
            self._contributions[node].append(Contribution(steps.get(answer.part.id or "", asked), message))

    def _write_input(self, node: Node, entry: Entry, fields: dict[str, Any], rest: Message | None = None) -> None:
        """What a user, or the program for them, put in; results of calls that are not in the file are tool steps."""
        results, text = results_and_rest(entry.message()) if rest is None else ([], rest)
        sent = not entry.value.get("isVisibleInTranscriptOnly")
        common: dict[str, Any] = {"attributes": _attributes(entry), "source": entry.source}
        for message in results:
            part = message.parts[0]
            assert isinstance(part, ToolCallResponsePart)
            answer = {"call_id": part.id, "result": decoded(part.response), "has_result": True}
            index = self._step(node, "tool_call", fields, **common, **answer)
            self._contributions[node].append(Contribution(index, as_sent(message, self._replaced)))
            self.builder.gap(Gap("call_not_recorded", "tool results without their call: the arguments are not known"))
        if text is not None:
            index = self._step(node, "message", fields, **common, message=text)
            if sent:
                self._contributions[node].append(Contribution(index, text))

    def _write_compaction(self, node: Node, fields: dict[str, Any]) -> None:
        if node in self._summaries:
            return
        told = [summary for summary, boundary in self._summaries.items() if boundary is node]
        message = (told[0] if told else node).first.message() if told or node.kind == "summary" else None
        about = node.first.value.get("content")
        index = self._step(
            node, "compaction", fields, message=message, also=tuple(summary.first.source for summary in told),
            summary=about if isinstance(about, str) else "", attributes=_attributes(node.first),
        )  # fmt: skip
        for summary in told or ([node] if node.kind == "summary" else []):
            self._steps[summary] = index
            self._contributions[summary].append(Contribution(index, summary.first.message()))

    def _write_event(self, node: Node, fields: dict[str, Any]) -> None:
        event = event_of(node.first)
        if event.kind is None:
            return
        about = node.first.value.get("attachment")
        attributes = _attributes(node.first) | ({"attachment": about} if about is not None else {})
        index = self._step(
            node, event.kind, fields, message=event.message, summary=event.summary, error=event.error,
            status=event.status, attributes=attributes,
        )  # fmt: skip
        if event.message is not None and event.sent:
            evidence: EditEvidence = "assumed" if event.assumed else "replayed"
            self._contributions[node].append(Contribution(index, event.message, evidence))
        if node.first.subtype == "microcompact_boundary":
            number = self.builder.steps[index].number
            effect = "old tool results were cleared from the window here; which ones is not recorded"
            self.builder.gap(Gap("server_context_edit", effect, steps=(number,)))

    def _step(self, node: Node, kind: Any, fields: dict[str, Any], **more: Any) -> int:
        given = fields | more
        index = self._steps[node] = self.builder.step(kind, given.pop("source", node.first.source), **given)
        self._first_steps.setdefault(node, index)
        return index

    def _declare_scopes(self, agent: str, held: Conversation) -> None:
        for path in held.paths:
            scope = self._scope(agent, held, path)
            name = self._agent_name(agent)
            if path is not held.paths[0]:
                fork = self._fork(path)
                parent = self._scope_of[fork] if fork is not None else agent or "main"
                left = self._steps[fork] if fork is not None else None
                self.builder.scope(Scope(scope, "branch", name, parent, left))
            elif agent:
                spawner = self._spawner(agent)
                parent = spawner.scope if spawner is not None else "main"
                self.builder.scope(Scope(scope, "sub_agent", name, parent, spawner.index if spawner else None))
            else:
                self.builder.scope(Scope(scope, "agent", name))

    def _fork(self, path: Path) -> Node | None:
        """The last node that a branch shares with another path and that is a step."""
        node, passed = path.fork, set[Node]()
        while node is not None and node not in self._steps and node not in passed:
            passed.add(node)
            node = node.parent
        return node if node in self._steps and node in self._scope_of else None

    def _spawner(self, agent: str) -> Step | None:
        call_id = self._spawned[agent].call_id
        index = self.builder.call_step(call_id) if call_id is not None else None
        return None if index is None else self.builder.steps[index]


def _attributes(entry: Entry) -> dict[str, Any]:
    """What no rule maps, as recorded; of the message only how it stopped, what it cost and what the API edited."""
    kept = {key: value for key, value in entry.value.items() if key not in _ENVELOPE and value is not None}
    return kept | dict(_of_body(entry))


def _of_body(entry: Entry) -> Iterator[tuple[str, Any]]:
    for key in ("stop_reason", "usage", "context_management", "container"):
        if entry.body.get(key) is not None:
            yield key, entry.body[key]
