"""The lines above the steps."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.incident import opened_incident
from tracetui.analysis.findings import FaultOrigin, SoFar, Verdict
from tracetui.model import Gap, Skipped
from tracetui.ui import banner
from tracetui.ui.apart import UnwantedError
from tracetui.ui.loading import analyse, analyse_telling
from tracetui.ui.state import Opened


def told(opened: Opened, width: int = 120) -> str:
    return "\n".join(line.plain for line in banner.verdict(opened, width))


def with_verdict(mode: str, why: str) -> Opened:
    opened = opened_incident()
    assert opened.triage is not None
    verdict = Verdict(failure_mode=mode, confidence=0.9, why=why, escalate=False)  # type: ignore[arg-type]
    origin = FaultOrigin(found=False, because=why)
    triage = msgspec.structs.replace(opened.triage, verdict=verdict, origin=origin, flags=(), blast_radius=())
    return opened.with_(triage=triage)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_every_line_fits(width: int) -> None:
    opened = opened_incident()
    lines = [banner.header(opened, width), *banner.verdict(opened, width)]
    assert all(line.cell_length <= width for line in lines)


@pytest.mark.parametrize("width", [60, 66, 70, 80])
def test_the_wrong_value_is_told_whole_before_who_wrote_it_and_how(width: int) -> None:
    opened = opened_incident()
    assert opened.triage is not None
    assert "ord_555" in told(opened, width)
    steps = tuple(msgspec.structs.replace(step, agent="an-agent-with-a-long-name") for step in opened.session.steps)
    named = msgspec.structs.replace(opened, session=msgspec.structs.replace(opened.session, steps=steps))
    assert "ord_555" in told(named, width).split("\n")[0]
    assert "an-agent-with-a-long-name first wrote ord_555" in told(named, 120)


def test_eighty_columns_tell_what_where_how_far_and_what_is_missing() -> None:
    text = told(opened_incident(), 80)
    for part in (
        "HALLUCINATION PROPAGATION",
        "step 3",
        "first wrote ord_555",
        "3→4→5→6→7→8",
        "2 external",
        "1 irreversible",
    ):
        assert part in text
    assert "escalate" in text
    assert "gaps none" in text


def test_nothing_found_is_calm_and_says_what_it_proves() -> None:
    opened = with_verdict("none_found", "no flag; this proves no answer right")
    assert "NOTHING FOUND" in told(opened)
    assert "this proves no answer right" in told(opened)
    assert banner.is_calm(opened.triage)


def test_cannot_tell_is_not_nothing_found() -> None:
    assert "CANNOT TELL" in told(with_verdict("cannot_tell", "needs tool results"))


def test_a_found_mode_without_an_origin_says_why_there_is_none() -> None:
    assert "origin not found: a loop has no premise" in told(
        with_verdict("cost_runaway", "not found, because a loop has no premise")
    )


def test_a_weak_suspect_is_not_called_an_origin_and_alarms_nobody() -> None:
    opened = opened_incident()
    assert opened.triage is not None
    origin = msgspec.structs.replace(opened.triage.origin, confidence=0.1)
    opened = opened.with_(triage=msgspec.structs.replace(opened.triage, origin=origin))
    assert "PERHAPS HALLUCINATION PROPAGATION" in told(opened)
    assert "suspect step 3" in told(opened)
    assert banner.is_calm(opened.triage)


def test_gaps_are_named() -> None:
    opened = opened_incident()
    assert opened.triage is not None
    gaps = (Gap("tools_not_recorded", "arguments cannot be checked"),)
    opened = opened.with_(triage=msgspec.structs.replace(opened.triage, gaps=gaps))
    assert "gaps tools not recorded" in told(opened)


def test_before_the_analysis_is_done_the_steps_are_not_waited_for() -> None:
    assert "looking for the origin" in told(opened_incident(analysed=False))


def test_a_long_cascade_keeps_both_ends_and_says_its_length() -> None:
    opened = opened_incident()
    assert banner.path(opened.session, tuple(range(8))) == "1→2→3→…→7→8 (8 steps)"


def test_unread_records_are_counted_in_the_header() -> None:
    opened = opened_incident()
    report = msgspec.structs.replace(opened.trace.report, skipped=(Skipped(3, 0, 1, "cut"),))
    opened = opened.with_(trace=msgspec.structs.replace(opened.trace, report=report))
    assert "1 unread" in banner.header(opened, 80).plain


def test_while_the_analysis_runs_it_is_told_how_far_it_is_and_what_it_has_found() -> None:
    found = opened_incident()
    assert found.triage is not None
    running = found.with_(triage=None)
    assert told(running).strip() == "… looking for the origin"
    half = running.with_(so_far=SoFar.of(0.5, found.triage.flags))
    assert "looking for the origin · 50 %" in told(half)
    assert "1 ENTITY_HALLUCINATION from step 3 on" in told(half)
    assert "so far 1 E from step 3 on" in told(half, 80)
    assert all(line.cell_length <= 40 for line in banner.verdict(half, 40))
    assert banner.is_calm(half.triage)


def test_an_analysis_that_nobody_waits_for_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.ui.loading._TELL_SECONDS", 0.0)
    opened = opened_incident().with_(triage=None)
    heard: list[SoFar] = []
    with pytest.raises(UnwantedError):
        analyse_telling(opened, lambda so_far: heard.append(so_far) or len(heard) < 3)  # type: ignore[func-returns-value]
    assert len(heard) == 3
    assert analyse_telling(opened, lambda _: True) == analyse(opened)
