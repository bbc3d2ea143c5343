"""Which tool call spawned which sub-agent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tracetui.ingest.claude.files import AgentFile
from tracetui.ingest.claude.lines import Entry
from tracetui.model import TextPart
from tracetui.parts import text_of

_AGENT_ID = re.compile(r"\bagentId: ?([0-9A-Za-z_-]+)")


class Call(msgspec.Struct):
    """A tool call."""

    call_id: str
    agent: str
    """Whose call it is."""
    arguments: dict[str, Any]


class Spawn(msgspec.Struct):
    """How a sub-agent came to be."""

    call_id: str | None
    name: str | None
    """The kind of agent, or the name it was given."""


def spawns(lines: Mapping[str, list[Entry]], files: Mapping[str, AgentFile]) -> dict[str, Spawn]:
    """For every sub-agent the call that spawned it: as recorded, else by what was told to it word for word."""
    calls = _Calls(entry for entries in lines.values() for entry in entries)
    agents = [agent for agent in lines if agent]
    recorded = {agent: calls.recorded(agent, files.get(agent)) for agent in agents}
    claimed = {call.call_id for call in recorded.values() if call is not None}
    found: dict[str, Spawn] = {}
    for agent in agents:
        call = recorded[agent] or calls.told(agent, _told(lines[agent]), claimed)
        if call is not None:
            claimed.add(call.call_id)
        found[agent] = _spawn(call, files.get(agent))
    return found


class _Calls:
    """All tool calls of a session, and what their results say about sub-agents."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_id: dict[str, Call] = {}
        self.by_mention: dict[str, Call] = {}
        """By the agent id, or the workflow run, that a result names."""
        for entry in entries:
            for block in entry.blocks:
                if not isinstance(block, dict):
                    continue
                call_id, answered, arguments = block.get("id"), block.get("tool_use_id"), block.get("input")
                if entry.type == "assistant" and isinstance(call_id, str):
                    call = Call(call_id, entry.agent, arguments if isinstance(arguments, dict) else {})
                    self.by_id.setdefault(call_id, call)
                elif entry.type == "user" and isinstance(answered, str) and answered in self.by_id:
                    for mention in _mentions(entry):
                        self.by_mention.setdefault(mention, self.by_id[answered])

    def recorded(self, agent: str, file: AgentFile | None) -> Call | None:
        """The call that the trace itself names: by its id, or by the agent's id or run in its result."""
        named = str(file.meta.get("toolUseId")) if file is not None else ""
        run = file.run if file is not None else None
        for call in (self.by_id.get(agent), self.by_id.get(named), self.by_mention.get(agent)):
            if call is not None and call.agent != agent:
                return call
        return self.by_mention.get(run) if run else None

    def told(self, agent: str, told: str, claimed: Collection[str]) -> Call | None:
        """The first call not yet claimed whose `prompt` is what the sub-agent was told first."""
        for call in self.by_id.values() if told else ():
            if call.call_id not in claimed and call.agent != agent and call.arguments.get("prompt") == told:
                return call
        return None


def _mentions(entry: Entry) -> Iterator[str]:
    about = entry.tool_use_result
    yield from (str(about[key]) for key in ("agentId", "runId") if isinstance(about.get(key), str))
    for part in entry.message().parts:
        text = text_of(part)
        if "agentId" in text:
            yield from _AGENT_ID.findall(text)


def _told(entries: list[Entry]) -> str:
    first = next((entry for entry in entries if entry.type == "user"), None)
    return "".join(part.content for part in first.message().parts if isinstance(part, TextPart)) if first else ""


def _spawn(call: Call | None, file: AgentFile | None) -> Spawn:
    arguments = call.arguments if call is not None else {}
    meta = file.meta if file is not None else {}
    names = (arguments.get("name"), meta.get("name"), arguments.get("subagent_type"), meta.get("agentType"))
    return Spawn(call.call_id if call else None, next((n for n in names if isinstance(n, str) and n), None))
