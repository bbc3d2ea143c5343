"""A call failed, was not made good, and the agent goes on as if it had worked."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.actions import is_external, name_words
from tracetui.analysis.claims import Claims
from tracetui.analysis.conduct import failed
from tracetui.analysis.phrases import find_phrase
from tracetui.analysis.provenance import Provenance
from tracetui.context import json_text
from tracetui.model import Evidence, Flag, Step
from tracetui.text import elide

KIND = "ERROR_IGNORED"
LETTER = "I"
EXPLAIN = (
    "A call that changes something answered with an error, no later call of that tool succeeded, and the agent then says that "
    "it was done (“has been cancelled”, “successfully”) without a word of the failure. Flagged at that claim, with the error "
    "as evidence. Errors are told by a status or by how the answer begins. Cannot see an error in plain words, nor one that "
    "the agent passes over in silence."
)


def find(provenance: Provenance) -> Iterator[Flag]:
    session = provenance.session
    claims = Claims(session)
    open_failures: dict[str, Step] = {}
    for index, passage in enumerate(provenance.passages):
        if passage.step < 0:
            continue
        step = session.steps[passage.step]
        if step.kind == "tool_call" and step.tool and is_external(step):
            if failed(step):
                open_failures[step.tool] = step
            elif step.has_result:
                open_failures.pop(step.tool, None)
        if not open_failures or passage.kind != "said" or passage.author != passage.step or step.kind == "tool_call":
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
            answer = failure.error or (failure.result if isinstance(failure.result, str) else json_text(failure.result))
            yield Flag(
                kind=KIND,
                step=passage.step,
                source=passage.source,
                recorded=False,
                confidence=0.85,
                message=elide(f"says it was done, but {tool} failed at step {failure.number}", 100),
                rule="error_ignored",
                evidence=(
                    Evidence(failure.index, answer[:160], failure.source, "the error"),
                    provenance.quote(index, claim.start, claim.end, "the claim"),
                ),
            )
