"""A tour for other eyes: no secret and no e-mail address on any page."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tracetui.export.redact import Redaction, Redactor, redacted_value, rules
from tracetui.tour.pages import Page


def redacted_pages(pages: Sequence[Page]) -> tuple[tuple[Page, ...], tuple[Redaction, ...]]:
    """The pages without secrets and addresses, and the account of what was taken out; ids and the presenter's own
    notes, which the room never sees, stay as they are."""
    redactor = Redactor(rules(personal=True))
    cleaned = []
    for number, page in enumerate(pages, start=1):
        plain = redacted_value(msgspec.to_builtins(page), redactor, f"page {number}") | {
            "id": page.id,
            "notes": page.notes,
        }
        cleaned.append(msgspec.convert(plain, Page))
    return tuple(cleaned), redactor.report
