"""The goal changes although no user asked for it; instructions come in through content and are followed."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracetui.analysis.actions import action_of, name_words
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.model import Evidence, Flag, Session, Step
from tracetui.text import elide, hidden_text

KIND = "CONTEXT_DRIFT"
LETTER = "D"
EXPLAIN = (
    "The stated goal changes between turns without a user instruction. Found where the recorded goal of a scope changes, "
    "or the agent states another goal than before, with no user message between; and where a tool result or document "
    "carries instructions (“ignore previous instructions”, forged role marks, invisible text) and the agent then acts on "
    "what they name. Cannot see a drift that nobody states, nor instructions in plain words without such marks."
)
_SAME_GOAL = 60
"""Likeness, 0 to 100, from which on two statements of a goal mean the same."""
_SCANNED = 100_000
"""Characters of a text in which statements and instructions are sought."""
_STATED = re.compile(
    r"(?:^|[.!?\n]\s{0,4})\W{0,4}(?:(?:my|the|our|your)\s)?(?:(?:new|updated|revised|changed|actual|real)\s)?"
    r"(?P<what>goal|objective|mission)\s?(?:is\snow|has\schanged\sto|changed\sto|is|:|=|now)\s?:?\s{0,3}"
    r"(?!\s*focus)(?P<goal>[^\n.!?]{8,200})",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:new|updated|revised|changed|actual|real|now)\b", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s(?:(?:all|any|the|your|of|everything|every)\s){0,3}"
    r"(?:previous|prior|above|earlier|preceding|existing|original|system|other)?\s?"
    r"(?:instructions?|prompts?|directions|directives|rules|guidelines|guardrails|policy|policies|context)\b"
    r"|\byou\sare\snow\s(?:an?|in|the)\b|\b(?:new|updated|important|urgent)\s(?:system\s)?instructions?\s?(?::|for)"
    r"|<\|?(?:im_start|system|start_header_id)\|?>|\[/?INST\]|<<SYS>>|^#{2,4}\s?(?:system|instructions?)\s?:?$"
    r"|\bdo\snot\s(?:tell|inform|mention\s(?:this|it)\sto)\sthe\suser\b"
    r"|\b(?:as\san?|dear|attention)\s(?:ai|assistant|llm|language\smodel)\s?(?:agent|assistant|model)?,?\s(?:you\s(?:must|should|will)|please)\b",
    re.IGNORECASE | re.MULTILINE,
)
_STATING = ("goal", "objective", "mission")
_INSTRUCTING = (
    "ignore",
    "disregard",
    "forget",
    "override",
    "you are now",
    "instruction",
    "<|",
    "<system",
    "inst]",
    "<<sys",
    "###",
    "the user",
    "assistant",
    "language model",
    " ai ",
)
"""Of these every statement, or instruction, holds at least one: a quick look before the slow one."""
_REACH = 800
"""Characters after an instruction's first words that belong to it."""
_FOLLOWING = 12
"""Steps within which an instruction is followed, if it is."""
_TAG = re.compile("[\U000e0020-\U000e007e]")
_WORDS = re.compile(r"[a-z][a-z_]{4,}")
_TELLING_WORDS = 4
"""Words of an instruction in the agent's own that show that it took it over."""
_USUAL_WORDS = (
    "about above again agent assistant before being between could ignore instead instruction instructions message "
    "other please previous prior prompt should system their there these thing think those through tools under until "
    "which while would your user users following forget disregard order"
)
_USUAL = frozenset(_USUAL_WORDS.split())


def find(provenance: Provenance) -> Iterator[Flag]:
    told = _Instructions(provenance.session)
    yield from _recorded_goals(provenance, told)
    yield from _stated_goals(provenance, told)
    yield from _followed_content(provenance)


class _Goal(NamedTuple):
    text: str
    step: int
    evidence: Evidence


class _Instructions:
    """Where users and systems spoke, to tell whether a change of goal was asked for."""

    def __init__(self, session: Session) -> None:
        self._at: dict[str, list[int]] = {}
        for step in session.steps:
            if step.kind == "message":
                self._at.setdefault(step.scope, []).append(step.index)
        for edit in session.edits:
            if edit.phase == "input" and any(
                message.role in ("user", "system", "developer") for message in edit.messages
            ):
                self._at.setdefault(edit.scope, []).append(edit.at)
        for indices in self._at.values():
            indices.sort()

    def between(self, scope: str, first: int, last: int) -> bool:
        """Whether somebody spoke after step `first` and up to step `last`."""
        at = self._at.get(scope, [])
        return bisect_right(at, last) > bisect_right(at, first)


def _recorded_goals(provenance: Provenance, told: _Instructions) -> Iterator[Flag]:
    """Steps whose recorded `goal` is another than that of the scope's step before."""
    latest: dict[str, _Goal] = {}
    for step in provenance.session.steps:
        if not step.goal:
            continue
        now = _Goal(step.goal, step.index, Evidence(step.index, step.goal, step.source, "the goal now"))
        before = latest.get(step.scope)
        if before and _differ(before.text, now.text) and not told.between(step.scope, before.step, step.index):
            yield _changed_goal(step, before, now, 0.9)
        latest[step.scope] = now


