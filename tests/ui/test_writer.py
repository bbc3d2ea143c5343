"""What is written reaches the terminal in order and whole, and never holds up the one who writes."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator

import pytest

from tracetui.ui.writer import Writer, own_handle

LONG = "the quick brown 狐 jumps over the lazy 犬; " * 4000
"""More than a terminal takes that is not read."""


@pytest.fixture
def terminal() -> Iterator[tuple[int, Writer]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    file = open(slave, "w", encoding="utf-8")  # noqa: SIM115
    writer = Writer(file)
    yield master, writer
    writer.stop()
    file.close()
    os.close(master)


def read(master: int, count: int) -> bytes:
    found = b""
    while len(found) < count:
        found += os.read(master, 65536)
    return found


def test_a_terminal_that_takes_it_has_it_at_once_without_the_thread(terminal: tuple[int, Writer]) -> None:
    master, writer = terminal
    writer.write("häßlich")
    assert not writer.is_behind
    assert read(master, 9).decode() == "häßlich"
    writer.start()


def test_what_a_slow_terminal_does_not_take_follows_in_order_and_whole(terminal: tuple[int, Writer]) -> None:
    master, writer = terminal
    writer.write(LONG)
    assert writer.is_behind
    writer.write("last")
    writer.start()
    assert read(master, len((LONG + "last").encode())).decode() == LONG + "last"


def test_where_the_terminal_has_gone_nothing_waits_and_nothing_is_raised() -> None:
    master, slave = os.openpty()
    with open(slave, "w", encoding="utf-8") as file:
        writer = Writer(file)
        writer.start()
        os.close(master)
        for _ in range(100):
            writer.write("x")
        writer.stop()
        assert not writer.is_alive()


def test_a_pipe_is_written_to_by_the_thread() -> None:
    reader, pipe = os.pipe()
    assert own_handle(pipe) is None
    with open(pipe, "w", encoding="utf-8") as file:
        writer = Writer(file)
        writer.write("one")
        writer.start()
        writer.write("two")
        assert read(reader, 6) == b"onetwo"
        writer.stop()
    os.close(reader)
