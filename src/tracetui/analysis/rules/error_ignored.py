"""A call failed, was not made good, and the agent goes on as if it had worked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracetui.analysis.actions import name_words
from tracetui.analysis.claims import Claims
from tracetui.analysis.conduct import failed
from tracetui.analysis.passages import Passage
from tracetui.analysis.phrases import find_phrase, phrase
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.context import json_text
from tracetui.model import Evidence, Flag, Step

KIND = "ERROR_IGNORED"
LETTER = "I"
EXPLAIN = (
    "A call that changes something answered with an error, no later call of that tool succeeded, and the agent then says that "
    "it was done (“has been cancelled”, “successfully”) without a word of the failure. Or a look-up failed or brought "
    "nothing, and the agent tells what it found there. Flagged at that claim, with the answer as evidence. Errors are told by "
    "a status or by how the answer begins. Cannot see an error in plain words, nor one that the agent passes over in silence."
)
_FOUND = re.compile(
    r"\b(?:I(?:['’]ve| have)? (?:found|retrieved|looked up|located|pulled up|verified|checked|confirmed)"
    r"|(?:here (?:is|are)|these are|below (?:is|are)) (?:the|your|what)|according to (?:the|your|our)"
    r"|(?:the|your|our) [\w -]{1,40} shows?)\b",
    re.IGNORECASE,
)
_SHORT = 200
"""Characters below which an answer can say that there is nothing; a longer one says more."""
_NEGATED = re.compile(
    r"\b(?:no|not|none|nothing|zero|0|without|unable|cannot|sorry|empty|any)\b|n[’']t\b", re.IGNORECASE
)


def find(provenance: Provenance) -> Iterator[Flag]:
    yield from _actions(provenance)
    yield from _looks(provenance)


def _looks(provenance: Provenance) -> Iterator[Flag]:
    """Tells of what it found where nothing came back, and no other answer stands between."""
    session = provenance.session
    barren: Step | None = None
    done = -1
    for index in provenance.of_kind("said"):
        passage = provenance.passages[index]
        for step in session.steps[done + 1 : passage.step + 1]:
            if step.kind == "message":
                barren = None
            elif step.kind == "tool_call":
                barren = step if step.has_result and not provenance.is_external(step) and _barren(step) else None
        done = max(done, passage.step)
        if barren is None or passage.author != passage.step:
            continue
        found = _FOUND.search(passage.text)
        if found is None or _NEGATED.search(passage.text) or find_phrase("notices", passage.text):
            barren = None
            continue
        if set(name_words(barren.tool or "")[1:]) & _words(passage.text):
            told = f"tells what it found, but {barren.tool} of step {barren.number} brought nothing"
            answer = Evidence(barren.index, _answer(barren)[:160], barren.source, "what came back")
            yield _flag(passage, told, 0.7, answer, provenance.quote(index, *found.span(), "the claim"))
        barren = None


def _words(text: str) -> set[str]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return words | {word.rstrip("s") for word in words}


def _barren(step: Step) -> bool:
    """An error, or an answer without content."""
    text = step.result if isinstance(step.result, str) and len(step.result) < _SHORT else "-"
    nothing = phrase("blank").match(text) or find_phrase("empty", text)
    return failed(step) or step.result in (None, [], {}) or nothing is not None


def _answer(step: Step) -> str:
    return step.error or (step.result if isinstance(step.result, str) else json_text(step.result))


def _flag(passage: Passage, told: str, confidence: float, *evidence: Evidence) -> Flag:
    return detected(KIND, passage.step, passage.source, told, confidence, evidence)


def _actions(provenance: Provenance) -> Iterator[Flag]:
    session = provenance.session
    claims = Claims(session)
    open_failures: dict[str, Step] = {}
    done = -1
    for index in provenance.of_kind("said"):
        passage = provenance.passages[index]
        for step in session.steps[done + 1 : passage.step + 1]:
            if not step.tool or not provenance.is_external(step) or not provenance.passages_at(step.index):
                continue
            if failed(step):
                open_failures[step.tool] = step
            elif step.has_result:
                open_failures.pop(step.tool, None)
        done = max(done, passage.step)
        if not open_failures or passage.author != passage.step or session.steps[passage.step].kind == "tool_call":
            continue
        if find_phrase("notices", passage.text):
            # Once it was spoken of, it is not ignored.
            open_failures.clear()
            continue
        claimed = {claim.verb: claim for claim in claims.of(passage.text)}
        for tool, failure in list(open_failures.items()):
            claim = next((claimed[word] for word in name_words(tool) if word in claimed), None)
            if claim is None:
                continue
            del open_failures[tool]
            told = f"says it was done, but {tool} failed at step {failure.number}"
            error = Evidence(failure.index, _answer(failure)[:160], failure.source, "the error")
            yield _flag(passage, told, 0.85, error, provenance.quote(index, claim.start, claim.end, "the claim"))
