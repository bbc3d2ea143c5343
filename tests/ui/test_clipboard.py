"""Copying: by the way that reaches the terminal, and always to a file."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tracetui.ui import clipboard


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    return tmp_path / "tracetui"


def test_a_plain_terminal_gets_osc_52_and_a_private_file_holds_it_too(cache: Path) -> None:
    written: list[str] = []
    told = clipboard.copy("ord_555 文", write=written.append, environ={})
    assert written == [f"\x1b]52;c;{base64.b64encode('ord_555 文'.encode()).decode()}\x07"]
    assert (cache / "copied.txt").read_text(encoding="utf-8") == "ord_555 文"
    assert stat.S_IMODE(os.stat(cache / "copied.txt").st_mode) == 0o600
    assert told.startswith("sent to terminal · also in ")


def test_what_is_long_goes_to_the_file_alone(cache: Path) -> None:
    written: list[str] = []
    told = clipboard.copy("x" * 100_000, write=written.append, environ={})
    assert written == []
    assert "sent" not in told
    assert (cache / "copied.txt").stat().st_size == 100_000


def test_screen_gets_pieces_that_it_passes_on() -> None:
    written: list[str] = []
    clipboard.copy("y" * 1000, write=written.append, environ={"STY": "1"})
    pieces = written[0].removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert all(len(piece) < 256 for piece in pieces)
    assert base64.b64decode("".join(pieces).removeprefix("\x1b]52;c;").rstrip("\x07")) == b"y" * 1000


def test_tmux_takes_a_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []

    def run(command: list[str], *, input: bytes, **_: object) -> subprocess.CompletedProcess[bytes]:  # noqa: A002
        given.append(input)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("subprocess.run", run)
    written: list[str] = []
    assert clipboard.copy("z", write=written.append, environ={"TMUX": "1"}).startswith("sent to terminal through tmux")
    assert given == [b"z"]
    assert written == []


def test_where_no_file_can_be_written_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: "/dev/null/none")
    assert "no file: Not a directory" in clipboard.copy("a", write=lambda _: None, environ={})
