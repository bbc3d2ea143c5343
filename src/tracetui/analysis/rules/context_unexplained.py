"""A prompt that grew or shrank by more than the trace accounts for: something edited it unseen."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.consistency import excess
from tracetui.context import hidden_edits
from tracetui.model import Evidence, Flag

KIND = "CONTEXT_UNEXPLAINED"
LETTER = "C"
EXPLAIN = (
    "The input tokens recorded with a call do not fit its rebuilt prompt: since the call before, they grew by far more than "
    "the messages in between weigh, or shrank although nothing left the window. Something was put into the prompt, or taken "
    "out, that the trace does not show: a reminder, a cleared result, a compaction on the server. Flagged at the call, from "
    "about 500 tokens on; the weight of texts is an estimate, fitted to the session's own counts. It says nothing about a "
    "fault. Not judged: recorded prompts, images, changes of the model, windows that are known to be rewritten or to lack "
    "content. Cannot see an edit that is small beside what was added in the same step."
)
_SURE = 0.8


def find(provenance: Provenance) -> Iterator[Flag]:
    session = provenance.session
    for jump in hidden_edits(session):
        step, before = session.steps[jump.step], session.steps[jump.before]
        counts = f"{jump.counts[0]:,} input tokens at step {before.number}, {jump.counts[1]:,} here"
        yield detected(
            KIND,
            jump.step,
            step.source,
            excess(session, jump),
            _SURE,
            (Evidence(jump.step, step.summary[:160], step.source, counts),),
        )
