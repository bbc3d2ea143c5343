"""Tables: rows with exact places, cells decoded without evaluating anything, and the formats that come as tables."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.reading import kinds, only, read
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_trace
from tracetui.ingest.source import Source
from tracetui.ingest.table import Table
from tracetui.model import Session, Usage

COLUMNS = ["id", "name", "note", "count"]


def written(*rows: Any, columns: list[str] = COLUMNS, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue().encode("utf-8", "surrogatepass")


def values(data: bytes) -> list[dict[str, Any] | None]:
    return [row.value for row in Table(Source(path="t.csv", data=data)).rows()]


@settings(max_examples=30)
@given(
    st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))] * 4), min_size=1)
)
def test_each_row_stands_where_its_place_says(rows: list[tuple[str, ...]]) -> None:
    data = written(*rows)
    found = list(Table(Source(path="t.csv", data=data)).rows())
    head = len(written())
    assert sum(row.length for row in found) == len(data) - head
    for row, cells in zip(found, rows, strict=True):
        again = next(csv.reader(io.StringIO(data[row.offset : row.offset + row.length].decode(), newline="")))
        assert tuple(again) == cells
        assert data[: row.offset].count(b"\n") == row.line - 1


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ('{"a": [1, null]}', {"a": [1, None]}),
        (
            """[{'role': "it's", 'ok': True, 'n': None, 'x': nan, 'e': '\\x1b\\U0001f600\\n'}]""",
            [{"role": "it's", "ok": True, "n": None, "x": None, "e": "\x1b😀\n"}],
        ),
        ("[see above]", "[see above]"),
        ("12", 12),
        ("12.0", 12),
        ("0.25", 0.25),
        ("007", "007"),
        ("2026-02-03", "2026-02-03"),
        ("__import__('os')", "__import__('os')"),
        ("[__import__('os').getcwd()]", "[__import__('os').getcwd()]"),
    ],
)
def test_a_cell_is_decoded_and_never_evaluated(cell: str, value: Any) -> None:
    (row,) = values(written(["1", "n", cell, "0"]))
    assert row is not None
    assert row["note"] == value
    assert row["id"] == "1"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_header_of_names_makes_a_table(delimiter: str) -> None:
    assert Table(Source(path="t", data=b"\xef\xbb\xbf" + written(["1", "a", "b", "2"], delimiter=delimiter)))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        '{"a":1,"b":2,"c":3,"d":4}\n',
        "well, this, is, prose, really.\nYes.\n",
        "a,b,c,d\n",
        "a,a,b,c\n1,2,3,4\n",
        "a,b\rc,d,e\n1,2,3\n",
    ],
)
def test_what_has_no_header_and_rows_is_none(text: str) -> None:
    assert not Table(Source(path="t", data=text.encode()))


def test_a_carriage_return_that_stands_alone_costs_its_row_only() -> None:
    assert values(written() + b"1,a\rb,c,2\n2,x,y,3\n") == [None, {"id": "2", "name": "x", "note": "y", "count": 3}]


def test_a_row_of_another_length_is_listed_and_the_rest_is_read() -> None:
    trace = read(written(["1", "a", "b", "2"]) + b"1,2\n" + b"3,c,d,4\n", path="t.csv")
    assert (trace.format, trace.report.read) == ("raw", 2)
    assert [(one.line, one.reason) for one in trace.report.skipped] == [
        (3, "a row that has not as many cells as the header")
    ]


# Formats


def test_langfuses_table_is_its_trace() -> None:
    table, document = (open_trace(str(SAMPLES / name)) for name in ("langfuse_observations.csv", "langfuse_trace.json"))
    assert table.format == document.format == "langfuse"
    same = [
        (step.kind, step.tool, step.model, step.usage, step.cost_usd, step.start_ns, step.parent)
        for step in only(document).steps
    ]
    assert [(s.kind, s.tool, s.model, s.usage, s.cost_usd, s.start_ns, s.parent) for s in only(table).steps] == same
    prompts = [[prompt_at(only(trace), call).messages for call in (3, 5)] for trace in (table, document)]
    assert [[str(m.message.parts) for m in said] for said in prompts[0]] == [
        [str(m.message.parts) for m in said] for said in prompts[1]
    ]


def test_langfuses_table_of_generations_has_no_types() -> None:
    columns = [
        "id",
        "traceId",
        "startTime",
        "endTime",
        "totalCost",
        "model",
        "promptTokens",
        "completionTokens",
        "totalTokens",
        "input",
        "output",
    ]
    said = json.dumps([{"role": "user", "content": "hi"}])
    row = ["o", "t", "2026-02-03T10:00:00.000Z", "2026-02-03T10:00:01.000Z", "$0.000125", "m", 7, 2, 9, said, '"yo"']
    call = only(read(written(row, columns=columns), path="t.csv")).steps[-1]
    assert (call.kind, call.model, call.usage, call.cost_usd) == ("llm_call", "m", Usage(7, 2), 0.000125)


def test_langfuses_export_to_blob_storage_is_read_in_snake_case() -> None:
    row = {
        "id": "o", "trace_id": "t", "type": "GENERATION", "parent_observation_id": None, "start_time": "2026-02-03 10:00:00.000",
        "end_time": "2026-02-03 10:00:02.000", "provided_model_name": "m", "input": '[{"role":"user","content":"hi"}]',
        "output": "yo", "level": "ERROR", "status_message": "too long",
        "usage_details": {"input": "7", "output": "2", "total": "9"},
        "cost_details": {"total": 0.5}, "metadata": {},
    }  # fmt: skip
    call = only(read(json.dumps(row) + "\n", path="observations.jsonl")).steps[-1]
    assert (call.model, call.usage, call.cost_usd, call.error) == ("m", Usage(7, 2), 0.5, "too long")
    assert call.duration_ns == 2_000_000_000


def phoenix(**cells: Any) -> Session:
    columns = [
        "context.span_id",
        "context.trace_id",
        "parent_id",
        "name",
        "span_kind",
        "start_time",
        "end_time",
        "status_code",
        *cells,
    ]
    row = [
        "aa" * 8,
        "bb" * 16,
        "",
        "call",
        "LLM",
        "2026-02-03 10:00:00.5+00:00",
        "2026-02-03 10:00:01.5+00:00",
        "OK",
        *cells.values(),
    ]
    trace = read(written(row, columns=columns), path="spans.csv")
    assert trace.format == "span-dump"
    return only(trace)


def test_phoenixs_data_frame_as_csv_has_what_python_prints_in_its_cells() -> None:
    session = phoenix(
        **{
            "attributes.llm.input_messages": str([{"message.role": "user", "message.content": "what's up?"}]),
            "attributes.llm.output_messages": str([{"message.role": "assistant", "message.content": 'all "fine"'}]),
            "attributes.llm.model_name": "m",
            "attributes.llm.token_count.prompt": "7.0",
            "attributes.llm.token_count.completion": "2.0",
            "attributes.tool.name": "",
        }
    )
    assert kinds(session) == ["message", "llm_call"]
    call = session.steps[1]
    assert (call.model, call.usage, call.duration_ns) == ("m", Usage(7, 2), 1_000_000_000)
    assert "what's up?" in str(prompt_at(session, 1).messages[0].message.parts)
    assert 'all "fine"' in str(call.message)


def test_clickhouses_rows_come_as_csv_too() -> None:
    columns = ["Timestamp", "TraceId", "SpanId", "ParentSpanId", "SpanName", "Duration", "SpanAttributes"]
    attributes = "{'gen_ai.operation.name':'chat','gen_ai.request.model':'m','gen_ai.usage.input_tokens':'7'}"
    row = ["2026-02-03 10:00:00.000000000", "ab" * 16, "cd" * 8, "", "chat m", "5", attributes]
    call = only(read(written(row, columns=columns), path="rows.csv")).steps[-1]
    assert (call.kind, call.model, call.duration_ns) == ("llm_call", "m", 5)
