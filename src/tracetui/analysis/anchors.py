"""What holds two runs together: equal ends, and what occurs once in both, as in patience diff (Bram Cohen)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import compress, count, pairwise
from operator import itemgetter, lt
from typing import TypeVar

Token = TypeVar("Token", bound=Hashable)
"""What a step is compared by."""
Block = tuple[int, int, int, int]
"""Half-open ranges of both runs: (start, end, start, end)."""
Link = tuple[int, int]
_SECOND = itemgetter(1)


def anchor(
    tokens: Sequence[Token],
    others: Sequence[Token],
    blocks: list[Block],
    links: list[Link],
    *,
    trim: bool,
    anchors: Sequence[bool] | None = None,
) -> list[Block]:
    """Link what is equal at the ends and what occurs once in both runs; the blocks left over, in order.

    `anchors`: by step of the first run, whether it may be held by occurring once; None: each may. A trimmed end holds any step.
    """
    ids: dict[Token, int] = defaultdict(count().__next__)
    a, b = list(map(ids.__getitem__, tokens)), list(map(ids.__getitem__, others))
    rest: list[Block] = []
    stack = list(blocks)
    while stack:
        start, end, other, last = stack.pop()
        while trim and start < end and other < last and a[start] == b[other]:
            links.append((start, other))
            start, other = start + 1, other + 1
        while trim and start < end and other < last and a[end - 1] == b[last - 1]:
            end, last = end - 1, last - 1
            links.append((end, last))
        if start == end or other == last:
            continue
        once = _increasing(_unique_links(a, b, (start, end, other, last), anchors))
        if not once:
            rest.append((start, end, other, last))
            continue
        links += once
        edges = [(start - 1, other - 1), *once, (end, last)]
        stack += [(i + 1, j, k + 1, m) for (i, k), (j, m) in pairwise(edges) if i + 1 < j and k + 1 < m]
    return sorted(rest)


def _unique_links(a: Sequence[int], b: Sequence[int], block: Block, anchors: Sequence[bool] | None) -> list[Link]:
    start, end, other, last = block
    counts, other_counts = Counter(a[start:end]), Counter(b[other:last])
    places = {b[j]: j for j in range(other, last) if other_counts[b[j]] == 1}
    held = range(start, end) if anchors is None else compress(range(start, end), anchors[start:end])
    return [(i, places[a[i]]) for i in held if counts[a[i]] == 1 and a[i] in places]


def _increasing(links: list[Link]) -> list[Link]:
    """The longest subsequence that increases on both sides; `links` increase on the first."""
    seconds = list(map(_SECOND, links))
    if all(map(lt, seconds, seconds[1:])):
        return links
    tops: list[int] = []
    ends: list[int] = []
    before = [-1] * len(links)
    for at, j in enumerate(seconds):
        place = bisect_left(tops, j) if tops and j < tops[-1] else len(tops)
        if place == len(tops):
            tops.append(j)
            ends.append(at)
        else:
            tops[place], ends[place] = j, at
        before[at] = ends[place - 1] if place else -1
    kept: list[Link] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.append(links[at])
        at = before[at]
    return kept[::-1]


def cut(block: Block, pieces: int) -> list[Block]:
    """The block cut in proportion along its diagonal."""
    start, end, other, last = block
    edges = [(start + (end - start) * n // pieces, other + (last - other) * n // pieces) for n in range(pieces + 1)]
    return [(i, j, k, m) for (i, k), (j, m) in pairwise(edges)]
