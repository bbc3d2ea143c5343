"""What each pair of two runs is, and which are listed."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tests.ui.pilot import SAMPLES
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.ui.compared import DIFFERENCES, SAME, compare_runs


def sample(name: str) -> Session:
    return open_trace(str(SAMPLES / name)).sessions[0]


def test_every_pair_has_a_kind_and_the_two_places_that_count_are_calls() -> None:
    compared = compare_runs(sample("incident_content.jsonl"), sample("good_same_customer.jsonl"))
    assert len(compared.kinds) == len(compared.pairs)
    assert compared.divergence_at is not None
    assert compared.decisive_at is not None
    tools = [
        compared.bad.steps[compared.pairs[at].bad or 0].tool for at in (compared.divergence_at, compared.decisive_at)
    ]
    assert tools == ["get_order", "confirm_order"]
    assert compared.invented == ("ord_555",)
    assert {compared.kinds[at] for at in compared.told} <= set(DIFFERENCES)


def test_hidden_kinds_are_not_listed() -> None:
    compared = compare_runs(sample("good_same_customer.jsonl"), sample("good_other_customer.jsonl"))
    assert compared.divergence_at is None
    listed = compared.listed(frozenset((SAME, "wording")))
    assert all(compared.kinds[at] not in (SAME, "wording") for at in listed)
    assert compared.listed(frozenset()) == list(range(len(compared.pairs)))


def test_an_answer_that_asked_for_a_call_is_of_the_kind_of_that_call() -> None:
    check = call("get_policy", {"ok": True}, topic="refunds")
    compared = compare_runs(run(user("go"), say("ok")), run(user("go"), check, say("ok")))
    assert compared.kinds == (SAME, "path", "path", SAME)
