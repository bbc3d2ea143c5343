"""The action items of all incidents: what is open, whose it is, and what is past its date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from tracetui.postmortem.document import Postmortem, Row

OPEN, COMPLETED = "open", "completed"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One action item, as its incident holds it."""

    incident: str
    row: str
    """Its id in the incident's table."""
    text: str
    type: str
    owner: str
    priority: str
    due: str
    """As written; `overdue_days` is told only of an ISO 8601 date."""
    status: str
    """open, in_progress or completed; an empty status is open."""
    where: str
    verified_by: str
    overdue_days: int = 0
    """Days past its date while not completed; 0 where it is not overdue."""

    @property
    def overdue(self) -> bool:
        return self.overdue_days > 0


def actions(incidents: Iterable[Postmortem], *, today: date) -> tuple[Action, ...]:
    """Every action item with a text: the overdue first, the longest overdue first of all, then by date and priority."""
    found = [
        _action(incident, row, today)
        for incident in incidents
        for row in incident.rows("actions")
        if row.text("text").strip()
    ]
    return tuple(sorted(found, key=_urgency))


def day(text: str) -> date | None:
    """The date of ISO 8601 text, with or without a time; None for anything else."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _action(incident: Postmortem, row: Row, today: date) -> Action:
    status = row.text("status") or OPEN
    due = day(row.text("due"))
    late = (today - due).days if due is not None and status != COMPLETED else 0
    return Action(
        incident=incident.id,
        row=row.id,
        text=row.text("text"),
        type=row.text("type"),
        owner=row.text("owner").strip(),
        priority=row.text("priority"),
        due=row.text("due"),
        status=status,
        where=row.text("where"),
        verified_by=row.text("verified_by"),
        overdue_days=max(0, late),
    )


def _urgency(action: Action) -> tuple[bool, int, bool, str, str, str, str]:
    return (
        action.status == COMPLETED,
        -action.overdue_days,
        day(action.due) is None,
        action.due,
        action.priority or "P9",
        action.incident,
        action.row,
    )
