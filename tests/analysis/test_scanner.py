"""The pattern of values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.scanner import EVERY, SCANNERS, first_of

_PARTS = st.sampled_from(
    [
        "12",
        "2024-01-02",
        "10:30",
        "3 May",
        "USD 5",
        "$4.50",
        "a@b.co",
        "http://x.y/z",
        "ord_55",
        "K-77",
        "/etc/x",
        "C:\\x",
        "aa:",
    ]
)
_TEXTS = st.lists(_PARTS | st.text(alphabet="ab1F -_/.@:+#%(\\é", max_size=6), max_size=6).map("".join)


@given(_TEXTS)
def test_alternatives_that_cannot_begin_with_a_character_are_all_that_is_left_out(text: str) -> None:
    for start, first in enumerate(text):
        every, some = first_of(EVERY).match(text, start), SCANNERS[first].match(text, start)
        assert (every and (every.lastgroup, every.span())) == (some and (some.lastgroup, some.span()))
