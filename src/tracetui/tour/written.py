"""Pages of what people wrote: pinned evidence, root cause, detection gap, actions."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracetui.postmortem.document import PERSON, Pin, Postmortem
from tracetui.postmortem.fields import section_of
from tracetui.postmortem.vocabulary import ROOT_CAUSE
from tracetui.tour.found import MOST_ROWS, is_healthy, led_to, shown_before
from tracetui.tour.material import Material, quote, row
from tracetui.tour.pages import Block, Fact, Facts, Item, Items, Page, Say, StepRows, Words


def pin_pages(material: Material) -> Iterator[Page]:
    """A page for each piece of evidence that a person pinned, in the order of the steps."""
    for pin in material.postmortem.evidence:
        if pin.origin == PERSON:
            yield _good_page(material, pin) if pin.run is not None else _pin_page(material, pin)


def has_pins_of_the_run(held: Postmortem) -> bool:
    """Whether a person pinned anything of the run itself, not only what a good one did."""
    return any(pin.origin == PERSON and pin.run is None for pin in held.pins)


def conclusions(material: Material) -> Iterator[Page]:
    """Root cause, detection gap and actions where they are written; what is not, as questions on a page of its own."""
    told = {
        "root_cause.statement": _root_cause(material.postmortem),
        "detection.gap": _gap(material.postmortem),
        "actions/r1/text": _actions(material.postmortem),
    }
    yield from (Page(id=_IDS[at], title=_TITLES[at], blocks=tuple(blocks)) for at, blocks in told.items() if blocks)
    unwritten = [address for address, blocks in told.items() if not blocks]
    if unwritten and not (is_healthy(material) and len(unwritten) == len(told)):
        yield Page(id="open", title="Still open", blocks=(Items(tuple(map(_question, unwritten))),))


_IDS = {"root_cause.statement": "root-cause", "detection.gap": "detection-gap", "actions/r1/text": "actions"}
_TITLES = {
    "root_cause.statement": "Root cause",
    "detection.gap": "Why nobody saw it",
    "actions/r1/text": "What changes",
}
_QUESTIONS = {
    "root_cause.statement": "What is the one root cause?",
    "detection.gap": "Why did nobody see it before it reached a user?",
    "actions/r1/text": "What changes, who does it, and by when?",
}


def _question(address: str) -> Item:
    section = section_of(address)
    assert section is not None
    return Item(_QUESTIONS[address], (f"section {section.number} of the postmortem: {section.title.lower()}",))


def _root_cause(held: Postmortem) -> list[Block]:
    named = held.text("root_cause.named")
    blocks: list[Block] = [*_said(held, "root_cause.statement", strong=True)]
    if named:
        title = ROOT_CAUSE.title(named) if ROOT_CAUSE.term(named) else named
        blocks.append(Facts((Fact("root cause", title),)))
    whys = [Item(r.text("why"), (r.text("because"),)) for r in held.rows("whys") if r.text("because").strip()]
    factors = [Item(r.text("what")) for r in held.rows("factors") if r.text("what").strip()]
    return blocks + [Items(tuple(rows[:MOST_ROWS])) for rows in (whys, factors) if rows]


def _gap(held: Postmortem) -> list[Block]:
    return [
        *_said(held, "detection.gap", strong=True),
        *_said(held, "detection.would_have_caught", label="What would have caught it"),
    ]


def _actions(held: Postmortem) -> list[Block]:
    rows = []
    for action in held.rows("actions"):
        if action.text("text").strip():
            who = action.text("owner") or "no owner yet"
            due = action.text("due") or "no date yet"
            rows.append(Item(action.text("text"), (f"{who}, {due}", action.text("status"))))
    return [Items(tuple(rows[:MOST_ROWS]))] if rows else []


def _pin_page(material: Material, pin: Pin) -> Page:
    index = material.index_of(pin.step)
    blocks: list[Block] = []
    if pin.note.text.strip():
        blocks.append(Words(pin.note.text))
    if pin.quote.strip():
        blocks.append(quote(pin.quote, pin.step, pin.role, material.premise))
    title = f"Step {pin.step}"
    if index is not None:
        step = row(material, index)
        title = f"Step {pin.step}: {step.who}"
        if not pin.quote.strip():
            blocks.append(StepRows((step,), len(material.session.steps)))
        blocks += [*shown_before(material, index), *led_to(material, index)]
    return Page(id=f"pin-{pin.id}", title=title, blocks=tuple(blocks), step=index)


def _good_page(material: Material, pin: Pin) -> Page:
    """What a good run did, and the step of this run that stands beside it; the good run need not be at hand."""
    assert pin.run is not None
    blocks: list[Block] = [Words(pin.note.text)] if pin.note.text.strip() else []
    if pin.quote.strip():
        blocks.append(replace(quote(pin.quote, pin.step, pin.role), of_good=True))
    beside = material.index_of(pin.run.beside) if pin.run.beside is not None else None
    if beside is not None:
        blocks += [Say("This run, at that point:"), StepRows((row(material, beside),), len(material.session.steps))]
    return Page(id=f"pin-{pin.id}", title=pin.place.capitalize(), blocks=tuple(blocks), step=beside)


def _said(held: Postmortem, address: str, *, strong: bool = False, label: str = "") -> Iterator[Block]:
    text = held.text(address)
    if text.strip():
        yield Say(text, strong=True) if strong else Words(text, label)
