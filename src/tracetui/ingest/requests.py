"""A log of whole requests to a model: sessions, recorded prompts, and the new messages of each request as steps.

Consecutive requests of one conversation repeat its messages. A request continues the conversation whose window it
repeats; only what is new becomes steps, and what was changed on the way becomes edits of the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import MODEL_ROLES, ChatMessage, Conversation, conversation_gaps
from tracetui.ingest.fields import count_field, list_field, object_field
from tracetui.ingest.sent_again import common_prefix, edits_between, key_of, matches, opening
from tracetui.model import (
    ContextEdit,
    Gap,
    Message,
    Part,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    TextPart,
    ToolDefinition,
)

_CANDIDATES = 20
"""Conversations that a request is compared with: the last that opened with the same words, and the last at all."""


_CALLERS = 200
"""Steps among which the tool call is looked for that started a sub-agent."""

_SERVER_STATE = Gap("server_state", "earlier turns are held by the provider and are not in this trace")


class Request(NamedTuple):
    """One request to a model, and its answer where that is recorded with it."""

    source: SourceRef
    messages: Sequence[ChatMessage]
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    answer: ChatMessage | None = None
    call: dict[str, Any] = {}
    """Fields of the LLM call, as in `Step`: model, usage, start_ns, error, attributes."""
    attributes: dict[str, Any] = {}
    """Of the session."""
    session: str | None = None
    """The session's id, where the request names one."""
    answer_id: str | None = None
    follows: str | None = None
    """Id of the answer before, where the provider holds the earlier turns itself."""
    is_side_call: bool = False
    """A call beside the run, for a title or a summary: never the session's main window."""

    @property
    def is_finished(self) -> bool:
        """Whether the messages end with a model's answer: a conversation that was written down, not a call."""
        return self.answer is None and bool(self.messages) and _by_model(self.messages[-1])


class RequestLog:
    """Takes requests in order and sorts them into conversations; `sessions()` closes the log."""

    def __init__(self, name: str, *, awaits_answers: bool) -> None:
        self._name = name
        self._awaits_answers = awaits_answers
        """Whether the answer to a request may stand in the next one: so in a log, not in a single document."""
        self._sessions: dict[str, SessionBuilder] = {}
        self._conversations: list[_Conversation] = []
        self._by_opening: dict[str, list[_Conversation]] = defaultdict(list)
        self._with_main: set[str] = set()
        """Names of the sessions whose main window has begun."""

    def add(self, request: Request) -> None:
        keys = [key_of(said.message) for said in request.messages]
        self._conversation(request, keys).add(request, keys, awaits_answer=self._awaits_answers)

    @property
    def builders(self) -> list[SessionBuilder]:
        """The sessions so far, in the order in which they began."""
        return list(self._sessions.values())

    def sessions(self) -> list[Session]:
        """The sessions, in the order in which they began."""
        for conversation in self._conversations:
            conversation.close()
        for builder in self._sessions.values():
            conversation_gaps(builder, whole_request=True)
            _server_gaps(builder)
        return [builder.build() for builder in self._sessions.values()]

    def _conversation(self, request: Request, keys: list[str]) -> _Conversation:
        begun_with = opening(keys)
        known = [*self._by_opening[begun_with][-_CANDIDATES:], *self._conversations[-_CANDIDATES:]]
        known = [conversation for conversation in known if conversation.session == request.session]
        if request.follows is not None:
            found = next((one for one in reversed(self._conversations) if one.last_id == request.follows), None)
        else:
            found = max(known, key=lambda one: one.likeness(keys, request), default=None)
            found = found if found is not None and found.likeness(keys, request) else None
        if found is None:
            found = self._new_conversation(request)
            self._conversations.append(found)
            self._by_opening[begun_with].append(found)
        return found

    def _new_conversation(self, request: Request) -> _Conversation:
        """A session of its own, or a further window of the session that the request names."""
        name = request.session
        if name is None:
            name = f"{self._name}#{len(self._sessions) + 1}" if self._sessions else self._name
        builder, scope = self._sessions.get(name), "main"
        if builder is None:
            builder = self._sessions[name] = SessionBuilder(name)
            builder.attributes = request.attributes
        if request.is_side_call or name in self._with_main:
            scope = builder.scope(_further_scope(builder, request, f"window {len(self._conversations) + 1}"))
        else:
            self._with_main.add(name)
        builder.set_system(request.system, scope)
        builder.set_tools(request.tools, scope)
        return _Conversation(builder, scope, request)


