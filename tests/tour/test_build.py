from __future__ import annotations

from msgspec.structs import replace

from tests.tour.example import material
from tracetui.export import get_tour_exporter
from tracetui.postmortem.document import Entry, GoodRun, Pin, Postmortem
from tracetui.postmortem.edits import AddPin, SetText, apply
from tracetui.tour.build import arranged, arrangement, shown, tour_of
from tracetui.tour.material import Material, quote
from tracetui.tour.pages import Facts, Items, Page, Quote, Say, Sides, StepRows, Words

UNPINNED = ["verdict", "overview", "origin", "cascade", "blast-radius", "open"]


def _with(held: Material, *edits: SetText | AddPin) -> Material:
    postmortem = held.postmortem
    for edit in edits:
        postmortem = apply(postmortem, edit)
    return replace(held, postmortem=postmortem)


def _ids(pages: tuple[Page, ...]) -> list[str]:
    return [page.id for page in pages]


def _pin(held: Material, number: int, quote: str, note: str = "") -> AddPin:
    source = held.session.steps[number - 1].source
    return AddPin(Pin(id=f"mark-{number}", step=number, quote=quote, source=source, note=Entry(text=note)))


def test_without_pins_the_tour_is_told_by_the_findings() -> None:
    pages = tour_of(material())
    assert _ids(pages) == UNPINNED
    origin = pages[2]
    assert origin.title == "It began at step 3"
    quotes = [block for block in origin.blocks if isinstance(block, Quote)]
    assert any("Her latest order is ord_555" in quote.text and quote.marked == ("ord_555",) for quote in quotes)


def test_the_origin_page_shows_what_the_model_had_last_been_shown() -> None:
    origin = tour_of(material())[2]
    last = [block for block in origin.blocks if isinstance(block, Quote)][-1]
    assert last.step == 2
    assert "prompt rebuilt" in last.label
    assert "ord_555" not in last.text


def test_the_overview_holds_the_path_and_the_actions() -> None:
    (rows,) = (block for block in tour_of(material())[1].blocks if isinstance(block, StepRows))
    told = {row.step: row for row in rows.rows if row is not None}
    assert {3, 4, 7, 8} <= told.keys()
    assert (told[3].letters, told[3].on_path) == ("E", True)
    assert "!" in told[7].letters


def test_with_a_good_run_the_place_where_they_part_is_shown_side_by_side() -> None:
    pages = tour_of(material(good=True))
    page = next(page for page in pages if page.id == "divergence")
    (sides,) = (block for block in page.blocks if isinstance(block, Sides))
    assert sum(bool(side.kind) for side in sides.rows) == 1


def test_pins_of_a_person_take_the_place_of_origin_and_cascade_in_the_order_of_the_steps() -> None:
    held = material()
    held = _with(held, _pin(held, 7, "send_email"), _pin(held, 3, "ord_555", "nothing had said so"))
    pages = tour_of(held)
    assert _ids(pages)[2:4] == ["pin-mark-3", "pin-mark-7"]
    assert "origin" not in _ids(pages)
    page = pages[2]
    assert [block.text for block in page.blocks if isinstance(block, Words)] == ["nothing had said so"]
    assert any(isinstance(block, Items) for block in page.blocks), "what it led to"


def test_what_only_a_good_run_did_has_a_page_beside_the_step_of_this_run() -> None:
    held = material()
    good = GoodRun(path="/gone/good.jsonl", session_id="ses_good", beside=3)
    source = held.session.steps[3].source
    missing = AddPin(Pin(id="good-1", step=4, run=good, quote='{"id": "cust_789"}', role="list_orders", source=source))
    alone = tour_of(_with(held, missing))
    assert {"origin", "cascade"} < {*_ids(alone)}, "the story of this run stays"
    pages = tour_of(_with(held, missing, _pin(held, 7, "send_email"), _pin(held, 3, "ord_555")))
    assert _ids(pages)[2:5] == ["pin-mark-3", "pin-good-1", "pin-mark-7"]
    page = pages[3]
    assert (page.title, page.step) == ("Good run, step 4", 2)
    (quoted,) = (block for block in page.blocks if isinstance(block, Quote))
    assert (quoted.place, quoted.label) == ("good run, step 4", "list_orders")
    (beside,) = (block for block in page.blocks if isinstance(block, StepRows))
    assert [row.step for row in beside.rows if row is not None] == [3]
    for suffix in (".md", ".html"):
        assert "good run, step 4" in get_tour_exporter(suffix).render(pages, ()).lower()


