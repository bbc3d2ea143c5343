"""A dump of Postgres holds the same run as SQLite's file; a dump that is cut or damaged costs what is cut."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.reading import only, read
from tracetui.context import prompt_at
from tracetui.ingest.postgres import dumped_rows
from tracetui.ingest.source import Source
from tracetui.model import Session

RECORDED = Path(__file__).parents[1] / "recorded" / "langgraph"
DUMP = gzip.decompress((RECORDED / "checkpoints.sql.gz").read_bytes())


def told(session: Session) -> list[Any]:
    """All that a session says, without places and times."""
    steps = [
        (s.kind, s.scope, s.tool, s.call_id, s.arguments, s.result, s.usage, s.model, s.error) for s in session.steps
    ]
    calls = [step.index for step in session.steps if step.kind == "llm_call"]
    return [steps, [[str(m.message.parts) for m in prompt_at(session, call).messages] for call in calls]]


def test_a_dump_of_postgres_is_the_run_that_sqlite_holds() -> None:
    dump = read(DUMP, path="checkpoints.sql")
    file = read(gzip.decompress((RECORDED / "checkpoints.sqlite.gz").read_bytes()), path="checkpoints.sqlite")
    assert dump.format == file.format == "langgraph-checkpoints"
    assert dump.report.skipped == file.report.skipped == ()
    assert told(only(dump)) == told(only(file))
    assert only(dump).steps[-1].error == "ValueError('broken node')"


def test_each_row_of_a_dump_stands_where_its_place_says() -> None:
    for table, row, place in dumped_rows(Source(path="x.sql", data=DUMP)):
        assert row is not None
        line = DUMP[place.offset : place.offset + place.length]
        assert DUMP.split(b"\n")[(place.line or 0) - 1] == line
        assert table.startswith("checkpoint")
        assert line.split(b"\t")[0].decode() == next(iter(row.values.values()))


def test_fields_are_text_bytes_or_nothing() -> None:
    block = b"COPY public.t (a, b, c, d) FROM stdin;\nx\\ty\\\\z\t\\\\x0aff\t\\N\t\\x41\\101\nshort\n\\.\nnot a row\n"
    (_, row, _), (_, short, _) = dumped_rows(Source(path="x.sql", data=block))
    assert row is not None
    assert row.values == {"a": "x\ty\\z", "b": b"\x0a\xff", "c": None, "d": "AA"}
    assert short is None


@settings(max_examples=20)
@given(st.integers(0, len(DUMP)), st.binary(max_size=3))
def test_a_damaged_dump_is_read_as_far_as_it_goes(at: int, put: bytes) -> None:
    trace = read(DUMP[:at] + put + DUMP[at + 40 :], path="checkpoints.sql")
    assert trace.report.records
