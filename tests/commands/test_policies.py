"""Which tool policy holds."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from tracetui.commands.policies import add_policy_argument, policy_of
from tracetui.configuration import TOOLS, configured
from tracetui.errors import TracetuiError

READS = '["confirm_*"]\neffect = "read"\n'


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = configured(TOOLS)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def held(*arguments: str) -> list[str]:
    parser = ArgumentParser()
    add_policy_argument(parser)
    return list(policy_of(parser.parse_args(arguments)) or ())


def test_without_a_file_names_and_requests_tell(usual: Path) -> None:
    assert held() == []


def test_the_configured_file_holds_unless_another_is_named(usual: Path, tmp_path: Path) -> None:
    usual.write_text(READS)
    named = tmp_path / "mine.toml"
    named.write_text('["send_*"]\nreversibility = "external"\n')
    assert held() == ["confirm_*"]
    assert held("--policy", str(named)) == ["send_*"]


def test_a_configured_file_that_is_no_policy_is_told(usual: Path) -> None:
    usual.write_text("effect = 1")
    with pytest.raises(TracetuiError, match="not a tool policy"):
        held()
