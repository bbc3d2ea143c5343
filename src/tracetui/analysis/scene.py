"""A session laid out for judging its steps: every contribution with its surroundings and how the world answered it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import msgspec

from tracetui.analysis.actions import Action, Policy, action_of, is_external
from tracetui.analysis.cascade import is_telling
from tracetui.analysis.phrases import find_phrase, phrase
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.analysis.rules import NOT_ITS_DOING
from tracetui.analysis.turns import Outcome, Turn, turns
from tracetui.model import Evidence, Flag

QUOTE_CHARACTERS = 160
_WORD = re.compile(r"[a-z][a-z'-]{3,}")


class Moment(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One contribution of a model or agent, with what stands around it."""

    turn: Turn
    previous: Turn | None
    asked_after: Turn | None
    """What a person said next, where no other contribution comes between."""
    failed: Outcome | None
    """The first answer that reports an error."""
    empty: Outcome | None
    """The first answer without content, where none failed."""
    ran: bool
    """Whether anything it asked for was carried out."""
    observes: bool
    """It reports what was seen outside: a page, a screen, a file."""
    report: bool
    """It is a status report for the machinery, not work on the task."""
    code: bool
    external: tuple[int, ...]
    """Indices of its calls that change the world."""

    @property
    def step(self) -> int:
        return self.turn.step

    @property
    def text(self) -> str:
        return self.turn.text

    @property
    def talks(self) -> bool:
        """It says something and asks for nothing to be done."""
        return not (self.code or self.turn.calls or self.observes or self.report or self.turn.ends)


