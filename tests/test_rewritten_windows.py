"""Windows that are rewritten on the way, in files of the programs that did it: what the next call saw, from their bytes.

Codex's are in `test_codex_requests`.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.shared import SAMPLES, shared_folder
from tracetui.context import Prompt, prompt_at, prompts
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.parts import text_of

RECORDED = Path(__file__).parent / "recorded"


def only_session(path: Path) -> Session:
    (session,) = open_trace(str(path)).sessions
    return session


def said(prompt: Prompt) -> list[tuple[str, str]]:
    """Role and text of each message, calls left out."""
    return [
        (entry.message.role, "\n".join(text_of(p) for p in entry.message.parts if not getattr(p, "name", None)))
        for entry in prompt.messages
    ]


def trajectory(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    steps: list[dict[str, Any]] = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)["trajectory"]
    return steps


def swe_agent_files() -> list[Path]:
    """Those of the generation that records with each step the messages after it."""
    shared = shared_folder()
    found = sorted((shared / "formats/swe_agent_traj").rglob("*.traj")) if shared else []
    with_messages = [
        path for path in found if b'"message_type"' in path.read_bytes() and "messages" in trajectory(path)[0]
    ]
    return [RECORDED / "swe_agent/marshmallow-1867.traj.gz", *with_messages]


@pytest.mark.parametrize("path", swe_agent_files(), ids=lambda path: path.stem[:40])
def test_swe_agents_next_prompt_is_what_it_recorded_after_the_step_before(path: Path) -> None:
    steps = trajectory(path)
    found = list(prompts(only_session(path)))
    assert len(found) == len(steps)
    for prompt, before in zip(found[1:], steps, strict=False):
        content = [(m["role"], m["content"]) for m in before["messages"]]
        truth = [(role, c if isinstance(c, str) else "\n".join(b.get("text", "") for b in c)) for role, c in content]
        assert said(prompt) == truth
        assert prompt.fidelity == "rebuilt"


def test_an_old_output_that_swe_agent_cleared_is_changed_and_still_from_its_step() -> None:
    session = only_session(RECORDED / "swe_agent/marshmallow-1867.traj.gz")
    changed = [
        (session.steps[prompt.step].number, entry)
        for prompt in prompts(session)
        for entry in prompt.messages
        if entry.status == "changed"
    ]
    assert [number for number, _ in changed] == [15, 17, 19, 21, 23, 25, 27]
    assert all("Old environment output: (" in text_of(entry.message.parts[0]) for _, entry in changed)
    origins = [session.steps[entry.from_step or 0] for _, entry in changed]
    assert [step.number for step in origins] == [4, 6, 8, 10, 12, 14, 16]
    assert all("Old environment output" not in str(step.result) for step in origins)  # the step keeps the original


def test_without_the_messages_sent_nothing_is_said_to_be_cleared_and_a_gap_says_why(tmp_path: Path) -> None:
    value = json.loads(gzip.decompress((RECORDED / "swe_agent/marshmallow-1867.traj.gz").read_bytes()))
    del value["trajectory"][5]["messages"]
    path = tmp_path / "run.traj"
    path.write_text(json.dumps(value))
    session = only_session(path)
    assert "history_processors" in {gap.kind for gap in session.gaps}
    assert all(entry.status != "changed" for entry in list(prompts(session))[6].messages)


def test_a_compacted_claude_code_session_starts_again_from_its_summary() -> None:
    session = only_session(RECORDED / "claude_code_fixtures/compaction_session.jsonl")
    first, second = prompts(session)
    assert said(first) == [("user", "Start a long conversation")]
    assert [role for role, _ in said(second)] == ["user", "user"]
    assert said(second)[0][1].startswith("Summary of previous conversation")
    assert [gone.status for gone in second.removed] == ["compacted"]


def test_a_claude_code_sub_agent_sees_its_task_and_not_the_conversation_that_spawned_it() -> None:
    session = only_session(RECORDED / "claude_code/eb000000-0000-4000-8000-000000000001.jsonl")
    sub = next(scope for scope in session.scopes if scope.kind == "sub_agent")
    assert sub.spawned_by is not None
    assert session.steps[sub.spawned_by].kind == "tool_call"
    inside = [prompt for prompt in prompts(session) if prompt.scope == sub.id]
    assert inside
    for prompt in inside:
        assert said(prompt)[0][1].startswith("Analyze the coverage gaps")
        assert {session.steps[entry.from_step or 0].scope for entry in prompt.messages} == {sub.id}
    outside = [prompt for prompt in prompts(session) if prompt.scope == "main"]
    assert all("Reading the source files" not in text for prompt in outside for _, text in said(prompt))


def test_a_codex_compaction_leaves_its_replacement_history() -> None:
    session = only_session(SAMPLES / "codex_rollout.jsonl")
    compaction = next(step for step in session.steps if step.kind == "compaction")
    later = next(prompt for prompt in prompts(session) if prompt.step > compaction.index)
    assert said(later)[0] == ("user", "Summary: the repository runs Python 3.11.7.")
    assert {gone.status for gone in later.removed} == {"compacted"}


def model_event(*messages: tuple[str, str], answer: str) -> dict[str, Any]:
    return {
        "event": "model",
        "model": "m",
        "input": [{"role": role, "content": text} for role, text in messages],
        "tools": [],
        "output": {"choices": [{"message": {"role": "assistant", "content": answer}}]},
    }


def inspect_log(tmp_path: Path, compaction: str) -> Session:
    """Two calls with a compaction event between them, as `inspect_ai.event` writes them."""
    start = [("system", "Be brief."), ("user", "Read the report."), ("assistant", "A long report."), ("user", "Go on.")]
    events = [
        model_event(*start[:2], answer="A long report."),
        model_event(*start, answer="More."),
        {"event": "compaction", "type": compaction, "tokens_before": 900, "tokens_after": 100},
        model_event(start[0], ("user", "Summary: the report was read."), answer="Done."),
    ]
    log = {"version": 2, "status": "success", "eval": {"task": "t", "model": "m"}, "plan": {}}
    path = tmp_path / "log.json"
    path.write_text(json.dumps({**log, "samples": [{"id": 1, "epoch": 1, "events": events, "messages": []}]}))
    return only_session(path)


def test_what_an_inspect_compaction_took_out_is_compacted(tmp_path: Path) -> None:
    session = inspect_log(tmp_path, "summary")
    last = [step for step in session.steps if step.kind == "llm_call"][-1]
    prompt = prompt_at(session, last.index)
    assert prompt.fidelity == "recorded"
    assert [entry.status for entry in prompt.messages] == ["kept", "new"]
    assert {gone.status for gone in prompt.removed} == {"compacted"}
    derived = prompt_at(session, last.index, derive=True)
    assert said(derived) == said(prompt)
    assert derived.fidelity == "rebuilt"


def test_results_that_inspect_cleared_in_place_are_changed_not_compacted(tmp_path: Path) -> None:
    session = inspect_log(tmp_path, "edit")
    last = [step for step in session.steps if step.kind == "llm_call"][-1]
    assert "compacted" not in {gone.status for gone in prompt_at(session, last.index).removed}


INSPECT = RECORDED / "inspect_compaction"


@pytest.mark.parametrize("name", ["summary", "trim"])
def test_a_compaction_event_of_inspect_is_an_edit_that_the_log_recorded(name: str) -> None:
    session = only_session(INSPECT / f"{name}.eval")
    events = [step.index for step in session.steps if step.kind == "compaction"]
    edits = [edit for edit in session.edits if edit.kind == "compact"]
    assert len(edits) == len(events) > 0
    for event, edit in zip(events, edits, strict=True):
        assert edit.evidence == "recorded"
        following = next(step.index for step in session.steps if step.index > event and step.kind == "llm_call")
        prompt = prompt_at(session, following)
        assert {gone.status for gone in prompt.removed} == {"compacted"}
        assert said(prompt_at(session, following, derive=True)) == said(prompt)


def test_a_compaction_of_inspect_that_clears_results_changes_them_in_their_places() -> None:
    session = only_session(INSPECT / "edit.eval")
    (event,) = [step.index for step in session.steps if step.kind == "compaction"]
    before = [step.index for step in session.steps if step.kind == "llm_call" and step.index < event][-1]
    following = next(step.index for step in session.steps if step.index > event and step.kind == "llm_call")
    prompt = prompt_at(session, following)
    changed = [entry.message for entry in prompt.messages if entry.status == "changed"]
    assert {message.role for message in changed} == {"tool"}
    assert len(changed) == sum(step.kind == "tool_call" for step in session.steps[:before])
    assert prompt.removed == ()
    assert {edit.evidence for edit in session.edits if edit.kind == "splice"} == {"diffed"}
