"""What a key costs on the wire over SSH: bytes, so no clock. `benchmarks/bytes.py` counts them beside less and lnav."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tty.long_trace import write_trace
from tests.tty.terminal import Terminal

pytestmark = pytest.mark.tty
OVER_SSH = {"SSH_TTY": "/dev/pts/0"}
LESS_DOWN, LNAV_DOWN, LESS_PAGE = 168, 432, 5171
"""Bytes that less and lnav send at 120×40: for a line down, and for the first page."""


def test_steps_down_cost_no_more_than_in_less_and_lnav_and_rest_costs_nothing(tmp_path: Path) -> None:
    trace = write_trace(tmp_path / "trace.jsonl", steps=120)
    with Terminal(str(trace), size=(119, 40), environ=OVER_SSH) as terminal:
        terminal.wait_for("blast")
        settle(terminal)
        assert len(terminal.raw) <= 3 * LESS_PAGE
        terminal.send("g")
        settle(terminal)
        assert after(terminal, "j") <= LESS_DOWN
        terminal.send("j" * 40)
        settle(terminal)
        assert after(terminal, "j") <= LNAV_DOWN
        assert terminal.bytes_within(0.6) == 0
        terminal.send("\r2")
        settle(terminal)
        assert after(terminal, "J") <= 2.5 * LNAV_DOWN
        terminal.send("\x11")
        assert terminal.wait_exit() == 0


def test_plain_output_is_an_option(tmp_path: Path) -> None:
    trace = write_trace(tmp_path / "trace.jsonl", steps=120)
    with Terminal(str(trace), "--plain-output", size=(119, 40), environ=OVER_SSH) as terminal:
        terminal.wait_for("blast")
        settle(terminal)
        terminal.send("g")
        settle(terminal)
        assert after(terminal, "j") > LESS_DOWN


def after(terminal: Terminal, key: str) -> int:
    """Bytes that a key makes the program send."""
    before = len(terminal.raw)
    terminal.send(key)
    settle(terminal)
    return len(terminal.raw) - before


def settle(terminal: Terminal) -> None:
    while terminal.bytes_within(0.3):
        pass
