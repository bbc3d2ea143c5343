"""The consistency meter: recorded input tokens against what a rebuilt prompt weighs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.shared import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.context import hidden_edits, prompt_at, prompts
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.tokens import pieces

RECORDED = Path(__file__).parent / "recorded/claude_code"
WORDS = "the customer asked for order number 4711 and the agent looked it up in the list of open orders. "


def session(tmp_path: Path, tokens: Sequence[int | None], texts: Sequence[str] = (), **more: Any) -> Session:
    """LLM calls with these input tokens; before each, a user message of the text (one of WORDS by default)."""
    lines = []
    for at, count in enumerate(tokens):
        text = texts[at] if at < len(texts) else WORDS
        added = {"messages": [{"role": "user", "content": text}], "completion": "ok", "model": "m", **more}
        lines.append({"session_id": "s", "step": at + 1, "type": "llm_call", "input_tokens": count, **added})
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return open_trace(str(path)).sessions[0]


def weight(*texts: str) -> int:
    return round(sum(map(pieces, texts)))


def growing(count: int, *, offset: int = 0) -> list[int]:
    """Input tokens of a session of which every prompt is what its messages weigh, and `offset`."""
    return [offset + (weight(WORDS) + 6) * (at + 1) for at in range(count)]


def edits(found: Session) -> list[tuple[int, int]]:
    """Number of the step, and the sign of what is unexplained."""
    return [(found.steps[jump.step].number, 1 if jump.tokens > 0 else -1) for jump in hidden_edits(found)]


def test_prompts_that_weigh_what_was_recorded_are_not_flagged(tmp_path: Path) -> None:
    found = session(tmp_path, growing(8))
    assert edits(found) == []
    assert prompt_at(found, 7).unrecorded_tokens is None
    assert {prompt.fidelity for prompt in prompts(found)} == {"rebuilt"}


def test_a_constant_offset_is_what_every_prompt_holds_and_the_trace_does_not(tmp_path: Path) -> None:
    found = session(tmp_path, growing(8, offset=12_000))
    assert edits(found) == []
    assert prompt_at(found, 7).unrecorded_tokens == pytest.approx(12_000, rel=0.02)


def test_a_jump_is_a_hidden_edit_at_its_step_and_stands_in_the_prompts_after_it(tmp_path: Path) -> None:
    counts = growing(8, offset=12_000)
    found = session(tmp_path, [*counts[:4], *(count + 3_000 for count in counts[4:])])
    assert edits(found) == [(5, 1)]
    before, at, after = prompt_at(found, 3), prompt_at(found, 4), prompt_at(found, 7)
    assert before.fidelity == "rebuilt"
    assert [gap.steps for gap in at.gaps if gap.kind == "hidden_edit"] == [(5,)]
    assert "about 3,000 tokens more than its messages hold" in next(
        g.effect for g in at.gaps if g.kind == "hidden_edit"
    )
    assert (at.fidelity, after.fidelity) == ("partial", "partial")


def test_what_was_taken_out_is_told_apart_from_what_was_put_in(tmp_path: Path) -> None:
    counts = growing(8, offset=12_000)
    found = session(tmp_path, [*counts[:4], *(count - 4_000 for count in counts[4:])])
    assert edits(found) == [(5, -1)]
    assert "smaller than its messages hold" in next(
        g.effect for g in prompt_at(found, 6).gaps if g.kind == "hidden_edit"
    )


def test_what_was_put_in_for_one_call_only_does_not_stand_in_later_prompts(tmp_path: Path) -> None:
    counts = growing(8)
    counts[4] += 3_000
    found = session(tmp_path, counts)
    assert edits(found) == [(5, 1), (6, -1)]
    assert [prompt_at(found, at).fidelity for at in (4, 5, 7)] == ["partial", "rebuilt", "rebuilt"]


def test_the_flag_names_the_step_and_both_counts_and_no_fault_comes_of_it(tmp_path: Path) -> None:
    counts = growing(8, offset=12_000)
    found = session(tmp_path, [*counts[:4], *(count + 3_000 for count in counts[4:])])
    answer = triage(found)
    (flag,) = answer.flags
    assert (flag.kind, flag.step) == ("CONTEXT_UNEXPLAINED", 4)
    assert f"{counts[3]:,} input tokens at step 4" in flag.evidence[0].role
    assert answer.verdict.failure_mode == "none_found"
    assert not answer.origin.found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WORDS * 60, id="long prose"),
        pytest.param("顧客の注文を確認してください。" * 100, id="another script"),
        pytest.param(json.dumps([{"id": at, "total": at * 1.25} for at in range(200)]), id="json"),
        pytest.param("".join(f"{at * 2654435761 % 2**32:08x}" for at in range(400)), id="hex"),
        pytest.param("        return x\n" * 200, id="code"),
    ],
)
def test_a_long_message_explains_its_own_weight(tmp_path: Path, text: str) -> None:
    """At any weight that tokenizers of today give such a text."""
    for per_character in (1 / 5, 1 / 2.2):
        size = round(len(text) * per_character)
        counts = growing(8)
        counts = [*counts[:4], *(count + size for count in counts[4:])]
        found = session(tmp_path, counts, [WORDS] * 4 + [WORDS + text])
        low, high = pieces(text) / 2, pieces(text) * 1.5 + 500
        assert edits(found) == [] or not low <= size <= high


def test_reasoning_that_was_billed_and_not_recorded_is_innocent(tmp_path: Path) -> None:
    counts = growing(6)
    found = session(tmp_path, [*counts[:3], *(count + 2_000 for count in counts[3:])], output_tokens=2_100)
    assert edits(found) == []


def test_another_model_counts_otherwise_and_is_not_held_against_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    lines = [
        {"session_id": "s", "step": at + 1, "type": "llm_call", "input_tokens": tokens, "model": model,
         "messages": [{"role": "user", "content": WORDS}], "completion": "ok"}
        for at, (tokens, model) in enumerate([(9_000, "a"), (9_030, "a"), (4_000, "b"), (4_030, "b")])
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert edits(open_trace(str(path)).sessions[0]) == []


def test_counts_that_do_not_follow_the_text_at_all_say_nothing(tmp_path: Path) -> None:
    """As in made-up traces, or where the counts are of something else than the prompt."""
    counts = [1_000, 9_000, 3_000, 14_000, 15_000, 2_000, 30_000, 31_000]
    found = session(tmp_path, counts, [WORDS * 8] * 8)
    assert edits(found) == []
    assert prompt_at(found, 7).unrecorded_tokens is None


def test_without_content_nothing_is_said() -> None:
    for found in open_trace(str(SAMPLES / "incident.jsonl")).sessions:
        assert edits(found) == []


def test_no_sample_of_an_unedited_run_is_flagged() -> None:
    flagged = {
        path.name
        for path in sorted(SAMPLES.iterdir())
        if path.is_file() and path.suffix in (".json", ".jsonl") and path.name != "hostile.jsonl"
        for found in open_trace(str(path)).sessions
        if edits(found)
    }
    assert flagged == set()


def test_a_claude_code_session_whose_prompt_was_edited_unseen() -> None:
    """406 characters were added between two calls, and 3,897 input tokens."""
    (found,) = open_trace(str(RECORDED / "326189cf-5676-4237-8cde-1ce80aae4a9f.jsonl.gz")).sessions
    assert edits(found) == [(17, 1)]
    assert [jump.tokens for jump in hidden_edits(found)] == [pytest.approx(3_700, rel=0.02)]
    assert triage(found).verdict.failure_mode == "none_found"


def test_a_claude_code_session_of_a_hundred_calls_that_explains_itself() -> None:
    (found,) = open_trace(str(RECORDED / "37f83ec9-f2ea-42a9-925e-0d5c105cb6e8.jsonl.gz")).sessions
    assert edits(found) == []
    assert prompt_at(found, len(found.steps) - 1).unrecorded_tokens == pytest.approx(17_400, rel=0.01)
