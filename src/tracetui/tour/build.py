"""The tour of an incident, in the order in which it is told, and as its presenter arranged it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText
from tracetui.tour import found, written
from tracetui.tour.cost import cost_page
from tracetui.tour.material import Material
from tracetui.tour.pages import Page

TABLE = "tour"
"""The table of the postmortem that holds the arrangement: a row a page, with `place`, `hidden`, `title`, `notes`."""


def tour_of(material: Material) -> tuple[Page, ...]:
    """Every page, the hidden ones too. Pins of the run take the place of its origin and cascade."""
    pages = list(_told(material))
    return arranged(pages, material.postmortem)


def shown(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages that the room sees; all of them where every one is hidden."""
    return tuple(page for page in pages if not page.hidden) or tuple(pages)


def arranged(pages: Sequence[Page], postmortem: Postmortem) -> tuple[Page, ...]:
    """Pages in the order, under the titles and with the notes that the postmortem keeps for them.

    A page without a place comes after the one that it follows by itself: new evidence shows up where it belongs.
    """
    places: list[tuple[float, int]] = []
    last = 0.0
    for at, page in enumerate(pages):
        kept = _cell(postmortem, page, "place")
        last = float(kept) if kept.isdecimal() else last
        places.append((last, at))
    return tuple(_titled(pages[at], postmortem) for _, at in sorted(places))


def arrangement(before: Sequence[Page], after: Sequence[Page], *, by: str, at: str) -> tuple[SetText, ...]:
    """The edits that keep a new order, titles, notes, and what is hidden. `by`, `at`: who, and when, ISO 8601."""
    edits: list[SetText] = []
    known = {page.id: page for page in before}
    moved = [page.id for page in before] != [page.id for page in after]
    for place, page in enumerate(after, start=1):
        old = known[page.id]
        cells = [("place", str(place))] if moved else []
        cells += [("hidden", "yes" if page.hidden else "no")] if page.hidden != old.hidden else []
        cells += [("title", page.title)] if page.title != old.title else []
        cells += [("notes", page.notes)] if page.notes != old.notes else []
        edits += [SetText(f"{TABLE}/{page.id}/{column}", text, by, at) for column, text in cells]
    return tuple(edits)


def _told(material: Material) -> Iterator[Page]:
    yield found.verdict_page(material)
    yield found.overview_page(material)
    pinned = list(written.pin_pages(material))
    runaway = material.triage.verdict.failure_mode == "cost_runaway"
    led = cost_page(material) if runaway else found.cascade_page(material)
    if not written.has_pins_of_the_run(material.postmortem):
        yield from [found.origin_page(material), *([led] if led is not None else [])]
    yield from pinned
    divergence = found.divergence_page(material)
    if divergence is not None:
        yield divergence
    yield found.blast_radius_page(material)
    yield from written.conclusions(material)


def _titled(page: Page, postmortem: Postmortem) -> Page:
    return replace(
        page,
        title=_cell(postmortem, page, "title") or page.title,
        hidden=_cell(postmortem, page, "hidden") == "yes",
        notes=_cell(postmortem, page, "notes"),
    )


def _cell(postmortem: Postmortem, page: Page, column: str) -> str:
    row = postmortem.row(TABLE, page.id)
    return row.text(column).strip() if row is not None else ""
