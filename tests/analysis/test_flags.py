"""Recorded and detected flags, told apart."""

from __future__ import annotations

import pytest

from tests.analysis.runs import order_run
from tests.shared import SAMPLES
from tracetui.analysis.flags import all_flags, detect_flags
from tracetui.analysis.provenance import Provenance
from tracetui.ingest.open import open_trace
from tracetui.model import Flag, Session


def sample(name: str) -> Session:
    return open_trace(str(SAMPLES / name)).sessions[0]


def told(session: Session) -> list[tuple[str, int]]:
    return [(flag.kind, session.steps[flag.step].number) for flag in detect_flags(Provenance.of(session))]


def test_the_minimal_incident_is_found_without_its_flags() -> None:
    session = sample("incident_unflagged.jsonl")
    assert told(session) == [("ENTITY_HALLUCINATION", 3), ("ENTITY_MISMATCH", 4)]


@pytest.mark.parametrize(
    ("name", "origin"), [("incident_content.jsonl", 3), ("incident_openai.json", 5), ("incident_anthropic.json", 4)]
)
def test_the_incident_with_content_is_found_in_every_format(name: str, origin: int) -> None:
    session = sample(name)
    assert told(session) == [("ENTITY_HALLUCINATION", origin), ("ENTITY_MISMATCH", origin + 1)]


def test_content_makes_surer_than_summaries() -> None:
    bare = detect_flags(Provenance.of(sample("incident_unflagged.jsonl")))
    full = detect_flags(Provenance.of(sample("incident_content.jsonl")))
    assert [one.confidence < other.confidence for one, other in zip(bare, full, strict=True)] == [True, True]
    assert "not recorded" in bare[0].message


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("good_*")))
def test_a_good_run_has_no_flag(name: str) -> None:
    for session in open_trace(str(SAMPLES / name)).sessions:
        assert detect_flags(Provenance.of(session)) == ()


def test_a_recorded_flag_that_a_rule_confirms_shows_its_evidence_and_both_are_listed() -> None:
    flags = all_flags(Provenance.of(sample("incident.jsonl")))
    assert [(flag.kind, flag.recorded) for flag in flags] == [
        ("ENTITY_HALLUCINATION", True),
        ("ENTITY_HALLUCINATION", False),
        ("ENTITY_MISMATCH", True),
        ("ENTITY_MISMATCH", False),
    ]
    assert flags[0].evidence == flags[1].evidence
    assert flags[0].confidence == 1.0


def test_a_recorded_flag_of_an_unknown_name_is_kept() -> None:
    session = sample("incident.jsonl")
    import msgspec

    steps = [msgspec.structs.replace(session.steps[0], recorded_flags=("OUR_OWN_ALARM",)), *session.steps[1:]]
    flags = all_flags(Provenance.of(msgspec.structs.replace(session, steps=steps)))
    assert flags[0].kind == "OUR_OWN_ALARM"
    assert flags[0].recorded
    assert flags[0].evidence[0].quote == session.steps[0].summary


def every_flag() -> list[tuple[Session, Flag]]:
    found: list[tuple[Session, Flag]] = []
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix in (".json", ".jsonl"):
            for session in open_trace(str(path)).sessions:
                found += [(session, flag) for flag in detect_flags(Provenance.of(session))]
    return [
        *found,
        *((s, f) for s in [order_run("cust_1", ["ord_7"], "ord_5")] for f in detect_flags(Provenance.of(s))),
    ]


def test_every_flag_is_short_sure_to_a_degree_and_has_evidence_to_the_letter() -> None:
    flags = every_flag()
    assert len(flags) > 8
    for session, flag in flags:
        assert len(flag.message) <= 100
        assert 0 < flag.confidence <= 1
        assert flag.rule
        assert flag.evidence
        texts = [passage.text for passage in Provenance.of(session).passages]
        for evidence in flag.evidence:
            named = [session.steps[evidence.step].tool or "", *map(str, session.steps[evidence.step].arguments or ())]
            assert any(evidence.quote in text for text in [*texts, *named])
