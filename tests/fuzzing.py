"""What must hold for any bytes: used by the fuzzer in `benchmarks/fuzz.py`, and by tests on what it found."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from unicodedata import category

from tracetui.commands import documents
from tracetui.commands.output import json_line
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.open import read_trace
from tracetui.ingest.source import source_of
from tracetui.text import cell_width, elide, visible, visible_line

columns = partial(block_of, glance=GLANCE)

_MOST_STEPS = 30


def check_readers(data: bytes) -> None:
    """Whatever reads it says what it is, accounts for every record, and gives prompts that can be built."""
    try:
        trace = read_trace(source_of("fuzz", data))
    except TracetuiError:
        return
    report = trace.report
    assert report.read + len(report.skipped) == report.records, "records are lost"
    for session in trace.sessions:
        for step in session.steps[:_MOST_STEPS]:
            assert step.source.offset >= 0
            prompt_at(session, step.index)
            json_line(documents.step(session, step)).encode()


def check_text(data: bytes) -> None:
    """Nothing that is shown can move the cursor, ring, or hide."""
    text = data.decode("utf-8", "surrogateescape")
    for shown in (visible(text), visible_line(text), elide(visible_line(text), 40)):
        for character in shown:
            assert character in "\n\t" or category(character) not in ("Cc", "Cs", "Zl", "Zp"), repr(character)
        shown.encode()
    assert not {"\n", "\t"} & set(visible_line(text))
    assert cell_width(elide(visible_line(text), 40)) <= 40


def check_columns(data: bytes) -> None:
    """A line is a row of each column, and comes back from a pipe as it went."""
    lines = list(io.BytesIO(data))
    block = columns(lines)
    assert all(len(column) == len(lines) for column in block[:5])
    assert Block.unpacked(io.BytesIO(block.packed())) == block


TARGETS: dict[str, Callable[[bytes], None]] = {
    "readers": check_readers,
    "text": check_text,
    "columns": check_columns,
}
