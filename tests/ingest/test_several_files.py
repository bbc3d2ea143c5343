"""Several files of one run open as one session, from the command line and in the app; a folder lists its sessions once."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run
from tests.ingest.claude_lines import SESSION, assistant, call, result, text, user, written
from tests.ingest.test_otlp_files import logs_document, spans_document
from tests.shared import SAMPLES
from tracetui.context import prompt_at
from tracetui.ingest.open import open_folder, open_trace
from tracetui.ui.loading import load


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def claude_code(folder: Path) -> Path:
    """A session with the file of a sub-agent in its folder."""
    main = [user("u1", None, "go"), assistant("a1", "u1", "m1", call("t1", "Task", prompt="look"))]
    main.append(result("r1", "a1", "t1", "found", toolUseResult={"agentId": "77"}))
    inner = [user("s1", None, "look", isSidechain=True, agentId="77")]
    inner.append(assistant("s2", "s1", "m2", text("there"), isSidechain=True, agentId="77"))
    written(folder, *inner, name=f"{SESSION}/subagents/agent-77.jsonl")
    return Path(written(folder, *main))


def codex(folder: Path) -> Path:
    """A rollout with that of a thread it has started beside."""

    def line(kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": "2026-02-03T10:00:00Z", "type": kind, "payload": payload}

    asked = line("response_item", type="message", role="user", content="go")
    lines(folder / "rollout-2-child.jsonl", line("session_meta", id="child", parent_thread_id="top"), asked)
    return lines(folder / "rollout-1-top.jsonl", line("session_meta", id="top"), asked)


def gemini_cli(folder: Path) -> Path:
    head = {"sessionId": "top", "projectHash": "p"}
    calls = [{"id": "c", "name": "agent", "args": {}, "status": "success", "result": "ok", "agentId": "sub"}]
    lines(folder / "top" / "sub.jsonl", head | {"sessionId": "sub"}, {"id": "1", "type": "gemini", "content": "x"})
    answer = {"id": "2", "type": "gemini", "content": "y", "toolCalls": calls}
    return lines(folder / "session-1.jsonl", head, {"id": "1", "type": "user", "content": "go"}, answer)


def openhands(folder: Path) -> Path:
    """One file for each event."""
    for number, text_said in enumerate(("go", "on")):
        message = {"role": "user", "content": text_said}
        event = {"id": str(number), "kind": "MessageEvent", "source": "user", "timestamp": "t", "llm_message": message}
        lines(folder / "events" / f"event-0000{number}-{number}.json", event)
    return folder / "events" / "event-00000-0.json"


def inspect(folder: Path) -> Path:
    """One file; what lies beside belongs to nobody."""
    shutil.copy(SAMPLES / "inspect_log.json", folder)
    (folder / "notes.txt").write_text("nothing of a trace")
    return folder / "inspect_log.json"


RUNS: list[tuple[Callable[[Path], Path], int]] = [
    (claude_code, 5),
    (codex, 4),
    (gemini_cli, 5),
    (openhands, 2),
    (inspect, 6),
]


@pytest.mark.parametrize(("write", "records"), RUNS, ids=[write.__name__ for write, _ in RUNS])
def test_the_files_of_a_run_are_one_session(write: Callable[[Path], Path], records: int, tmp_path: Path) -> None:
    path = write(tmp_path)
    trace = open_trace(str(path))
    assert len(trace.sessions) == 1
    assert trace.report.records == trace.report.read == records
    traces, problems = open_folder(str(tmp_path))
    assert [(one.path, one.report) for one in traces] == [(str(path), trace.report)]
    assert not problems
    assert [session.session_id for _, session in load(str(tmp_path)).sessions] == [trace.sessions[0].session_id]
    checked = run("formats", "--check", str(tmp_path), "--json").documents
    assert [document["source"]["path"] for document in checked] == [str(path)]


def test_a_folder_lists_the_sessions_of_every_run_in_it(tmp_path: Path) -> None:
    paths = [write(tmp_path / write.__name__) for write, _ in RUNS[1:3]]
    shutil.copy(SAMPLES / "incident.jsonl", tmp_path)
    (tmp_path / "broken.json").write_text('{"half": ')
    documents = run("triage", str(tmp_path), "--json").documents
    found = [document["source"]["path"] for document in documents if "source" in document]
    assert sorted(found) == sorted([str(tmp_path / "incident.jsonl"), *map(str, paths)])
    assert len(load(str(tmp_path)).sessions) == 3


def packed(folder: Path, files: dict[str, bytes], name: str) -> Path:
    path = folder / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for member, data in files.items():
                archive.writestr(member, data)
        return path
    with tarfile.open(path, "w:gz") as archive:
        for member, data in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["run.zip", "run.tar.gz"])
def test_log_records_and_spans_in_one_archive_are_one_session(name: str, tmp_path: Path) -> None:
    held = {"out/spans": spans_document(), "out/logs": logs_document(), "elsewhere/logs": logs_document()}
    path = packed(tmp_path, {member: json.dumps(value).encode() for member, value in held.items()}, name)
    traces = {one.path.removeprefix(f"{path}!"): one for one in open_folder(str(path))[0]}
    assert sorted(traces) == ["elsewhere/logs", "out/spans"]
    (session,) = traces["out/spans"].sessions
    assert prompt_at(session, session.steps[-1].index).fidelity == "recorded"
    assert traces["out/spans"].report.records == 2


def test_a_rotated_part_that_was_compressed_is_of_the_session_too(tmp_path: Path) -> None:
    first, second = spans_document(), spans_document()
    second["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = "d" * 16
    (tmp_path / "traces-2026-02-03T10-00-00.000.jsonl.gz").write_bytes(gzip.compress(json.dumps(first).encode()))
    lines(tmp_path / "traces.jsonl", second)
    assert len(open_trace(str(tmp_path / "traces.jsonl")).sessions[0].steps) == 2
