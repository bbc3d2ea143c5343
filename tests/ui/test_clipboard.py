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


def test_a_file_that_others_could_read_is_private_before_anything_is_written(cache: Path) -> None:
    cache.mkdir()
    (cache / "copied.txt").write_text("of yesterday, and longer")
    os.chmod(cache / "copied.txt", 0o644)
    clipboard.copy("a", write=lambda _: None, environ={})
    assert stat.S_IMODE(os.stat(cache / "copied.txt").st_mode) == 0o600
    assert (cache / "copied.txt").read_text() == "a"


def test_what_is_long_goes_to_the_file_alone(cache: Path) -> None:
    written: list[str] = []
    told = clipboard.copy("x" * 100_000, write=written.append, environ={})
    assert written == []
    assert told.startswith("too long for terminals · in ")
    assert (cache / "copied.txt").stat().st_size == 100_000


def test_screen_gets_pieces_that_it_passes_on() -> None:
    written: list[str] = []
    clipboard.copy("y" * 1000, write=written.append, environ={"STY": "1"})
    pieces = written[0].removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert all(len(piece) < 256 for piece in pieces)
    assert base64.b64decode("".join(pieces).removeprefix("\x1b]52;c;").rstrip("\x07")) == b"y" * 1000


def test_tmux_takes_a_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[bool, bytes]] = []

    def run(command: list[str], *, input: bytes, **_: object) -> subprocess.CompletedProcess[bytes]:  # noqa: A002
        given.append(("-w" in command, input))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("subprocess.run", run)
    written: list[str] = []
    assert clipboard.copy("z", write=written.append, environ={"TMUX": "1"}).startswith(
        "in tmux's buffer, sent to terminal"
    )
    long = "z" * 100_000
    assert clipboard.copy(long, write=written.append, environ={"TMUX": "1"}).startswith("in tmux's buffer · also in ")
    assert given == [(True, b"z"), (False, long.encode())]
    assert written == []


def test_where_no_file_can_be_written_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: "/dev/null/none")
    assert "no file: Not a directory" in clipboard.copy("a", write=lambda _: None, environ={})
