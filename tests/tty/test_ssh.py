"""Over a real SSH server: a link that drops costs nothing that was shown. `benchmarks/ssh.py` does twenty rounds of it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.tty.ssh import WHY_NOT, remote
from tests.tty.terminal import SAMPLES
from tracetui.store.incidents import Store

pytestmark = [pytest.mark.tty, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


def test_what_was_typed_before_the_link_dropped_is_there_at_the_next_connection(tmp_path: Path) -> None:
    trace = Path(shutil.copy(SAMPLES / "incident_content.jsonl", tmp_path / "trace.jsonl"))
    with remote(tmp_path) as there:
        with there.open(trace) as terminal:
            terminal.wait_for("HALLUCINATION PROPAGATION", 60)
            assert b"\x1b[?1000h" not in terminal.raw, "the mouse is followed over SSH"
            terminal.send("p")
            terminal.wait_for("Evidence and notes", 60)
            terminal.send("12\r")
            terminal.wait_for("What went well", 60)
            terminal.send("the breaker held")
            terminal.wait_for("the breaker held", 60)
            there.link.cut()
            terminal.wait_exit(30)
        deadline = time.monotonic() + 30
        while there.running(trace):
            assert time.monotonic() < deadline, "the process outlives its terminal"
            time.sleep(0.05)
        store = Store(there.store)
        assert [store.read(name).text("lessons.well") for name in store.ids()] == ["the breaker held"]
