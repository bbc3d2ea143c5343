"""Prompts rebuilt from Codex's rollouts are what it sent: two versions of the program talked to a local server, which kept
every request. Compactions with and without a replacement history, a rollback, a fork that copies, forks that refer.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tracetui.analysis.totals import session_totals
from tracetui.context import Prompt, prompt_at
from tracetui.ingest.open import open_trace
from tracetui.model import ReasoningPart, Session, TextPart, ToolCallPart, ToolCallResponsePart, Trace

RECORDED = Path(__file__).parent / "recorded/codex"
ROLLOUTS = sorted(RECORDED.glob("*/rollout-*"))
COMPACTED, FORK, FORK_OF_FORK = (path for path in ROLLOUTS if path.parent.name == "v0.169")
PARENT, COPIED, ROLLED_BACK, SUMMED_UP = (path for path in ROLLOUTS if path.parent.name == "v0.101")
Said = tuple[Any, ...]


def sent_item(item: dict[str, Any]) -> Said:
    match item.get("type", "message"):
        case "message":
            return (item["role"], "".join(part["text"] for part in item["content"]))
        case "reasoning":
            return ("reasoning", "".join(part["text"] for part in item["summary"]))
        case "function_call":
            return ("call", item["call_id"], item["name"], json.loads(item["arguments"]))
        case _:
            return ("output", item["call_id"], item["output"])


@cache
def sent(folder: Path) -> list[tuple[Said, ...]]:
    """The input of every request; of the newer version without its instructions, which it puts first."""
    lines = gzip.decompress((folder / "requests.jsonl.gz").read_bytes()).splitlines()
    inputs = [tuple(map(sent_item, json.loads(line)["input"])) for line in lines]
    return [items[str(items[0][1]).startswith("You are a coding agent") :] for items in inputs]


def told(prompt: Prompt) -> tuple[Said, ...]:
    """A rebuilt prompt as items."""
    items: list[Said] = []
    for entry in prompt.messages:
        texts = [part.content for part in entry.message.parts if isinstance(part, TextPart)]
        if texts:
            items.append((entry.message.role, "".join(texts)))
        for part in entry.message.parts:
            match part:
                case ReasoningPart(text):
                    items.append(("reasoning", text))
                case ToolCallPart(call_id, name, arguments):
                    items.append(("call", call_id, name, arguments))
                case ToolCallResponsePart(call_id, response):
                    items.append(("output", call_id, response))
    return tuple(items)


@cache
def opened(path: Path) -> Trace:
    return open_trace(str(path))


def only(path: Path) -> Session:
    (session,) = opened(path).sessions
    return session


def calls(session: Session) -> list[int]:
    return [step.index for step in session.steps if step.kind == "llm_call"]


@pytest.mark.parametrize("path", ROLLOUTS, ids=lambda path: path.name[8:27])
def test_every_rebuilt_prompt_is_a_request_that_was_sent_or_says_what_is_missing(path: Path) -> None:
    session, requests = only(path), sent(path.parent)
    for index in calls(session):
        prompt = prompt_at(session, index)
        assert (told(prompt) in requests) == (prompt.fidelity == "rebuilt")


def test_each_request_is_a_call_of_one_thread() -> None:
    """What a fork copies or refers to is counted where it ran."""
    made = [told(prompt_at(only(path), index)) for path in ROLLOUTS for index in calls(only(path))]
    in_no_item = 1
    assert len(made) + in_no_item == sum(len(sent(folder)) for folder in (COMPACTED.parent, PARENT.parent))


def test_a_call_that_wrote_a_summary_lacks_the_order_to_write_it() -> None:
    session = only(COMPACTED)
    (gap,) = [gap for gap in session.gaps if gap.kind == "content_partly_recorded"]
    (index,) = [step.index for step in session.steps if step.number in gap.steps]
    prompt = prompt_at(session, index)
    assert prompt.fidelity == "partial"
    (request,) = [items for items in sent(COMPACTED.parent) if items[:-1] == told(prompt)]
    assert request[-1][0] == "user"


@pytest.mark.parametrize("path", [COMPACTED, SUMMED_UP], ids=["with its new window", "with a summary alone"])
def test_a_compaction_is_an_edit_that_the_rollout_recorded(path: Path) -> None:
    session = only(path)
    (edit,) = [edit for edit in session.edits if edit.kind == "compact"]
    assert (edit.evidence, session.steps[edit.at].kind) == ("recorded", "compaction")
    following = next(index for index in calls(session) if index > edit.at)
    assert {removed.status for removed in prompt_at(session, following).removed} == {"compacted"}


def test_the_tokens_of_a_summary_that_is_no_item_are_those_of_the_compaction() -> None:
    session = only(SUMMED_UP)
    (compaction,) = [step for step in session.steps if step.kind == "compaction"]
    last = [session.steps[index] for index in calls(session) if index < compaction.index][-1]
    assert compaction.usage is not None
    assert last.usage is not None
    assert compaction.usage.input_tokens != last.usage.input_tokens
    every = [step.usage.input_tokens or 0 for step in session.steps if step.usage is not None]
    spent = session_totals(session).usage
    assert spent is not None
    assert spent.input_tokens == sum(every)


@pytest.mark.parametrize("path", ROLLOUTS, ids=lambda path: path.name[8:27])
def test_every_call_has_its_tokens_and_the_models_window(path: Path) -> None:
    steps = [only(path).steps[index] for index in calls(only(path))]
    assert all(step.usage is not None and step.usage.input_tokens for step in steps)
    own_windows = {step.attributes.get("model_context_window") for step in steps}
    assert own_windows == {258400}


def test_a_rollback_takes_the_window_back() -> None:
    session = only(ROLLED_BACK)
    (edit,) = [edit for edit in session.edits if edit.kind == "splice"]
    assert (edit.evidence, session.steps[edit.at].summary) == ("recorded", "the last turn was rolled back")


@pytest.mark.parametrize(
    ("path", "names"),
    [(FORK, [COMPACTED]), (FORK_OF_FORK, [COMPACTED, FORK]), (COPIED, [PARENT])],
    ids=["fork", "fork of a fork", "fork that copies"],
)
def test_what_a_fork_starts_with_names_its_thread_and_counts_no_call(path: Path, names: list[Path]) -> None:
    session = only(path)
    ids = [only(name).session_id for name in names]
    copies = [step for step in session.steps if step.attributes.get("copied_from")]
    assert list(dict.fromkeys(step.attributes["copied_from"] for step in copies)) == ids
    assert not [step for step in copies if step.kind in ("llm_call", "tool_call") or step.usage is not None]
    assert all(any(name in note for note in opened(path).report.notes) for name in ids)
    own = session.steps[len(copies) :]
    assert not [step for step in own if step.attributes.get("copied_from")]
