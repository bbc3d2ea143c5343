from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.incidents import held
from tracetui.postmortem.document import Postmortem
from tracetui.store.stats import seconds_to_detect, stats

TODAY = date(2026, 7, 10)
MODE, CATEGORY, SEVERITY = "classification.failure_mode", "classification.category", "classification.severity"
OCCURRED, DETECTED = "detection.occurred_at", "detection.detected_at"


def test_no_incidents_have_no_rates() -> None:
    found = stats([], today=TODAY)
    assert found.incidents == 0
    assert found.actions.completion_rate is None
    assert found.time_to_detect.median_s is None
    assert found.by_month == {}


def test_modes_are_counted_by_the_month_in_which_they_happened() -> None:
    incidents = [
        held({MODE: "tool_misfire", OCCURRED: "2026-05-31T23:30:00-02:00"}),
        held({MODE: "tool_misfire", "session.started_at": "2026-05-02T10:00:00+00:00"}),
        held({MODE: "cost_runaway"}, created_at="2026-06-01T00:00:00+00:00"),
        held({}, created_at=""),
    ]
    assert stats(incidents, today=TODAY).by_month == {
        "": {"": 1},
        "2026-05": {"tool_misfire": 2},
        "2026-06": {"cost_runaway": 1},
    }


def test_three_of_one_category_and_severity_are_a_pattern_and_two_are_none() -> None:
    def of(category: str, severity: str, count: int) -> list[Postmortem]:
        values = {CATEGORY: category, SEVERITY: severity}
        return [held(values, id_=f"INC-{category}-{severity}-{n}") for n in range(count)]

    incidents = [*of("llm_hallucination", "SEV2", 3), *of("llm_hallucination", "SEV3", 2), *of("", "SEV2", 5)]
    (pattern,) = stats(incidents, today=TODAY).patterns
    assert (pattern.category, pattern.severity, pattern.count) == ("llm_hallucination", "SEV2", 3)
    assert pattern.incidents[0] == "INC-llm_hallucination-SEV2-0"


@pytest.mark.parametrize(
    ("occurred", "detected", "seconds"),
    [
        ("2026-07-01T02:00:00+00:00", "2026-07-01T04:30:00+02:00", 1800.0),
        ("2026-07-01T02:00:00Z", "2026-07-01T01:00:00Z", None),
        ("2026-07-01T02:00:00", "2026-07-01T03:00:00Z", None),
        ("yesterday", "2026-07-01T03:00:00Z", None),
        ("", "", None),
    ],
)
def test_time_to_detect_is_told_of_two_times_in_order(occurred: str, detected: str, seconds: float | None) -> None:
    assert seconds_to_detect(held({OCCURRED: occurred, DETECTED: detected})) == seconds


def test_the_median_is_of_the_incidents_that_hold_both_times() -> None:
    start = "2026-07-01T00:00:00+00:00"
    incidents = [held({OCCURRED: start, DETECTED: f"2026-07-01T0{hours}:00:00+00:00"}) for hours in (1, 2, 9)]
    times = stats([*incidents, held({})], today=TODAY).time_to_detect
    assert (times.known, times.unknown, times.median_s, times.longest_s) == (3, 1, 7200.0, 32400.0)


def test_the_completion_rate_and_the_owners() -> None:
    incident = held(
        {
            "actions/r1/text": "a",
            "actions/r1/owner": "dana",
            "actions/r1/status": "completed",
            "actions/r2/text": "b",
            "actions/r2/owner": "dana",
            "actions/r2/due": "2026-07-01",
            "actions/r3/text": "c",
            "actions/r3/status": "in_progress",
            "actions/r4/text": "d",
            "actions/r4/status": "open",
        }
    )
    work = stats([incident], today=TODAY).actions
    assert (work.total, work.open, work.in_progress, work.completed, work.overdue) == (4, 2, 1, 1, 1)
    assert work.completion_rate == 0.25
    assert work.by_owner == {
        "": {"total": 2, "completed": 0, "overdue": 0},
        "dana": {"total": 2, "completed": 1, "overdue": 1},
    }


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=12), st.text(max_size=12)), max_size=8))
def test_whatever_people_wrote_every_incident_is_counted_once(rows: list[tuple[str, str, str]]) -> None:
    incidents = [held({MODE: mode, OCCURRED: at, DETECTED: at, "actions/r/text": due}) for mode, at, due in rows]
    found = stats(incidents, today=TODAY)
    assert sum(sum(modes.values()) for modes in found.by_month.values()) == len(rows)
    assert all(sum(counts.values()) == len(rows) for counts in found.counts.values())
    assert found.time_to_detect.known + found.time_to_detect.unknown == len(rows)
