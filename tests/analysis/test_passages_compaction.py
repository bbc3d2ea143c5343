"""What a compaction puts into a window was written by a model."""

from __future__ import annotations

from tests.shared import SAMPLES
from tracetui.analysis.passages import passages
from tracetui.ingest.open import open_trace


def test_the_summary_of_a_compaction_is_said_and_given_by_nobody() -> None:
    session = open_trace(str(SAMPLES / "claude_code.jsonl")).sessions[0]
    summaries = [passage for passage in passages(session) if "ran out of context" in passage.text]
    assert [(session.steps[passage.step].kind, passage.kind) for passage in summaries] == [("compaction", "said")]
