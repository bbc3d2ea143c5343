"""Values that need no source."""

from __future__ import annotations

import pytest

from tracetui.analysis.constants import constant_of_the_world
from tracetui.analysis.entities import find_entities


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("42", True),
        ("$500", True),
        ("2024", True),
        ("87.5%", True),
        ("https://www.python.org", True),
        ("jo@example.com", True),
        ("4821", False),
        ("$45.37", False),
        ("https://www.python.org/psf/donations/17", False),
        ("jo@acme.io", False),
    ],
)
def test_what_everybody_knows_needs_no_source(text: str, constant: bool) -> None:
    (entity,) = find_entities(text)
    assert bool(constant_of_the_world(entity.kind, entity.text, entity.key)) is constant
