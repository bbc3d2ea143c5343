"""Group chats of agents, as AG2, AutoGen and Magentic-One write them: who said what, in turn.

A message of an agent is what its model returned. A message of a person, or of the program that runs code, is what was
put in. `role` holds the agent's name where `name` does not; what stands in parentheses behind it is not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tracetui.ingest.arrangement import arrangement, rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import STANDARD_ROLES, Conversation, chat_message, conversation_gaps, is_message, session_name
from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.messages import parts_of_content
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.traits import group_chat_traits, session_trace_traits
from tracetui.model import ContextEdit, Gap, Message, Part, Session

NAME = "autogen-chat"
TITLE = "AG2, AutoGen or Magentic-One chat"
RULE = "`history` of messages with `role`, `name` and `content`, or a list of messages whose roles are agents' names."
KEEPS = "Prompts rebuilt as if every agent had seen all messages before; system prompts where `system_prompt` has them."
LOSES = "Which agent was shown which message; usage and times."
EXPORT = "`chat_result.chat_history`, or `groupchat.messages`, dumped as JSON."

_NO_MODEL = re.compile(
    r"(?:.*[_\s-])?(?:human|user|user[_\s-]?proxy|(?:computer[_\s-]?)?terminal|(?:code[_\s-]?)?executor)(?:[_\s-]?agent)?",
    re.IGNORECASE,
)
"""Usual names of those that speak for no model: a person, or the program that runs code."""
_CODE_RUN = re.compile(r"\s*(?:exitcode: ?|The script ran\b[^\n]{0,80}?exit code(?: was)?: ?)(-?\d+)")
"""How AG2's and Magentic-One's code executors begin the report of a run."""


def detect(records: Records) -> Detection:
    found = arrangement(records, "history", is_request=_is_chat, is_item=is_message)
    if found is None or session_trace_traits(found):
        return NOT_MINE
    if found.kind != "messages":
        return Detection(0.9 * found.share, "`history` is a list of messages with a role")
    reason = group_chat_traits(found)
    return Detection(0.75 * found.share, reason) if reason else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    found = arrangement(records, "history", is_request=_is_chat, is_item=is_message)
    if found is None or found.kind == "messages":
        chat = _GroupChat(SessionBuilder(session_name(records)), {})
        return [chat.session(records, _messages(rows(records, ledger), ledger))]
    sessions: list[Session] = []
    for record in rows(records, ledger):
        if not _is_chat(record.value):
            ledger.skip(record.source, "no chat: `history` is missing")
            continue
        name = f"{session_name(records)}#{len(sessions) + 1}" if sessions else session_name(records)
        chat = _GroupChat(SessionBuilder(name), record.value)
        sessions.append(chat.session(records, _messages(records.inside(record, "history"), ledger)))
    return sessions


class _GroupChat:
    """One chat while its messages are added. All speakers share one window."""

    def __init__(self, builder: SessionBuilder, document: dict[str, Any]) -> None:
        self._builder = builder
        self._conversation = Conversation(builder)
        prompts = document.get("system_prompt")
        self._shared_prompt = parts_of_content(prompts) if isinstance(prompts, str) else ()
        self._prompts = {name: parts_of_content(text) for name, text in object_field(prompts).items()}
        self._system: tuple[Part, ...] = ()
        builder.set_system(self._shared_prompt)
        if isinstance(document.get("question"), str):
            builder.goal = document["question"]
        known = ("history", "question", "system_prompt")
        builder.attributes = {key: value for key, value in document.items() if key not in known}

    def session(self, records: Records, messages: Iterable[Record]) -> Session:
        found = list(messages)
        executors = {speaker(record.value) for record in found if code_run(record.value) is not None}
        for record in found:
            self._add(records, record, executors)
        self._name_gaps()
        return self._builder.build()

    def _add(self, records: Records, record: Record, executors: set[str]) -> None:
        name, said = speaker(record.value), chat_message(records, record)
        if said.calls:
            self._conversation.add_answer(said, agent=name)
        elif said.answers:
            self._conversation.add(said)
        elif name in executors or self._speaks_for_no_model(name, said.message.role):
            code = code_run(record.value)
            ran: dict[str, Any] = {} if code is None else {"status": "ok" if code == 0 else "error"}
            if code:
                ran["error"] = f"exit code {code}"
            self._builder.message(said.message, said.source, agent=name, **ran)
        else:
            self._use_prompt_of(name)
            self._conversation.add_answer(said, agent=name)

    def _speaks_for_no_model(self, name: str, role: str) -> bool:
        """A person or a program, told by role or name, or by having no system prompt where the agents have theirs."""
        unprompted = bool(self._prompts) and name not in self._prompts and role == "user"
        return unprompted or role in ("system", "developer") or _NO_MODEL.fullmatch(name) is not None

    def _use_prompt_of(self, agent: str) -> None:
        """Each agent has a system prompt of its own before the shared messages."""
        system = self._prompts.get(agent, self._shared_prompt)
        if self._prompts and system != self._system:
            at, message = len(self._builder.steps), Message("system", system)
            self._builder.edit(
                ContextEdit(at=at, phase="input", kind="system", messages=(message,), evidence="recorded")
            )
            self._system = system

    def _name_gaps(self) -> None:
        calls = [step for step in self._builder.steps if step.kind == "llm_call"]
        bare = () if self._shared_prompt else tuple(s.number for s in calls if not self._prompts.get(s.agent or ""))
        if bare:
            effect = "what these agents were told to be and to do is not in this trace"
            steps = bare if len(bare) < len(calls) else ()
            self._builder.gap(Gap("system_prompt_not_recorded", effect, "record `system_prompt` by agent", steps))
        if len({step.agent for step in calls}) > 1:
            effect = "which agent was shown which message is not known: each prompt holds all messages before it"
            self._builder.gap(Gap("audience_not_recorded", effect, "record each agent's requests to its model"))
        conversation_gaps(self._builder, whole_request=True)


def speaker(message: dict[str, Any]) -> str:
    """Who a message is from: its `name`, else its role without what stands in parentheses behind it."""
    name = message.get("name")
    if isinstance(name, str) and name:
        return name
    role: str = message["role"]
    return role if role in STANDARD_ROLES else re.sub(r"\s*\(.*\)\s*$", "", role, flags=re.DOTALL) or role


def code_run(message: dict[str, Any]) -> int | None:
    """The exit code that a message reports, where it is the report of a code run."""
    content = message.get("content")
    found = _CODE_RUN.match(content[:200]) if isinstance(content, str) else None
    return int(found[1]) if found else None


def _is_chat(value: Any) -> bool:
    return isinstance(value, dict) and any(is_message(item) for item in list_field(value.get("history")))


def _messages(items: Iterable[Record], ledger: Ledger) -> Iterator[Record]:
    for item in items:
        if is_message(item.value):
            ledger.claim()
            yield item
        else:
            ledger.skip(item.source, "no message: role or content is missing")
