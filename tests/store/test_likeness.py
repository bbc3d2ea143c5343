from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.postmortem.example import sample_postmortem
from tests.store.incidents import held
from tracetui.store.likeness import LIKELY, Likeness, likeness, most_similar

NAMES = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(tuple)
LIKENESSES = st.builds(
    Likeness,
    mode=st.sampled_from(["", "tool_misfire", "cost_runaway"]),
    flags=NAMES,
    tools=NAMES,
    words=NAMES,
    shape=st.text("sla", max_size=6),
)


def test_an_incident_is_told_by_its_mode_flags_tools_shape_and_words() -> None:
    found = likeness(sample_postmortem())
    assert found.mode == "hallucination_propagation"
    assert found.flags == ("ENTITY_HALLUCINATION", "ENTITY_MISMATCH")
    assert found.tools == ("get_customer", "get_order")
    assert found.shape == "sas"
    assert "propagation" in found.words


def test_the_ids_of_a_case_are_no_part_of_its_likeness() -> None:
    one = likeness(held({"identity.title": "confirmed ord_555 of cust-789 in 12 minutes"}))
    other = likeness(held({"identity.title": "confirmed ord_91 of cust-4 in 300 minutes"}))
    assert one == other
    assert "ord_#" in one.words


def test_the_same_fault_of_another_customer_comes_before_another_fault_of_the_same() -> None:
    wanted = Likeness(
        mode="tool_misfire", tools=("refund",), flags=("TOOL_ARG_MISMATCH",), shape="sla", words=("paid",)
    )
    known = {
        "INC-far": Likeness(
            mode="cost_runaway", tools=("search",), flags=("LOOP_DETECTED",), shape="lll", words=("paid",)
        ),
        "INC-near": Likeness(mode="tool_misfire", tools=("refund",), flags=("TOOL_ARG_MISMATCH",), shape="slaa"),
    }
    first, second = most_similar(wanted, known)
    assert (first.id, second.id) == ("INC-near", "INC-far")
    assert first.score > LIKELY > second.score
    assert "tools in common: refund" in [reason.text for reason in first.reasons]
    assert "the same failure mode: tool misfire" in [reason.text for reason in first.reasons]


def test_what_every_incident_has_tells_less_than_what_few_have() -> None:
    crowd = {f"INC-{n}": Likeness(tools=("get_user",)) for n in range(20)}
    known = crowd | {"INC-rare": Likeness(tools=("void_invoice",))}
    assert most_similar(Likeness(tools=("get_user", "void_invoice")), known)[0].id == "INC-rare"


def test_nothing_in_common_is_not_shown() -> None:
    assert most_similar(Likeness(tools=("a",)), {"INC-1": Likeness(tools=("b",)), "INC-2": Likeness()}) == ()
    assert most_similar(Likeness(), {"INC-1": Likeness(tools=("b",))}) == ()


@given(LIKENESSES, st.dictionaries(st.sampled_from(["INC-1", "INC-2", "INC-3"]), LIKENESSES))
def test_scores_are_shares_and_their_reasons_add_up(wanted: Likeness, known: dict[str, Likeness]) -> None:
    found = most_similar(wanted, known)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert 0 < one.score <= 1.0001
        assert abs(sum(reason.share for reason in one.reasons) - one.score) < 0.001
    assert most_similar(wanted, dict(reversed(known.items()))) == found


@given(LIKENESSES.filter(lambda found: found != Likeness()))
def test_an_incident_is_wholly_like_itself(wanted: Likeness) -> None:
    assert most_similar(wanted, {"INC-1": wanted})[0].score == 1.0
