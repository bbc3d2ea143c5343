"""What each step of a session sees: its recorded prompt, what other calls tell of it, or the window folded from edits."""

from __future__ import annotations

from functools import cached_property

import msgspec

from tracetui.gaps import GapsOfPrompts
from tracetui.inferred import Inference, Told
from tracetui.model import Message, Part, RecordedPrompt, Session, Step, ToolDefinition
from tracetui.origins import Origins
from tracetui.parts import identity
from tracetui.windows import PHASE_INPUT, PHASE_OUTPUT, Entry, Window, Windows


class Sight(msgspec.Struct, frozen=True):
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


class Sights:
    """Those of one session. What is asked for often is kept: the last sight of each scope, and what tells two messages
    apart."""

    def __init__(self, session: Session, windows: Windows, gaps: GapsOfPrompts) -> None:
        self._session, self._windows, self._gaps = session, windows, gaps
        self._identities: dict[int, bytes] = {}
        self._origins = Origins(session, self._identity)
        self._last: dict[tuple[str, bool], tuple[int, Sight]] = {}

    @cached_property
    def _inference(self) -> Inference:
        return Inference(self._session)

    def of(self, step: Step, *, derive: bool = False) -> Sight:
        """What `step` sees; the last one of each scope is kept, since the next prompt is compared with it."""
        key = (step.scope, derive)
        index, sight = self._last.get(key, (-1, None))
        if sight is None or index != step.index:
            sight = self._folded(step) if derive else self._told(step) or self._best(step)
            if step.kind == "llm_call":
                self._last[key] = (step.index, sight)
        return sight

    def _folded(self, step: Step) -> Sight:
        window = self._windows.seen_by(step)
        return Sight(window.entries, window, window.system, window.tools)

    def _told(self, step: Step) -> Sight | None:
        """Of a call whose prompt alone is missing: what the prompts of other calls tell about it."""
        told = self._inference.told(step.index) if self._gaps.withholds(step) and self._session.prompts else None
        if told is None:
            return None
        folded = self._folded(step)
        attributed = self._origins.attributed(told.messages, folded.entries, step.index)
        entries = [entry._replace(evidence="assumed") for entry in attributed]
        return Sight(entries, folded.window, folded.system, folded.tools, told=told)

    def _best(self, step: Step) -> Sight:
        """The recorded prompt, of the next call where nothing happens before it; or the last one recorded in the scope
        and what was added since; or the folded window."""
        folded = self._folded(step)
        sent = step.index if step.kind == "llm_call" else self._call_that_sees(step, folded.window)
        recorded = None if sent is None else self._session.prompts.get(sent)
        if sent is not None and recorded is not None:
            return self._recorded(self._session.steps[sent], recorded)
        call = self._windows.previous_call(step.scope, step.index)
        base = None if call is None else self._session.prompts.get(call)
        if call is None or base is None:
            return folded
        then = self._windows.at(step.scope, call, PHASE_INPUT)
        if not then.grew_into(folded.window):
            return folded
        start = self._recorded(self._session.steps[call], base)
        added = folded.window.run[then.length : folded.window.length]
        # An edit since then has the last word: a request may leave out the system prompt of the one before.
        system = start.system if folded.system == then.system else folded.system
        tools = start.tools if folded.tools == then.tools else folded.tools
        return Sight([*start.entries, *added], folded.window, system, tools, from_prompt=call)

    def _call_that_sees(self, step: Step, window: Window) -> int | None:
        """Index of the next call in the scope, where it is sent the window that `step` left, as the call itself edits it."""
        call = self._windows.next_call(step.scope, step.index)
        if call is None or self._windows.at(step.scope, call - 1, PHASE_OUTPUT) is not window:
            return None
        return call

    def _recorded(self, step: Step, prompt: RecordedPrompt) -> Sight:
        window = self._windows.at(step.scope, step.index, PHASE_INPUT)
        entries = self._origins.attributed(prompt.messages, window.entries, step.index)
        system, tools = prompt.system or window.system, prompt.tools or window.tools
        return Sight(entries, window, system, tools, from_prompt=step.index, whole=True)

    def keys(self, entries: list[Entry]) -> list[bytes]:
        """By which two messages are the same."""
        return [self._identity(entry.message) for entry in entries]

    def _identity(self, message: Message) -> bytes:
        """Kept by object: the session and its windows hold every message, so an id is not used twice."""
        key = self._identities.get(id(message))
        if key is None:
            key = self._identities[id(message)] = identity(message)
        return key
