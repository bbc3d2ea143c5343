"""The debugger in a real terminal: what is on the screen, what is on the wire, and how it is left."""

from __future__ import annotations

import os
import signal

import pytest

from tests.tty.terminal import LEFT, SAMPLES, Terminal, keys

pytestmark = pytest.mark.tty
INCIDENT = str(SAMPLES / "incident_content.jsonl")


def test_the_first_screen_has_the_verdict_and_q_leaves_the_terminal_as_it_was() -> None:
    with Terminal(INCIDENT) as terminal:
        screen = terminal.wait_for("HALLUCINATION PROPAGATION")
        assert "order-agent" in screen.splitlines()[0]
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.raw.rstrip().endswith(b"\x1b[?1004l") or LEFT in terminal.raw[-200:]
        assert terminal.settings_restored()
        assert terminal.forbidden() == []


def test_o_walks_to_the_origin_and_shows_the_quoted_evidence() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.send("G")
        terminal.send("o")
        terminal.wait_for(lambda text: _row(text, "3").startswith("▌"))
        terminal.send("o")
        screen = terminal.wait_for("ENTITY_HALLUCINATION")
        assert "step 3" in screen
        terminal.wait_for("Her latest order is ord_555")
        terminal.send("c")
        terminal.wait_for("since step 1")
        terminal.send("q")
        terminal.wait_for("[ ] flags")
        terminal.send("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.json"])
def test_no_page_of_hostile_text_writes_a_sequence_of_its_own(name: str) -> None:
    with Terminal(str(SAMPLES / name), size=(120, 40)) as terminal:
        terminal.wait_for("external")
        for _ in range(5):
            list(keys(terminal, ["e", "c", "r", "s", "j"], pause=0.08))
        list(
            keys(
                terminal,
                ["\r", "G", "\x1b", "/", "r", "e", "d", "\r", "n", "f", "[", "/", "]", "\r", "f", "\x15", "\r"],
            )
        )
        list(keys(terminal, ["R", "q", "m", "x", "\r", "?", "q", "T", "T", "T", "T"]))
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.forbidden() == []


def test_nothing_is_written_while_nothing_happens() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(lambda text: _row(text, "3").startswith("▌"))
        terminal.settle()
        assert terminal.bytes_within(1.2) == 0


def test_a_motion_costs_little_on_a_slow_line() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for(lambda text: _row(text, "3").startswith("▌"))
        terminal.settle()
        before = len(terminal.raw)
        terminal.send("j")
        terminal.wait_for(lambda text: _row(text, "4").startswith("▌"))
        terminal.settle()
        assert len(terminal.raw) - before < 3000


def test_q_quits_at_once_while_the_analysis_runs() -> None:
    slow = "import time, tracetui.ui.loading as loading; loading.triage = lambda *a, **k: time.sleep(60)"
    with Terminal(INCIDENT, before=slow) as terminal:
        terminal.wait_for("looking for the origin")
        assert "get_customer" in terminal.text
        terminal.send("q")
        assert terminal.wait_exit(5) == 0
        assert terminal.settings_restored()


def test_a_fault_of_ours_tells_no_local_variable_and_restores_the_terminal() -> None:
    fault = (
        "from tracetui.ui.screens.debugger import DebuggerScreen as Screen\n"
        "def broken(screen):\n    secret = 'sk-12345'\n    raise RuntimeError('broken')\n"
        "Screen.action_copy = broken"
    )
    with Terminal(INCIDENT, before=fault) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.send("y")
        assert terminal.wait_exit() == 2
        assert LEFT in terminal.raw
        assert b"sk-12345" not in terminal.raw
        assert terminal.settings_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_program_and_restores_the_terminal(number: signal.Signals) -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.process.send_signal(number)
        assert terminal.wait_exit(6) == 128 + number
        assert LEFT in terminal.raw[-300:]
        assert terminal.settings_restored()


def test_a_trace_from_standard_input_leaves_the_keyboard_to_the_terminal() -> None:
    with open(INCIDENT, "rb") as file:
        trace = file.read()
    with Terminal("-", stdin=trace) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.send("e")
        terminal.wait_for("Her latest order is ord_555")
        terminal.send("r")
        terminal.wait_for("<stdin>:3")
        terminal.send("qq")
        assert terminal.wait_exit() == 0


def test_a_byte_that_is_not_utf8_does_not_end_the_program() -> None:
    with Terminal(INCIDENT) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.send(b"\xff\xfe\xe9")
        terminal.send("e")
        terminal.wait_for("Her latest order is ord_555")
        terminal.send("qq")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM": "linux", "LANG": ""},
        {"NO_COLOR": "1"},
        {"TERM": "xterm"},
        {"LANG": "C"},
        {"COLUMNS": "200", "LINES": "5", "PYTHONIOENCODING": "ascii"},
    ],
    ids=str,
)
def test_every_state_can_be_read_in_a_poor_terminal(environ: dict[str, str]) -> None:
    with Terminal(INCIDENT, environ=environ) as terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        terminal.wait_for(lambda text: _row(text, "3").startswith(("▌", ">")))
        screen = terminal.wait_for(lambda text: _row(text, "3").rstrip(" ┐.").endswith("origin E"))
        if environ.get("TERM") == "linux" or environ.get("LANG") == "C":
            assert screen.isascii()
        cells = [cell for row in terminal.screen.buffer.values() for cell in row.values() if not cell.data.isspace()]
        assert not [cell for cell in cells if cell.fg == cell.bg != "default"], "written in the colour of its ground"
        if "NO_COLOR" in environ:
            assert {(cell.fg, cell.bg) for cell in cells} == {("default", "default")}
        terminal.send("q")
        assert terminal.wait_exit() == 0


def _row(screen: str, number: str) -> str:
    """The row of a step in the list."""
    return next((line for line in screen.splitlines() if line[1:].split()[:1] == [number]), "")


def test_unreadable_input_is_said_on_the_terminal_that_was_left() -> None:
    with Terminal(str(SAMPLES / "missing.jsonl")) as terminal:
        assert terminal.wait_exit() == 2
        assert b"missing.jsonl" in terminal.raw
        assert b"Traceback" not in terminal.raw


def test_a_dumb_terminal_is_refused_with_the_command_that_works() -> None:
    with Terminal(INCIDENT, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit() == 2
        assert b"tracetui triage" in terminal.raw
        assert b"\x1b" not in terminal.raw


def test_the_program_goes_when_its_terminal_has_gone() -> None:
    terminal = Terminal(INCIDENT)
    with terminal:
        terminal.wait_for("HALLUCINATION PROPAGATION")
        os.close(terminal._slave)
        os.close(terminal._master)
        terminal.process.wait(timeout=8)
        terminal._slave = terminal._master = -1
