"""The agent says that something was done, or counts something, and the tools' answers say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.actions import name_words
from tracetui.analysis.claims import Claims
from tracetui.analysis.provenance import Provenance
from tracetui.model import Flag
from tracetui.text import elide

KIND = "CLAIM_UNSUPPORTED"
LETTER = "U"
EXPLAIN = (
    "The agent tells that it did something (“I have cancelled …”, “has been refunded”) for which the session has a tool, and "
    "no call of such a tool stands before, nor does any tool's result say that it is so. Found by the verbs of the "
    "names of tools that change something. Calls that were made and failed are ERROR_IGNORED; ids and amounts without a "
    "source are ENTITY_HALLUCINATION. Cannot see a claim in other words than the tool's name, nor a false fact."
)


def find(provenance: Provenance) -> Iterator[Flag]:
    """At the first claim of each act."""
    session = provenance.session
    claims = Claims(session)
    tried: set[str] = set()
    told: set[str] = set()
    calls = iter(step for step in session.steps if step.kind == "tool_call")
    upcoming = next(calls, None)
    for index, passage in enumerate(provenance.passages):
        while upcoming is not None and upcoming.index <= passage.step:
            tried.update(name_words(upcoming.tool or ""))
            upcoming = next(calls, None)
        if passage.kind != "said" or passage.author < 0 or passage.author != passage.step:
            if passage.kind == "result":
                told.update(claims.verbs_in(passage.text))
            continue
        for claim in claims.of(passage.text):
            if claim.verb in tried or claim.verb in told:
                continue
            told.add(claim.verb)
            quote = provenance.quote(index, claim.start, claim.end, "the claim")
            yield Flag(
                kind=KIND,
                step=passage.step,
                source=passage.source,
                recorded=False,
                confidence=0.8,
                message=elide(
                    f"says “{passage.text[claim.start : claim.end]}”, but no {claim.verb} tool was called", 100
                ),
                rule="claim_unsupported",
                evidence=(quote,),
            )
