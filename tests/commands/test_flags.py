from __future__ import annotations

from tests.commands.running import run
from tracetui.analysis.rules import RULES


def test_every_flag_is_listed_with_its_letter_and_explanation() -> None:
    answer = run("flags", "--json")
    assert answer.code == 0
    assert answer.document["schema"] == "tracetui.flags/1"
    assert [(flag["name"], flag["letter"], flag["explanation"]) for flag in answer.document["flags"]] == [
        (rule.KIND, rule.LETTER, rule.EXPLAIN) for rule in RULES.values()
    ]
    assert [flag["rule"] for flag in answer.document["flags"]] == list(RULES)


def test_the_list_fits_80_columns() -> None:
    out = run("flags").out
    lines = out.splitlines()
    assert all(rule.EXPLAIN in " ".join(out.split()) for rule in RULES.values()), "nothing is cut"
    assert all(f"{rule.LETTER}  {rule.KIND}" in lines for rule in RULES.values())
    assert max(map(len, lines)) <= 80
