"""What the guide tells people to write works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.shared import REPOSITORY, SAMPLES
from tests.store.incidents import held
from tracetui import export
from tracetui.analysis.rules import RULES
from tracetui.analysis.triage import triage
from tracetui.ingest.open import open_trace
from tracetui.ingest.registry import FORMATS

DOCS = REPOSITORY / "docs"
EXTENDING = (DOCS / "extending.md").read_text(encoding="utf-8")


def block(page: str, words: str) -> str:
    """The code block of a page that begins so."""
    return page.partition(f"```{words}\n")[2].partition("```")[0]


def added(monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> types.ModuleType:
    """An example of the page as the module that it says it is."""
    module = types.ModuleType(name)
    exec(compile(block(EXTENDING, words), name, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def test_the_format_reads_its_lines_and_accounts_for_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    added(monkeypatch, "tracetui.ingest.formats.support_chat", "python format")
    monkeypatch.setattr(FORMATS, "_modules", ("support_chat", *FORMATS._modules))
    file = tmp_path / "chats.jsonl"
    file.write_text(
        '{"chat": "c1", "who": "ann", "said": "hello"}\n{"chat": "c1", "who": "bot", "said": "hi"}\n{"x": 1}\n'
    )
    trace = open_trace(str(file))
    assert trace.format == "support-chat"
    assert [step.kind for step in trace.sessions[0].steps] == ["message", "llm_call"]
    assert (trace.report.read, len(trace.report.skipped)) == (2, 1)


def test_the_rule_flags_an_apology_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    added(monkeypatch, "tracetui.analysis.rules.apology", "python rule")
    monkeypatch.setattr(RULES, "_modules", (*RULES._modules, "apology"))
    file = tmp_path / "trace.jsonl"
    line = '{"session_id": "s", "step": %d, "type": "llm_call", "completion": "%s"}\n'
    file.write_text(line % (1, "I am sorry, that was wrong.") + line % (2, "Done."))
    flags = [flag for flag in triage(open_trace(str(file)).sessions[0]).flags if flag.kind == "APOLOGY"]
    assert [(flag.step, flag.evidence[0].quote) for flag in flags] == [(0, "sorry")]


def test_the_exporter_writes_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    added(monkeypatch, "tracetui.export.one_line", "python exporter")
    monkeypatch.setitem(export._MODULES, "one-line", "one_line")
    line = export.render("one-line", held({"identity.title": "one\nkey sk-live-1234", "origin.step": "3"}))
    assert line.count("\n") == 1
    assert line.startswith("draft | ")
    assert line.rstrip().endswith("| 3")


@pytest.fixture
def tracetui(tmp_path: Path) -> dict[str, str]:
    """An environment in which `tracetui` is a command."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "tracetui"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={REPOSITORY / "src"} exec {sys.executable} -m tracetui "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "XDG_STATE_HOME": str(tmp_path / "state")}


def test_the_gate_stops_at_a_fault_and_lets_good_runs_pass(tracetui: dict[str, str], tmp_path: Path) -> None:
    gate = tmp_path / "gate.sh"
    gate.write_text(block((DOCS / "ci.md").read_text(encoding="utf-8"), "sh gate"))
    good, bad = tmp_path / "good", tmp_path / "bad"
    for folder, names in ((good, ["good_renewal.json"]), (bad, ["good_renewal.json", "incident_content.jsonl"])):
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes((SAMPLES / name).read_bytes())
    answers = [
        subprocess.run(["sh", gate, folder], env=tracetui, cwd=tmp_path, capture_output=True, text=True, check=False)
        for folder in (good, bad)
    ]
    assert [answer.returncode for answer in answers] == [0, 1]
    assert answers[1].stdout == f"FAULT {bad}/incident_content.jsonl\n"


def test_the_guide_lists_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert {page.name for page in DOCS.glob("*.md")} - {"README.md"} <= set(re.findall(r"\w[\w-]*\.md", index))
