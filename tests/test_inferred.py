"""Prompts that are missing, told from the recorded prompts of the calls around them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tracetui.context import Prompt, prompt_at
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.open import open_trace
from tracetui.ingest.prompt_log import PromptLog
from tracetui.model import Gap, Message, RecordedPrompt, Session, SourceRef, TextPart
from tracetui.parts import text_of

HERE = SourceRef("log.json", 0, 1)
RUN = Path(__file__).parent / "recorded/trail/772605f0794b0fa96bc942a8a7736571.json.gz"


def said(role: str, text: str) -> Message:
    return Message(role, (TextPart(text),))


class Agent:
    """Acts, and reviews its facts after every second act: a review is sent the history under another system message."""

    def __init__(self, *, without: int) -> None:
        self.builder = SessionBuilder("one")
        self.log = PromptLog(self.builder)
        self.sent: dict[int, tuple[Message, ...]] = {}
        self._history = [said("system", "you act"), said("user", "find the dragon")]
        self._without = without

    def run(self, rounds: int) -> Session:
        for number in range(rounds):
            for act in ("looks", "opens"):
                answer = f"the agent {act} at page {number} of the dragons"
                self._call("act", tuple(self._history), answer)
                self._history += [said("assistant", answer), said("tool", f"page {number} {act} empty")]
            review = (said("system", "you review"), *self._history[1:], said("user", "list the facts"))
            facts = f"in round {number} no dragon was found on any page"
            self._call("review", review, facts)
            self._history.append(said("assistant", f"Facts so far:\n{facts}\n"))
        self.log.finish()
        return self.builder.build()

    def _call(self, summary: str, prompt: tuple[Message, ...], answer: str) -> None:
        recorded = None if len(self.sent) == self._without else RecordedPrompt(messages=prompt, source=HERE)
        index = self.log.llm_call(recorded, said("assistant", answer), HERE, call_steps=True, summary=summary)
        self.sent[index] = prompt
        if recorded is None:
            self.builder.gap(Gap("content_not_recorded", "not there", steps=(self.builder.steps[index].number,)))


def shown(prompt: Prompt) -> list[tuple[str, str]]:
    return [(entry.message.role, text_of(entry.message.parts[0])) for entry in prompt.messages]


def missing_of(session: Session) -> int:
    return next(step.index for step in session.steps if step.kind == "llm_call" and step.index not in session.prompts)


@pytest.mark.parametrize("call", [1, 4, 5, 6, 7, 8], ids=lambda call: f"call {call + 1}")
def test_a_missing_prompt_is_told_from_the_calls_of_its_kind(call: int) -> None:
    agent = Agent(without=call)
    session = agent.run(4)
    missing = missing_of(session)
    assert shown(prompt_at(session, missing)) == [(m.role, text_of(m.parts[0])) for m in agent.sent[missing]]


def test_a_prompt_that_is_told_never_claims_to_be_whole_and_says_how_well_it_went_elsewhere() -> None:
    session = Agent(without=4).run(4)
    missing = missing_of(session)
    prompt = prompt_at(session, missing)
    assert prompt.fidelity == "partial"
    assert {entry.fidelity for entry in prompt.messages} == {"partial"}
    (gap,) = [gap for gap in prompt.gaps if gap.kind == "prompt_told"]
    assert gap.steps == (session.steps[missing].number,)
    assert "likely, not certain" in gap.effect
    assert "come out to the letter" in gap.effect


def test_where_no_other_call_is_of_the_kind_nothing_is_told() -> None:
    builder = SessionBuilder("one")
    log = PromptLog(builder)
    for summary in ("ask", "sum up", "title"):
        asked = RecordedPrompt(messages=(said("user", f"please {summary}"),), source=HERE)
        recorded = None if summary == "sum up" else asked
        log.llm_call(recorded, said("assistant", "no"), HERE, call_steps=True, summary=summary)
    builder.gap(Gap("content_not_recorded", "not there", steps=(missing_of(builder.build()) + 1,)))
    session = builder.build()
    prompt = prompt_at(session, missing_of(session))
    assert "prompt_told" not in {gap.kind for gap in prompt.gaps}
    assert prompt.fidelity == "partial"


def test_a_prompt_that_the_trace_rebuilt_itself_is_not_told_from_others() -> None:
    """Only a call whose content is said to be missing: elsewhere the window is known."""
    session = Agent(without=4).run(4)
    missing = missing_of(session)
    whole = Session(**{name: getattr(session, name) for name in session.__struct_fields__ if name != "gaps"})
    assert "prompt_told" not in {gap.kind for gap in prompt_at(whole, missing).gaps}


def spans_with_prompts(span: dict[str, Any]) -> list[dict[str, Any]]:
    """The spans below, and this one, that hold the messages of a prompt."""
    here = [span] if any(key.startswith("llm.input_messages") for key in span["span_attributes"]) else []
    return here + [found for child in span["child_spans"] for found in spans_with_prompts(child)]


@pytest.mark.parametrize("number", [2, 6, 8])
def test_in_a_real_run_a_prompt_that_was_left_out_comes_back_and_leaves_the_window_whole(
    tmp_path: Path, number: int
) -> None:
    document = json.loads(gzip.decompress(RUN.read_bytes()))
    spans = [found for span in document["spans"] for found in spans_with_prompts(span)]
    spans.sort(key=lambda span: str(span["timestamp"]))
    left_out = spans[number]["span_attributes"]
    kept = {key: value for key, value in left_out.items() if not key.startswith(("llm.input_messages", "input.value"))}
    truth = [
        value for key, value in left_out.items() if key.startswith("llm.input_messages") and key.endswith("content")
    ]
    spans[number]["span_attributes"] = kept
    path = tmp_path / "run.json"
    path.write_text(json.dumps(document))
    (session,) = open_trace(str(path)).sessions
    missing = missing_of(session)
    prompt = prompt_at(session, missing)
    assert [text for _, text in shown(prompt)] == truth
    assert prompt.fidelity == "partial"
    following = next(step.index for step in session.steps if step.kind == "llm_call" and step.index > missing)
    from_outside = [step for step in session.steps[missing:following] if step.kind == "message"]
    assert len(from_outside) < len(truth)
