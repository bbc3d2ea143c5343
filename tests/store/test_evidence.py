from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec.structs import replace

from tests.postmortem.example import SAMPLE, sample_postmortem
from tracetui.model import SourceRef
from tracetui.store.evidence import keep_records


def test_records_are_copied_to_the_byte(tmp_path: Path) -> None:
    pins, problems = keep_records(tmp_path / "evidence", sample_postmortem().pins)
    lines = SAMPLE.read_bytes().splitlines()
    assert problems == ()
    for pin in pins:
        copy = (tmp_path / "evidence" / pin.file).read_bytes()
        assert copy == lines[pin.step - 1]
        assert hashlib.sha256(copy).hexdigest() == pin.sha256
    assert oct((tmp_path / "evidence").stat().st_mode)[-3:] == "700"


def test_a_kept_record_is_not_read_again(tmp_path: Path) -> None:
    pins, _ = keep_records(tmp_path, sample_postmortem().pins)

    def gone(place: SourceRef) -> bytes:
        raise AssertionError(place)

    assert keep_records(tmp_path, pins, gone) == (pins, ())


def test_a_trace_that_is_gone_is_reported_and_the_pin_stays(tmp_path: Path) -> None:
    def gone(place: SourceRef) -> bytes:
        raise OSError(2, "No such file or directory")

    pins, problems = keep_records(tmp_path, sample_postmortem().pins, gone)
    assert pins == sample_postmortem().pins
    assert problems[0] == "step 3: No such file or directory"


def test_a_trace_that_became_shorter_is_reported(tmp_path: Path) -> None:
    short = tmp_path / "short.jsonl"
    short.write_text("{}")
    pin = sample_postmortem().pins[0]
    moved = replace(pin, source=SourceRef(str(short), 0, 100))
    _, problems = keep_records(tmp_path / "evidence", (moved,))
    assert "has become shorter" in problems[0]
