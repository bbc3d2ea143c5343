"""Two values that a text sets against each other: “belongs to cust_012, not cust_789”."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracetui.analysis.phrases import has_any
from tracetui.analysis.provenance import Appearance

_IN_WORDS = re.compile(
    r"(?:belongs? to|belonging to|owned by|owner (?:is|was)|is for|was for|returned|found|got|data (?:of|for))[ ]{1,3}"
    r"(?P<got>[^,;.()\n]{2,60}?)[,;(]?[ ]{0,3}(?:not|instead of|rather than|(?:but )?(?:we )?(?:expected|wanted|asked for))"
    r"[ ]{1,3}(?P<want>[^,;()\n]{2,60})",
    re.IGNORECASE,
)
_CONTRASTS = ("not ", "instead of ", "rather than ", "expected ", "wanted ", "asked for ")
"""Of these such words hold one, in lower case: fast to tell."""
_READ = 2_000
"""Characters of a text in which such words are sought."""


def contrasted(text: str, values: Sequence[Appearance]) -> tuple[Appearance, Appearance] | None:
    """(what is there, what should be) of the first such words in `text`, of whose values these are; else None."""
    if len(values) < 2 or not has_any(text[:_READ].lower(), _CONTRASTS):
        return None
    for match in _IN_WORDS.finditer(text, 0, _READ):
        got = [value for value in values if match.start("got") <= value.start < match.end("got")]
        want = [value for value in values if match.start("want") <= value.start < match.end("want")]
        if got and want and got[-1].key != want[0].key and got[-1].kind == want[0].kind in ("id", "email", "name"):
            return got[-1], want[0]
    return None
