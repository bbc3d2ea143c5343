"""Bytes of a file or a pipe: never waiting for a writer, and never more than fits."""

from __future__ import annotations

import io
import os

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import memory
from tracetui.ingest.folders import open_archive
from tracetui.ingest.reading import open_at_once, read_to_end
from tracetui.ingest.source import first_line


class Endless(io.RawIOBase):
    def __init__(self, piece: bytes | None) -> None:
        self.piece = piece

    def read(self, size: int = -1) -> bytes | None:
        return self.piece


def test_what_has_no_end_is_refused_at_the_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "UNCHECKED_BYTES", 1000)
    monkeypatch.setenv(memory.VARIABLE, "1")
    with pytest.raises(UnreadableSourceError, match=r"its first \d+ MB need about \d+ MB of memory") as raised:
        read_to_end(Endless(bytes(1000)), "<stdin>")  # type: ignore[arg-type]
    assert memory.VARIABLE in raised.value.hint


def test_what_has_nothing_to_give_yet_is_not_waited_for() -> None:
    with pytest.raises(BlockingIOError):
        read_to_end(Endless(None), "x")  # type: ignore[arg-type]


def test_a_pipe_without_a_writer_opens_at_once(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "pipe")
    os.mkfifo(path)
    os.close(open_at_once(path))


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc")
def test_what_the_kernel_makes_as_it_is_read_is_not_looked_into_before() -> None:
    """`/proc/kmsg` says it is a regular file, and reading it waits for the next message."""
    assert first_line("/proc/self/status") == b""
    assert open_archive("/proc/self/status") is None
