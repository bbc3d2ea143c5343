"""What is installed: the samples, the types, the console script; the wheel itself is tried in `.ci/run`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.shared import REPOSITORY, SAMPLES
from tracetui import samples
from tracetui.errors import UnknownNameError
from tracetui.samples import GOOD_RUN, INCIDENT, sample_path, samples_folder

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def test_in_a_checkout_the_samples_are_those_at_the_top() -> None:
    assert samples_folder().samefile(SAMPLES)
    assert sample_path(INCIDENT).is_file()
    assert sample_path(GOOD_RUN).is_file()


def test_in_an_installed_package_the_samples_lie_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tracetui" / "sample_traces").mkdir(parents=True)
    (tmp_path / "tracetui" / "sample_traces" / INCIDENT).touch()
    monkeypatch.setattr(samples, "__file__", str(tmp_path / "tracetui" / "samples.py"))
    assert sample_path(INCIDENT) == tmp_path / "tracetui" / "sample_traces" / INCIDENT


def test_the_wheel_is_told_to_hold_the_samples() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"sample_traces": "tracetui/sample_traces"}


def test_a_sample_that_does_not_exist_lists_those_that_do() -> None:
    with pytest.raises(UnknownNameError) as caught:
        sample_path("nothing.json")
    assert INCIDENT in caught.value.hint


def test_textual_is_pinned_exactly() -> None:
    assert any(requirement.startswith("textual==") for requirement in PROJECT["project"]["dependencies"])


def test_types_are_shipped() -> None:
    assert (REPOSITORY / "src" / "tracetui" / "py.typed").is_file()


def test_ci_calls_the_test_command_of_the_readme() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text()
    assert "README.md" in script
    assert 'bash -euo pipefail -c "$test_command"' in script
