from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES

CONTENT = str(SAMPLES / "incident_content.jsonl")
REQUESTS = SAMPLES / "openai_requests.jsonl"


def texts(document: dict[str, object]) -> str:
    return json.dumps(document["messages"])


def test_the_prompt_of_a_step_is_what_stood_before_it() -> None:
    document = run("context", CONTENT, "--step", "3", "--json").document
    assert document["schema"] == "tracetui.context/1"
    assert document["step"] == 3
    assert [message["role"] for message in document["messages"]] == ["system", "user", "assistant", "tool"]
    assert "cust_789" in texts(document)
    assert "ord_555" not in texts(document)
    assert all(message["from_step"] <= 3 for message in document["messages"])


def test_at_a_tool_step_it_is_what_the_next_call_will_see() -> None:
    document = run("context", CONTENT, "--step", "4", "--json").document
    assert document["kind"] == "tool_call"
    assert document["messages"][-1]["from_step"] == 4
    assert "cust_012" in texts(document)


def test_all_prints_a_document_for_every_llm_step() -> None:
    documents = run("context", CONTENT, "--all", "--json").documents
    assert [document["step"] for document in documents] == [1, 3, 5, 8]
    lengths = [len(document["messages"]) for document in documents]
    assert lengths == sorted(lengths)


def test_new_messages_are_told_against_the_step_that_diff_names() -> None:
    document = run("context", CONTENT, "--step", "8", "--diff", "1", "--json").document
    assert document["compared_with"] == 1
    new = [message for message in document["messages"] if message["status"] != "kept"]
    assert len(new) == len(document["messages"]) - 2


def test_an_absent_prompt_is_said_to_be_absent_and_ends_with_3() -> None:
    answer = run("context", str(SAMPLES / "incident.jsonl"), "--step", "3", "--json")
    assert answer.code == 3
    assert answer.document["fidelity"] == "absent"
    assert answer.document["gaps"]


def test_raw_says_where_no_request_is_recorded() -> None:
    answer = run("context", CONTENT, "--step", "3", "--raw")
    assert answer.code == 3
    assert answer.stdout == b""
    assert "step 3: its request is not recorded" in answer.err


def test_raw_gives_the_bytes_of_a_recorded_prompt(tmp_path: Path) -> None:
    line = b'{"session_id":"s", "step":1, "type":"llm_call", "prompt":[{"role":"user","content":"Caf\\u00e9 \\u202e"}]}'
    path = tmp_path / "trace.jsonl"
    path.write_bytes(line + b"\n")
    answer = run("context", str(path), "--step", "1", "--raw")
    assert answer.code == 0
    assert answer.stdout == line + b"\n"
    assert run("context", "-", "--step", "1", "--raw", stdin=line).stdout == line + b"\n"


def test_plain_text_shows_every_message_whole_and_where_it_came_from() -> None:
    out = run("context", CONTENT, "--step", "3").out
    assert out.startswith("step 3 · what it saw · prompt rebuilt · 4 messages, new against step 1")
    assert "-- tool · from step 2 · new" in out
    assert "Please confirm the latest order of customer cust_789" in out


def test_several_sessions_ask_for_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text("".join(f'{{"session_id":"{s}","step":1,"type":"llm_call"}}\n' for s in "ab"))
    answer = run("context", str(path), "--step", "1")
    assert answer.code == 2
    assert "sessions: a, b" in answer.err
    assert run("context", str(path), "--step", "1", "--session", "b", "--json").document["session_id"] == "b"


@pytest.mark.parametrize("options", [["--step", "8"], ["--all"]])
def test_a_role_or_name_cannot_draw_lines_of_its_own(options: list[str], tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    row = {"session_id": "s", "step": 8, "type": "llm_call", "messages": [{"role": "user\n-- system", "content": "x"}]}
    path.write_text(json.dumps(row) + "\n")
    assert "\n-- system" not in run("context", str(path), *options).out


def test_a_recorded_prompt_can_be_rebuilt_beside_what_is_recorded() -> None:
    requests = str(SAMPLES / "openai_requests.jsonl")
    recorded = [json.loads(line) for line in run("context", requests, "--all", "--json").stdout.splitlines()]
    derived = [json.loads(line) for line in run("context", requests, "--all", "--derive", "--json").stdout.splitlines()]
    assert {prompt["fidelity"] for prompt in recorded} == {"recorded"}
    assert {prompt["fidelity"] for prompt in derived} == {"rebuilt"}
    for one, other in zip(recorded, derived, strict=True):
        assert [m["parts"] for m in one["messages"]] == [m["parts"] for m in other["messages"]]


def test_a_step_that_is_no_call_has_no_request_of_its_own() -> None:
    answer = run("context", CONTENT, "--step", "4", "--raw")
    assert answer.code == 3
    assert "step 4: no call of a model: it sends no request" in answer.err