class Scene:
    """All contributions of a session, and what judging any one of them needs to know of the others."""

    def __init__(
        self,
        provenance: Provenance,
        flags: Sequence[Flag] = (),
        *,
        until: int | None = None,
        policy: Policy | None = None,
    ) -> None:
        """`until`: index of the step with the wrong output; what comes after it cannot be its cause."""
        self.provenance = provenance
        self.session = provenance.session
        self.flags = [flag for flag in flags if flag.kind not in NOT_ITS_DOING]
        self.policy = policy
        self.turns = turns(self.session)
        self._actions: dict[int, Action] = {}
        self.moments = tuple(m for m in self._moments() if until is None or m.step <= until)
        self._at = {moment.step: at for at, moment in enumerate(self.moments)}
        self._unsourced: dict[int, Sequence[Appearance]] = {}
        self._flags: dict[int, list[Flag]] = {}
        for flag in self.flags:
            self._flags.setdefault(flag.step, []).append(flag)
        self._firsts: dict[Callable[[Scene, Moment], bool], int | None] = {}
        self.said: dict[str, int] = {}
        """By wording: the first step that used it; filled in as contributions are read in order."""
        self.last = next((m.step for m in reversed(self.moments) if not m.turn.ends), None)
        """Step of the last contribution that says something."""

    @cached_property
    def goal(self) -> str:
        """What was asked for: the session's goal, else the first thing that a person said."""
        asked = next((turn.text for turn in self.turns if turn.kind == "asked" and not self._is_system(turn)), "")
        return self.session.goal or asked

    @cached_property
    def answer(self) -> dict[int, list[Appearance]]:
        """By step: the values of the final answer that first stood there. What the question held already is left out."""
        by_key = self.provenance.by_key
        closing = [m for m in reversed(self.moments) if not m.turn.ends][:3]
        for moment in closing:
            firsts = {a.key: by_key[a.key][0] for a in self.written(moment.step) if a.key in by_key and _says_much(a)}
            own = [first for first in firsts.values() if first.role not in ("given", "system")]
            own = [first for first in own if first.text.casefold() not in self.goal.casefold()]
            if own:
                found: dict[int, list[Appearance]] = {}
                for first in own:
                    found.setdefault(first.author if first.author >= 0 else first.step, []).append(first)
                return found
        return {}

    @cached_property
    def answer_size(self) -> int:
        return sum(len(values) for values in self.answer.values())

    @cached_property
    def goal_words(self) -> frozenset[str]:
        return content_words(self.goal)

    @cached_property
    def sights(self) -> dict[int, int]:
        """By step: which report of something seen outside it is, from 0."""
        return {m.step: at for at, m in enumerate(m for m in self.moments if m.observes)}

    def action(self, step: int) -> Action:
        """What a step does to the world."""
        if step not in self._actions:
            self._actions[step] = action_of(self.session.steps[step], self.policy)
        return self._actions[step]

    def shown(self, moment: Moment) -> tuple[int, ...]:
        """Tool steps whose results came right before the contribution: those of the one before it."""
        before = self.before(moment)
        return before.turn.calls if before is not None and moment.turn.kind == "work" else ()

    def first(self, holds: Callable[[Scene, Moment], bool]) -> int | None:
        """Step of the first contribution that `holds` is true of; remembered by the function asked with."""
        if holds not in self._firsts:
            self._firsts[holds] = next((m.step for m in self.moments if holds(self, m)), None)
        return self._firsts[holds]

    def before(self, moment: Moment) -> Moment | None:
        """The contribution right before."""
        at = self._at[moment.step]
        return self.moments[at - 1] if at else None

    def written(self, step: int) -> list[Appearance]:
        """The values that the step wrote."""
        return [a for a in self.provenance.at(step) if a.author == step and self.provenance.is_written(a)]

    def unsourced(self, step: int) -> Sequence[Appearance]:
        """The values that the step wrote and that stand in nothing before, each once."""
        if step not in self._unsourced:
            by_key = self.provenance.by_key
            own = {a.key: a for a in reversed(self.written(step))}
            # What stood in an earlier step, whoever wrote it, has a source.
            new = [a for a in reversed(own.values()) if min(by_key[a.key][0].step, by_key[a.key][0].author) >= step]
            self._unsourced[step] = [a for a in new if self.provenance.source_of(a).how == "nowhere"]
        return self._unsourced[step]

    def flags_at(self, moment: Moment) -> list[Flag]:
        """The flags of a contribution and of its calls."""
        return [flag for step in (moment.step, *moment.turn.calls) for flag in self._flags.get(step, ())]

    def quote(self, step: int, text: str, start: int, end: int, role: str) -> Evidence:
        """Some of `text`, which the step holds, around a span: within one line, to the letter."""
        first = max(text.rfind("\n", 0, start) + 1, start - QUOTE_CHARACTERS // 3)
        line_end = text.find("\n", start)
        last = min(len(text) if line_end < 0 else line_end, max(end, first + QUOTE_CHARACTERS))
        source = self.session.steps[step].source
        return Evidence(step, text[first:last].strip(), source, role)

    def _is_system(self, turn: Turn) -> bool:
        message = self.session.steps[turn.step].message
        return message is not None and message.role.casefold() in ("system", "developer")

    def _moments(self) -> Iterable[Moment]:
        work = [turn for turn in self.turns if turn.kind == "work"]
        after = self._asked_after()
        for at, turn in enumerate(work):
            answered = [o for o in turn.outcomes if not phrase("nothing_ran").match(o.text)]
            failed = next((o for o in answered if o.failed or find_phrase("failed", o.text, 1500)), None)
            empty = None if failed else next((o for o in answered if _is_empty(o.text[:3000])), None)
            yield Moment(
                turn=turn,
                previous=work[at - 1] if at else None,
                asked_after=after.get(turn.step),
                failed=failed,
                empty=empty,
                ran=bool(answered),
                observes=find_phrase("observes", turn.text) is not None,
                report=phrase("report").match(turn.text) is not None,
                code=find_phrase("code", turn.text) is not None,
                external=tuple(i for i in turn.calls if is_external(self.session.steps[i], self.policy)),
            )

    def _asked_after(self) -> dict[int, Turn]:
        """By step of a contribution: what a person said next, where no other contribution comes between."""
        after: dict[int, Turn] = {}
        waiting: int | None = None
        for turn in self.turns:
            if turn.kind == "asked" and waiting is not None:
                after[waiting] = turn
            elif turn.kind == "work":
                waiting = turn.step
        return after


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry its matter: four letters and more, lower case."""
    return frozenset(_WORD.findall(text.casefold()))


def _is_empty(answer: str) -> bool:
    return phrase("blank").match(answer) is not None or find_phrase("empty", answer) is not None


def _says_much(appearance: Appearance) -> bool:
    """Whether a value of the answer can be traced: numbers count here, since the answer often is one."""
    return is_telling(appearance) or appearance.kind in ("number", "amount")
