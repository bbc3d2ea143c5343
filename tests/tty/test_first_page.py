"""The first page: on the terminal before the app is loaded, taken over without a flicker, and never left behind."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

from tests.tty.terminal import LEFT, SAMPLES, Terminal

pytestmark = pytest.mark.tty
INCIDENT = str(SAMPLES / "incident_content.jsonl")
VERDICT = "HALLUCINATION PROPAGATION"
TAKEN_OVER = b"\x1b[?1004h"
"""The app's driver asks the terminal for its focus."""
LOADS = """
import importlib.abc
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "textual":
            sys.meta_path.remove(self)
            {what}
sys.meta_path.insert(0, Finder())
"""
"""What happens as soon as the app is being loaded."""
NEVER_LOADED = LOADS.format(what="import time; time.sleep(30)")


started = partial(Terminal, cold=True)


def test_the_first_page_comes_before_the_app_and_nothing_clears_it() -> None:
    with started(INCIDENT) as terminal:
        terminal.wait_for(VERDICT)
        before, _, after = bytes(terminal.raw).partition(TAKEN_OVER)
        assert b"get_customer" in before
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        for clearing in (b"\x1b[2J", b"\x1b[J", b"\x1b[3J"):
            assert clearing not in after
        assert "reading" not in terminal.text
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.settings_restored()
        assert terminal.raw.count(LEFT) == 1


@pytest.mark.parametrize(
    ("size", "environ", "last"),
    [((80, 24), {"TERM": "linux", "LANG": "C"}, VERDICT), ((120, 40), {"COLORTERM": "truecolor"}, "call id")],
    ids=["ascii", "truecolor"],
)
def test_the_screen_is_as_it_is_without_a_first_page(size: tuple[int, int], environ: dict[str, str], last: str) -> None:
    with started(INCIDENT, "--plain-output", size=size, environ=environ) as terminal:
        terminal.wait_for(VERDICT)
        terminal.send("j")
        terminal.wait_for(last)
        terminal.settle()
        wanted = _cells(terminal)
    with started(INCIDENT, size=size, environ=environ) as terminal:
        terminal.wait_for(VERDICT)
        terminal.send("j")
        terminal.wait_for(lambda _: _cells(terminal) == wanted)


def _cells(terminal: Terminal) -> list[list[tuple[object, ...]]]:
    """Without what nobody sees: colour and weight of a blank."""
    screen = terminal.screen
    rows = ([screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines))
    return [
        [(cell.data, cell.bg) if cell.data == " " else (cell.data, cell.bg, cell.fg, cell.bold) for cell in row]
        for row in rows
    ]


def test_keys_typed_meanwhile_are_kept() -> None:
    with started(INCIDENT, before=LOADS.format(what="import time; time.sleep(0.3)")) as terminal:
        terminal.wait_for("get_customer")
        assert TAKEN_OVER not in terminal.raw
        terminal.send("jjj\r")
        terminal.wait_for("step 4 · tool · get_order")
        assert b"jjj" not in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_meanwhile_restores_the_terminal(number: signal.Signals) -> None:
    with started(INCIDENT, before=NEVER_LOADED) as terminal:
        terminal.wait_for("get_customer")
        terminal.process.send_signal(number)
        assert terminal.wait_exit(4) == 128 + number
        assert terminal.settings_restored()
        assert terminal.raw.endswith(LEFT + b"\x1b[?25h")


def test_ctrl_c_meanwhile_ends_it_and_ctrl_z_waits_for_the_app() -> None:
    with started(INCIDENT, before=NEVER_LOADED) as terminal:
        terminal.wait_for("get_customer")
        terminal.send("\x1a\x1c")
        terminal.bytes_within(0.2)
        assert terminal.process.poll() is None
        terminal.send("\x03")
        assert terminal.wait_exit(4) == 128 + signal.SIGINT
        assert terminal.settings_restored()


@pytest.mark.parametrize("what", ["raise RuntimeError('no app')", "raise KeyboardInterrupt"])
def test_an_app_that_cannot_be_loaded_leaves_the_terminal_as_it_was(what: str, tmp_path: Path) -> None:
    with started(INCIDENT, before=LOADS.format(what=what), environ={"XDG_STATE_HOME": str(tmp_path)}) as terminal:
        assert terminal.wait_exit() == (2 if "Runtime" in what else 128 + signal.SIGINT)
        assert terminal.settings_restored()
        assert b"get_customer" in terminal.raw
        assert LEFT in terminal.raw


def test_a_file_that_is_no_trace_is_told_on_the_terminal_as_it_was(tmp_path: Path) -> None:
    trace = tmp_path / "empty.jsonl"
    trace.write_text("\n")
    with started(str(trace)) as terminal:
        assert terminal.wait_exit() == 2
        assert "empty.jsonl" in bytes(terminal.raw).rpartition(LEFT)[2].decode()
        assert terminal.settings_restored()


def test_a_size_that_changes_meanwhile_is_painted_anew() -> None:
    with started(INCIDENT, before=LOADS.format(what="import time; time.sleep(0.3)")) as terminal:
        terminal.wait_for("get_customer")
        terminal.resize(100, 30)
        assert "origin step 3" in terminal.wait_for(VERDICT)
        terminal.settle()
        assert "help" in terminal.text.splitlines()[29]


def test_hostile_text_is_not_obeyed_before_the_app_either() -> None:
    with started(str(SAMPLES / "hostile.jsonl"), before=NEVER_LOADED) as terminal:
        terminal.wait_for("origin")
        assert TAKEN_OVER not in terminal.raw
        assert terminal.forbidden() == []


@pytest.mark.parametrize(
    ("options", "environ"),
    [(["--plain-output"], {}), ([], {"TRACETUI_PLAIN_OUTPUT": "1"}), ([], {"TERM": "dumb"})],
    ids=["--plain-output", "TRACETUI_PLAIN_OUTPUT", "dumb"],
)
def test_where_it_is_not_wanted_nothing_is_painted_before_the_app(options: list[str], environ: dict[str, str]) -> None:
    with started(INCIDENT, *options, environ=environ, before=LOADS.format(what="sys.exit(9)")) as terminal:
        assert terminal.wait_exit() == 9
        assert b"get_customer" not in terminal.raw
        assert b"\x1b" not in terminal.raw
