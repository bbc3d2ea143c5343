"""The consistency meter on real sessions: what their recorded input tokens say about the rebuilt prompts."""

from __future__ import annotations

import pytest

from tests.shared import shared_data
from tests.test_consistency import edits
from tracetui.context import hidden_edits, prompts
from tracetui.ingest.open import open_trace

DATA = shared_data()
CLAUDE = DATA / "formats/claude_code_jsonl/real_projects"


def test_all_sub_agents_of_a_real_session_were_sent_the_same_unseen_text() -> None:
    """Each got about 2,600 tokens after its first call: a list that the program adds."""
    name = "-experiments-worktrees/ef958aa1-0e93-49f0-bb71-150f63befcd1.jsonl"
    (main,) = open_trace(str(CLAUDE / name)).sessions
    first = {main.steps[jump.step].scope: jump.tokens for jump in reversed(list(hidden_edits(main)))}
    assert len(first) == 4
    assert all(tokens == pytest.approx(2_600, rel=0.02) for tokens in first.values())


def test_real_tau2_runs_are_explained_but_for_their_tools() -> None:
    missing: set[int | None] = set()
    for path in sorted((DATA / "formats/tau2_results").rglob("results.json")):
        for found in open_trace(str(path)).sessions:
            assert edits(found) == []
            missing |= {prompt.unrecorded_tokens for prompt in prompts(found)}
    assert all(tokens is None or 1_250 < tokens < 2_100 for tokens in missing)
    assert len(missing) > 3
