"""Two long runs side by side by what is written in them alone, before either is read: who acted, with which words, what came.

The alignment is that of `align` up to where it looks at what steps mean: anchors, then an exact edit script between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from tracetui.analysis.anchors import Block, Link, anchor, cut
from tracetui.analysis.findings import Pair

SCRIPT_LENGTH = 10_000
"""Lines on either side up to which an exact edit script is made, some 20 ms; longer gaps are cut in proportion first."""

DraftKind = Literal["same", "text", "result", "alone"]
"""same: the same is written; text: one actor, other words or arguments; result: the same call,
another answer; alone: in one run."""


class Written(NamedTuple):
    """What the lines of a run say, in numbers that are equal where it is equal: one entry a line in each."""

    saids: Sequence[int]
    """With which words or arguments, by whom."""
    actors: Sequence[int]
    """Who acted: which tool, which agent."""
    answers: Sequence[int]
    """What came of it."""


class Draft(NamedTuple):
    pairs: tuple[Pair, ...]
    """Every line of both runs once, in order."""
    kinds: tuple[DraftKind, ...]
    """What each pair is."""


def draft(bad: Written, good: Written) -> Draft:
    """Align two runs by what is written: 0.3 s of processor time for 100,000 lines each."""
    links: list[Link] = []
    gaps = anchor(bad.saids, good.saids, [(0, len(bad.saids), 0, len(good.saids))], links, trim=True)
    for gap in gaps:
        for rest in _script(bad.saids, good.saids, gap, links):
            _script(bad.actors, good.actors, rest, links)
    links.sort()
    return _laid_out(bad, good, links)


def _script(a: Sequence[int], b: Sequence[int], block: Block, links: list[Link]) -> list[Block]:
    """Link what an edit script keeps; the blocks that it replaces."""
    start, end, other, last = block
    if (longest := max(end - start, last - other)) > SCRIPT_LENGTH:
        pieces = cut(block, longest // SCRIPT_LENGTH + 1)
        return [rest for piece in pieces for rest in _script(a, b, piece, links)]
    replaced: list[Block] = []
    for code in Levenshtein.opcodes(list(a[start:end]), list(b[other:last])):
        i, j, k, m = start + code.src_start, start + code.src_end, other + code.dest_start, other + code.dest_end
        if code.tag == "equal":
            links += zip(range(i, j), range(k, m), strict=True)
        elif code.tag == "replace":
            replaced.append((i, j, k, m))
    return replaced


def _laid_out(bad: Written, good: Written, links: list[Link]) -> Draft:
    pairs: list[Pair] = []
    kinds: list[DraftKind] = []
    i = j = 0
    for to, other in [*links, (len(bad.saids), len(good.saids))]:
        if i < to or j < other:
            pairs += [Pair(k, None, 0.0, "only_bad") for k in range(i, to)]
            pairs += [Pair(None, k, 0.0, "only_good") for k in range(j, other)]
            kinds += ["alone"] * (to - i + other - j)
        if to < len(bad.saids):
            if bad.saids[to] != good.saids[other]:
                pairs.append(Pair(to, other, 0.0, "similar"))
                kinds.append("text")
            else:
                is_same = bad.answers[to] == good.answers[other]
                pairs.append(Pair(to, other, 1.0, "same" if is_same else "similar"))
                kinds.append("same" if is_same else "result")
        i, j = to + 1, other + 1
    return Draft(tuple(pairs), tuple(kinds))
