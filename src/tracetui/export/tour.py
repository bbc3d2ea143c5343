"""A tour for other eyes: no secret and no e-mail address on any page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tracetui.export.redact import PERSONAL, SECRETS, Redaction, Redactor, Rule, redacted_value
from tracetui.tour.pages import Page


def redacted_pages(
    pages: Sequence[Page], rules: Iterable[Rule] = SECRETS + PERSONAL
) -> tuple[tuple[Page, ...], tuple[Redaction, ...]]:
    """The pages without what `rules` find, and the account of what was taken out; ids and the presenter's own
    notes, which the room never sees, stay as they are."""
    redactor = Redactor(rules)
    cleaned = []
    for number, page in enumerate(pages, start=1):

        def clean(text: str, _: str, place: str = f"page {number}") -> str:
            return redactor(text, place)

        plain = redacted_value(msgspec.to_builtins(page), clean) | {"id": page.id, "notes": page.notes}
        cleaned.append(msgspec.convert(plain, Page))
    return tuple(cleaned), redactor.report
