"""Pages of what people wrote: pinned evidence, root cause, detection gap, actions."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.postmortem.document import Pin, Postmortem
from tracetui.postmortem.fields import field_at, section_of
from tracetui.postmortem.vocabulary import ROOT_CAUSE
from tracetui.tour.found import MOST_ROWS, led_to, shown_before
from tracetui.tour.material import Material, quote, row
from tracetui.tour.pages import Block, Fact, Facts, Item, Items, Page, Say, StepRows, Words


def pin_pages(material: Material) -> Iterator[Page]:
    """A page for each piece of evidence that a person pinned, in the order of the steps."""
    pins = sorted((pin for pin in material.postmortem.pins if pin.origin != "triage"), key=lambda pin: pin.step)
    for pin in pins:
        yield _pin_page(material, pin)


def root_cause_page(material: Material) -> Page:
    held = material.postmortem
    named = held.text("root_cause.named")
    blocks: list[Block] = [*_said(held, "root_cause.statement", strong=True)]
    if named:
        title = ROOT_CAUSE.title(named) if ROOT_CAUSE.term(named) else named
        blocks.append(Facts((Fact("root cause", title),)))
    whys = [Item(r.text("why"), (r.text("because"),)) for r in held.rows("whys") if r.text("because").strip()]
    factors = [Item(r.text("what")) for r in held.rows("factors") if r.text("what").strip()]
    blocks += [Items(tuple(rows[:MOST_ROWS])) for rows in (whys, factors) if rows]
    return Page(id="root-cause", title="Root cause", blocks=_or_empty(blocks, "root_cause.statement"))


def gap_page(material: Material) -> Page:
    held = material.postmortem
    blocks = [
        *_said(held, "detection.gap", strong=True),
        *_said(held, "detection.would_have_caught", label="What would have caught it"),
    ]
    return Page(id="detection-gap", title="Why nobody saw it", blocks=_or_empty(blocks, "detection.gap"))


def actions_page(material: Material) -> Page:
    rows = []
    for action in material.postmortem.rows("actions"):
        if action.text("text").strip():
            who = action.text("owner") or "no owner yet"
            due = action.text("due") or "no date yet"
            rows.append(Item(action.text("text"), (f"{who}, {due}", action.text("status"))))
    blocks: list[Block] = [Items(tuple(rows[:MOST_ROWS]))] if rows else []
    return Page(id="actions", title="What changes", blocks=_or_empty(blocks, "actions/r1/text"))


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


def _said(held: Postmortem, address: str, *, strong: bool = False, label: str = "") -> Iterator[Block]:
    text = held.text(address)
    if text.strip():
        yield Say(text, strong=True) if strong else Words(text, label)


def _or_empty(blocks: list[Block], address: str) -> tuple[Block, ...]:
    """The blocks, or where in the postmortem they are to be written."""
    if blocks:
        return tuple(blocks)
    section, field = section_of(address), field_at(address)
    assert section is not None
    assert field is not None
    return (Say(f"Not written yet: {field.label.lower()}, in section {section.number} of the postmortem."),)
