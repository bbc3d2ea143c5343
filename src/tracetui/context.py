"""What the model saw: the context window of a scope at any step, recorded or folded from edits.

An LLM step shows the prompt that was sent. Any other step shows the window as that step left it: what the next
call will see.

Fidelity of a prompt:

- recorded: the source holds the whole prompt of this call.
- rebuilt: every message is a replay of what the source holds. What no message carries (a system prompt or tool
  definitions that were not written down) is told in `gaps`.
- partial: messages are known to be missing, cut or redacted, or all of them are only assumed to have been there, as those
  that are told from the prompts of other calls (`inferred`). Where some are assumed, they are marked one by one.
- absent: nothing of it is in the source.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from tracetui.changes import Keyed, PromptMessage, RemovedMessage, changes, grown
from tracetui.collector import collector_paused
from tracetui.consistency import Jump, Meters, hidden_edit
from tracetui.gaps import GapsOfPrompts, cuts_record, told_gap
from tracetui.model import (
    Fidelity,
    Gap,
    Part,
    Session,
    Step,
    ToolDefinition,
)
from tracetui.parts import json_text, text_of
from tracetui.sights import Sight, Sights
from tracetui.tokens import TokenScale, fit_scale, spread
from tracetui.windows import HOLES, Windows

__all__ = [
    "Prompt",
    "PromptMessage",
    "PromptOutline",
    "RemovedMessage",
    "hidden_edits",
    "is_more_when_weighed",
    "json_text",
    "outlines",
    "previous_call",
    "prompt_at",
    "prompts",
    "text_of",
]

_REMEMBERED_SESSIONS = 4


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """The context window at one step."""

    step: int
    scope: str
    fidelity: Fidelity
    system: tuple[Part, ...]
    tools: tuple[ToolDefinition, ...]
    messages: tuple[PromptMessage, ...]
    removed: tuple[RemovedMessage, ...]
    """In the prompt compared with, no longer in this one."""
    gaps: tuple[Gap, ...]
    """Those that concern this prompt."""
    recorded_tokens: int | None
    estimated_tokens: int
    unrecorded_tokens: int | None
    """What the recorded tokens of a rebuilt prompt hold beyond the trace, by estimate: its system prompt and tools where
    they are not recorded. None where that is not known or little."""
    token_scale: TokenScale
    compared_with: int | None
    """Index of the step whose prompt `status` and `removed` are told against."""


@collector_paused()
def prompt_at(
    session: Session, index: int, *, derive: bool = False, compare_with: int | None = None, weighed: bool = True
) -> Prompt:
    """The prompt at step `index`; `derive` rebuilds it even where it is recorded.

    `compare_with`: index of the step to tell what is new against; by default the scope's previous LLM call. `weighed`:
    whether it is held against the recorded tokens, which takes longer than all else where a session is long: else
    hidden edits are not among its gaps, and `unrecorded_tokens` is None.
    """
    return _reader(session).prompt(session.steps[index], derive=derive, compare_with=compare_with, weighed=weighed)


@collector_paused()
def is_more_when_weighed(session: Session, index: int) -> bool:
    """Whether the recorded tokens say something about the prompt at step `index`."""
    return _reader(session).is_more_when_weighed(session.steps[index])


def prompts(session: Session, *, derive: bool = False) -> Iterator[Prompt]:
    """The prompt of every LLM call, in order; the session is folded once for all of them."""
    reader = _reader(session)
    return (reader.prompt(step, derive=derive) for step in reader.windows.calls())


def outlines(session: Session) -> Iterator[PromptOutline]:
    """Of the prompt of every LLM call, in order, what can be told without a look at each of its messages: in a session of
    many calls the prompts together are far longer than the session."""
    reader = _reader(session)
    return (reader.outline(step) for step in reader.windows.calls())


def previous_call(session: Session, index: int) -> int | None:
    """Index of the LLM call before step `index` in its scope; a branch goes on from the scope it left."""
    return _reader(session).windows.previous_call(session.steps[index].scope, index)


def hidden_edits(session: Session) -> Iterator[Jump]:
    """Where the recorded input tokens say that a rebuilt prompt is not what was sent: by scope, in order."""
    meters = _reader(session).meters
    for scope in meters.windows.scopes:
        yield from (jump for jump in meters.of(scope).jumps if jump.step not in session.prompts)


class PromptOutline(NamedTuple):
    step: int
    fidelity: Fidelity
    messages: int
    changed: Mapping[str, int]
    """How many messages have each status that says that something changed since the call before (new, changed, dropped,
    compacted); only those that there are."""
    compared_with: int | None
    """Index of the call before; None for the first."""


class _Reader:
    """Prompts of one session. What is asked for often is kept: the folded windows, the token scale."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.windows = Windows(session)
        self.meters = Meters(session, self.windows)
        self.gaps = GapsOfPrompts(session, self.windows)
        self._sights = Sights(session, self.windows, self.gaps)

    @cached_property
    def scale(self) -> TokenScale:
        """Fitted to up to 48 calls of the scope that has most of them."""
        calls = [step for step in self.windows.calls() if step.usage is not None and step.usage.input_tokens]
        if not calls:
            return fit_scale([])
        scope = Counter(step.scope for step in calls).most_common(1)[0][0]
        calls = [step for step in calls if step.scope == scope]
        points = [(self._characters(self._sights.of(s)), s.usage.input_tokens or 0) for s in spread(calls) if s.usage]
        return fit_scale(points)

    def is_more_when_weighed(self, step: Step) -> bool:
        sight = self._sights.of(step)
        if sight.from_prompt is not None:
            return False
        return bool(self.meters.standing(step, sight.window.since)) or self.meters.of(step.scope).unrecorded is not None

    def prompt(
        self, step: Step, *, derive: bool = False, compare_with: int | None = None, weighed: bool = True
    ) -> Prompt:
        before = self.windows.previous_call(step.scope, step.index) if compare_with is None else compare_with
        earlier = None if before is None else self._sights.of(self.session.steps[before], derive=derive)
        sight = self._sights.of(step, derive=derive)
        weighs = weighed and sight.from_prompt is None
        gaps = self._gaps_of(step, sight, weighs=weighs)
        fidelity = self._fidelity(step, sight, gaps)
        whole: Fidelity = "recorded" if sight.from_prompt == step.index else "rebuilt"
        messages, removed = self._compared(sight, earlier, whole if fidelity == "partial" else fidelity)
        return Prompt(
            step=step.index,
            scope=step.scope,
            fidelity=fidelity,
            system=sight.system,
            tools=sight.tools,
            messages=messages,
            removed=removed,
            gaps=gaps,
            recorded_tokens=step.usage.input_tokens if step.usage is not None and step.kind == "llm_call" else None,
            estimated_tokens=self.scale.tokens(self._characters(sight)),
            unrecorded_tokens=self.meters.of(step.scope).unrecorded if weighs else None,
            token_scale=self.scale,
            compared_with=before,
        )

    def outline(self, step: Step) -> PromptOutline:
        before = self.windows.previous_call(step.scope, step.index)
        earlier = None if before is None else self._sights.of(self.session.steps[before])
        sight = self._sights.of(step)
        fidelity = self._fidelity(step, sight, self._gaps_of(step, sight, weighs=sight.from_prompt is None))
        count = len(sight.entries)
        changed: Counter[str] = Counter()
        if earlier is not None and _only_grew(earlier, sight):
            changed["new"] = count - len(earlier.entries)
        elif earlier is not None:
            messages, removed = self._compared(sight, earlier, fidelity)
            changed.update(one.status for one in messages if one.status != "kept")
            changed.update(one.status for one in removed)
        return PromptOutline(step.index, fidelity, count, +changed, before)

    def _gaps_of(self, step: Step, sight: Sight, *, weighs: bool) -> tuple[Gap, ...]:
        """`weighs`: what the recorded tokens tell too."""
        jumps = self.meters.standing(step, sight.window.since) if weighs else ()
        concerned = self.session.steps[sight.from_prompt] if sight.whole and sight.from_prompt is not None else step
        gaps = (*self.gaps.of(concerned, sight.window.since), *(hidden_edit(self.session, jump) for jump in jumps))
        return (*gaps, told_gap(self.session, step, sight.told)) if sight.told is not None else gaps

    def _compared(
        self, sight: Sight, earlier: Sight | None, fidelity: Fidelity
    ) -> tuple[tuple[PromptMessage, ...], tuple[RemovedMessage, ...]]:
        now = sight.entries
        if earlier is None:
            return grown(now, 0, fidelity), ()
        if _only_grew(earlier, sight):
            return grown(now, len(earlier.entries), fidelity), ()
        rewritten = sight.window.rewritten if sight.window.since > earlier.window.since else ""
        return changes(
            Keyed(earlier.entries, self._sights.keys(earlier.entries)),
            Keyed(now, self._sights.keys(now)),
            fidelity,
            rewritten,
        )

    def _fidelity(self, step: Step, sight: Sight, gaps: tuple[Gap, ...]) -> Fidelity:
        if sight.whole and sight.from_prompt is not None:
            sent = self.session.steps[sight.from_prompt]
            return "partial" if any(cuts_record(gap, sent) for gap in gaps) else "recorded"
        if not sight.entries and not sight.system:
            return "absent"
        assumed = all(entry.evidence == "assumed" for entry in sight.entries) and bool(sight.entries)
        return "partial" if assumed or any(gap.kind in HOLES for gap in gaps) else "rebuilt"

    def _characters(self, sight: Sight) -> int:
        if sight.from_prompt is None:
            messages = self.windows.characters(sight.window)
        else:
            messages = sum(self.windows.size(entry.message) for entry in sight.entries)
        tools = sum(len(t.name) + len(t.description) + len(json_text(t.parameters)) for t in sight.tools)
        return messages + tools + sum(len(text_of(part)) for part in sight.system)


def _only_grew(earlier: Sight, later: Sight) -> bool:
    return later.from_prompt is None and earlier.from_prompt is None and earlier.window.grew_into(later.window)


_recent: deque[_Reader] = deque(maxlen=_REMEMBERED_SESSIONS)
"""Readers of the sessions asked about last: a cache, known by identity, since a session cannot be hashed."""


def _reader(session: Session) -> _Reader:
    for reader in tuple(_recent):
        if reader.session is session:
            return reader
    reader = _Reader(session)
    _recent.append(reader)
    return reader
