"""Every sample, damaged: a trace with an account of its records, or an error that says what is wrong. Never another exception.

TRACETUI_EXAMPLES sets how many damaged files each test looks at, with TRACETUI_EXPLORE=1 other ones every time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.damage import (
    FILES,
    IN_JSON,
    PACKINGS,
    bytes_damaged,
    lines_damaged,
    rows_of,
    values_damaged,
    written,
)
from tests.shared import SAMPLES
from tracetui.analysis.triage import triage
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.open import open_folder, open_trace, read_trace
from tracetui.ingest.packing import MAX_DECODED_BYTES
from tracetui.ingest.registry import FORMATS
from tracetui.ingest.source import source_of
from tracetui.model import Trace

EXAMPLES = int(os.environ.get("TRACETUI_EXAMPLES", "0"))
PARTS = sorted(name for name in FILES if os.sep in name)
"""Samples that belong to another one: a sub-agent's file."""


def examples(few: int) -> settings:
    return settings(max_examples=EXAMPLES or few, deadline=None)


def is_accounted_for(trace: Trace) -> None:
    report = trace.report
    assert report.records == report.read + len(report.skipped)
    for session in trace.sessions:
        assert [step.index for step in session.steps] == list(range(len(session.steps)))
        for step in session.steps:
            prompt_at(session, step.index)
            for place in (step.source, *step.also):
                assert 0 <= place.offset <= place.offset + place.length <= MAX_DECODED_BYTES
    if EXAMPLES:
        for session in trace.sessions[:2]:
            if session.steps:
                triage(session)


def must_hold(raw: bytes, name: str, format_name: str | None = None) -> None:
    try:
        trace = read_trace(source_of(name, raw), format_name=format_name)
    except TracetuiError as problem:
        assert problem.message  # noqa: PT017 - either outcome is right
        return
    is_accounted_for(trace)


@examples(100)
@given(st.sampled_from(sorted(FILES)), st.sampled_from(sorted(PACKINGS)), st.data())
def test_bytes_of_a_sample_or_of_what_it_is_packed_in(name: str, packing: str, data: st.DataObject) -> None:
    must_hold(bytes_damaged(PACKINGS[packing](FILES[name]), data), data.draw(st.sampled_from([name, "x.bin"])))


@examples(200)
@given(st.sampled_from(IN_JSON), st.data())
def test_values_and_lines_of_a_sample(name: str, data: st.DataObject) -> None:
    rows = lines_damaged(values_damaged(rows_of(name), data), data)
    must_hold(written(rows), data.draw(st.sampled_from([name, "x.bin"])))


@examples(40)
@given(st.sampled_from(IN_JSON), st.sampled_from(sorted(FORMATS)), st.data())
def test_a_sample_read_as_any_format(name: str, format_name: str, data: st.DataObject) -> None:
    must_hold(written(values_damaged(rows_of(name), data)), name, format_name)


@examples(40)
@given(st.data())
def test_values_inside_an_archive(data: st.DataObject) -> None:
    rows = values_damaged(rows_of("inspect_log.json"), data)
    must_hold(PACKINGS["archive"](written(rows)), "x.eval")


@examples(25)
@given(st.sampled_from(PARTS), st.data())
def test_a_part_of_a_run_beside_its_whole(name: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top, whole = Path(folder), name.split(os.sep)[0]
        shutil.copytree(SAMPLES / whole, top / whole)
        for beside in SAMPLES.glob(f"{whole}.*"):
            shutil.copy(beside, top)
        rows = lines_damaged(values_damaged(rows_of(name), data), data)
        (top / name).write_bytes(data.draw(st.sampled_from([written(rows), bytes_damaged(FILES[name], data)])))
        traces, problems = open_folder(folder)
        assert traces or problems
        for trace in traces:
            is_accounted_for(trace)
        for beside in top.glob(f"{whole}.*"):
            is_accounted_for(open_trace(str(beside)))
