from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES, sample_files
from tracetui.text import cell_width

CONTENT = SAMPLES / "incident_content.jsonl"


def test_every_step_is_a_document_with_its_place() -> None:
    answer = run("steps", "--json", str(CONTENT))
    data = CONTENT.read_bytes()
    assert answer.code == 0
    assert [document["step"] for document in answer.documents] == list(range(1, len(answer.documents) + 1))
    for document in answer.documents:
        assert document["schema"] == "tracetui.steps/1"
        place = document["source"]
        record = data[place["offset"] : place["offset"] + place["length"]]
        assert data.split(b"\n")[place["line"] - 1] == record


def test_what_is_not_recorded_has_no_key_and_null_is_a_value(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text(
        '{"session_id":"s","step":1,"type":"tool_call","tool":"ping"}\n'
        '{"session_id":"s","step":2,"type":"tool_call","tool":"ping","args":null,"result":null}\n'
    )
    without, with_null = run("steps", "--json", str(path)).documents
    assert "result" not in without
    assert "arguments" not in without
    assert with_null["result"] is None
    assert with_null["arguments"] is None


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_plain_text_is_one_line_a_step_in_eighty_columns(path: Path) -> None:
    count = len(run("steps", "--json", str(path)).documents)
    lines = run("steps", str(path)).out.splitlines()
    assert len(lines) == count
    assert max(map(cell_width, lines)) <= 80


def test_one_session_of_several_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text("".join(f'{{"session_id":"{s}","step":{n},"type":"llm_call"}}\n' for s in "ab" for n in (1, 2)))
    assert [d["session_id"] for d in run("steps", "--json", str(path)).documents] == ["a", "a", "b", "b"]
    assert [d["session_id"] for d in run("steps", "--json", str(path), "--session", "b").documents] == ["b", "b"]
    assert run("steps", str(path)).out.splitlines()[0] == "session a"
