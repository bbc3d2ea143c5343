"""What a text claims that the agent has done, told by the verbs of the session's own tools."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tracetui.analysis.actions import is_named_for_writing, name_words
from tracetui.analysis.definitions import Definitions
from tracetui.analysis.phrases import has_any
from tracetui.model import Session

_IRREGULAR = {
    "send": "sent",
    "make": "made",
    "pay": "paid",
    "write": "written",
    "set": "set",
    "buy": "bought",
    "withdraw": "withdrawn",
}
_DOUBLED = frozenset(("cancel", "transfer", "submit", "ship", "refer"))
_NOT_YET = re.compile(
    r"\b(?:if|once|when|until|unless|after|before|whether|should|would|could|will|can|may|to be|not|never|unable|n't)\b",
    re.IGNORECASE,
)
_BEFORE = 60
"""Characters before a claim, within its sentence, in which it may be made conditional."""


class Claim(NamedTuple):
    """A text says that something was done: `text[start:end]`."""

    verb: str
    """As it stands in the names of tools."""
    start: int
    end: int


class Claims:
    """Finds claims of the acts that a session's tools could carry out."""

    def __init__(self, session: Session) -> None:
        self._verbs = {form: verb for verb in _verbs(session) for form in participles(verb)}
        forms = "|".join(sorted(map(re.escape, self._verbs), key=len, reverse=True))
        adverbs = r"(?:(?:now|just|already|successfully|all|also)\s){0,3}"
        self._pattern = (
            re.compile(
                rf"\bI(?:['’]ve|\shave)\s{adverbs}(?P<active>{forms})\b"
                rf"|\b(?:has|have)\s{adverbs}been\s{adverbs}(?P<passive>{forms})\b"
                rf"|\b(?:was|were|is|are|I)\s(?:now\s)?successfully\s(?P<simple>{forms})\b",
                re.IGNORECASE,
            )
            if forms
            else None
        )

    @property
    def verbs(self) -> Collection[str]:
        """The verbs of the tools, as they stand in their names."""
        return self._verbs.values()

    def verbs_in(self, text: str, verbs: Collection[str]) -> set[str]:
        """Those of `verbs` whose past participles stand anywhere in `text`: what others say has been done."""
        if not verbs:
            return set()
        lowered = text.lower()
        return {verb for form, verb in self._verbs.items() if verb in verbs and form in lowered}

    def _may_claim(self, lowered: str) -> bool:
        """Whether what every claim has in it stands there: fast to tell."""
        if "ve" in lowered or "has" in lowered or "successfully" in lowered:
            return has_any(lowered, self._verbs)
        return False

    def of(self, text: str) -> Iterator[Claim]:
        """Every claim in `text`; what is asked, denied or made to depend on something is none."""
        if self._pattern is None or not self._may_claim(text.lower()):
            return
        for match in self._pattern.finditer(text):
            first = max(text.rfind(mark, 0, match.start()) for mark in ".!?\n")
            before = text[max(first + 1, match.start() - _BEFORE) : match.start()]
            ends = re.search(r"[.!?\n]", text[match.end() :])
            asked = ends is not None and ends[0] == "?"
            if not asked and not _NOT_YET.search(before):
                verb = self._verbs[(match["active"] or match["passive"] or match["simple"]).lower()]
                yield Claim(verb, match.start(), match.end())


def _verbs(session: Session) -> set[str]:
    """First words of the names of the tools, called or defined, that change the world."""
    called = {step.tool for step in session.steps if step.kind == "tool_call" and step.tool}
    return {name_words(name)[0] for name in {*called, *Definitions(session).names()} if is_named_for_writing(name)}


def participles(verb: str) -> set[str]:
    """The past participles of a verb: "cancelled" and "canceled" of "cancel"."""
    if verb in _IRREGULAR:
        return {_IRREGULAR[verb]}
    if verb.endswith("e"):
        return {verb + "d"}
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return {verb[:-1] + "ied"}
    return {verb + "ed"} | ({verb + verb[-1] + "ed"} if verb in _DOUBLED else set())
