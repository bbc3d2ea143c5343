"""What the fuzzer found stays found: `python benchmarks/fuzz.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzzing import FIRST, TARGETS, check_blocks, check_columns, check_text

FOUND = sorted(path for path in (Path(__file__).parent / "fuzz").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_broke_once_breaks_no_more(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_can_be_shown_and_listed(data: bytes) -> None:
    check_text(data)
    check_columns(data)
    check_blocks(data)


@pytest.mark.parametrize("target", FIRST)
def test_what_the_fuzzer_begins_with_is_sound(target: str) -> None:
    for data in FIRST[target]():
        TARGETS[target](data)