def _stated_goals(provenance: Provenance, told: _Instructions) -> Iterator[Flag]:
    """Goals that the agent states, or the writer's summary of its step."""
    steps = provenance.session.steps
    latest: dict[tuple[str, str | None], _Goal] = {}
    for index in provenance.holding(_STATING, "said", "reasoned", "summary"):
        passage = provenance.passages[index]
        if passage.step < 0 or passage.author != passage.step:
            continue
        step = steps[passage.step]
        if step.kind != "llm_call":
            continue
        match = _STATED.search(passage.text, 0, _SCANNED)
        if match is None:
            continue
        quote = provenance.quote(index, *match.span("goal"), "the goal now")
        now = _Goal(match["goal"], step.index, quote)
        before = latest.get((step.scope, step.agent))
        changed = bool(_CHANGED.search(match[0][: match.start("goal") - match.start()]))
        since = before.step if before else _previous_call(steps, step)
        spoken = told.between(step.scope, since, step.index)
        if before and _differ(before.text, now.text) and not spoken:
            yield _changed_goal(step, before, now, 0.7)
        elif changed and before is None and not spoken and since >= 0:
            yield _changed_goal(step, None, now, 0.6)
        latest[(step.scope, step.agent)] = now


def _followed_content(provenance: Provenance) -> Iterator[Flag]:
    """Results with instructions in them that a later step of the agent acts on."""
    steps = provenance.session.steps
    instructing = frozenset(provenance.holding(_INSTRUCTING, "result"))
    for index in provenance.of_kind("result"):
        passage = provenance.passages[index]
        if passage.step < 0:
            continue
        match = _INSTRUCTION.search(passage.text, 0, _SCANNED) if index in instructing else None
        span = match.span() if match else _hidden_span(passage.text[:_SCANNED])
        if span is None:
            continue
        carried = Evidence(
            passage.step, passage.text[span[0] : span[0] + 200], passage.source, "instructions in a result"
        )
        injected = passage.text[span[0] : span[0] + _REACH]
        if following := _follower(provenance, passage.step, index, span[0], injected):
            step, evidence = following
            yield detected(
                KIND,
                step.index,
                evidence.source,
                elide(f"follows instructions that came in with the result of step {steps[passage.step].number}", 100),
                0.8,
                (carried, evidence),
            )


def _follower(
    provenance: Provenance, at: int, passage: int, offset: int, injected: str
) -> tuple[Step, Evidence] | None:
    """The first step soon after that writes a value of the instructions, calls the tool they name, or takes on their words."""
    steps = provenance.session.steps
    values = {
        value.key: value
        for value in provenance.at(at)
        if value.passage == passage
        and offset <= value.start < offset + _REACH
        and value.kind in ("id", "email", "url", "phone")
        and provenance.by_key[value.key][0].passage == passage
    }
    words = set(_WORDS.findall(injected.lower())) - _USUAL
    for step in steps[at + 1 : at + 1 + _FOLLOWING]:
        if step.kind == "message" and step.message and step.message.role == "user":
            return None
        if step.scope != steps[at].scope:
            continue
        for value in provenance.at(step.index):
            if value.key in values and value.role == "argument" and value.step == step.index:
                return steps[value.author], provenance.evidence(value, "acts on them")
        if step.kind == "tool_call" and step.tool and action_of(step).effect != "read" and _names(injected, step.tool):
            place = step.arguments_source or step.source
            asked = steps[step.parent] if step.parent is not None else step
            return asked, Evidence(step.index, step.tool, place, "calls what they name")
        if step.kind == "llm_call" and (taken := _taken_over(provenance, step, words)):
            return step, taken
    return None


def _names(injected: str, tool: str) -> bool:
    words = name_words(tool)
    return len(words) > 1 and re.search(r"\W{0,3}".join(map(re.escape, words)), injected, re.IGNORECASE) is not None


def _taken_over(provenance: Provenance, step: Step, words: set[str]) -> Evidence | None:
    """The agent's announcement to do what the instructions say, in their words."""
    for index in provenance.passages_at(step.index):
        passage = provenance.passages[index]
        if passage.kind not in ("said", "reasoned"):
            continue
        text = passage.text[:_SCANNED]
        if re.search(
            r"\b(?:inject\w*|suspicious|malicious|phishing|untrusted|not follow|cannot follow|won't follow)\b",
            text,
            re.I,
        ):
            return None
        match = re.search(
            r"\b(?:I will|I'll|I am going to|I'm going to|let me|as instructed|now I)\b[^.\n]{10,200}", text, re.I
        )
        if match and len(words & set(_WORDS.findall(match[0].lower()))) >= _TELLING_WORDS:
            return provenance.quote(index, *match.span(), "takes them over")
    return None


def _hidden_span(text: str) -> tuple[int, int] | None:
    """Where invisible tag characters, which can spell instructions, begin and end."""
    if text.isascii() or not _TAG.search(text):
        return None
    tags = [found.at for found in hidden_text(text) if found.kind == "tag"]
    return (tags[0], tags[-1] + 1) if len(tags) >= 8 else None


def _changed_goal(step: Step, before: _Goal | None, now: _Goal, confidence: float) -> Flag:
    was = f"; it was “{elide(before.text.strip(), 30)}”" if before else ""
    return detected(
        KIND,
        step.index,
        now.evidence.source,
        f"the goal is now “{elide(now.text.strip(), 36)}”{was}",
        confidence,
        (now.evidence, before.evidence) if before else (now.evidence,),
    )


def _differ(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.token_set_ratio(one.casefold(), other.casefold()) < _SAME_GOAL


def _previous_call(steps: Sequence[Step], step: Step) -> int:
    """Index of the scope's LLM call before this one; -1 where there is none."""
    index = bisect_left(steps, step.index, key=lambda s: s.index) - 1
    while index >= 0 and not (steps[index].kind == "llm_call" and steps[index].scope == step.scope):
        index -= 1
    return index
