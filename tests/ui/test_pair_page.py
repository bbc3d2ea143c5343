"""A pair word by word."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tests.ui.test_compared import sample
from tracetui.model import Session
from tracetui.ui.compared import Compared, compare_runs
from tracetui.ui.diff_folds import Fold
from tracetui.ui.pair_page import page_of, pair_page, takes_long


def page(compared: Compared, at: int) -> list[str]:
    return [line.text for line in pair_page(compared, at).lines]


def two_answers(bad: str, good: str) -> Compared:
    return compare_runs(run(user("go"), say(bad)), run(user("go"), say(good)))


def test_changed_words_are_styled_in_both_texts() -> None:
    compared = two_answers("order ord_55 is\n  confirmed today", "order ord_34 is\n  confirmed now")
    lines = pair_page(compared, 1).lines
    marked = [line.text[s.start : s.end] for line in lines for s in line.spans if "underline" in str(s.style)]
    assert marked == ["ord_55", "today", "ord_34", "now"]
    assert "    confirmed today" in [line.text for line in lines]


def test_equal_texts_are_shown_once() -> None:
    assert page(two_answers("all done", "all done"), 1).count("all done") == 1


def test_values_are_compared_one_by_one() -> None:
    bad: Session = run(user("go"), call("pay", {"ok": True}, to="ann", amount=4))
    good: Session = run(user("go"), call("pay", {"ok": True}, to="ann", amount=40))
    lines = page(compare_runs(bad, good), 2)
    assert any("1 of 2 values differ" in line for line in lines)
    assert {"  to  ann", "- amount  4", "+ amount  40"} <= set(lines)


def test_a_step_without_a_counterpart_is_shown_whole() -> None:
    compared = compare_runs(sample("incident_content.jsonl"), sample("good_same_customer.jsonl"))
    at = next(at for at, pair in enumerate(compared.pairs) if pair.relation == "only_good" and at in compared.told)
    lines = page(compared, at)
    assert lines[0].endswith("only in the good run")
    assert "customer_id  CUSTOMER#1 cust_789" in lines


def test_a_megabyte_is_cut_and_that_is_told() -> None:
    lines = page(two_answers("word " * 200_000, "other " * 200_000), 1)
    assert any("not compared" in line for line in lines)
    assert sum(map(len, lines)) < 2_000_000


def test_control_characters_are_marks() -> None:
    text = "\n".join(page(two_answers("a \x1b]52;c;x\x07 b\tc", "a \u202e b"), 1))
    assert "␛" in text
    assert "<RLO>" in text
    assert "\x1b" not in text


def test_what_is_held_and_short_is_made_at_once() -> None:
    compared = two_answers("all done", "all done")
    assert not any(takes_long(compared, shown) for shown in (0, 1, Fold(0, 1, 2)))
    assert page_of(compared, 1) == pair_page(compared, 1)
    assert "2 pairs mean the same" in page_of(compared, Fold(0, 1, 2)).lines[0].text
