"""What all incidents say together: modes over time, recurring patterns, time to detect, how actions get done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from statistics import median

import msgspec

from tracetui.postmortem.document import Postmortem
from tracetui.store.actions import COMPLETED, Action, actions, day

OCCURRED_AT, DETECTED_AT = "detection.occurred_at", "detection.detected_at"
NOT_SAID = ""
"""Stands for incidents in which nobody, and no triage, chose a value."""
RECURRING = 3
"""So many incidents of one category and severity are a pattern."""
_COUNTED = {
    "failure_mode": "classification.failure_mode",
    "taxonomy": "classification.taxonomy",
    "severity": "classification.severity",
    "category": "classification.category",
    "root_cause": "root_cause.named",
    "root_cause_kind": "root_cause.kind",
    "detected_by": "detection.detected_by",
}


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of incident that came back."""

    category: str
    severity: str
    count: int
    incidents: tuple[str, ...]


class TimeToDetect(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the wrong output to its detection, of the incidents that hold both times."""

    known: int
    unknown: int
    """Incidents without both times, or with a detection before the fault."""
    median_s: float | None
    longest_s: float | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Action items, counted."""

    total: int
    open: int
    in_progress: int
    completed: int
    overdue: int
    completion_rate: float | None
    """Completed of all; None where there are none."""
    by_owner: dict[str, dict[str, int]]
    """Owner to `total`, `completed`, `overdue`; "" for those without an owner."""


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    incidents: int
    by_month: dict[str, dict[str, int]]
    """Month (YYYY-MM) in which it happened, else was written down, to failure mode to count; "" for no date."""
    counts: dict[str, dict[str, int]]
    """`failure_mode`, `taxonomy`, `severity`, `category`, `root_cause`, … to value to count, the most frequent first."""
    patterns: tuple[Pattern, ...]
    time_to_detect: TimeToDetect
    actions: Work


def stats(incidents: Sequence[Postmortem], *, today: date) -> Stats:
    """Everything that is counted. The same incidents on the same day give the same answer, in the same order."""
    return Stats(
        incidents=len(incidents),
        by_month=_by_month(incidents),
        counts={name: _counts(held.text(address) for held in incidents) for name, address in _COUNTED.items()},
        patterns=_patterns(incidents),
        time_to_detect=_time_to_detect(incidents),
        actions=_work(actions(incidents, today=today)),
    )


def seconds_to_detect(held: Postmortem) -> float | None:
    """Seconds between the two times; None where one is missing, or their order or time zones cannot be."""
    try:
        occurred = datetime.fromisoformat(held.text(OCCURRED_AT).strip())
        detected = datetime.fromisoformat(held.text(DETECTED_AT).strip())
        passed = (detected - occurred).total_seconds()
    except (ValueError, TypeError):  # no time, or only one of the two knows its time zone
        return None
    return passed if passed >= 0 else None


def _by_month(incidents: Iterable[Postmortem]) -> dict[str, dict[str, int]]:
    months: defaultdict[str, list[str]] = defaultdict(list)
    for held in incidents:
        texts = (held.text(OCCURRED_AT), held.text("session.started_at"), held.created_at)
        when = next((found for text in texts if (found := day(text))), None)
        months[f"{when:%Y-%m}" if when else NOT_SAID].append(held.text("classification.failure_mode"))
    return {month: _counts(months[month]) for month in sorted(months)}


def _counts(values: Iterable[str]) -> dict[str, int]:
    counted = Counter(value.strip() for value in values)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _patterns(incidents: Iterable[Postmortem]) -> tuple[Pattern, ...]:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for held in incidents:
        category, severity = held.text("classification.category"), held.text("classification.severity")
        if category and severity:
            groups[category, severity].append(held.id)
    found = [
        Pattern(category=category, severity=severity, count=len(ids), incidents=tuple(sorted(ids)))
        for (category, severity), ids in groups.items()
        if len(ids) >= RECURRING
    ]
    return tuple(sorted(found, key=lambda pattern: (-pattern.count, pattern.category, pattern.severity)))


def _time_to_detect(incidents: Sequence[Postmortem]) -> TimeToDetect:
    known = [seconds for held in incidents if (seconds := seconds_to_detect(held)) is not None]
    return TimeToDetect(
        known=len(known),
        unknown=len(incidents) - len(known),
        median_s=median(known) if known else None,
        longest_s=max(known, default=None),
    )


def _work(found: Sequence[Action]) -> Work:
    statuses = Counter(action.status for action in found)
    owners: defaultdict[str, list[Action]] = defaultdict(list)
    for action in found:
        owners[action.owner].append(action)
    return Work(
        total=len(found),
        open=statuses["open"],
        in_progress=statuses["in_progress"],
        completed=statuses[COMPLETED],
        overdue=sum(action.overdue for action in found),
        completion_rate=statuses[COMPLETED] / len(found) if found else None,
        by_owner={
            owner: {
                "total": len(held),
                "completed": sum(action.status == COMPLETED for action in held),
                "overdue": sum(action.overdue for action in held),
            }
            for owner, held in sorted(owners.items())
        },
    )
