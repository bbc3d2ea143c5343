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
from collections.abc import Iterator
from functools import cached_property

import msgspec

from tracetui.changes import Keyed, PromptMessage, RemovedMessage, changes, grown
from tracetui.collector import collector_paused
from tracetui.consistency import Jump, Meters, hidden_edit
from tracetui.gaps import GapsOfPrompts, cuts_record, told_gap
from tracetui.inferred import Inference, Told
from tracetui.model import (
    Fidelity,
    Gap,
    Message,
    Part,
    RecordedPrompt,
    Session,
    Step,
    ToolDefinition,
)
from tracetui.origins import Origins
from tracetui.parts import identity, json_text, text_of
from tracetui.tokens import TokenScale, fit_scale, spread
from tracetui.windows import HOLES, PHASE_INPUT, PHASE_OUTPUT, Entry, Window, Windows

__all__ = [
    "Prompt",
    "PromptMessage",
    "RemovedMessage",
    "hidden_edits",
    "is_more_when_weighed",
    "json_text",
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


def previous_call(session: Session, index: int) -> int | None:
    """Index of the LLM call before step `index` in its scope; a branch goes on from the scope it left."""
    return _reader(session).windows.previous_call(session.steps[index].scope, index)


def hidden_edits(session: Session) -> Iterator[Jump]:
    """Where the recorded input tokens say that a rebuilt prompt is not what was sent: by scope, in order."""
    meters = _reader(session).meters
    for scope in meters.windows.scopes:
        yield from (jump for jump in meters.of(scope).jumps if jump.step not in session.prompts)


class _Sight(msgspec.Struct, frozen=True):
    """What a step sees, before it is compared with what another saw."""

    entries: list[Entry]
    window: Window
    """As folded; `entries` are its own, or stand on a recorded prompt."""
    system: tuple[Part, ...]
    tools: tuple[ToolDefinition, ...]
    from_prompt: int | None = None
    """Index of the step whose recorded prompt `entries` stand on."""
    whole: bool = False
    """Whether they are that prompt and nothing else."""
    told: Told | None = None
    """What they were told from, where the prompt is not in the trace."""


class _Reader:
    """Prompts of one session. What is asked for often is kept: the folded windows, identities, the token scale."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.windows = Windows(session)
        self._identities: dict[int, bytes] = {}
        self._origins = Origins(session, self._identity)
        self._last_sight: dict[tuple[str, bool], tuple[int, _Sight]] = {}
        self.meters = Meters(session, self.windows)
        self.gaps = GapsOfPrompts(session, self.windows)

    @cached_property
    def inference(self) -> Inference:
        return Inference(self.session)

    @cached_property
    def scale(self) -> TokenScale:
        """Fitted to up to 48 calls of the scope that has most of them."""
        calls = [step for step in self.windows.calls() if step.usage is not None and step.usage.input_tokens]
        if not calls:
            return fit_scale([])
        scope = Counter(step.scope for step in calls).most_common(1)[0][0]
        calls = [step for step in calls if step.scope == scope]
        points = [(self._characters(self.sight(s)), s.usage.input_tokens or 0) for s in spread(calls) if s.usage]
        return fit_scale(points)

    def is_more_when_weighed(self, step: Step) -> bool:
        sight = self.sight(step)
        if sight.from_prompt is not None:
            return False
        return bool(self.meters.standing(step, sight.window.since)) or self.meters.of(step.scope).unrecorded is not None

    def prompt(
        self, step: Step, *, derive: bool = False, compare_with: int | None = None, weighed: bool = True
    ) -> Prompt:
        before = self.windows.previous_call(step.scope, step.index) if compare_with is None else compare_with
        earlier = None if before is None else self.sight(self.session.steps[before], derive=derive)
        sight = self.sight(step, derive=derive)
        weighs = weighed and sight.from_prompt is None
        jumps = self.meters.standing(step, sight.window.since) if weighs else ()
        concerned = self.session.steps[sight.from_prompt] if sight.whole and sight.from_prompt is not None else step
        gaps = (*self.gaps.of(concerned, sight.window.since), *(hidden_edit(self.session, jump) for jump in jumps))
        if sight.told is not None:
            gaps += (told_gap(self.session, step, sight.told),)
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

    def sight(self, step: Step, *, derive: bool = False) -> _Sight:
        """What `step` sees; the last one of each scope is kept, since the next prompt is compared with it."""
        key = (step.scope, derive)
        index, sight = self._last_sight.get(key, (-1, None))
        if sight is None or index != step.index:
            sight = self._folded(step) if derive else self._told(step) or self._best(step)
            if step.kind == "llm_call":
                self._last_sight[key] = (step.index, sight)
        return sight

    def _folded(self, step: Step) -> _Sight:
        window = self.windows.seen_by(step)
        return _Sight(window.entries, window, window.system, window.tools)

    def _told(self, step: Step) -> _Sight | None:
        """Of a call whose prompt alone is missing: what the prompts of other calls tell about it."""
        told = self.inference.told(step.index) if self.gaps.withholds(step) and self.session.prompts else None
        if told is None:
            return None
        folded = self._folded(step)
        attributed = self._origins.attributed(told.messages, folded.entries, step.index)
        entries = [entry._replace(evidence="assumed") for entry in attributed]
        return _Sight(entries, folded.window, folded.system, folded.tools, told=told)

    def _best(self, step: Step) -> _Sight:
        """The recorded prompt, of the next call where nothing happens before it; or the last one recorded in the scope
        and what was added since; or the folded window."""
        folded = self._folded(step)
        sent = step.index if step.kind == "llm_call" else self._call_that_sees(step, folded.window)
        recorded = None if sent is None else self.session.prompts.get(sent)
        if sent is not None and recorded is not None:
            return self._recorded(self.session.steps[sent], recorded)
        call = self.windows.previous_call(step.scope, step.index)
        base = None if call is None else self.session.prompts.get(call)
        if call is None or base is None:
            return folded
        then = self.windows.at(step.scope, call, PHASE_INPUT)
        if not then.grew_into(folded.window):
            return folded
        start = self._recorded(self.session.steps[call], base)
        added = folded.window.run[then.length : folded.window.length]
        # An edit since then has the last word: a request may leave out the system prompt of the one before.
        system = start.system if folded.system == then.system else folded.system
        tools = start.tools if folded.tools == then.tools else folded.tools
        return _Sight([*start.entries, *added], folded.window, system, tools, from_prompt=call)

    def _call_that_sees(self, step: Step, window: Window) -> int | None:
        """Index of the next call in the scope, where it is sent the window that `step` left, as the call itself edits it."""
        call = self.windows.next_call(step.scope, step.index)
        if call is None or self.windows.at(step.scope, call - 1, PHASE_OUTPUT) is not window:
            return None
        return call

    def _recorded(self, step: Step, prompt: RecordedPrompt) -> _Sight:
        window = self.windows.at(step.scope, step.index, PHASE_INPUT)
        entries = self._origins.attributed(prompt.messages, window.entries, step.index)
        system, tools = prompt.system or window.system, prompt.tools or window.tools
        return _Sight(entries, window, system, tools, from_prompt=step.index, whole=True)

    def _compared(
        self, sight: _Sight, earlier: _Sight | None, fidelity: Fidelity
    ) -> tuple[tuple[PromptMessage, ...], tuple[RemovedMessage, ...]]:
        now = sight.entries
        if earlier is None:
            return grown(now, 0, fidelity), ()
        if sight.from_prompt is None and earlier.from_prompt is None and earlier.window.grew_into(sight.window):
            return grown(now, len(earlier.entries), fidelity), ()
        rewritten = sight.window.rewritten if sight.window.since > earlier.window.since else ""
        return changes(
            Keyed(earlier.entries, self._keys(earlier.entries)), Keyed(now, self._keys(now)), fidelity, rewritten
        )

    def _fidelity(self, step: Step, sight: _Sight, gaps: tuple[Gap, ...]) -> Fidelity:
        if sight.whole and sight.from_prompt is not None:
            sent = self.session.steps[sight.from_prompt]
            return "partial" if any(cuts_record(gap, sent) for gap in gaps) else "recorded"
        if not sight.entries and not sight.system:
            return "absent"
        assumed = all(entry.evidence == "assumed" for entry in sight.entries) and bool(sight.entries)
        return "partial" if assumed or any(gap.kind in HOLES for gap in gaps) else "rebuilt"

    def _characters(self, sight: _Sight) -> int:
        if sight.from_prompt is None:
            messages = self.windows.characters(sight.window)
        else:
            messages = sum(self.windows.size(entry.message) for entry in sight.entries)
        tools = sum(len(t.name) + len(t.description) + len(json_text(t.parameters)) for t in sight.tools)
        return messages + tools + sum(len(text_of(part)) for part in sight.system)

    def _keys(self, entries: list[Entry]) -> list[bytes]:
        return [self._identity(entry.message) for entry in entries]

    def _identity(self, message: Message) -> bytes:
        """Kept by object: the session and its windows hold every message, so an id is not used twice."""
        key = self._identities.get(id(message))
        if key is None:
            key = self._identities[id(message)] = identity(message)
        return key


_recent: deque[_Reader] = deque(maxlen=_REMEMBERED_SESSIONS)
"""Readers of the sessions asked about last: a cache, known by identity, since a session cannot be hashed."""


def _reader(session: Session) -> _Reader:
    for reader in tuple(_recent):
        if reader.session is session:
            return reader
    reader = _Reader(session)
    _recent.append(reader)
    return reader
