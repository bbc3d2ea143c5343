from __future__ import annotations

import json
from typing import Any

from tests.shared import REPOSITORY, SAMPLES
from tests.write.same import converted, reopened, with_steps
from tracetui.ingest.session_rows import FIELDS
from tracetui.write.session_trace import RESERVED


def lines(name: str) -> list[dict[str, Any]]:
    data, _ = converted(with_steps(str(SAMPLES / name)), "session-trace")
    return [json.loads(line) for line in data.decode().splitlines()]


def test_a_trace_of_summaries_is_written_as_it_was() -> None:
    original = (SAMPLES / "incident.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines("incident.jsonl") == [json.loads(line) for line in original]


def test_a_window_that_grows_is_written_as_what_it_gained() -> None:
    calls = [row for row in lines("incident_openai.json") if row["type"] == "llm_call"]
    assert [message["role"] for message in calls[0]["messages"]] == ["system", "user"]
    assert [message["role"] for message in calls[1]["messages"]] == ["assistant", "tool"]
    assert all("prompt" not in row for row in calls)


def test_a_recorded_prompt_is_written_whole() -> None:
    calls = [row for row in lines("otlp.json") if row["type"] == "llm_call"]
    assert all(row["prompt"]["messages"] for row in calls)


def test_a_damaged_context_is_said_and_the_rest_is_read() -> None:
    rows = lines("incident_openai.json")
    rows[1]["context"] = {"edits": [{"messages": [{"added": [77, 0]}]}]}
    trace = reopened("".join(json.dumps(row) + "\n" for row in rows).encode(), "session-trace")
    assert any("damaged" in note for note in trace.report.notes)
    assert len(trace.sessions[0].steps) == len(rows)


def test_no_attribute_takes_the_name_of_a_field() -> None:
    assert FIELDS | {"context"} == RESERVED
    page = (REPOSITORY / "docs" / "session-trace.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in RESERVED)
