"""Whatever a trace holds, no command writes it raw: checked on the bytes, also on those of a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.running import Answer, run
from tests.shared import SAMPLES
from tracetui.export import TOUR_SUFFIXES

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
TRACES = [str(SAMPLES / "hostile.jsonl"), str(SAMPLES / "hostile.json")]
GOOD = str(SAMPLES / "good_same_customer.jsonl")
COMMANDS = [
    ["triage"],
    ["triage", "--json"],
    ["triage", "--baseline", GOOD, "--"],
    ["steps"],
    ["steps", "--json"],
    ["context", "--all"],
    ["context", "--all", "--json"],
    ["provenance", "--step", "2", "--value", "[/]"],
    ["provenance", "--step", "2", "--value", "[/]", "--json"],
    ["formats", "--check"],
    ["diff", GOOD],
    ["diff", "--json", GOOD],
]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: Path(path).name)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_writes_it_raw(words: list[str], path: str) -> None:
    assert_safe(run(*words, path))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: Path(path).name)
def test_no_postmortem_writes_it_raw(path: str, tmp_path: Path) -> None:
    store = ["--store", str(tmp_path)]
    incident = run("postmortem", "new", path, *store).out.strip()
    for words in (
        ["show"],
        ["show", "--json"],
        ["lint"],
        ["lint", "--json"],
        ["export"],
        ["export", "--format", "json"],
    ):
        assert_safe(run("postmortem", *words, incident, *store))
    assert_safe(run("incidents", *store))
    assert_safe(run("incidents", "--json", *store))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: Path(path).name)
@pytest.mark.parametrize("suffix", TOUR_SUFFIXES)
def test_no_file_of_a_walkthrough_holds_it_raw_or_reaches_out(suffix: str, path: str, tmp_path: Path) -> None:
    file = tmp_path / f"walk{suffix}"
    assert run("walk", path, "--export", str(file), "--store", str(tmp_path / "store")).code == 0
    text = file.read_text(encoding="utf-8")
    assert not RAW.search(text)
    if suffix != ".md":
        assert not re.search(r"<(?:script|img|image|iframe|object|embed|foreignObject|use|link)\b", text)
        assert not re.search(r"(?:href|src)=\"(?!#)", text)


def test_an_error_that_quotes_a_name_does_not_write_it_raw(tmp_path: Path) -> None:
    name = str(tmp_path / "\x1b]52;c;eA==\x07\u202etrace.jsonl")
    assert_safe(run("triage", name))
    assert_safe(run("triage", "--json", name))
    assert_safe(run("steps", TRACES[0], "--session", "\x1b[2J\u202e"))


def test_raw_bytes_go_to_a_pipe_as_they_are_and_to_a_terminal_made_visible(tmp_path: Path) -> None:
    line = '{"session_id":"s","step":1,"type":"llm_call","prompt":[{"role":"user","content":"a\u202eb\x7f\x9b2J"}]}'
    path = tmp_path / "trace.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    words = ["context", "--step", "1", "--raw", str(path)]
    assert run(*words).out == line + "\n"
    shown = on_a_terminal(words)
    assert "a<RLO>b␡<U+009B>2J" in shown
    assert not RAW.search(shown.replace("\r\n", "\n"))


def assert_safe(answer: Answer) -> None:
    assert answer.code in (0, 1, 2, 3)
    assert "unexpected" not in answer.err
    for text in (answer.out, answer.err):
        found = RAW.search(text)
        assert not found, (hex(ord(found[0])), text[max(0, found.start() - 40) : found.start() + 40])


def on_a_terminal(words: list[str]) -> str:
    """What a command writes to a real pseudo-terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "tracetui", *words], stdout=theirs, stdin=theirs) as running:
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 65536):
                written += chunk
        except OSError:
            pass
        running.wait(20)
    os.close(ours)
    return written.decode()
