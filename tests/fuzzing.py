"""What must hold for any bytes: used by the fuzzer in `benchmarks/fuzz.py`, and by tests on what it found."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from unicodedata import category

import msgspec

from tracetui.commands import documents
from tracetui.commands.output import json_line
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.open import read_trace
from tracetui.ingest.records import Records
from tracetui.ingest.registry import detect_format
from tracetui.ingest.report import Ledger
from tracetui.ingest.source import source_of
from tracetui.model import ContextEdit, RecordedPrompt, Session, Step
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
    if any("shown as raw records" in note for note in report.notes):
        # Safe for the user, but a reader takes any data: its own exception says where it does not.
        records = Records(source_of("fuzz", data))
        detect_format(records)[0].read(records, Ledger())
    assert report.read + len(report.skipped) == report.records, "records are lost"
    for session in trace.sessions:
        check_types(session)
        for step in session.steps[:_MOST_STEPS]:
            assert step.source.offset >= 0
            prompt_at(session, step.index)
            json_line(documents.step(session, step)).encode()


def check_types(session: Session) -> None:
    """Whatever a record holds, the model's fields hold what they say: the analyses trust that."""
    msgspec.convert(msgspec.to_builtins(session.steps), tuple[Step, ...])
    msgspec.convert(msgspec.to_builtins(session.edits), tuple[ContextEdit, ...])
    msgspec.convert(msgspec.to_builtins(tuple(session.prompts.values())), tuple[RecordedPrompt, ...])


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
