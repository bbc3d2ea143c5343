from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO
from unittest.mock import patch

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui import __version__
from tracetui.cli import COMMANDS, main, usage

INCIDENT = str(SAMPLES / "incident.jsonl")


def program(
    *words: str, env: dict[str, str] | None = None, out: int | IO[bytes] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tracetui", *words], stdout=out, stderr=subprocess.PIPE, env=env)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_every_command_and_the_exit_codes_in_eighty_columns(option: str) -> None:
    answer = run(option)
    assert answer.code == 0
    assert answer.out == usage() + "\n"
    assert all(f"  {name} " in answer.out for name in COMMANDS)
    assert max(map(len, answer.out.splitlines())) <= 80


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version") == (0, f"tracetui {__version__}\n".encode(), "")


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help_that_starts_with_what_it_does(command: str) -> None:
    answer = run(command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"usage: tracetui {command}")


@pytest.mark.parametrize(
    "words",
    [
        ("triage",),
        ("steps",),
        ("context", INCIDENT),
        ("context", INCIDENT, "--step", "three"),
        ("context", INCIDENT, "--step", "3", "--all"),
        ("triage", INCIDENT, "--symptom", "last"),
        ("formats", "--nonsense"),
        ("--nonsense",),
    ],
)
def test_bad_usage_ends_with_2_and_says_how_it_is_used(words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert answer.stdout == b""
    assert "usage: tracetui" in answer.err


@pytest.mark.parametrize(
    ("words", "valid"),
    [
        (("steps", INCIDENT, "--session", "ses_other"), "ses_abc123"),
        (("context", INCIDENT, "--step", "9"), "1 to 5"),
        (("steps", INCIDENT, "--format", "sesion-trace"), "session-trace"),
    ],
)
def test_a_name_that_does_not_exist_ends_with_2_and_lists_the_valid_ones(words: tuple[str, ...], valid: str) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert answer.stdout == b""
    assert valid in answer.err


def test_a_reader_that_stops_early_is_no_error() -> None:
    with program("steps", str(SAMPLES / "incident_content.jsonl"), "--json") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_memory_that_is_used_up_is_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with patch("tracetui.commands.steps.sessions_of", side_effect=MemoryError):
        answer = run("steps", INCIDENT)
    assert answer.code == 2
    assert "not enough memory" in answer.err
    assert not list(tmp_path.rglob("*.log"))


def test_an_unexpected_error_is_a_short_message_and_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with patch(
        "tracetui.commands.steps.sessions_of",
        side_effect=RuntimeError("wires crossed \x1b[2J at sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD"),
    ):
        answer = run("steps", INCIDENT)
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert "unexpected RuntimeError: wires crossed" in answer.err
    (log,) = tmp_path.rglob("errors.log")
    assert str(log) in answer.err
    assert "Traceback" in log.read_text()
    assert (log.stat().st_mode | log.parent.stat().st_mode) & 0o077 == 0
    for told in (answer.err, log.read_text()):
        assert "sk-proj-abc" not in told
        assert "\x1b" not in told


def test_output_is_utf8_json_in_any_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with program("triage", INCIDENT, "--json", env=environment) as running:
        out, err = running.communicate()
    assert err == b""
    assert "Order found — belongs".encode() in out


def test_plain_text_is_ascii_where_the_terminal_is() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for words in (("triage", INCIDENT), ("--help",)):
        with program(*words, env=environment) as running:
            out, err = running.communicate()
        assert err == b""
        assert out.isascii()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no disk that is always full")
@pytest.mark.parametrize("words", [["triage", "--json", INCIDENT], ["steps", INCIDENT], ["--help"]])
def test_a_full_disk_below_standard_output_is_said(words: list[str]) -> None:
    with open("/dev/full", "wb") as full, program(*words, out=full) as running:
        assert running.stderr is not None
        said = running.stderr.read().decode()
    assert running.returncode == 2
    assert "standard output: no space left on device" in said
    assert "fault of tracetui" not in said


def test_a_closed_standard_output_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["triage", INCIDENT]) == 2
    assert "standard output is closed" in capsys.readouterr().err
