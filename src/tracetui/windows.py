"""Context windows over time: what each scope's window held after every edit, at the cost of one fold a session.

A window that only grows is a prefix of one shared list (a run), so that looking at any step is a bisection and not a
fold from the start. Every other edit starts a new run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal, NamedTuple

import msgspec

from tracetui.model import (
    ContextEdit,
    EditEvidence,
    Message,
    Part,
    Scope,
    Session,
    Step,
    ToolCallResponsePart,
    ToolDefinition,
)
from tracetui.parts import characters_of

PHASE_INPUT, PHASE_OUTPUT = 0, 1
HOLES = frozenset(
    (
        "server_state",
        "server_context_edit",
        "truncated",
        "redacted",
        "content_not_recorded",
        "content_partly_recorded",
        "result_not_recorded",
        "lines_not_recorded",
        "lines_not_read",
        "hidden_edit",
        "prompt_told",
    )
)
"""Kinds of gap that mean a message of the prompt is missing, cut or not as it was sent."""


class Entry(NamedTuple):
    """A message in a window."""

    message: Message
    from_step: int | None
    """Index of the step that put it there; None where the trace does not tell."""
    evidence: EditEvidence = "replayed"


class Window(msgspec.Struct, frozen=True):
    """A context window at one moment."""

    run: list[Entry]
    """Shared by the windows that grow out of one another: only the first `length` entries belong to this one."""
    length: int
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    since: int = -1
    """Index of the step that last compacted or reset it; -1 before that."""
    rewritten: Literal["", "compact", "reset"] = ""
    """What happened at `since`."""

    @property
    def entries(self) -> list[Entry]:
        return self.run[: self.length]

    def grew_into(self, later: Window) -> bool:
        """Whether `later` is this window with messages added at its end."""
        return self.run is later.run and self.length <= later.length

    def after(self, edit: ContextEdit) -> Window:
        """The window that `edit` leaves. To be asked of the newest window of a run only."""
        origin, messages = edit.at if edit.from_step is None else edit.from_step, edit.messages
        if edit.kind == "append":
            for message in messages:
                self.run.append(Entry(message, origin, edit.evidence))
            length = self.length + len(messages)
            return Window(self.run, length, self.system, self.tools, self.since, self.rewritten)
        added = [Entry(message, origin, edit.evidence) for message in messages]
        replace = msgspec.structs.replace
        if edit.kind == "system":
            return replace(self, system=tuple(part for message in edit.messages for part in message.parts))
        if edit.kind == "tools":
            return replace(self, tools=edit.tools)
        run = self.entries
        if edit.kind == "splice":
            replaced = run[edit.start : edit.start + edit.delete]
            if edit.from_step is None and len(replaced) == len(added):
                pairs = zip(replaced, added, strict=True)
                added = [_in_its_place(old, new) for old, new in pairs]
            run[edit.start : edit.start + edit.delete] = added
            return replace(self, run=run, length=len(run))
        kept = [run[i] for i in edit.keep if 0 <= i < len(run)]
        return replace(self, run=[*added, *kept], length=len(added) + len(kept), since=edit.at, rewritten=edit.kind)


def _in_its_place(old: Entry, new: Entry) -> Entry:
    """A message that stands in for one of its role, one for one, came from where that came from."""
    return new._replace(from_step=old.from_step) if old.message.role == new.message.role else new


class _Timeline(NamedTuple):
    """The windows of one scope, each in force from its moment, a (step index, phase) pair, on."""

    moments: list[tuple[int, int]]
    windows: list[Window]


class Windows:
    """The windows of every scope of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.scopes: dict[str, Scope] = {scope.id: scope for scope in session.scopes}
        self._edits: dict[str, list[ContextEdit]] = defaultdict(list)
        for edit in session.edits:
            self._edits[edit.scope].append(edit)
        self._calls: dict[str, list[int]] = defaultdict(list)
        for step in session.steps:
            if step.kind == "llm_call":
                self._calls[step.scope].append(step.index)
        self._timelines: dict[str, _Timeline] = {}
        self._sums: dict[int, list[int]] = {}
        self._sizes: dict[int, int] = {}

    def at(self, scope: str, index: int, phase: int) -> Window:
        """The scope's window once the edits of step `index` up to `phase` have taken effect."""
        if scope not in self._timelines:
            for name in reversed(self.lineage(scope, index)):
                if name not in self._timelines:
                    self._timelines[name] = self._fold(name)
        timeline = self._timelines[scope]
        return timeline.windows[bisect_right(timeline.moments, (index, phase))]

    def seen_by(self, step: Step) -> Window:
        """The window that an LLM call was sent, or that any other step left."""
        return self.at(step.scope, step.index, PHASE_INPUT if step.kind == "llm_call" else PHASE_OUTPUT)

    def previous_call(self, scope: str, index: int) -> int | None:
        """Index of the scope's last LLM call before step `index`; a branch goes on from the scope it left."""
        for name, last in self.lineage(scope, index - 1).items():
            calls = self._calls.get(name, [])
            position = bisect_right(calls, min(last, index - 1))
            if position:
                return calls[position - 1]
        return None

    def next_call(self, scope: str, index: int) -> int | None:
        """Index of the scope's next LLM call after step `index`."""
        calls = self._calls.get(scope, [])
        position = bisect_right(calls, index)
        return calls[position] if position < len(calls) else None

    def lineage(self, scope: str, index: int) -> dict[str, int]:
        """The scopes whose steps can be part of a window, each up to a step index: its own, and those it branched from."""
        found = {scope: index}
        left = self._left(scope)
        while left is not None and left[0] not in found:
            found[left[0]] = left[1]
            left = self._left(left[0])
        return found

    def _left(self, scope: str) -> tuple[str, int] | None:
        """The scope that a branch left, and at which step."""
        known = self.scopes.get(scope)
        if known is None or known.kind != "branch" or known.parent is None or known.spawned_by is None:
            return None
        return known.parent, known.spawned_by

    def characters(self, window: Window) -> int:
        """Characters of all messages in a window; each run is added up once."""
        sums = self._sums.get(id(window.run))
        if sums is None or len(sums) <= window.length:
            sizes = [self.size(entry.message) for entry in window.run]
            sums = self._sums[id(window.run)] = list(accumulate(sizes, initial=0))
        return sums[window.length]

    def size(self, message: Message) -> int:
        """Characters of a message; kept by object, which the session holds for as long as this lives."""
        size = self._sizes.get(id(message))
        if size is None:
            size = self._sizes[id(message)] = characters_of(message)
        return size

    def calls(self) -> Iterator[Step]:
        """Every LLM call, in order."""
        return (step for step in self.session.steps if step.kind == "llm_call")

    def _start(self, scope: str) -> Window:
        """Empty, but for a branch: it starts with the window of the scope that it left."""
        left = self._left(scope)
        system, tools = self.session.system_prompts.get(scope, ()), self.session.tools.get(scope, ())
        if left is None or left[0] not in self._timelines:
            return Window([], 0, system, tools)
        window = self.at(left[0], left[1], PHASE_OUTPUT)
        inherited = msgspec.structs.replace(window, run=window.entries)
        return msgspec.structs.replace(inherited, system=system or window.system, tools=tools or window.tools)

    def _fold(self, scope: str) -> _Timeline:
        edits = self._edits.get(scope) or list(_implied_edits(self.session, scope))
        edits.sort(key=_moment)
        windows = list(accumulate(edits, Window.after, initial=self._start(scope)))
        return _Timeline(list(map(_moment, edits)), windows)


def _moment(edit: ContextEdit) -> tuple[int, int]:
    return edit.at, PHASE_INPUT if edit.phase == "input" else PHASE_OUTPUT


def _implied_edits(session: Session, scope: str) -> Iterator[ContextEdit]:
    """For a scope whose source records prompts but no changes: inputs, answers and results each join the window."""
    for step in session.steps:
        if step.scope != scope:
            continue
        if step.message is not None:
            yield ContextEdit(at=step.index, scope=scope, messages=(step.message,), evidence="assumed")
        elif step.kind == "tool_call" and step.has_result:
            part = ToolCallResponsePart(step.call_id, step.result)
            message = Message("tool", (part,), step.tool, step.source)
            yield ContextEdit(at=step.index, scope=scope, messages=(message,), evidence="assumed")
