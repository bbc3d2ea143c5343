"""Text that a reader does not see and a model does, and content that speaks to the model as its caller would."""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.analysis.passages import Passage, PassageKind
from tracetui.analysis.provenance import Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.hidden import RULES, STEMS, Found, Kind, concealed, injected
from tracetui.model import Evidence, Flag
from tracetui.text import elide, is_plain, visible

KIND = "HIDDEN_TEXT"
LETTER = "H"
EXPLAIN = (
    "Text that people do not see and a model reads: Unicode tags, bytes in variation selectors, reordered letters, runs of "
    "invisible code points, letters of another script in a Latin word. In tool results also orders to the model "
    "(“ignore previous instructions”), forged role marks and requests to keep something from the user. Flagged at the step "
    "whose content carries it, followed or not; CONTEXT_DRIFT tells whether it was followed. One flag a step and sort. "
    "Cannot see orders in plain words without such marks, nor text hidden by its colour or in an image."
)
_CONFIDENCE: dict[Kind, float] = {
    "tag": 0.95,
    "selectors": 0.9,
    "override": 0.8,
    "role": 0.7,
    "secrecy": 0.7,
    "bidi": 0.7,
    "homoglyph": 0.6,
    "zero-width": 0.6,
}
"""Of the sorts that are flagged. Control codes are not: they are what terminal output is made of."""
_FROM_OUTSIDE: tuple[PassageKind, ...] = ("result",)
_SCANNED = 200_000
"""Characters of a text that are searched."""
_RUN = 4
"""Invisible code points of a text that are no slip of copying; a page of the web has a few."""
_MARKS = "\u200e\u200f\u061c"
"""Marks of direction: they stand in pages of the web and reorder next to nothing."""
_CARRIES = 4
"""Characters that a run of variation selectors has to spell."""


def find(provenance: Provenance) -> Iterator[Flag]:
    flagged: set[tuple[int, Kind]] = set()
    speaking = frozenset(provenance.holding(STEMS, *_FROM_OUTSIDE))
    for index, passage in enumerate(provenance.passages):
        text = passage.text[:_SCANNED]
        found = [] if is_plain(text) else [each for each in concealed(text) if _matters(text, each)]
        if index in speaking:
            found += injected(text)
        if not found:
            continue
        sorts: dict[Kind, list[Found]] = {}
        for each in found:
            sorts.setdefault(each.kind, []).append(each)
        for kind, places in sorts.items():
            step = max(passage.step, 0)
            if (kind == "zero-width" and len(places) < _RUN) or (step, kind) in flagged:
                continue
            flagged.add((step, kind))
            yield _flag(step, passage, places)


def _matters(text: str, found: Found) -> bool:
    if found.kind == "bidi":
        return text[found.at] not in _MARKS
    if found.kind == "selectors":
        return len(found.says) >= _CARRIES
    return found.kind in _CONFIDENCE


def _flag(step: int, passage: Passage, places: list[Found]) -> Flag:
    first = places[0]
    quote = passage.text[first.at : max(first.end, min(first.at + 80, len(passage.text)))]
    says = visible(first.says or passage.text[first.at : first.end])
    told = f": “{elide(' '.join(says.split()), 40)}”" if first.says or first.kind in ("override", "secrecy") else ""
    more = f" ({len(places)} places)" if len(places) > 1 else ""
    return detected(
        KIND,
        step,
        passage.source,
        f"{RULES[first.kind]}{told}{more}",
        _CONFIDENCE[first.kind],
        (Evidence(step, quote, passage.source, "where it stands"),),
    )
