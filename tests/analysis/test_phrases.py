"""Phrases by which texts are read: every pattern compiles, and stems never hide a match."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from tracetui.analysis.phrases import find_phrase, phrase

TABLES = tomllib.loads((resources.files("tracetui.analysis") / "phrases.toml").read_text())
SAYINGS = {
    "failed": [
        "exitcode: 1 (execution failed)",
        "ValueError: no",
        "Error: x",
        "request timed out",
        "bash: x: command not found",
    ],
    "empty": ["Code output: []", "No results were found", "exitcode: 0 (execution succeeded)\nCode output: \n"],
    "blank": ["", " null\n", "[ ]", "{}"],
    "observes": ["I clicked 'Credits'.", "Address: https://a.b", "The viewport shows 7% of the page"],
    "seen_failure": ["Title: Error 404", "Error. Could not transcribe this audio.", "Please solve the CAPTCHA"],
    "refusal": ["Unfortunately, no", "I cannot do that"],
    "code": ["```python\nprint(1)\n```"],
    "blocked": ["Verify you are human", "Error 403", "ResponsibleAIPolicyViolation"],
}
OTHERWISE = {
    "failed": ["exitcode: 0 (execution succeeded)", "All good"],
    "empty": ["Code output: 4", "[1]"],
    "blank": ["0", "[1]", "nullable"],
    "observes": ["We should open the page"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAYINGS.items() for text in texts])
def test_a_saying_is_found_through_its_stems(name: str, text: str) -> None:
    assert find_phrase(name, text) is not None


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in OTHERWISE.items() for text in texts])
def test_other_words_are_not(name: str, text: str) -> None:
    assert find_phrase(name, text) is None


def test_every_phrase_compiles_and_every_stem_is_of_a_phrase() -> None:
    for name in TABLES:
        if name != "stems":
            phrase(name)
    assert set(TABLES["stems"]) <= set(TABLES)


def test_the_search_stops_where_it_is_told() -> None:
    assert find_phrase("failed", "x" * 100 + "Traceback (most recent call last)", 100) is None
