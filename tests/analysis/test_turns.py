"""Sessions as turns, whatever shape they were told in."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tests.shared import SAMPLES
from tracetui.analysis.turns import turns
from tracetui.ingest.open import open_trace


def test_calls_and_their_results_belong_to_the_turn_that_asked() -> None:
    session = run(user("go"), call("get_order", {"id": "ord_1"}, id="ord_1"), say("here"))
    found = turns(session)
    assert [turn.kind for turn in found] == ["asked", "work", "work"]
    assert found[1].calls == (2,)
    assert "ord_1" in found[1].outcomes[0].text


def test_a_terminal_that_answers_in_a_chat_is_an_outcome_of_the_turn_before() -> None:
    (session,) = open_trace(str(SAMPLES / "autogen_chat.json")).sessions
    found = turns(session)
    assert [turn.kind for turn in found][-3:] == ["work", "outcome", "work"]
    assert "Code output: 11" in found[-3].outcomes[0].text


def test_an_error_of_a_call_is_known_from_the_step() -> None:
    (session,) = open_trace(str(SAMPLES / "incident_content.jsonl")).sessions
    assert not any(outcome.failed for turn in turns(session) for outcome in turn.outcomes)


def test_a_turn_that_only_ends_the_run_is_known() -> None:
    ends = [turn.ends for turn in turns(run(user("go"), say("TERMINATE"), say("The answer is 4. TERMINATE")))]
    assert ends == [False, True, False]
