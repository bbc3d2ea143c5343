"""The consistency meter on real sessions: what their recorded input tokens say about the rebuilt prompts."""

from __future__ import annotations

import pytest

from tests.shared import shared_data
from tests.test_consistency import edits
from tracetui.context import hidden_edits, prompt_at, prompts
from tracetui.ingest.open import open_trace

DATA = shared_data()
CLAUDE = DATA / "formats/claude_code_jsonl/real_projects"


def test_real_claude_code_sessions_lack_their_system_prompt_and_tools() -> None:
    """Their first calls recorded 14,000 to 28,000 input tokens for a few hundred of text."""
    found = open_trace(
        str(CLAUDE / "-Users-dain-workspace-claude-code-log-sample/37f83ec9-f2ea-42a9-925e-0d5c105cb6e8.jsonl")
    )
    (main,) = found.sessions
    assert edits(main) == []  # 105 calls
    assert prompt_at(main, len(main.steps) - 1).unrecorded_tokens == pytest.approx(17_400, rel=0.01)


def test_a_real_claude_code_session_has_a_hidden_edit() -> None:
    """406 characters were added between two calls, and 3,897 input tokens."""
    name = "-Users-dain-workspace-claude-code-log-sample/326189cf-5676-4237-8cde-1ce80aae4a9f.jsonl"
    (main,) = open_trace(str(CLAUDE / name)).sessions
    assert edits(main) == [(17, 1)]
    assert [jump.tokens for jump in hidden_edits(main)] == [pytest.approx(3_700, rel=0.02)]


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
