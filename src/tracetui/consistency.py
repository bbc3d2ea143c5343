"""The consistency meter: what a rebuilt prompt should weigh, held against the input tokens that the trace recorded.

Between two calls of one window the recorded tokens grow by what was added. Where they do not, something happened to the
prompt that the trace does not show: a reminder was put in, an old result cleared. And what the first call weighs beyond
its messages is what every prompt holds and the trace does not: a system prompt, tool definitions.

Tokens are estimated from the pieces that tokenizers cut text into (`tokens.pieces`), fitted by one factor a session: the
median over the calls. An excess counts from `_LEAST` tokens on, beyond an error of estimate of `_ERROR` and what framing
and unseen reasoning may add. Not judged: calls between which the window was rewritten or the model changed, and
messages that are only assumed, or have parts other than text, whose weight no text tells.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tracetui.model import Gap, Message, OtherPart, ReasoningPart, Session, Step, ToolDefinition
from tracetui.parts import json_text, text_of
from tracetui.tokens import pieces
from tracetui.windows import HOLES, Window, Windows

_LEAST = 500
"""Tokens, up or down, below which nothing is said: reminders of a few lines are everywhere."""
_ERROR = 0.5
"""Share of the estimate by which a text may weigh more or less."""
_FRAME = 120
"""Tokens that the frame of a part (a role, a call's id and markers) takes at most."""
_ENOUGH = 100
"""Pieces that must have been added before a ratio says something about the tokenizer."""
_PLAUSIBLE = (0.5, 3.0)
"""Tokens a piece can take; a ratio beyond that has found something else. Where most ratios are beyond it, the counts do
not follow the text at all, and nothing is said."""
_MISSING = 300
"""Tokens at the first call, beyond what its text can weigh, from which on something is said to be missing."""
_FITTED_CALLS = 3
"""Calls from which on a fitted factor is believed; then a text weighs by half of `_ERROR` more or less."""


class Jump(NamedTuple):
    """The input of a call grew or shrank by more than its messages account for."""

    step: int
    """Index of the call."""
    before: int
    """Index of the call before it in its window."""
    tokens: int
    """What is unexplained, by estimate; negative where something is missing from what was sent."""
    counts: tuple[int, int]
    """Input tokens recorded at the call before and at this one."""


class Meter(NamedTuple):
    """What the recorded tokens of one scope say about its rebuilt prompts."""

    unrecorded: int | None
    """Tokens by estimate that every prompt holds and the trace does not; None where that cannot be told or is little."""
    jumps: tuple[Jump, ...]
    """In order of their steps."""

    def standing(self, index: int, since: int) -> tuple[Jump, ...]:
        """The jumps up to step `index`, after step `since`, that have not been undone by others."""
        standing: list[Jump] = []
        for jump in self.jumps:
            if since < jump.step <= index:
                standing.append(jump)
                if abs(sum(other.tokens for other in standing)) < _LEAST:
                    standing.clear()
        return tuple(standing)


class Call(NamedTuple):
    """An LLM call and the window that it was sent."""

    step: Step
    window: Window

    @property
    def tokens(self) -> int:
        """Input tokens recorded; 0 where none are."""
        usage = self.step.usage
        return 0 if usage is None or usage.origin == "estimated" else usage.input_tokens or 0


class _Change(NamedTuple):
    """What happened to a window between two calls."""

    before: Call
    now: Call
    weight: float
    """Pieces of text that were added."""
    reasoning: float
    """Of those, pieces of reasoning, which providers may leave out."""
    frames: int
    """Parts that were added."""

    @property
    def grown(self) -> int:
        return self.now.tokens - self.before.tokens


class Meters:
    """The meter of every scope of a session, each made when first asked for."""

    def __init__(self, session: Session, windows: Windows) -> None:
        self.windows = windows
        self._session = session
        self._known: dict[str, Meter] = {}
        holes = [gap for gap in session.gaps if gap.kind in HOLES]
        self._blind = any(not gap.steps for gap in holes)
        """Whether something of every prompt is known to be missing: then nothing can be told."""
        self._holes = frozenset(number for gap in holes for number in gap.steps)

    def of(self, scope: str) -> Meter:
        meter = self._known.get(scope)
        if meter is None:
            meter = self._known[scope] = Meter(None, ()) if self._blind else measure(self.calls(scope), self._holes)
        return meter

    def standing(self, step: Step, since: int) -> tuple[Jump, ...]:
        """The jumps after step `since` (index) that the prompt at `step` still carries."""
        scopes = self.windows.lineage(step.scope, step.index)
        return tuple(jump for name, last in scopes.items() for jump in self.of(name).standing(last, since))

    def calls(self, scope: str) -> list[Call]:
        """The calls of a scope with recorded tokens and a window, in order."""
        steps = (step for step in self._session.steps if step.scope == scope and step.kind == "llm_call")
        calls = (Call(step, self.windows.seen_by(step)) for step in steps if step.usage is not None)
        return [call for call in calls if call.tokens and call.window.length]


def hidden_edit(session: Session, jump: Jump) -> Gap:
    """A jump as what is missing from a prompt."""
    number = session.steps[jump.step].number
    effect = f"step {number}: {excess(session, jump)}; what was done to the prompt there is not in the trace"
    return Gap("hidden_edit", effect, "log the requests: they hold the whole prompt", (number,))


def excess(session: Session, jump: Jump) -> str:
    """What a jump says, on a line: "its input grew by about 3,700 tokens more than its messages hold (since step 15)"."""
    size, since = f"about {_rounded(abs(jump.tokens)):,} tokens", f"(since step {session.steps[jump.before].number})"
    if jump.tokens > 0:
        return f"its input grew by {size} more than its messages hold {since}"
    return f"its input is {size} smaller than its messages hold {since}"


def _rounded(tokens: int) -> int:
    """To two digits: it is an estimate."""
    return round(tokens, min(2 - len(str(tokens)), 0))


def measure(calls: Sequence[Call], holes: frozenset[int] = frozenset()) -> Meter:
    """The meter of one scope: its calls with recorded tokens, in order. `holes`: numbers of steps whose content is known
    to be missing or cut."""
    weigh, known = _Scales(), sorted(holes)
    changes = [
        change
        for before, now in pairwise(calls)
        if not _between(known, before.step.number, now.step.number)
        if (change := _change(before, now, weigh)) is not None
    ]
    ratios = [change.grown / change.weight for change in changes if change.weight >= _ENOUGH]
    fitting = [ratio for ratio in ratios if _PLAUSIBLE[0] <= ratio <= _PLAUSIBLE[1]]
    if len(fitting) * 2 < len(ratios):
        return Meter(None, ())
    from statistics import median  # loads fractions and decimals

    factor = median(fitting) if fitting else 1.0
    jumps = tuple(jump for change in changes if (jump := _jump(change, factor, weigh)) is not None)
    error = _ERROR / 2 if len(fitting) >= _FITTED_CALLS else _ERROR
    return Meter(_unrecorded(calls[0], factor, error, weigh) if calls else None, jumps)


def _between(numbers: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the numbers (ascending) is `first`, `last` or between."""
    at = bisect_left(numbers, first)
    return at < len(numbers) and numbers[at] <= last


class _Weight(NamedTuple):
    """What a message adds to a prompt."""

    pieces: float
    reasoning: float
    frames: int
    is_text: bool
    """Whether the pieces are all of it."""


class _Scales:
    """Weights of messages; each is weighed once."""

    def __init__(self) -> None:
        self._known: dict[int, _Weight] = {}

    def weight(self, message: Message) -> _Weight:
        known = self._known.get(id(message))
        if known is None:
            known = self._known[id(message)] = _weight(message)
        return known

    def message(self, message: Message) -> float:
        return self.weight(message).pieces


def _weight(message: Message) -> _Weight:
    whole = reasoning = 0.0
    is_text = True
    for part in message.parts:
        weight = pieces(text_of(part))
        whole += weight
        if isinstance(part, ReasoningPart):
            reasoning += weight
        elif isinstance(part, OtherPart):
            is_text = False
    return _Weight(whole, reasoning, len(message.parts), is_text)


def _change(before: Call, now: Call, weigh: _Scales) -> _Change | None:
    """None where the two calls cannot be held against each other."""
    if before.step.model != now.step.model or not before.window.grew_into(now.window):
        return None
    if (before.window.system, before.window.tools) != (now.window.system, now.window.tools):
        return None
    weight, reasoning, frames = 0.0, 0.0, 0
    for message, _, evidence in now.window.run[before.window.length : now.window.length]:
        added = weigh.weight(message)
        if evidence == "assumed" or not added.is_text:
            return None
        weight, reasoning, frames = weight + added.pieces, reasoning + added.reasoning, frames + added.frames
    return _Change(before, now, weight, reasoning, frames)


def _jump(change: _Change, factor: float, weigh: _Scales) -> Jump | None:
    expected = factor * change.weight
    unseen = max(_output(change.before.step) - factor * _said(change.before.step, weigh), 0)
    most = expected * (1 + _ERROR) + change.frames * _FRAME + unseen
    least = (expected - factor * change.reasoning) * (1 - _ERROR) - _LEAST
    if change.grown < least:
        least -= _dropped_reasoning(change.before, factor)
    if least <= change.grown <= most + _LEAST:
        return None
    before, now = change.before, change.now
    return Jump(now.step.index, before.step.index, round(change.grown - expected), (before.tokens, now.tokens))


def _output(step: Step) -> int:
    return step.usage.output_tokens or 0 if step.usage is not None else 0


def _said(step: Step, weigh: _Scales) -> float:
    return weigh.message(step.message) if step.message is not None else 0.0


def _dropped_reasoning(call: Call, factor: float) -> float:
    """Tokens of reasoning in the window before, which the provider may leave out of a later prompt."""
    parts = (part for entry in call.window.entries for part in entry.message.parts)
    return factor * sum(pieces(part.content) for part in parts if isinstance(part, ReasoningPart))


def _unrecorded(call: Call, factor: float, error: float, weigh: _Scales) -> int | None:
    messages = [entry.message for entry in call.window.entries]
    if any(isinstance(part, OtherPart) for message in messages for part in message.parts):
        return None
    standing = [*(text_of(part) for part in call.window.system), *map(_definition, call.window.tools)]
    shown = factor * (sum(map(weigh.message, messages)) + sum(map(pieces, standing)))
    missing = round(call.tokens - shown)
    return missing if missing >= _MISSING + shown * error else None


def _definition(tool: ToolDefinition) -> str:
    return f"{tool.name} {tool.description} {json_text(tool.parameters)}"
