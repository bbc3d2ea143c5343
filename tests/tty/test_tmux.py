"""The main job in tmux at 80×24, as it is done over SSH: from the verdict to a postmortem that is still there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tty.terminal import ROOT, SAMPLES
from tracetui.ui.lessons import LESSONS

pytestmark = [
    pytest.mark.tty,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
TYPED = "The ticket of the customer came first"


class Tmux:
    """One tmux server of its own, with one window of 60×24."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")
        self._environ = {
            **os.environ,
            "TRACETUI_STORE": str(folder / "store"),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": str(ROOT / "src"),
            "LANG": "C.UTF-8",
        }

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-S", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, env=self._environ, capture_output=True, text=True, check=False).stdout

    def open(self, *words: object) -> None:
        """`tracetui` with these words."""
        program = shlex.join([sys.executable, "-m", "tracetui", *map(str, words)])
        self.run("new-session", "-d", "-x", "80", "-y", "24", "-c", str(ROOT), program)

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def type(self, text: str) -> None:
        self.run("send-keys", "-l", text)

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """The screen once it shows `text`."""
        deadline = time.monotonic() + seconds
        while text not in (shown := self.screen()):
            assert time.monotonic() < deadline, f"{text!r} did not come; the screen:\n{shown}"
            time.sleep(0.02)
        return shown

    def wait_for_end(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while self.run("list-sessions"):
            assert time.monotonic() < deadline, f"still running:\n{self.screen()}"
            time.sleep(0.02)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    server = Tmux(tmp_path)
    yield server
    server.run("kill-server")


def test_from_the_verdict_to_a_postmortem_that_is_there_when_it_is_opened_again(tmux: Tmux) -> None:
    tmux.open(SAMPLES / "incident_content.jsonl")
    first = tmux.wait_for("HALLUCINATION PROPAGATION")
    assert "step 3" in first.splitlines()[1]
    assert max(map(len, first.splitlines())) <= 80
    tmux.press("o")
    tmux.wait_for("ENTITY_HALLUCINATION")
    tmux.press("c")
    tmux.wait_for("messages")
    tmux.press("d")
    tmux.wait_for("good_same_customer.jsonl")
    tmux.press("Enter")
    tmux.wait_for("WRONG ACTION")
    tmux.press("q")
    tmux.wait_for("2 Context")
    tmux.press("p")
    tmux.wait_for("1/17 Identity")
    tmux.press("12", "Enter")
    tmux.wait_for("12/17 Lessons")
    tmux.wait_for("What went well")
    tmux.type(TYPED)
    tmux.wait_for(TYPED)
    tmux.press("Escape")
    tmux.wait_for("before final")
    tmux.press("q")
    tmux.wait_for("2 Context")
    tmux.press("q", "q")
    tmux.wait_for_end()

    tmux.open(SAMPLES / "incident_content.jsonl")
    tmux.wait_for("HALLUCINATION PROPAGATION")
    tmux.press("p")
    tmux.wait_for("1/17 Identity")
    tmux.press("12", "Enter")
    tmux.wait_for(TYPED)


def test_a_walkthrough_with_the_presenters_second_terminal(tmux: Tmux) -> None:
    tmux.open(SAMPLES / "incident_content.jsonl")
    tmux.wait_for("HALLUCINATION PROPAGATION")
    tmux.press("w")
    tmux.wait_for("1 / 6")
    tmux.press("3")
    assert "ord_555" in tmux.wait_for("It began at step 3")
    notes = f"{sys.executable} -m tracetui walk {SAMPLES / 'incident_content.jsonl'} --notes"
    tmux.run("split-window", "-v", "-c", str(ROOT), notes)
    beside = tmux.wait_for("page 3 of 6")
    assert "next: What it led to" in beside
    tmux.press("q")
    tmux.wait_for("3 / 6")
    tmux.press("q")
    tmux.wait_for("o origin")


def test_the_first_start_leads_into_the_tutorial_and_its_keys_lead_through_it(tmux: Tmux) -> None:
    tmux.open()
    tmux.wait_for(" tutorial ")
    tmux.press("j", "Enter")
    tmux.wait_for("HALLUCINATION PROPAGATION")  # before it is known there is no origin to go to
    for at, lesson in enumerate(LESSONS, start=1):
        tmux.wait_for(f"{at}/{len(LESSONS)} ")
        tmux.wait_for(lesson.does[:40])
        if lesson.action == "submit":
            tmux.type("never listed")
            tmux.wait_for("never listed")
        tmux.press(
            {"question_mark": "?"}.get(lesson.key, lesson.key.capitalize() if len(lesson.key) > 1 else lesson.key)
        )
    tmux.press("q")  # the step was open
    tmux.wait_for_end()


def test_a_handover_is_written_for_the_ticket(tmux: Tmux, tmp_path: Path) -> None:
    file = tmp_path / "handover.txt"
    tmux.open(SAMPLES / "incident_content.jsonl")
    tmux.wait_for("HALLUCINATION PROPAGATION")
    tmux.press("x")
    tmux.wait_for("handover")
    tmux.press("h")
    tmux.wait_for("write to")
    tmux.press("C-u")
    tmux.type(str(file))
    tmux.wait_for(file.name)
    tmux.press("Enter")
    tmux.wait_for("o origin")
    told = file.read_text(encoding="utf-8").splitlines()
    assert len(told) <= 15
    labels = [line.partition(":")[0] for line in told]
    wanted = ["What", "Failure mode", "Since", "Origin", "Blast radius", "Contained", "Open", "Next", "Trace"]
    assert [label for label in labels if label in wanted] == wanted
    assert "step 3" in told[labels.index("Origin")]


def test_the_screen_after_the_first_page_is_that_of_a_start_without_one(tmux: Tmux) -> None:
    shown = []
    for options in ([], ["--plain-output"]):
        tmux.open(SAMPLES / "incident_content.jsonl", *options)
        tmux.wait_for("HALLUCINATION PROPAGATION")
        shown.append(tmux.wait_for("[ ] flags"))
        tmux.press("q")
        tmux.wait_for_end()
    assert shown[0] == shown[1]
