"""The agent says that something was done, or counts something, and the tools' answers say otherwise."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from tracetui.analysis.actions import name_words
from tracetui.analysis.claims import Claims
from tracetui.analysis.counts import is_countable, miscount
from tracetui.analysis.entities import identity
from tracetui.analysis.passages import leaves
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.records import Records
from tracetui.analysis.rules.detected import detected
from tracetui.analysis.statements import contradictions
from tracetui.model import Evidence, Flag

KIND = "CLAIM_UNSUPPORTED"
LETTER = "U"
EXPLAIN = (
    "The agent tells that it did something (“I have cancelled …”, “has been refunded”) for which the session has a tool, and "
    "no call of such a tool stands before, nor does any tool's result say that it is so. Or it states of a record another "
    "status or sum than the tool last showed, or a count that no way of counting the answer gives. Found by the verbs of the "
    "names of tools that change something, and by sentences that name one record. Calls that were made and failed are "
    "ERROR_IGNORED; ids and amounts without a source are ENTITY_HALLUCINATION. Cannot see a claim in other words than the "
    "tool's name, nor a false fact about what no tool showed."
)


_RECENT = 20
"""Answers, the latest, that a count is checked against."""


def find(provenance: Provenance) -> Iterator[Flag]:
    yield from _acts(provenance)
    yield from _facts(provenance)


def _facts(provenance: Provenance) -> Iterator[Flag]:
    """Statements that what the tools answered contradicts."""
    records, shown = Records(), deque[Any](maxlen=_RECENT)
    steps = provenance.session.steps
    done = -1
    for index in provenance.of_kind("said"):
        passage = provenance.passages[index]
        for step in steps[done + 1 : passage.step + 1] if passage.step > done else ():
            if step.kind == "message":
                shown.clear()
            if step.kind != "tool_call":
                continue
            if provenance.is_external(step):
                for _, text in leaves(step.arguments):
                    records.forget(identity(text))
                shown.clear()
            records.note(step)
            shown.append(step.result if is_countable(step.result) else None)
        done = max(done, passage.step)
        if passage.author < 0 or passage.author != passage.step:
            continue
        for found in contradictions(passage.text, provenance.in_passage(index), records):
            told = f"says “{found.stated}” of {found.record.own}, step {steps[found.record.step].number} shows “{found.known}”"
            known = Evidence(found.record.step, found.known, steps[found.record.step].source, "as it was shown")
            yield _flag(provenance, index, (found.start, found.end), told, 0.75, known)
        if wrong := miscount(passage.text, [result for result in shown if result is not None]):
            nearest = sorted(sorted(wrong.possible, key=lambda count: abs(count - wrong.stated))[:2])
            told = (
                f"counts {wrong.stated}; the tool's answer has {' or '.join(map(str, nearest))}, however it is counted"
            )
            yield _flag(provenance, index, (wrong.start, wrong.end), told, 0.65)


def _flag(
    provenance: Provenance, index: int, span: tuple[int, int], told: str, confidence: float, *more: Evidence
) -> Flag:
    passage = provenance.passages[index]
    return detected(
        KIND, passage.step, passage.source, told, confidence, (provenance.quote(index, *span, "the claim"), *more)
    )


def _acts(provenance: Provenance) -> Iterator[Flag]:
    """At the first claim of each act."""
    session = provenance.session
    claims = Claims(session)
    open_verbs = set(claims.verbs)
    """Of acts that no call tried and nobody told of so far."""
    calls = iter(step for step in session.steps if step.kind == "tool_call")
    upcoming = next(calls, None)
    for index in provenance.of_kind("said", "result"):
        passage = provenance.passages[index]
        while upcoming is not None and upcoming.index <= passage.step:
            open_verbs.difference_update(name_words(upcoming.tool or ""))
            upcoming = next(calls, None)
        if not open_verbs:
            return
        if passage.kind == "result":
            open_verbs -= claims.verbs_in(passage.text, open_verbs)
        if passage.kind != "said" or passage.author < 0 or passage.author != passage.step:
            continue
        for claim in claims.of(passage.text):
            if claim.verb not in open_verbs:
                continue
            open_verbs.remove(claim.verb)
            told_so = f"says “{passage.text[claim.start : claim.end]}”, but no {claim.verb} tool was called"
            yield _flag(provenance, index, (claim.start, claim.end), told_so, 0.8)
