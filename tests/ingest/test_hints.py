"""Which formats are ruled out before they are loaded."""

from __future__ import annotations

import subprocess
import sys

from tests.shared import SAMPLES
from tracetui.ingest.hints import HINTS, may_beat
from tracetui.ingest.registry import BUILT_IN

LOADED = """
import sys
from tracetui.ingest.open import open_trace
open_trace(sys.argv[1])
print(*(name.rpartition(".")[2] for name in sys.modules if name.startswith("tracetui.ingest.formats.")))
"""


def test_a_hint_is_of_a_format() -> None:
    assert set(HINTS) <= set(BUILT_IN)


def test_a_key_that_is_not_there_rules_a_format_out() -> None:
    assert not may_beat("jaeger", b'{"spans": []}', 0)
    assert may_beat("jaeger", b'{"spans": [], "processes": {}}', 0)


def test_a_beginning_rules_a_format_out() -> None:
    assert not may_beat("adk_store", b"{}", 0)
    assert may_beat("adk_store", b"SQLite format 3\x00", 0)


def test_what_scores_no_higher_need_not_be_asked() -> None:
    assert may_beat("jaeger", b"processes", 0.94)
    assert not may_beat("jaeger", b"processes", 0.95)


def test_a_large_source_is_not_searched() -> None:
    assert may_beat("jaeger", b" " * (2 << 20), 0)


def test_a_format_without_a_hint_is_always_asked() -> None:
    assert may_beat("one_more", b"", 0.99)


def test_reading_a_session_trace_loads_no_reader_of_another_format() -> None:
    words = [sys.executable, "-c", LOADED, str(SAMPLES / "incident_content.jsonl")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & set(HINTS) == {"session_trace"}
