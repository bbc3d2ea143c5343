from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.export.test_safe import HOSTILE, RENDERERS, kinds, tokens
from tests.postmortem.example import sample_comparison, sample_postmortem, sample_trace, sample_triage
from tracetui.errors import TracetuiError, UnknownNameError
from tracetui.export import exporter_names, file_name, findings, get_exporter, render, write_new
from tracetui.export.redact import Redactor
from tracetui.model import Flag, Session
from tracetui.postmortem.document import Entry, GoodRun, Postmortem, decode, encode
from tracetui.postmortem.edits import AddPin, SetText, apply, put

BREAKING = {"link_open", "image", "html_block", "html_inline", "hr", "blockquote_open", "code_block"}


def test_every_exporter_has_a_name_a_title_and_a_suffix() -> None:
    for name in exporter_names():
        exporter = get_exporter(name)
        assert name == exporter.NAME
        assert exporter.TITLE
        assert exporter.SUFFIX.endswith((".md", ".html", ".json", ".py", ".txt"))
        assert render(name, sample_postmortem()).endswith("\n")
    assert get_exporter("md").NAME == "markdown"


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="markdown, html, json"):
        render("docx", sample_postmortem())


def test_json_is_the_document_with_an_account_of_the_redactions() -> None:
    text = render("json", sample_postmortem())
    assert json.loads(text)["redactions"] == []
    assert decode(text.encode()) == sample_postmortem()


def test_secrets_stay_at_home_unless_asked_for() -> None:
    key = "AKIA" + "A" * 16
    draft = apply(sample_postmortem(), SetText("detection.would_have_caught", key, "dana", "2026-07-01T02:15:00Z"))
    for name in exporter_names():
        assert key not in render(name, draft)
        # A handover is short, and an alert rule holds the signature: neither has every field.
        assert key in render(name, draft, rules=()) or name in ("handover", "alert")
    assert "*Redacted: 1 × AWS access key in `detection.would_have_caught`.*" in render("markdown", draft)


def test_what_only_a_good_run_did_is_told_as_of_that_run() -> None:
    held = sample_postmortem()
    run = GoodRun(path="/runs/good.jsonl", session_id="ses_good", sha256="ab", beside=2)
    good = replace(held.pins[0], id="good-1", step=9, run=run, role="list_orders")
    held = apply(held, AddPin(good))
    assert "**Good run, step 9**: `list_orders`, in" in render("markdown", held)
    assert "<b>Good run, step 9: list_orders</b>" in render("html", held)
    kept = next(pin for pin in json.loads(render("json", held))["pins"] if pin["id"] == "good-1")
    assert kept["run"] == {"path": "/runs/good.jsonl", "session_id": "ses_good", "sha256": "ab", "beside": 2}
    assert decode(encode(held)).pins[-1].run == run


def test_markdown_leads_with_the_verdict_the_cascade_and_the_evidence() -> None:
    text = render("markdown", replace(sample_postmortem(), id="INC-20260701-abc"))
    assert text.startswith("# Postmortem `INC-20260701-abc`: `Hallucination propagation: ord_555`\n")
    places = [text.index(part) for part in ("| failure mode |", "## Cascade", "## Evidence", "## Session", "## Check")]
    assert places == sorted(places)
    assert "```text\nReferenced order_id not present in prior context\n```" in text
    assert "- [x] Origin identified by step: step 3" in text
    assert "- [ ] Detection gap described: nothing is written" in text
    assert "*Left empty: " in text


@pytest.mark.parametrize("renderer", RENDERERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE)
def test_hostile_text_in_every_value_makes_no_new_structure(renderer: MarkdownIt, text: str) -> None:
    found = [token.type for token in tokens(renderer, render("markdown", _filled(text)))]
    assert not set(found) & BREAKING
    if text.strip():
        calm = _calm(renderer)
        for kind in ("heading_open", "table_open", "th_open"):
            assert found.count(kind) == calm.count(kind)


@cache
def _calm(renderer: MarkdownIt) -> list[str]:
    return [token.type for token in tokens(renderer, render("markdown", _filled("x")))]


def _filled(text: str) -> Postmortem:
    draft = sample_postmortem()
    for address in list(draft.fields):
        draft = put(draft, address, Entry(text=text, source=draft.entry(address).source))
    for address in ("lessons.well", "lessons.wrong", "identity.ticket", "actions/r1/text", "actions/r1/owner"):
        draft = put(draft, address, Entry(text=text, by=text))
    for row in draft.rows("cascade"):
        draft = put(draft, f"cascade/{row.id}/what", Entry(text=text, source="trace"))
    pins = tuple(replace(pin, quote=text, role=text, note=Entry(text=text)) for pin in draft.pins)
    return replace(draft, pins=pins)


def test_findings_of_a_session_stand_without_a_postmortem() -> None:
    trace = sample_trace()
    session = trace.sessions[0]
    text = findings.render(trace, session, sample_triage(session), sample_comparison())
    assert "| origin | `step 3` |" in text
    assert "`ENTITY_HALLUCINATION` (recorded in the trace)" in text
    assert "`ENTITY_MISMATCH` (detected, confidence 0.90)" in text
    assert "```text\nbelongs to cust_012, not cust_789\n```" in text
    assert "## Blast radius" in text
    assert "First difference in meaning at step 3 (argument)" in text
    assert "not found" in findings.render(trace, session, sample_triage(session, found=False))


@pytest.mark.parametrize("renderer", RENDERERS)
@settings(max_examples=25)
@given(HOSTILE)
def test_hostile_findings_make_no_new_structure(renderer: MarkdownIt, text: str) -> None:
    trace = sample_trace()
    session: Session = replace(trace.sessions[0], session_id=text)
    triage = sample_triage(session)
    flag: Flag = replace(triage.flags[0], message=text, kind=text)
    evidence = replace(triage.origin.evidence[0], quote=text, role=text)
    triage = replace(triage, flags=(flag,), origin=replace(triage.origin, because=text, evidence=(evidence,)))
    assert not kinds(renderer, findings.render(trace, session, triage)) & BREAKING


def test_findings_lose_their_secrets() -> None:
    key = "AKIA" + "A" * 16
    trace = sample_trace()
    session = trace.sessions[0]
    triage = sample_triage(session)
    triage = replace(triage, origin=replace(triage.origin, because=key))
    assert key not in findings.render(trace, session, triage)
    assert key in findings.render(trace, session, triage, redactor=Redactor(()))


@pytest.mark.parametrize("title", ["../../x", "CON", "-rf", "a\nb", "x" * 300, "Ünïcode", ""])
def test_file_names_are_safe_whatever_the_title(title: str) -> None:
    draft = replace(apply(sample_postmortem(), SetText("identity.title", title)), id="INC-20260701-abc")
    name = file_name("markdown", draft)
    assert name.startswith("INC-20260701-abc")
    assert name.endswith(".md")
    assert len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzINC0123456789.-")


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    write_new(tmp_path / "a.md", "\ud800 x")
    assert (tmp_path / "a.md").read_text() == "\\ud800 x"
    with pytest.raises(TracetuiError, match="already there"):
        write_new(tmp_path / "a.md", "y")
    with pytest.raises(TracetuiError, match="no such file"):
        write_new(tmp_path / "no" / "a.md", "y")
