"""The form in a real terminal: nothing typed is lost, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tty.terminal import SAMPLES, Terminal, keys
from tracetui.store.incidents import Store

pytestmark = pytest.mark.tty
INCIDENT = str(SAMPLES / "incident_content.jsonl")
TYPED = "the breaker held; q, x and v are letters here"


def form(store: Path, *, trace: str = INCIDENT, size: tuple[int, int] = (80, 24), **environ: str) -> Terminal:
    """The form of a trace, its section list at hand."""
    terminal = Terminal(trace, size=size, environ={"TRACETUI_STORE": str(store), **environ})
    terminal.wait_for("blast")  # the verdict is there
    terminal.send("p")
    terminal.wait_for("Evidence and notes")
    return terminal


def type_into_lessons(terminal: Terminal, text: str = TYPED) -> None:
    terminal.send("12\r")
    terminal.wait_for("What went well")
    terminal.send(text)
    terminal.wait_for(text[-20:])
    terminal.wait_for("saved ")


def typed(store: Path) -> str:
    found = Store(store)
    assert len(found.ids()) == 1
    return found.read(found.ids()[0]).text("lessons.well")


def test_open_type_quit_open_again_and_it_is_there(tmp_path: Path) -> None:
    with form(tmp_path) as terminal:
        type_into_lessons(terminal)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.settings_restored()
    assert typed(tmp_path) == TYPED
    with form(tmp_path) as terminal:
        terminal.send("12\r")
        terminal.wait_for(TYPED)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.forbidden() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with form(tmp_path) as terminal:
        type_into_lessons(terminal)
        terminal.send("!")
        terminal.wait_for(TYPED + "!")
        terminal.process.send_signal(number)
        assert terminal.wait_exit(8) == 128 + number
        assert terminal.settings_restored()
    assert typed(tmp_path) == TYPED + "!"


def test_a_kill_loses_nothing_older_than_a_second(tmp_path: Path) -> None:
    with form(tmp_path) as terminal:
        type_into_lessons(terminal)
        time.sleep(1)
        terminal.process.kill()
        terminal.process.wait()
    assert typed(tmp_path) == TYPED
    with form(tmp_path) as terminal:
        terminal.wait_for("recovered")
        terminal.send("12\r")
        terminal.wait_for(TYPED)


def test_a_dropped_line_loses_nothing(tmp_path: Path) -> None:
    terminal = form(tmp_path)
    with terminal:
        type_into_lessons(terminal)
        os.close(terminal._slave)
        os.close(terminal._master)
        terminal.process.wait(timeout=8)
        terminal._slave = terminal._master = -1
    assert typed(tmp_path) == TYPED


def test_a_text_goes_to_the_users_own_editor_and_back(tmp_path: Path) -> None:
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\nprintf " and more\\n" >> "$1"\n')
    editor.chmod(0o700)
    with form(tmp_path / "store", EDITOR=f"'{editor}'") as terminal:
        type_into_lessons(terminal, "typed")
        terminal.send("\x05")
        terminal.wait_for("typed and more")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    assert typed(tmp_path / "store") == "typed and more"


def test_keys_that_come_in_a_burst_go_where_they_were_meant_to(tmp_path: Path) -> None:
    """Over a slow line several keys arrive at once."""
    with form(tmp_path) as terminal:
        terminal.send("12\r")
        terminal.wait_for("What went well")
        terminal.send("one\ttwo\t\tthree\x0e")
        terminal.wait_for("13/17")
        terminal.send("\x10")
        terminal.wait_for("three")
        terminal.send("\x0e\x0e")
        terminal.wait_for("a adds one")
        terminal.send("\r")
        terminal.wait_for("Actions · action 1 of 1")
        terminal.send("improve it\t\tdana\r")
        terminal.wait_for("dana")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    store = Store(tmp_path)
    held = store.read(store.ids()[0])
    assert [held.text(f"lessons.{name}") for name in ("well", "wrong", "lucky", "surprised")] == [
        "one",
        "two",
        "",
        "three",
    ]
    (action,) = held.rows("actions")
    assert action.text("text") == "improve it"
    assert action.text("owner") == "dana"


def test_an_editor_that_is_not_there_leaves_the_form_alive(tmp_path: Path) -> None:
    with form(tmp_path, EDITOR="/no/such/editor") as terminal:
        type_into_lessons(terminal, "typed")
        terminal.send("\x05")
        terminal.wait_for("no such file")
        terminal.send(" on")
        terminal.wait_for("typed on")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    assert typed(tmp_path) == "typed on"


@pytest.mark.parametrize("name", ["hostile.jsonl", "hostile.json"])
def test_no_section_writes_a_sequence_of_the_trace(tmp_path: Path, name: str) -> None:
    with form(tmp_path, trace=str(SAMPLES / name), size=(120, 40)) as terminal:
        terminal.send("\r")
        list(keys(terminal, ["\x0e", "\t", "\t"] * 17, pause=0.06))
        list(keys(terminal, ["\x1b", "v", "G", "q", "b", "q", "15\r", "\r", "\x1b"]))
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.forbidden() == []


def test_an_incident_of_the_users_choice_is_edited(tmp_path: Path) -> None:
    """The form opens at once, and the older of two incidents about the same session is the one that is written."""
    older, newer = (postmortem_of(tmp_path) for _ in range(2))
    with Terminal("postmortem", "edit", older, environ={"TRACETUI_STORE": str(tmp_path)}) as terminal:
        terminal.wait_for("Evidence and notes")
        type_into_lessons(terminal)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    assert Store(tmp_path).read(older).text("lessons.well") == TYPED
    assert Store(tmp_path).read(newer).text("lessons.well") == ""


def postmortem_of(store: Path) -> str:
    """The id of a new incident about the sample."""
    words = [sys.executable, "-m", "tracetui", "postmortem", "new", INCIDENT, "--store", str(store)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
