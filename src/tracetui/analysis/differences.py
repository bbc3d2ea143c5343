"""Every difference between two aligned runs: those in meaning in their order, and what is taken as noise, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from tracetui.analysis.conduct import Run, failed
from tracetui.analysis.findings import DivergenceKind, Pair
from tracetui.analysis.meaning import At, Change, changes
from tracetui.analysis.passages import leaves
from tracetui.analysis.progress import Progress, next_calls, passed_actions, passed_consent, same_lookups
from tracetui.analysis.prose import is_prose
from tracetui.analysis.replies import final_answer, is_same_result, result_change, said_change
from tracetui.analysis.roles import Roles
from tracetui.analysis.roster import id_of
from tracetui.analysis.sketch import canonical, said_text
from tracetui.analysis.wording import call_text, change_text, value_text

Noise = Literal[
    "wording",
    "user phrasing",
    "entity values",
    "order of reads",
    "extra reads",
    "retries",
    "repeated reads",
    "notes to itself",
    "volatile values",
]
LOOP = 3
"""Repetitions of one call, beyond those of the good run, that make a loop."""

_SAME_WORDS = 90
"""Similarity of wording, 0 to 100, from which two notes are one thought."""


class Difference(NamedTuple):
    """One difference in meaning."""

    kind: DivergenceKind
    bad: int | None
    """Index of the step that brought it about: for a call, the LLM step that asked for it."""
    good: int | None
    why: str
    pair: int
    """Position in the alignment."""


class Walk:
    """Goes through an alignment in order and tells what differs."""

    def __init__(self, bad: Run, good: Run, pairs: Sequence[Pair], roles: Roles) -> None:
        self.bad, self.good, self.pairs, self.roles = bad, good, pairs, roles
        self.found: list[Difference] = []
        self.noise: Counter[Noise] = Counter()
        self.noise_at: dict[int, Noise] = {}
        """Position in the alignment to the first kind of noise there."""
        self._loops: set[str] = set()
        self._answer = final_answer(bad.steps), final_answer(good.steps)
        self._next_calls = next_calls(bad, pairs)
        self._progress = Progress(bad), Progress(good)

    def run(self) -> Walk:
        for at, pair in enumerate(self.pairs):
            if pair.bad is not None and pair.good is not None:
                self._both(at, pair.bad, pair.good, moved=pair.relation == "moved")
            elif pair.bad is not None:
                self._only_bad(at, pair.bad)
            elif pair.good is not None:
                self._only_good(at, pair.good)
        self._compare_answers()
        return self

    def _both(self, at: int, i: int, j: int, *, moved: bool) -> None:
        step, other = self.bad.steps[i], self.good.steps[j]
        if step.kind == "tool_call" and other.kind == "tool_call":
            if step.tool != other.tool:
                self._other_tool(at, i, j)
                return
            if self.bad.is_note(i) and self.good.is_note(j):
                if moved and passed_consent(*self._progress, i, j) and self._is_worded_alike(i, j):
                    self._moved(at, i, j)
                else:
                    self._count(at, "notes to itself", canonical(step.arguments) != canonical(other.arguments))
                return
            differing = self._call(at, i, j)
            if moved and not differing:
                self._moved(at, i, j)
            elif not differing:
                self._answers_of_call(at, i, j)
        elif step.kind == "llm_call" and other.kind == "llm_call":
            if (i, j) != self._answer:
                self._said(at, i, j, final=False)
        elif step.kind == "message" and other.kind == "message":
            self._count(at, "user phrasing", said_text(step) != said_text(other))

    def _call(self, at: int, i: int, j: int) -> bool:
        """Compare the arguments of two calls of one tool; whether they differ in meaning."""
        step, other = self.bad.steps[i], self.good.steps[j]
        found = self._changes(i, j)
        if found and self._is_done_elsewhere(j) and not self.bad.external[i] and self._from_nowhere(i) is None:
            self._count(at, "order of reads", True)
            return True
        if found:
            self._argument(at, found[0], i, j, len(found) - 1)
            return True
        if step.arguments != other.arguments and self.bad.key(i) != self.good.key(j):
            texts = any(is_prose(text) for _, text in leaves(step.arguments))
            self._count(at, "wording" if texts and self.roles.same_world else "entity values", True)
        return False

    def _changes(self, i: int, j: int, *, bind: bool = True) -> list[Change]:
        step, other = self.bad.steps[i], self.good.steps[j]
        places = At(self.bad.asking(i), self.good.asking(j), step.tool or "")
        return changes(step.arguments, other.arguments, self.roles, places, bind=bind)

    def _argument(self, at: int, change: Change, i: int, j: int, more: int) -> None:
        bad = self.bad.asking(i)
        if change.relation == "nowhere_bad" and change.bad is not None:
            bad = self.roles.bad.first_written(change.bad, bad)
        why = change_text(self.bad.steps[i], self.good.steps[j], change, self.roles, more)
        self.found.append(Difference("argument", bad, self.good.asking(j), why, at))

    def _other_tool(self, at: int, i: int, j: int) -> None:
        """A call in place of another one: two differences in one place, told as one."""
        is_note = self.bad.is_note(i) or self.good.is_note(j)
        if self._is_done_elsewhere(j) or (is_note and not self._is_given_alike(i, j)):
            self._only_bad(at, i)
            self._only_good(at, j)
            return
        step, other = self.bad.steps[i], self.good.steps[j]
        why = f"{call_text(step, self.roles, bad=True)} was called where the good run called "
        why += call_text(other, self.roles, bad=False)
        self.found.append(Difference("path", self.bad.asking(i), self.good.asking(j), why, at))

    def _is_given_alike(self, i: int, j: int) -> bool:
        """Whether two tools, one of them for notes alone, were given the same."""
        if self.bad.is_note(i) and self.good.is_note(j):
            return False
        return self._is_worded_alike(i, j) and not self._changes(i, j, bind=False)

    def _is_worded_alike(self, i: int, j: int) -> bool:
        return fuzz.ratio(self.bad.sketches[i].text, self.good.sketches[j].text) >= _SAME_WORDS

    def _moved(self, at: int, i: int, j: int) -> None:
        """An action, or a lookup on the other side of an action, at another place; lookups alone may come in any order."""
        passed = passed_actions(*self._progress, i, j)
        if not passed and (same_lookups(*self._progress, i, j) or not self.bad.external[i]):
            self._count(at, "order of reads", True)
            return
        call = call_text(self.bad.steps[i], self.roles, bad=True)
        if passed:
            which = "after" if passed > 0 else "before"
            why = f"{call} came {which} an action that it {'precedes' if passed > 0 else 'follows'} in the good run"
        else:
            why = f"{call} was done at another place among the lookups than in the good run"
        self.found.append(Difference("order", self.bad.asking(i), self.good.asking(j), why, at))

    def _answers_of_call(self, at: int, i: int, j: int) -> None:
        """Compare what two like calls answered."""
        step, other = self.bad.steps[i], self.good.steps[j]
        if not step.has_result or not other.has_result or is_same_result(step, other):
            return
        change = result_change(step, other, self.roles)
        if change is None:
            self._count(at, "volatile values" if self.roles.same_world else "entity values", True)
        else:
            why = f"{call_text(step, self.roles, bad=True)} {change}"
            self.found.append(Difference("result", i, j, why, at))

    def _said(self, at: int, i: int, j: int, *, final: bool) -> None:
        """Compare what the agent said."""
        text, other_text = said_text(self.bad.steps[i]), said_text(self.good.steps[j])
        if text == other_text:
            return
        change = said_change(text, other_text, self.roles, At(i, j), final=final)
        if change is None:
            self._count(at, "wording", True)
        else:
            self._told(at, i, j, change)

    def _told(self, at: int, i: int, j: int, change: Change) -> None:
        if change.good is None:
            why = f"the answer names {value_text(change.bad)}, which stands nowhere before it"
        else:
            why = f"the answer says {value_text(change.bad)} where the good run's says {value_text(change.good)}"
        self.found.append(Difference("answer", i, j, why, at))

    def _only_bad(self, at: int, i: int) -> None:
        step = self.bad.steps[i]
        if step.kind == "message":
            self._count(at, "user phrasing", True)
        elif step.kind != "tool_call":
            self._count(at, "wording", step.kind == "llm_call" and i not in self.bad.asked)
        elif self.bad.is_note(i) and not self.bad.repeats(i):
            self._count(at, "notes to itself", True)
        elif self.bad.is_retry(i):
            self._repeated(at, i, "retries")
        elif self.bad.external[i]:
            again = "again" if self.bad.repeats(i) else "which the good run did not do"
            why = f"{call_text(step, self.roles, bad=True)} was done, {again}"
            kind: DivergenceKind = "length" if again == "again" else "path"
            self.found.append(Difference(kind, self.bad.asking(i), None, why, at))
        elif self.bad.repeats(i):
            self._repeated(at, i, "repeated reads")
        elif (value := self._from_nowhere(i)) is not None:
            why = f"{call_text(step, self.roles, bad=True)} uses {value_text(value)}, which stands nowhere before it"
            self.found.append(
                Difference("argument", self.roles.bad.first_written(value, self.bad.asking(i)), None, why, at)
            )
        else:
            self._count(at, "extra reads", True)

    def _repeated(self, at: int, i: int, noise: Noise) -> None:
        """A call made again: noise, until it makes a loop, which is told where it begins."""
        key = self.bad.key(i)
        own, others = len(self.bad.like(key)), len(self.good.like(key))
        if key in self._loops or own - max(1, others) < LOOP:
            self._count(at, noise, True)
            return
        self._loops.add(key)
        call = call_text(self.bad.steps[i], self.roles, bad=True)
        why = f"{call} was called {own} times, {others or 'not once'} in the good run"
        self.found.append(Difference("length", self.bad.asking(i), None, why, at))

    def _only_good(self, at: int, j: int) -> None:
        step = self.good.steps[j]
        if step.kind == "message":
            self._count(at, "user phrasing", True)
        elif step.kind != "tool_call":
            self._count(at, "wording", step.kind == "llm_call" and j not in self.good.asked)
        elif self.good.is_note(j):
            self._count(at, "notes to itself", True)
        elif self.good.is_retry(j) or (failed(step) and not self.good.external[j]):
            self._count(at, "retries", True)
        elif self.good.repeats(j) and not self.good.external[j]:
            self._count(at, "repeated reads", True)
        elif not self.good.external[j] and self.bad.like(self.good.key(j)):
            self._count(at, "order of reads", True)
        else:
            why = f"the good run called {call_text(step, self.roles, bad=False)} here; this run did not"
            self.found.append(Difference("path", self.next_bad(at), self.good.asking(j), why, at))

    def _compare_answers(self) -> None:
        """Compare what the runs finally said, wherever it stands in the alignment."""
        i, j = self._answer
        if i is not None and j is not None:
            at = next((n for n, pair in enumerate(self.pairs) if pair.bad == i), len(self.pairs) - 1)
            self._said(at, i, j, final=True)

    def next_bad(self, at: int) -> int | None:
        """The step of the bad run at which what stands at position `at` of the alignment should have been done."""
        return self._next_calls[at]

    def _from_nowhere(self, i: int) -> str | None:
        if not self.roles.bad.records_content:
            return None
        before = self.bad.asking(i)
        values = (text for _, text in leaves(self.bad.steps[i].arguments) if id_of(text) is not None)
        return next((value for value in values if self.roles.bad.entry(value, before) is None), None)

    def _is_done_elsewhere(self, j: int) -> bool:
        return not self.good.external[j] and bool(self.bad.like(self.good.key(j)))

    def _count(self, at: int, noise: Noise, happened: bool) -> None:
        if happened:
            self.noise[noise] += 1
            self.noise_at.setdefault(at, noise)
