"""Ids as people put them in."""

from __future__ import annotations

import pytest

from tests.analysis.runs import run, user
from tracetui.analysis.passages import passages
from tracetui.analysis.spoken import Spoken


def spoken(text: str) -> Spoken:
    return Spoken(passages(run(user(text))))


@pytest.mark.parametrize("text", ["web-01 to web-04", "WEB 01..04 is odd, web01-04 is not", "von web-1 bis web-4"])
def test_an_id_within_a_range_was_put_in(text: str) -> None:
    found = spoken(text).within_range("web-03", 9)
    assert found is not None
    assert found.why.startswith("lies between web 1 and 4")


@pytest.mark.parametrize("text", ["web-01 and web-04", "db-01 to db-04", "web-1 to web-9999", "web-05 to web-04"])
def test_an_id_beyond_it_was_not(text: str) -> None:
    assert spoken(text).within_range("web-03", 9) is None


def test_a_range_that_comes_later_is_not_known_yet() -> None:
    assert spoken("web-01 to web-04").within_range("web-03", 0) is None


def test_letters_and_digits_with_spaces_between_are_one_id() -> None:
    assert spoken("container MSKU 204 885").spelt_apart("msku204885", 9) is not None
    assert spoken("container MSKU 204 886").spelt_apart("msku204885", 9) is None
