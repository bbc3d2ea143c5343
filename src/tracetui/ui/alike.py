"""The past incident that a session looks like. For a worker thread: it may read the whole store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from tracetui.errors import TracetuiError
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.prefill import absolute_path, prefill
from tracetui.postmortem.vocabulary import FAILURE_MODE
from tracetui.store.incidents import Store
from tracetui.store.likeness import LIKELY, Similar, likeness, most_similar
from tracetui.ui.state import Opened


class Alike(NamedTuple):
    """A past incident that is likely the same fault."""

    similar: Similar
    held: Postmortem


def find_alike(opened: Opened, store: Store) -> Alike | None:
    """The most similar incident where one is likely the same fault; None for a session in which nothing was found, and
    where the store cannot be read: the library says why. The session's own incident does not count."""
    if opened.triage is None or FAILURE_MODE.term(opened.triage.verdict.failure_mode) is None:
        return None
    try:
        own = store.about(absolute_path(opened.trace.path), opened.session.session_id)
        if not set(store.ids()) - {own}:
            return None
        from tracetui.store.index import Index  # loads sqlite3

        known = Index(store).likenesses()
        known.pop(own or "", None)
        draft = prefill(opened.session, opened.triage, now=datetime.now(UTC), trace=opened.trace)
        best = next(iter(most_similar(likeness(draft), known, limit=1)), None)
        return Alike(best, store.read(best.id)) if best is not None and best.score >= LIKELY else None
    except TracetuiError:
        return None
