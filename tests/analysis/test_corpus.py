"""Passages by step, by kind and by the words in them."""

from __future__ import annotations

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.provenance import Provenance


def test_passages_are_found_by_step_and_by_kind() -> None:
    corpus = Provenance.of(
        run(user("look at ord_7"), call("get_order", {"status": "open"}, id="ord_7"), say("It is open"))
    )
    by_step = [index for step in range(-1, len(corpus.session.steps)) for index in corpus.passages_at(step)]
    assert by_step == list(range(len(corpus.passages)))
    every = corpus.of_kind("given", "argument", "result", "said")
    assert [corpus.passages[index].text for index in every] == [
        passage.text for passage in corpus.passages if passage.kind in ("given", "argument", "result", "said")
    ]
    assert not corpus.of_kind("reasoned")


def test_words_are_found_in_any_case_wherever_their_passage_stands_among_many() -> None:
    told = [say(f"number {n}") for n in range(300)]
    told[5], told[299] = say("Please IGNORE it"), say("ignored")
    corpus = Provenance.of(run(user("ignore me"), *told))
    found = [corpus.passages[index].text for index in corpus.holding(("ignore", "override"), "said")]
    assert found == ["Please IGNORE it", "ignored"]


def test_a_word_does_not_reach_from_one_passage_into_the_next() -> None:
    corpus = Provenance.of(run(user("go"), say("over"), say("ride")))
    assert not list(corpus.holding(("override",), "said"))


def test_what_a_call_wrote_is_found_at_the_call_and_at_its_author() -> None:
    corpus = Provenance.of(run(user("hi"), call("get_order", "nothing", id="ord_7")))
    place = corpus.by_key["ord7"][0]
    assert place in corpus.at(place.step)
    assert place in corpus.at(place.author)
    assert corpus.in_passage(place.passage) == [place]
