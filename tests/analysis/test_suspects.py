"""Suspects and the signs that they are ranked by."""

from __future__ import annotations

import pytest

from tests.analysis.runs import Event, call, order_run, run, say, user
from tracetui.analysis.flags import all_flags
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.scene import Scene
from tracetui.analysis.signs import FINDERS
from tracetui.analysis.suspects import (
    PARTED,
    PREMISE,
    is_damning,
    rank_suspects,
    signs_of,
    suspected_origin,
    weighted_signs,
)
from tracetui.model import Session

SHIRTS = {"variants": {f"v{i}": {"available": i < 10} for i in range(12)}}


def shown(session: Session) -> dict[int, set[str]]:
    """By step: the names of its signs."""
    scene = Scene(Provenance.of(session))
    return {moment.step: set(signs_of(scene, moment)) for moment in scene.moments}


def test_every_weight_has_a_reason_and_every_sign_a_weight() -> None:
    signs = weighted_signs()
    for name, sign in signs.items():
        assert sign.says
        assert sign.why
        assert bool(sign.words) != (name in FINDERS or name in (PREMISE, PARTED)), name
        assert set(sign.beside) <= set(signs)
        assert bool(sign.stems) == bool(sign.words)
    assert set(FINDERS) <= set(signs)


def test_every_step_that_a_model_wrote_is_a_candidate_and_scores_are_shares() -> None:
    session = order_run("cust_1", ["ord_1"], "ord_1")
    ranked = rank_suspects(Scene(Provenance.of(session)))
    assert sorted(suspect.step for suspect in ranked) == [s.index for s in session.steps if s.kind == "llm_call"]
    assert sum(suspect.score for suspect in ranked) == pytest.approx(1, abs=0.01)
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)


def test_the_contributions_of_the_reasons_are_the_whole_of_the_ranking() -> None:
    ranked = rank_suspects(Scene(Provenance.of(order_run("cust_1", ["ord_1"], "ord_1"))))
    sums = [sum(reason.weight for reason in suspect.reasons) for suspect in ranked]
    assert sums == sorted(sums, reverse=True)


@pytest.mark.parametrize(
    ("sign", "step", "events"),
    [
        ("assumes", 1, [user("How many?"), say("Let's assume there are 1234 of them."), say("It is 1234.")]),
        ("simulates", 1, [user("Analyse it"), say("I will use mock data for now.")]),
        ("by_hand", 1, [user("Read it"), say("We have to manually inspect the page.")]),
        ("call_failed", 1, [user("x"), call("get_a", "Error: no", id="1"), say("I see an error.")]),
        ("miscounts", 3, [user("x"), call("get_shirts", SHIRTS), say("There are 11 available options.")]),
        ("refuses", 1, [user("x"), say("Unfortunately, I cannot look up addresses."), user("ok")]),
        ("sees_failure", 1, [user("x"), say("Address: file:///a/76.pdf\nTitle: Error 404"), say("It holds one word.")]),
        ("begins_answer", 1, [user("How much?"), say("I believe it sold for $950,321."), say("The answer is 950321.")]),
        ("claims_without_looking", 1, [user("How much?"), say("It sold for $950,321 in March.")]),
    ],
)  # fmt: skip
def test_a_sign_is_found_where_it_is(sign: str, step: int, events: list[Event]) -> None:
    assert sign in shown(run(*events))[step]


@pytest.mark.parametrize(
    ("sign", "events"),
    [
        ("miscounts", [user("x"), call("get_shirts", SHIRTS), say("There are 10 available options of 12 variants.")]),
        ("sees_failure", [user("x"), say("Address: file:///a/76.pdf\nTitle: Fluffy"), say("I see an error there.")]),
        ("claims_without_looking", [user("Ann has $950,321."), say("She has $950,321.")]),
        ("assumes", [user("x"), say("I should ask for the price rather than assuming it was $4,711.")]),
        ("assumes", [user("x"), say("I will not assume that it was $4,711; I look it up.")]),
    ],
)  # fmt: skip
def test_a_sign_is_not_found_where_all_is_well(sign: str, events: list[Event]) -> None:
    assert not any(sign in names for names in shown(run(*events)).values())


def test_an_assumption_counts_where_it_is_made_first() -> None:
    names = shown(run(user("x"), say("Assume it is 4711 then."), say("As assumed, it is 4711.")))
    assert "assumes" in names[1]
    assert "assumes" not in names[2]


def test_an_assumption_alone_damns_nobody_an_assumed_value_does() -> None:
    alone = rank_suspects(Scene(Provenance.of(run(user("x"), say("I assume that you agree with this.")))))
    value = rank_suspects(Scene(Provenance.of(run(user("x"), say("Let's assume the price was $4,711 then.")))))
    assert not any(is_damning(suspect) for suspect in alone)
    assert any(is_damning(suspect) for suspect in value)


def test_suspicion_without_a_damning_sign_is_no_origin() -> None:
    scene = Scene(Provenance.of(order_run("cust_1", ["ord_1"], "ord_1")))
    assert suspected_origin(scene, rank_suspects(scene), 9) is None


def test_suspicion_never_says_that_it_is_sure() -> None:
    scene = Scene(Provenance.of(run(user("x"), say("Let's assume the price was $4,711 then."))))
    origin = suspected_origin(scene, rank_suspects(scene), 1)
    assert origin is not None
    assert origin.found
    assert origin.confidence <= 0.5
    assert "assumes what it could have found out" in origin.because


def test_quotes_of_signs_stand_in_their_steps_to_the_letter() -> None:
    session = run(
        user("How much?\nTell me."),
        say("Well.\nLet's assume it sold for $950,321 manually.\nPlease hold on."),
        call("cancel_order", "Traceback (most recent call last)\nKeyError: 'x'", id="ord_1"),
        say("Unfortunately I cannot."),
    )
    scene = Scene(Provenance.of(session))
    texts = {
        passage.step: "".join(p.text for p in scene.provenance.passages if p.step == passage.step)
        for passage in scene.provenance.passages
    }
    quoted = [e for suspect in rank_suspects(scene) for reason in suspect.reasons for e in reason.evidence]
    assert quoted
    for evidence in quoted:
        assert evidence.quote in texts[evidence.step]


def test_only_what_speaks_against_a_step_is_told_as_a_reason() -> None:
    session = run(user("Where is it?"), call("get_order", {"id": "ord_7"}, id="ord_7"), say("Shall I go on?"))
    for suspect in rank_suspects(Scene(Provenance.of(session))):
        assert all(reason.weight > 0 for reason in suspect.against)
        assert set(suspect.reasons) - set(suspect.against) == {r for r in suspect.reasons if r.weight <= 0}


def test_one_quote_that_holds_another_is_told_once() -> None:
    session = run(user("How many?"), call("list_variants", SHIRTS), say("There are 11 available options in all."))
    scene = Scene(Provenance.of(session), all_flags(Provenance.of(session)))
    origin = suspected_origin(scene, rank_suspects(scene), scene.moments[-1].step)
    assert origin is not None
    assert [evidence.quote for evidence in origin.evidence] == ["There are 11 available options in all."]


def test_what_comes_after_the_symptom_is_no_suspect() -> None:
    session = order_run("cust_1", ["ord_1"], "ord_1")
    assert {suspect.step for suspect in rank_suspects(Scene(Provenance.of(session), until=3))} == {1, 3}
