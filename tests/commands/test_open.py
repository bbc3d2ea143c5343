from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from tests.commands.running import run
from tests.shared import SAMPLES
from tracetui.cli import main
from tracetui.commands.recent import recent_paths, remember
from tracetui.samples import INCIDENT, sample_path

TRACE = str(SAMPLES / "incident.jsonl")


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_nothing_to_open_says_what_can_be_done() -> None:
    answer = run()
    assert answer.code == 0
    assert "tracetui demo" in answer.out
    assert "opened lately" not in answer.out


def test_nothing_to_open_on_a_terminal_is_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tracetui.commands.open._on_terminal", lambda: True)
    remember(TRACE)
    with patch("tracetui.ui.run.run_app", return_value=0) as opened:
        assert main(["open", "--store", str(tmp_path)]) == 0
    opened.assert_called_once_with(None, store_root=str(tmp_path), recent=[TRACE], policy=None)


@pytest.mark.parametrize("words", [(TRACE,), ("open", TRACE)])
def test_a_path_opens_the_app_and_is_remembered(words: tuple[str, ...]) -> None:
    with patch("tracetui.ui.run.run_app", return_value=0) as opened:
        assert run(*words, "--step", "3", "--session", "s", "--format", "raw").code == 0
    opened.assert_called_once_with(
        TRACE,
        session="s",
        step=3,
        format_name="raw",
        store_root=None,
        follow=False,
        view=None,
        policy=None,
        against=None,
        readings=None,
        plain_output=False,
        early=None,
    )
    assert f"  {TRACE}" in run().out.splitlines()


def test_the_demo_opens_the_sample_incident() -> None:
    with patch("tracetui.ui.run.run_app", return_value=0) as opened:
        assert run("demo").code == 0
    opened.assert_called_once_with(str(sample_path(INCIDENT)), early=None)


def test_without_a_screen_the_app_says_so_and_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    answer = run(TRACE)
    assert answer.code == 2
    assert f"tracetui triage {TRACE}" in answer.err
    assert recent_paths() == []


def test_recent_paths_come_latest_first_once_and_only_if_they_are_there(tmp_path: Path) -> None:
    for name in ("a", "b", "a", "gone"):
        (tmp_path / name).touch()
        remember(str(tmp_path / name))
    (tmp_path / "gone").unlink()
    assert recent_paths() == [str(tmp_path / "a"), str(tmp_path / "b")]


def test_a_damaged_list_is_an_empty_one(own_state: Path) -> None:
    remember(TRACE)
    (listed,) = own_state.rglob("recent.json")
    for damage in ("{", '{"a": 1}', "[1, null]"):
        listed.write_text(damage)
        assert recent_paths() == []


def test_the_views_are_the_pages_and_screens_there_are() -> None:
    from tracetui.commands.open import VIEWS
    from tracetui.ui.pages import PAGES
    from tracetui.ui.screens import OVER_STEPS

    assert set(VIEWS) <= PAGES.keys() | OVER_STEPS.keys()


@pytest.mark.parametrize("view", ["context", "walk"])
def test_a_view_is_passed_on(view: str) -> None:
    with patch("tracetui.ui.run.run_app", return_value=0) as opened:
        assert run(TRACE, "--view", view).code == 0
    assert opened.call_args.kwargs["view"] == view
