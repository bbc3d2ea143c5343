"""From an opened session to the pages of its tour, and an arrangement back to its incident. For a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tracetui.analysis.divergence import compare
from tracetui.errors import StoreError, UnknownNameError
from tracetui.export.redact import PERSONAL, SECRETS, Rule, account
from tracetui.export.tour import redacted_pages
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.prefill import absolute_path, user_name
from tracetui.store.editing import InMemory, Subject, draft_of, edit_incident
from tracetui.store.incident import Incident
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
        pins=opened.pins,
        bytes_of=opened.source_bytes.at,
    )


def postmortem_of(opened: Opened, store: Store, incident_id: str | None = None) -> Postmortem:
    """The postmortem as it would be opened now: the chosen or newest incident about the session, brought up to date; a
    draft without an id where there is none. Changes nothing on disk; an unreadable store counts as an empty one."""
    return _postmortem(subject_of(opened), store, incident_id)


def pages_of(opened: Opened, postmortem: Postmortem) -> tuple[Page, ...]:
    """Every page of the tour, with all that is in it."""
    return _pages(subject_of(opened), postmortem)


def tour(opened: Opened, store: Store, incident_id: str | None = None, rules: tuple[Rule, ...] = SECRETS) -> Tour:
    """The pages as they would be shown now, without what `rules` find and without e-mail addresses."""
    subject = subject_of(opened)
    postmortem = _postmortem(subject, store, incident_id)
    cleaned, report = redacted_pages(_pages(subject, postmortem), rules + PERSONAL)
    return Tour(cleaned, postmortem.id, account(report))


def _postmortem(subject: Subject, store: Store, incident_id: str | None) -> Postmortem:
    try:
        known = incident_id or store.about(absolute_path(subject.trace.path), subject.session.session_id)
        held = store.read(known) if known is not None else None
    except (StoreError, UnknownNameError):  # it may have been thrown away since it was listed
        held = None
    return draft_of(subject, datetime.now(UTC).astimezone(), onto=held)


def _pages(subject: Subject, postmortem: Postmortem) -> tuple[Page, ...]:
    return tour_of(
        Material(
            session=subject.session,
            triage=subject.triage,
            postmortem=postmortem,
            comparison=subject.comparison,
            good=subject.good,
        )
    )


def keep_arrangement(
    opened: Opened, store: Store, before: Sequence[Page], after: Sequence[Page], incident_id: str | None = None
) -> str:
    """Put a new arrangement into the incident, which is made where there is none; what to say about it."""

    def change(editing: Incident | InMemory) -> None:
        for edit in arrangement(before, after, by=user_name(), at=editing.stamp()):
            editing.edit(edit)

    return edit_incident(store, subject_of(opened), change, incident_id=incident_id)