class _Conversation:
    """One context window while requests come in."""

    def __init__(self, builder: SessionBuilder, scope: str, first: Request) -> None:
        self.session = first.session
        self.last_id: str | None = None
        self._builder = builder
        self._scope = scope
        self._chat = Conversation(builder, scope=scope)
        self._system, self._tools = first.system, first.tools
        self._agent = first.call.get("agent")
        self._window: list[str] = []
        self._held: list[Message] = []
        """The messages of the window; their keys are in `_window`."""
        self._prompt_length = 0
        self._pending: tuple[Request, list[ContextEdit]] | None = None
        self._unanswered: list[int] = []

    def likeness(self, keys: list[str], request: Request) -> int:
        """How many messages of a new prompt are known here; 0 where it cannot be the next prompt of this conversation."""
        if request.call.get("agent") != self._agent:
            return 0
        if request.system != self._system and _tool_names(request.tools) != _tool_names(self._tools):
            return 0
        shared = common_prefix(self._window, keys)
        if shared == len(self._window):
            return shared
        if request.is_finished or shared == len(keys) < self._prompt_length:
            return 0
        kept = shared + len(set(self._window[shared:]) & set(keys[shared:]))
        return kept if 2 * kept >= len(self._window) else 0

    def add(self, request: Request, keys: list[str], *, awaits_answer: bool) -> None:
        if request.follows is not None:
            if not self._window:
                self._builder.gap(_SERVER_STATE)
            keys, said, edits = [*self._window, *keys], list(request.messages), []
            held = [*self._held, *(one.message for one in said)]
        else:
            held = [one.message for one in request.messages]
            pairs = matches(self._window, keys)
            new_from = pairs[-1][1] + 1 if pairs else 0
            said = list(request.messages[new_from:])
            edits = edits_between(self._held, new_from, pairs, request.messages)
        if self._pending is not None:
            self._answer_pending(said.pop(0) if said and _by_model(said[0]) else None)
        for message in said:
            self._chat.add(message, model=request.call.get("model"))
        self._window, self._held = keys, held
        self._prompt_length, self.last_id = len(keys), request.answer_id
        if request.answer is not None or "error" in request.call:
            self._call(request, request.answer, edits)
        elif awaits_answer and not request.is_finished:
            self._pending = request, edits

    def close(self) -> None:
        """Nothing more comes: what still waits for its answer has none."""
        if self._pending is not None:
            self._answer_pending(None)
        if self._unanswered:
            self._builder.gap(
                Gap(
                    "answer_not_recorded", "what the model returned is not in this trace", steps=tuple(self._unanswered)
                )
            )

    def _answer_pending(self, answer: ChatMessage | None) -> None:
        assert self._pending is not None
        (request, edits), self._pending = self._pending, None
        self._call(request, answer, edits)

    def _call(self, request: Request, answer: ChatMessage | None, edits: list[ContextEdit]) -> None:
        """The LLM call that a request was, with its prompt as recorded."""
        index = len(self._builder.steps)
        for edit in (*edits, *self._changed_settings(request)):
            self._builder.edit(msgspec.structs.replace(edit, at=index, phase="input", scope=self._scope))
        if answer is None:
            self._builder.step("llm_call", request.source, scope=self._scope, **request.call)
            if "error" not in request.call:
                self._unanswered.append(self._builder.steps[index].number)
        else:
            self._chat.add_answer(answer._replace(also=(*answer.also, request.source)), **request.call)
            self._window.append(key_of(answer.message))
            self._held.append(answer.message)
        if request.follows is None:
            messages = tuple(said.message for said in request.messages)
            self._builder.prompt(
                index,
                RecordedPrompt(messages=messages, system=request.system, tools=request.tools, source=request.source),
            )

    def _changed_settings(self, request: Request) -> list[ContextEdit]:
        """System prompt and tools where they differ from those of the request before."""
        edits = []
        if request.system != self._system:
            edits.append(ContextEdit(at=0, kind="system", messages=(Message("system", request.system),)))
        if request.tools != self._tools:
            edits.append(ContextEdit(at=0, kind="tools", tools=request.tools))
        self._system, self._tools = request.system, request.tools
        return edits


def _server_gaps(builder: SessionBuilder) -> None:
    """What the provider says that it did to a window before the model saw it, or was allowed to do."""
    edits = {
        step.number: step.attributes["applied_edits"] for step in builder.steps if step.attributes.get("applied_edits")
    }
    if edits:
        effect = f"the server cleared {_cleared(edits.values())} before these answers; which parts is not recorded"
        builder.gap(Gap("server_context_edit", effect, steps=tuple(edits)))
    cut = tuple(step.number for step in builder.steps if step.attributes.get("truncation") == "auto")
    if cut:
        effect = "the provider may have dropped the oldest items of these prompts to make them fit"
        builder.gap(Gap("server_truncation", effect, "send truncation=disabled to be told instead", cut))


def _cleared(answers: Iterable[Any]) -> str:
    """How much was cleared, in words: of the results of tools and of tokens, where the answers tell."""
    listed = [object_field(edit) for edits in answers for edit in list_field(edits)]
    results = sum(count_field(edit.get("cleared_tool_uses")) or 0 for edit in listed)
    tokens = sum(count_field(edit.get("cleared_input_tokens")) or 0 for edit in listed)
    said = [f"{results:,} tool results"] * bool(results) + [f"{tokens:,} tokens"] * bool(tokens)
    return " and ".join(said) or "parts of the window"


def _further_scope(builder: SessionBuilder, request: Request, name: str) -> Scope:
    """The window of a sub-agent where the request opens with what an unanswered tool call says, else of a side call."""
    said = [part.content for one in request.messages[:2] for part in one.message.parts if isinstance(part, TextPart)]
    if request.call.get("agent"):
        return Scope(name, "agent", request.call["agent"])
    for step in reversed(builder.steps[-_CALLERS:]):
        asked = step.arguments if step.kind == "tool_call" and not step.has_result else None
        if isinstance(asked, dict) and any(isinstance(text, str) and text in said for text in asked.values() if text):
            return Scope(name, "sub_agent", parent=step.scope, spawned_by=step.index)
    return Scope(name, "side_call", parent="main")


def _tool_names(tools: tuple[ToolDefinition, ...]) -> set[str]:
    return {tool.name for tool in tools}


def _by_model(said: ChatMessage) -> bool:
    return bool(said.calls) or said.message.role in MODEL_ROLES
