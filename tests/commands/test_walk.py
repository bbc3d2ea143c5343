from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.ui.pilot import SAMPLES

INCIDENT = str(SAMPLES / "incident_content.jsonl")


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACETUI_STORE", str(tmp_path / "store"))


@pytest.mark.parametrize("suffix", [".html", ".md", ".svg"])
def test_the_pages_are_written_without_addresses(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"walk{suffix}"
    answer = run("walk", INCIDENT, "--export", str(file), "--baseline", str(SAMPLES / "good_same_customer.jsonl"))
    assert answer.code == 0
    assert "7 pages; taken out: 7 × e-mail address" in answer.err
    text = file.read_text()
    assert "alice.chen@example.com" not in text
    assert "Where a good run went another way" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_incident_is_named_by_its_id(tmp_path: Path) -> None:
    incident = run("postmortem", "new", INCIDENT).out.strip()
    file = tmp_path / "walk.md"
    assert run("walk", incident, "--export", str(file)).code == 0
    assert "It began at step 3" in file.read_text()


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "walk.md"
    file.write_text("mine")
    assert run("walk", INCIDENT, "--export", str(file)).code == 2
    assert file.read_text() == "mine"


def test_another_suffix_is_refused_with_the_ones_there_are(tmp_path: Path) -> None:
    answer = run("walk", INCIDENT, "--export", str(tmp_path / "walk.pdf"))
    assert answer.code == 2
    assert ".html, .md, .svg" in answer.err


def test_neither_a_file_nor_an_incident_is_an_error() -> None:
    assert run("walk", "no-such-thing").code == 2
