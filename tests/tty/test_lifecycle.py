"""The program and a terminal that is stopped, stalled, gone, noisy, tiny or not there: it ends in order, and never spins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tty.long_trace import write_trace
from tests.tty.terminal import LEFT, ROOT, SAMPLES, Terminal
from tracetui.store.incidents import Store
from tracetui.ui.apart import CAN_FORK
from tracetui.ui.terminal import HARD_EXIT_SECONDS

pytestmark = pytest.mark.tty
INCIDENT = str(SAMPLES / "incident_content.jsonl")
VERDICT = "HALLUCINATION PROPAGATION"
EVIDENCE = "Her latest order is ord_555"


def works(terminal: Terminal) -> None:
    """Keys are answered, and `q` leaves in order."""
    terminal.send("e")
    terminal.wait_for(EVIDENCE)
    terminal.send("\x11")
    assert terminal.wait_exit() == 0
    assert terminal.settings_restored()


def test_after_a_stop_all_of_the_screen_is_painted_again() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(VERDICT)
        terminal.settle()
        terminal.process.send_signal(signal.SIGTSTP)
        terminal.wait_for(lambda _: LEFT in terminal.raw)
        wait_until(lambda: state(terminal.process.pid) == "T")
        terminal.screen.reset()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for(VERDICT)
        terminal.wait_for("get_customer")
        # Of this one nobody is told; entered twice, the terminal would stay as the app had it.
        terminal.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state(terminal.process.pid) == "T")
        terminal.screen.reset()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for(VERDICT)
        works(terminal)


def test_a_stalled_terminal_does_not_keep_the_program_from_ending() -> None:
    assert HARD_EXIT_SECONDS < 4
    before = "import tracetui.ui.terminal as terminal; terminal.HARD_EXIT_SECONDS = 0.5"
    with Terminal(INCIDENT, "--plain-output", before=before) as terminal:
        terminal.wait_for(VERDICT)
        os.set_blocking(terminal._master, False)
        for _ in range(400):  # nobody reads: the terminal's buffer is full after some screens
            terminal.send("T")
        time.sleep(0.3)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(8) == 128 + signal.SIGTERM


UNTOLD = """
import signal, sys
from tracetui.cli import main
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.exit(main(sys.argv[1:]))
"""
"""The terminal is not the controlling one, so that nobody tells the program that it has gone."""


@pytest.mark.parametrize("program", [(), (sys.executable, "-c", UNTOLD)], ids=["told", "told by nobody"])
def test_no_process_outlives_its_terminal(program: tuple[str, ...]) -> None:
    terminal = Terminal(INCIDENT, program=program)
    with terminal:
        terminal.wait_for(VERDICT)
        os.close(terminal._slave)
        os.close(terminal._master)
        terminal._slave = terminal._master = -1
        assert terminal.process.wait(8) == 128 + signal.SIGHUP


def test_sigint_from_outside_leaves_in_order() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(VERDICT)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait_exit(8) == 128 + signal.SIGINT
        assert terminal.settings_restored()


def test_garbage_on_the_keyboard_is_survived() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(VERDICT)
        for noise in (
            b"\x1b[99;99;99~",
            b"\x1b[<0;1",
            b"\x1bP+\x9b12\xff\xc3",
            b"\x1b]11;rgb:\x07",
            b"\x00\x1b\x1b\x1b",
        ):
            terminal.send(noise)
            terminal.rest(0.15)
        terminal.send(b"\x1b")
        terminal.rest(0.3)
        works(terminal)


def test_an_arrow_that_comes_in_two_pieces_discards_nothing(tmp_path: Path) -> None:
    with Terminal(INCIDENT, environ={"TRACETUI_STORE": str(tmp_path)}) as terminal:
        terminal.wait_for("blast")
        terminal.send("p")
        terminal.wait_for("Evidence and notes")
        terminal.send("12\r")
        terminal.wait_for("What went well")
        terminal.send("typed text")
        terminal.wait_for("typed text")
        terminal.send(b"\x1b")
        terminal.rest(0.25)
        terminal.send(b"[B")
        terminal.rest(0.25)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    store = Store(tmp_path)
    assert store.read(store.ids()[0]).text("lessons.well") == "typed text"


def test_a_paste_without_an_end_does_not_trap() -> None:
    before = "import tracetui.ui.keyboard as keyboard; keyboard.PASTE_PATIENCE_SECONDS = 0.3"
    with Terminal(INCIDENT, before=before) as terminal:
        terminal.wait_for(VERDICT)
        terminal.send(b"\x1b[200~half a paste")
        terminal.bytes_within(0.7)
        works(terminal)


def test_any_size_is_survived_and_a_tiny_one_says_so_while_keys_go_on_working() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(VERDICT)
        terminal.resize(50, 12)
        assert "here 50 x 12" in terminal.wait_for("60 x 16")
        terminal.send("e")
        terminal.resize(60, 16)
        terminal.wait_for("step 3")
        terminal.wait_for("first written here")
        terminal.send("\x1b")
        for size in [(1, 1), (20, 5), (300, 100), (59, 15), *((60 + n, 16 + n % 9) for n in range(40))]:
            terminal.resize(*size)
            terminal.bytes_within(0.02)
        terminal.resize(80, 24)
        terminal.wait_for(VERDICT)
        works(terminal)


@pytest.mark.parametrize(("redirected", "named"), [("stdout", "standard output"), ("stderr", "standard error")])
def test_a_stream_that_is_no_terminal_is_named(redirected: str, named: str, tmp_path: Path) -> None:
    master, slave = os.openpty()
    told = {"stdout": slave, "stderr": slave, redirected: subprocess.PIPE}
    words = [sys.executable, "-m", "tracetui", INCIDENT]
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TERM": "xterm-256color"}
    run = subprocess.Popen(words, stdin=slave, stdout=told["stdout"], stderr=told["stderr"], env=environ)
    try:
        _, error = run.communicate(timeout=30)
        shown = error if redirected == "stderr" else os.read(master, 4096)
    finally:
        os.close(slave)
        os.close(master)
    assert run.returncode == 2
    assert f"{named} is not a terminal" in shown.decode()
    assert "tracetui triage" in shown.decode()


@pytest.mark.parametrize("editor", ["false", "sh -c 'kill -9 $$'"], ids=["given up (:cq)", "killed"])
def test_an_editor_that_fails_leaves_the_text_as_it_was(editor: str, tmp_path: Path) -> None:
    with Terminal(INCIDENT, environ={"TRACETUI_STORE": str(tmp_path), "EDITOR": editor}) as terminal:
        terminal.wait_for("blast")
        terminal.send("p")
        terminal.wait_for("Evidence and notes")
        terminal.send("12\r")
        terminal.wait_for("What went well")
        terminal.send("typed before")
        terminal.wait_for("typed before")
        terminal.send("\x05")
        terminal.wait_for("the text is as it was")
        terminal.send(" and after")
        terminal.wait_for("typed before and after")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0


def state(pid: int) -> str:
    """What the kernel says the process does: R, S, T …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.skipif(not CAN_FORK, reason="the verdict is worked out in the program's own process here")
@pytest.mark.parametrize("end", [lambda terminal: terminal.process.kill(), lambda terminal: terminal.send("q")])
def test_the_process_that_works_out_a_verdict_ends_with_the_program(
    tmp_path: Path, end: Callable[[Terminal], object]
) -> None:
    with Terminal(str(write_trace(tmp_path / "long.jsonl", 6000))) as terminal:
        terminal.wait_for("looking for the origin")
        wait_until(lambda: children(terminal.process.pid))
        (child,) = children(terminal.process.pid)
        end(terminal)
        terminal.process.wait(8)
        wait_until(lambda: not (Path("/proc") / str(child)).exists() or state(child) == "Z")


def children(pid: int) -> list[int]:
    """Processes that this one started."""
    listed = [(int(each.name), each) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    return [child for child, each in listed if parent_of(each) == pid]


def parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