def test_what_is_not_written_is_asked_on_one_page_that_says_where_to_write_it() -> None:
    page = tour_of(material())[-1]
    (questions,) = page.blocks
    assert isinstance(questions, Items)
    assert [row.details[0].split(":")[0] for row in questions.rows] == [
        f"section {number} of the postmortem" for number in (8, 3, 14)
    ]
    written = _with(material(), SetText("detection.gap", "no eval with a foreign order"))
    assert _ids(tour_of(written))[-2:] == ["detection-gap", "open"]


def test_what_people_wrote_is_on_its_page() -> None:
    held = _with(
        material(),
        SetText("root_cause.statement", "the tool takes any order id"),
        SetText("actions/r1/text", "reject foreign orders"),
        SetText("actions/r1/owner", "orders team"),
    )
    pages = {page.id: page for page in tour_of(held)}
    assert Say("the tool takes any order id", strong=True) in pages["root-cause"].blocks
    (actions,) = pages["actions"].blocks
    assert isinstance(actions, Items)
    assert actions.rows[0].details[0] == "orders team, no date yet"


def test_a_good_run_tells_what_was_looked_at_and_raises_no_alarm() -> None:
    pages = {page.id: page for page in tour_of(material(sample="good_same_customer.jsonl"))}
    assert list(pages) == ["verdict", "overview", "origin", "blast-radius"]
    assert pages["verdict"].title == "Nothing found in order-agent"
    assert pages["origin"].title == "What was looked at"
    (acts,) = pages["blast-radius"].blocks
    assert isinstance(acts, Items)
    assert not any(row.urgent or row.details for row in acts.rows)


def test_evidence_stands_in_the_words_around_it() -> None:
    held = material(sample="incident_tool_misfire.json")
    origin = next(page for page in tour_of(held) if page.id == "origin")
    quotes = [block for block in origin.blocks if isinstance(block, Quote)]
    assert "count=3" in quotes[0].text


def test_a_long_quote_is_cut_between_words_and_the_cut_is_counted() -> None:
    text = " ".join(f"word{number}" for number in range(300))
    kept = quote(text, 1, around="word150")
    assert "word150" in kept.text
    assert all(word in text.split() for word in kept.text.split())
    assert len(kept.text) + kept.left_out == len(text)


def test_a_runaway_tells_what_it_cost() -> None:
    page = next(page for page in tour_of(material(sample="incident_cost_runaway.json")) if page.id == "cost")
    (facts,) = page.blocks
    assert isinstance(facts, Facts)
    told = {fact.label: fact.text for fact in facts.rows}
    assert told["the same call"] == "search_rooms, 12 times"
    assert told["tokens"] == "24,952 of 29,988"


def test_a_room_is_not_shown_the_roles_by_which_runs_are_compared() -> None:
    page = next(page for page in tour_of(material(good=True)) if page.id == "divergence")
    said = " ".join(block.text for block in page.blocks if isinstance(block, Say))
    assert "ord_555" in said
    assert "ORDER#1" not in said


def _arrange(postmortem: Postmortem, before: tuple[Page, ...], after: tuple[Page, ...]) -> Postmortem:
    for edit in arrangement(before, after, by="dana", at="2026-07-01T02:14:07+00:00"):
        postmortem = apply(postmortem, edit)
    return postmortem


def test_order_titles_notes_and_what_is_hidden_are_kept() -> None:
    held = material()
    before = tour_of(held)
    after = (
        before[1],
        replace(before[0], title="One wrong order"),
        *(replace(page, hidden=True, notes="skip") if page.id == "cascade" else page for page in before[2:]),
    )
    again = tour_of(replace(held, postmortem=_arrange(held.postmortem, before, after)))
    assert again == after
    assert "cascade" not in _ids(shown(again))


def test_an_untouched_tour_leaves_no_edits() -> None:
    pages = tour_of(material())
    assert arrangement(pages, pages, by="dana", at="now") == ()


def test_new_evidence_shows_up_where_it_belongs_in_an_arranged_tour() -> None:
    held = material()
    before = tour_of(held)
    after = (before[0], before[2], before[1], *before[3:])
    kept = replace(held, postmortem=_arrange(held.postmortem, before, after))
    pinned = _with(kept, _pin(kept, 5, "Order found"))
    ids = _ids(tour_of(pinned))
    assert ids.index("pin-mark-5") == ids.index("overview") + 1


def test_when_every_page_is_hidden_all_are_shown() -> None:
    pages = tuple(replace(page, hidden=True) for page in tour_of(material()))
    assert shown(pages) == pages


def test_an_arrangement_with_odd_places_is_read_all_the_same() -> None:
    held = _with(material(), SetText("tour/verdict/place", "first"), SetText("tour/cascade/place", "-3"))
    assert _ids(arranged(tour_of(material()), held.postmortem)) == UNPINNED
