"""From an opened session to the pages of its tour, and an arrangement back to its incident. For a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tracetui.analysis.divergence import compare
from tracetui.errors import StoreError
from tracetui.export.redact import account
from tracetui.export.tour import redacted_pages
from tracetui.postmortem.document import stamp
from tracetui.postmortem.prefill import absolute_path, user_name
from tracetui.store.editing import Subject, draft_of, open_postmortem
from tracetui.store.incidents import Store
from tracetui.tour.build import arrangement, tour_of
from tracetui.tour.material import Material
from tracetui.tour.pages import Page
from tracetui.ui.state import Opened


class Tour(NamedTuple):
    """What is walked through."""

    pages: tuple[Page, ...]
    """All of them, the hidden too, without secrets."""
    incident_id: str
    """Empty where no incident is kept yet."""
    taken_out: str
    """What redaction took out, for people."""


def subject_of(opened: Opened) -> Subject:
    """May take a moment: a chosen good run is compared."""
    assert opened.triage is not None
    return Subject(
        trace=opened.trace,
        session=opened.session,
        triage=opened.triage,
        comparison=compare(opened.session, [opened.baseline]) if opened.baseline is not None else None,
        good=opened.baseline,
        good_path=opened.baseline_path,
        marks=opened.notes,
        bytes_of=opened.source_bytes.at,
    )


def tour(opened: Opened, store: Store, incident_id: str | None = None) -> Tour:
    """The pages as they would be shown now. Changes nothing on disk; an unreadable store counts as an empty one."""
    subject = subject_of(opened)
    try:
        known = incident_id or store.about(absolute_path(opened.trace.path), opened.session.session_id)
        held = store.read(known) if known is not None else None
    except StoreError:
        known, held = None, None
    postmortem = draft_of(subject, datetime.now(UTC).astimezone(), onto=held)
    pages = tour_of(
        Material(
            session=opened.session,
            triage=subject.triage,
            postmortem=postmortem,
            comparison=subject.comparison,
            good=subject.good,
        )
    )
    cleaned, report = redacted_pages(pages)
    return Tour(cleaned, known or "", account(report))


def keep_arrangement(
    opened: Opened, store: Store, before: Sequence[Page], after: Sequence[Page], incident_id: str | None = None
) -> str:
    """Put a new arrangement into the incident, which is made where there is none; what to say about it."""
    editing, _ = open_postmortem(store, subject_of(opened), incident_id=incident_id)
    try:
        if editing.read_only:
            return f"the new order is not kept: {editing.read_only}"
        now = stamp(datetime.now(UTC).astimezone())
        for edit in arrangement(before, after, by=user_name(), at=now):
            editing.edit(edit)
        editing.save()
        kept = editing.flush()
    finally:
        editing.close()
    return f"kept in {editing.id}" if kept else f"NOT KEPT: {editing.state.why}"
