from __future__ import annotations

from pathlib import Path

import pytest

from tests.postmortem.example import sample_postmortem
from tracetui.configuration import REDACTION, configured
from tracetui.errors import TracetuiError
from tracetui.export import render
from tracetui.export.redact import SECRETS, Redactor
from tracetui.export.redact_rules import load_rules, usual_rules
from tracetui.postmortem.edits import SetText, apply

EXAMPLE = Path(__file__).parents[2] / "docs" / "redact.toml"


def test_the_documented_file_takes_out_what_it_names() -> None:
    redactor = Redactor(load_rules(EXAMPLE))
    assert redactor("CN-12345678 pays from IBAN DE89 3704 0044 0532 0130 0000.") == (
        "[redacted customer number #1] pays from IBAN [redacted IBAN #1]."
    )
    assert redactor("ord_555 stays") == "ord_555 stays"


def test_own_rules_stand_beside_the_built_in_ones() -> None:
    held = apply(sample_postmortem(), SetText("lessons.well", "CN-12345678 and " + "AKIA" + "A" * 16))
    text = render("markdown", held, rules=SECRETS + load_rules(EXAMPLE))
    assert "1 × AWS access key in `lessons.well`, 1 × customer number in `lessons.well`" in text
    assert "CN-12345678" not in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[secret]]\nkind = 'x'\npattern = '('", "unterminated"),
        ("[[secret]]\nkind = 'x'", "pattern"),
        ("[[secrets]]\n", "secrets"),
        ("[[secret]]\nkind = 'x'\npattern = 'a*'", "matches an empty text"),
        ("no toml", "not a file of redaction rules"),
    ],
)
def test_a_broken_file_is_told_and_never_passed_over(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(TracetuiError, match=why):
        load_rules(tmp_path / "r.toml")


def test_the_configuration_folder_holds_the_usual_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert usual_rules() == ()
    configured(REDACTION).parent.mkdir(parents=True)
    configured(REDACTION).write_bytes(EXAMPLE.read_bytes())
    assert [rule.kind for rule in usual_rules()] == ["customer number", "IBAN"]
