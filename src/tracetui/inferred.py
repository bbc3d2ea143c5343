"""The prompt of a call that the trace does not hold, told from the recorded prompts of the calls around it.

A program makes the prompts of one kind of call in one way: a planning call is sent the acting prompt under another
system message, an acting call what the one before it was sent and what came since. Two kinds of rule are read off that:

- as at another call: where two other calls stand to one another as this one to a call with a recorded prompt (the same
  kinds of calls between), the edits that lead from one prompt to the other are applied here: messages copied, put in
  again, or put in with what was answered this time where they quote an answer or a result.
- up to its answer: a later prompt of the same kind, up to where the answer to this call comes up in it.

Every rule is tried on the other calls of the kind; the one that gives back their recorded prompts most often is taken.
The kind of a call comes from what is recorded apart from its prompt: the agent, the name of the call and the step that
it ran under. What is told so is likely, never certain: each message is marked as assumed, the prompt as partial.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tracetui.matching import blocks
from tracetui.model import Message, Session, Step
from tracetui.parts import identity
from tracetui.said import Quote, quoting, said_before, text_of_message, values_of

_REACH = 8
"""Calls between a recorded prompt and the one that is told from it, at most."""
_MODELS = 8
"""Other calls of the kind that are looked at, the nearest."""
_ANSWERED = 12
"""Characters of an answer from which on finding them in a message that is new is no chance."""
_UNTRIED_AS, _UNTRIED_UP_TO = 0.3, 0.5
"""How far a rule is trusted before it was tried, measured on public runs. The first counts only once it has held."""
_DIGITS = re.compile(r"\d+")

_Kind = tuple[str | None, ...]


class Told(NamedTuple):
    """A prompt that was told from another."""

    messages: tuple[Message, ...]
    base: int
    """Index of the call whose recorded prompt it was told from."""
    held: int
    """At how many other calls the rule gives the recorded prompt, to the letter."""
    tried: int
    """At how many it could be tried."""


class _Guess(NamedTuple):
    messages: list[Message]
    keys: list[bytes]
    """Their identities."""


_Rule = Callable[[int, int], _Guess | None]
"""The prompt of a call, told from that of a base; None where the rule says nothing."""


class _Copy(NamedTuple):
    """Messages of the base: from `start` up to `end`, each counted from the nearer end."""

    start: int
    end: int | None


class _Put(NamedTuple):
    """A message as it stood in the other prompt."""

    message: Message
    key: bytes


class _Said(NamedTuple):
    """A message of the surroundings, by its number there."""

    number: int


class Inference:
    """Tells the prompts that a session lacks from those that it has."""

    def __init__(self, session: Session) -> None:
        self._session, self._recorded = session, session.prompts
        self._calls: dict[str, list[int]] = defaultdict(list)
        self._places: dict[int, int] = {}
        """Of each call among those of its scope."""
        self._kinds: dict[int, _Kind] = {}
        for step in session.steps:
            if step.kind == "llm_call":
                self._places[step.index] = len(self._calls[step.scope])
                self._calls[step.scope].append(step.index)
                self._kinds[step.index] = self._kind(step)
        self._surroundings = said_before(session)
        self._keys: dict[int, list[bytes]] = {}
        self._edits: dict[tuple[int, int], tuple[_Copy | _Put | _Said | Quote, ...]] = {}
        self._trials: dict[tuple[Any, ...], bool | None] = {}

    def told(self, index: int) -> Told | None:
        """The likely prompt of the call at `index`; None where nothing like it is recorded."""
        found: list[tuple[float, Told]] = []
        for base in self._bases(index):
            pairs = self._pairs(base, index)
            rules: list[tuple[float, tuple[int, int] | None]] = [(_UNTRIED_AS, pair) for pair in pairs]
            if base > index and self._kinds[base] == self._kinds[index]:
                rules.append((_UNTRIED_UP_TO, None))
            for untried, model in rules:
                guess = self._guess(model, base, index)
                trials = [self._trial(model, *pair) for pair in pairs if pair != model]
                held, tried = trials.count(True), len(trials) - trials.count(None)
                if guess is not None and guess.messages and (held or model is None):
                    found.append(((held + untried) / (tried + 1), Told(tuple(guess.messages), base, held, tried)))
        return max(found, key=lambda one: one[0])[1] if found else None

    def _guess(self, model: tuple[int, int] | None, base: int, index: int) -> _Guess | None:
        """By the rule "as at another call", of which `model` is the base and the call, or "up to its answer"."""
        return self._up_to_answer(base, index) if model is None else self._as_at(model, base, index)

    def _trial(self, model: tuple[int, int] | None, base: int, call: int) -> bool | None:
        """Whether a rule gives the recorded prompt of a call; None where it says nothing."""
        key = (model, base, call)
        if key not in self._trials:
            guess = self._guess(model, base, call)
            self._trials[key] = None if guess is None else guess.keys == self._keys_of(call)
        return self._trials[key]

    def _bases(self, index: int) -> Iterator[int]:
        """The calls of the scope with recorded prompts, the nearest first."""
        calls, at = self._calls[self._session.steps[index].scope], self._places[index]
        for distance in range(1, _REACH + 1):
            for place in (at + distance, at - distance):
                if 0 <= place < len(calls) and calls[place] in self._recorded:
                    yield calls[place]

    def _pairs(self, base: int, index: int) -> list[tuple[int, int]]:
        """Calls with recorded prompts that stand to one another as `base` to `index`: the same kinds between and before."""
        calls = self._calls[self._session.steps[index].scope]
        low, high = sorted((self._places[base], self._places[index]))
        shape, after = [self._kinds[call] for call in calls[low : high + 1]], self._after(index)
        found = []
        for calls in self._calls.values():
            for at in range(len(calls) - len(shape) + 1):
                ends = (calls[at], calls[at + len(shape) - 1])[:: 1 if base < index else -1]
                if not self._recorded.keys() >= set(ends) or self._after(ends[1]) != after:
                    continue
                if all(self._kinds[call] == kind for call, kind in zip(calls[at:], shape, strict=False)):
                    found.append((ends[0], ends[1]))
        return sorted(found, key=lambda pair: abs(pair[1] - index))[:_MODELS]

    def _kind(self, step: Step) -> _Kind:
        parent = self._session.steps[step.parent] if step.parent is not None else None
        under = (parent.kind, parent.tool, parent.agent, _DIGITS.sub("#", parent.summary)) if parent else ()
        return (step.agent, _DIGITS.sub("#", step.summary), *under)

    def _after(self, index: int) -> _Kind | None:
        """The kind of the call before."""
        at = self._places[index]
        return self._kinds[self._calls[self._session.steps[index].scope][at - 1]] if at else None

    def _keys_of(self, call: int) -> list[bytes]:
        if call not in self._keys:
            self._keys[call] = [identity(message) for message in self._recorded[call].messages]
        return self._keys[call]

    def _up_to_answer(self, base: int, index: int) -> _Guess | None:
        answer = self._session.steps[index].message
        values = [value for part in answer.parts for value in values_of(part)] if answer else []
        if sum(map(len, values)) < _ANSWERED:
            return None
        shown, known = self._recorded[base].messages, self._known(base, index)
        for at, message in enumerate(shown[known:], known):
            text = text_of_message(message)
            if all(value in text for value in values):
                return _Guess(list(shown[:at]), self._keys_of(base)[:at])
        return None

    def _known(self, base: int, index: int) -> int:
        """How many messages at the head of a recorded prompt stood there before the call: the answer comes later."""
        earlier = self._calls[self._session.steps[index].scope][: self._places[index]]
        same = (c for c in reversed(earlier) if c in self._recorded and self._kinds[c] == self._kinds[index])
        before = next(same, None)
        first = None if before is None else next(blocks(self._keys_of(before), self._keys_of(base)), None)
        return first.d if first is not None and first.same else 0

    def _as_at(self, model: tuple[int, int], base: int, index: int) -> _Guess | None:
        start, keys = self._recorded[base].messages, self._keys_of(base)
        said, texts = self._surroundings[index]
        guess = _Guess([], [])
        for edit in self._edits_between(*model):
            match edit:
                case _Copy(first, end):
                    guess.messages.extend(start[first:end])
                    guess.keys.extend(keys[first:end])
                    continue
                case _Put(message, key):
                    guess.messages.append(message)
                    guess.keys.append(key)
                    continue
                case _Said(number) if number < len(said):
                    guess.messages.append(said[number])
                case Quote() if (quoting_now := edit.with_texts(texts)) is not None:
                    guess.messages.append(quoting_now)
                case _:
                    return None
            guess.keys.append(identity(guess.messages[-1]))
        return guess

    def _edits_between(self, base: int, call: int) -> tuple[_Copy | _Put | _Said | Quote, ...]:
        """How the recorded prompt of `call` is made of that of `base`."""
        if (base, call) not in self._edits:
            shown, before, after = self._recorded[call].messages, self._keys_of(base), self._keys_of(call)
            said, texts = self._surroundings[call]
            numbers = {identity(message): number for number, message in enumerate(said)}
            edits: list[_Copy | _Put | _Said | Quote] = []
            for block in blocks(before, after):
                if block.same:
                    end = None if block.b == len(before) else _from_nearer_end(block.b, len(before))
                    edits.append(_Copy(_from_nearer_end(block.a, len(before)), end))
                    continue
                for message, key in zip(shown[block.c : block.d], after[block.c : block.d], strict=True):
                    quote = _Said(numbers[key]) if key in numbers else quoting(message, texts)
                    edits.append(quote or _Put(message, key))
            self._edits[base, call] = tuple(edits)
        return self._edits[base, call]


def _from_nearer_end(at: int, length: int) -> int:
    return at if 2 * at <= length else at - length
