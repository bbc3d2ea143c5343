"""What must hold for any bytes: used by the fuzzer in `benchmarks/fuzz.py`, and by tests on what it found."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import accumulate
from pathlib import Path
from unicodedata import category
from unittest.mock import patch
from zlib import crc32

import msgspec

from tests.shared import SAMPLES
from tracetui.commands import documents
from tracetui.commands.output import json_line
from tracetui.context import prompt_at
from tracetui.errors import TracetuiError
from tracetui.ingest import added_messages
from tracetui.ingest.decoding import TO_ITS_END, Place, beginning, decode_into, whole
from tracetui.ingest.framing import frames
from tracetui.ingest.glances.session_trace import GLANCE
from tracetui.ingest.line_cache import recall, remember
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_header import kept_place, known_header
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.line_tokens import Tokens, tokens_of
from tracetui.ingest.open import read_trace
from tracetui.ingest.packing import LISTED
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


def check_blocks(data: bytes) -> None:
    """What two runs are laid side by side by, and what a long prompt is told from: a line is a row, or the reason is an error
    that ends the work, and both come back from a pipe as they went."""
    lines = list(io.BytesIO(data))
    assert GLANCE.said is not None
    said = tokens_of(lines, GLANCE.said)
    assert all(len(column) == len(lines) for column in said[:4])
    assert list(said.ends) == list(accumulate(map(len, lines)))
    assert Tokens.unpacked(io.BytesIO(said.packed())) == said
    try:
        added = added_messages.block_of(lines)
    except ValueError:  # a line that is no call
        return
    assert len({len(column) for column in added.columns}) == 1
    assert len(added.counts) <= len(lines)
    assert added_messages.Block.unpacked(io.BytesIO(added.packed())) == added


def check_containers(data: bytes) -> None:
    """Streams and archives in one another, and the list in a document: what is wrong with them is said."""
    with suppress(TracetuiError, OSError, ValueError):
        source_of("fuzz", data)
    for place in (whole(data), whole(data).within(Place(0, TO_ITS_END, LISTED))):
        with suppress(TracetuiError, OSError, ValueError):
            begun = beginning(data, place, 1 << 16)
            assert len(begun.data) <= 1 << 16
    kept = io.BytesIO()
    decode_into(kept, data, whole(data).within(Place(0, TO_ITS_END, LISTED)), 1 << 20)
    assert len(kept.getvalue()) <= max(len(data), 1 << 20)


def check_kept(data: bytes) -> None:
    """What is kept of a large file: damaged in any way it is not taken; with a checksum made for it, it breaks nothing."""
    with kept_of_sample() as (file, place):
        whole_one = place.read_bytes()
        place.write_bytes(data)
        header = whole_one[: whole_one.index(b"\n") + 1]
        assert data == whole_one or recall(file) is None
        assert data.startswith(header) or known_header(file.path) is None
        told, line_feed, rest = data[8:].partition(b"\n")
        place.write_bytes(b"%08x" % crc32(told + line_feed) + told + line_feed + rest)
        recall(file)
        known_header(file.path)


@contextmanager
def kept_of_sample() -> Iterator[tuple[LineFile, Path]]:
    """A file of lines, and where what is kept of it is; to the last bit the same each time."""
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, {"XDG_CACHE_HOME": folder}):
        path = os.path.join(folder, "t.jsonl")
        Path(path).write_bytes(LINES)
        os.utime(path, (1, 1))
        file, survey = LineFile(path), Survey()
        file.take(file.read_on(1 << 20))
        survey.take(columns(io.BytesIO(LINES)))
        remember(file, survey)
        yield file, Path(kept_place(path))
        file.close()


LINES = (SAMPLES / "incident.jsonl").read_bytes()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "readers": check_readers,
    "text": check_text,
    "columns": check_columns,
    "blocks": check_blocks,
    "containers": check_containers,
    "kept": check_kept,
}


def nested() -> list[bytes]:
    """Containers in one another, to begin with."""
    plain = (SAMPLES / "openai_requests.jsonl").read_bytes()[:3000]
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl.gz", gzip.compress(plain))
    with tarfile.open(fileobj=tarred, mode="w") as archive_of_tar:
        info = tarfile.TarInfo("b/c.jsonl")
        info.size = len(plain)
        archive_of_tar.addfile(info, io.BytesIO(plain))
    return [
        gzip.compress(zipped.getvalue()),
        gzip.compress(tarred.getvalue()),
        lzma.compress(zipped.getvalue()),
        zipped.getvalue(),
        b'{"messages": [' + b",\n ".join(plain.splitlines()) + b"]}",
    ]


def behind_varints() -> bytes:
    """OTLP as `writeDelimitedTo` writes it."""
    data, written = (SAMPLES / "otlp_protobuf.pb").read_bytes(), b""
    for start, end in frames(data):
        length = end - start
        while length > 0x7F:
            written, length = written + bytes([length & 0x7F | 0x80]), length >> 7
        written += bytes([length]) + data[start:end]
    return written


def kept() -> list[bytes]:
    with kept_of_sample() as (_, place):
        return [place.read_bytes()]


FIRST: dict[str, Callable[[], list[bytes]]] = {
    "readers": lambda: [behind_varints()],
    "containers": nested,
    "kept": kept,
}
"""What a target begins with beside the samples."""
