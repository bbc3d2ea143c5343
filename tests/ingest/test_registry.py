"""Which format a source is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.reading import read
from tests.shared import SAMPLES, sample_files
from tracetui.errors import UnknownNameError
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, detect_format
from tracetui.ingest.source import Source

EXPECTED = {"incident": "session-trace", "good": "session-trace", "hostile": "session-trace", "autogen": "autogen-chat"}


def expected_format(path: Path) -> str:
    name = path.name
    if name == "hostile.json":
        return "openai-chat"
    for part, found in (
        ("responses", "openai-responses"),
        ("openai", "openai-chat"),
        ("anthropic", "anthropic-messages"),
        ("tau_bench", "tau-bench"),
        ("claude", "claude-code"),
    ):
        if part in name:
            return found
    return EXPECTED[name.split("_")[0].split(".")[0]]


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["", "x.bin"])
def test_exactly_one_format_claims_each_sample_whatever_its_name(path: Path, name: str) -> None:
    records = Records(Source(path=name or path.name, data=path.read_bytes()))
    scores = {fmt.NAME: fmt.detect(records) for fmt in FORMATS.values() if fmt.NAME != "raw"}
    claimed = {found: detection for found, detection in scores.items() if detection.score > 0}
    assert set(claimed) == {expected_format(path)}
    (detection,) = claimed.values()
    assert 0 < detection.score <= 1
    assert detection.reason
    assert detect_format(records)[0].NAME == expected_format(path)


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_every_sample_opens_with_nothing_skipped(path: Path) -> None:
    trace = read(path.read_bytes(), path=path.name)
    assert trace.report.skipped == ()
    assert all(session.steps for session in trace.sessions)


def test_every_sample_is_told_in_the_readme() -> None:
    told = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for path in sample_files():
        stem = path.name.replace("good_same_customer", "…").replace("good_other_customer", "…")
        assert f"`{path.name}`" in told or f"`{stem}`" in told


def test_every_format_says_how_it_is_known_and_what_it_keeps() -> None:
    assert list(FORMATS)[-1] == "raw"
    for name, fmt in FORMATS.items():
        assert fmt.NAME == name
        assert fmt.TITLE
        assert fmt.RULE.endswith(".")
        assert fmt.KEEPS.endswith(".")


def test_a_name_that_is_no_format_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        FORMATS["nonsense"]
    with pytest.raises(UnknownNameError):
        FORMATS["__init__"]
