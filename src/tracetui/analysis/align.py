"""Alignment of two runs by meaning: which step of one corresponds to which of the other.

Anchors first, as in patience diff (Bram Cohen): steps that occur once in both runs, the longest increasing sequence of
them, then the same between each two anchors. What lies between is aligned by similarity (Needleman–Wunsch), in full up to
CELLS cells, beyond that after an exact edit script on the kinds of steps (rapidfuzz's Levenshtein, which needs little
memory). Steps that were only done at another place are paired as moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from operator import itemgetter

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracetui.analysis.anchors import Block, Link, anchor, cut
from tracetui.analysis.findings import Pair, Relation
from tracetui.analysis.prose import is_prose
from tracetui.analysis.sketch import Sketch

CELLS = 40_000
"""Cells of a gap that are compared one by one."""
SCRIPT_LENGTH = 50_000
"""Steps on either side up to which an exact edit script is made; longer gaps are cut in proportion first."""
_SAME_TOOL = 0.55
_SAME_SPEAKER = 0.35
_OTHER_TOOL = 0.2
_WITH_DIGITS = re.compile(r"[\w#-]*\d[\w#.-]*")
Level = Callable[[Sketch], str]
_FIRST, _SECOND = itemgetter(0), itemgetter(1)


def align(bad: Sequence[Sketch], good: Sequence[Sketch]) -> tuple[Pair, ...]:
    """Every step of both runs once, in the order of the bad run; what only the good run has stands where it would be.

    `align(good, bad)` gives the mirrored pairs.
    """
    # One of the two orders is computed, so that ties are broken alike whichever run is called the good one.
    exact, others = [s.exact for s in bad], [s.exact for s in good]
    swapped = others < exact
    links = [(i, j) for j, i in _links(good, bad, others, exact)] if swapped else _links(bad, good, exact, others)
    return tuple(_pairs(bad, good, links, _moved(bad, good, links)))


def _links(a: Sequence[Sketch], b: Sequence[Sketch], exact: Sequence[str], others: Sequence[str]) -> list[Link]:
    """Increasing links between steps that correspond; with what each step is exactly."""
    links: list[Link] = []
    anchors = [s.anchors for s in a]
    blocks = anchor(exact, others, [(0, len(a), 0, len(b))], links, trim=True, anchors=anchors)
    twins = _twins(a, b, links)
    shapes = _shapes(a, [block[:2] for block in blocks], twins)
    other_shapes = _shapes(b, [block[2:] for block in blocks], twins)
    for block in anchor(shapes, other_shapes, blocks, links, trim=False, anchors=anchors):
        _fill(a, b, block, twins, links)
    links.sort()
    return links


def _shapes(run: Sequence[Sketch], ranges: Sequence[tuple[int, int]], twins: frozenset[str]) -> list[str]:
    """What anchors in these ranges; empty elsewhere."""
    shapes = [""] * len(run)
    for start, end in ranges:
        shapes[start:end] = [s.exact if s.exact in twins else s.shape for s in run[start:end]]
    return shapes


def _twins(a: Sequence[Sketch], b: Sequence[Sketch], links: list[Link]) -> frozenset[str]:
    """Actions that still wait for their equal on both sides: they are not given to a step that is only alike."""
    left, other_left = _left_over(len(a), map(_FIRST, links)), _left_over(len(b), map(_SECOND, links))
    own = {a[i].exact for i in left if a[i].anchors}
    return frozenset(b[j].exact for j in other_left if b[j].exact in own)


def _left_over(length: int, linked: Iterable[int]) -> list[int]:
    """The steps of a run that no link has, ascending."""
    free = bytearray(b"\1") * length
    for at in linked:
        free[at] = 0
    return list(compress(range(length), free))


def _fill(a: Sequence[Sketch], b: Sequence[Sketch], block: Block, twins: frozenset[str], links: list[Link]) -> None:
    """Align a gap without anchors."""
    stack: list[tuple[Block, Sequence[Level]]] = [(block, (_exact, _group))]
    while stack:
        gap, levels = stack.pop()
        height, width = gap[1] - gap[0], gap[3] - gap[2]
        if not height or not width:
            continue
        if height * width <= CELLS:
            links += _similar(a, b, gap, twins)
        elif max(height, width) > SCRIPT_LENGTH:
            stack += [(piece, levels) for piece in cut(gap, 2)]
        elif levels:
            stack += [(rest, levels[1:]) for rest in _script(a, b, gap, levels[0], links)]
        else:
            # Nothing equal is left: cut in proportion, so that the work stays linear in the length.
            stack += [(piece, levels) for piece in cut(gap, height * width // CELLS + 1)]


def _exact(sketch: Sketch) -> str:
    return sketch.exact


def _group(sketch: Sketch) -> str:
    return sketch.group


def _script(a: Sequence[Sketch], b: Sequence[Sketch], block: Block, level: Level, links: list[Link]) -> list[Block]:
    """Link what an edit script keeps; the blocks that it replaces."""
    start, end, other, last = block
    left, right = [level(s) for s in a[start:end]], [level(s) for s in b[other:last]]
    gaps: list[Block] = []
    for code in Levenshtein.opcodes(left, right):
        i, j, k, m = code.src_start, code.src_end, code.dest_start, code.dest_end
        if code.tag == "equal":
            links += zip(range(start + i, start + j), range(other + k, other + m), strict=True)
        elif code.tag == "replace":
            gaps.append((start + i, start + j, other + k, other + m))
    return gaps


def _similar(a: Sequence[Sketch], b: Sequence[Sketch], block: Block, twins: frozenset[str]) -> list[Link]:
    """The links of the greatest total similarity."""
    start, end, other, last = block
    width = last - other
    best = [[0.0] * (width + 1)]
    for i in range(start, end):
        above = best[-1]
        row = [0.0] * (width + 1)
        for j in range(width):
            taken = _weight(a[i], b[other + j], twins)
            diagonal = above[j] + taken if taken else 0.0
            row[j + 1] = max(row[j], above[j + 1], diagonal)
        best.append(row)
    found: list[Link] = []
    i, j = end - start, width
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((start + i, other + j))
    return found[::-1]


def _weight(step: Sketch, other: Sketch, twins: frozenset[str]) -> float:
    if step.exact != other.exact and (step.exact in twins or other.exact in twins):
        return 0.0
    return similarity(step, other)


def similarity(step: Sketch, other: Sketch) -> float:
    """How well one step answers to another, 0 (not at all) to 1 (the same action)."""
    if step.exact == other.exact:
        return 1.0
    if step.group == other.group:
        floor = _SAME_TOOL if step.anchors or step.group.startswith("tool ") else _SAME_SPEAKER
        if step.shape == other.shape and floor == _SAME_TOOL:
            floor = 0.75
        return floor + (1 - floor) * 0.9 * fuzz.ratio(step.text, other.text) / 100
    # A call in place of another call, or an answer in words in place of a call: weaker than any true counterpart.
    kind, other_kind = step.group.split(" ", 1)[0], other.group.split(" ", 1)[0]
    return _OTHER_TOOL * fuzz.ratio(step.text, other.text) / 100 if kind == other_kind and kind != "message" else 0.0


def _shape(sketch: Sketch) -> str:
    return sketch.shape


def _given(sketch: Sketch) -> str:
    """What a tool was called with, whichever tool it is; empty for all else. Free text counts without its ids and figures."""
    given = sketch.exact.removeprefix(sketch.group) if sketch.group.startswith("tool ") else ""
    if given == " {}":
        return ""
    return _WITH_DIGITS.sub("#", sketch.text) if is_prose(sketch.text) else given


def _moved(bad: Sequence[Sketch], good: Sequence[Sketch], links: list[Link]) -> dict[int, int]:
    """Actions left over on both sides that are the same, or the same on other things, or another tool's with the same
    arguments."""
    left, other_left = _left_over(len(bad), map(_FIRST, links)), _left_over(len(good), map(_SECOND, links))
    moved: dict[int, int] = {}
    for level in (_exact, _shape, _given, _group):
        spare: dict[str, list[int]] = {}
        taken = set(moved.values())
        for j in reversed(other_left):
            if j not in taken and good[j].anchors and (key := level(good[j])):
                spare.setdefault(key, []).append(j)
        for i in left:
            if i not in moved and (places := spare.get(level(bad[i]))):
                moved[i] = places.pop()
    return moved


def _pairs(bad: Sequence[Sketch], good: Sequence[Sketch], links: list[Link], moved: dict[int, int]) -> list[Pair]:
    pairs: list[Pair] = []
    gone = set(moved.values())
    i = j = 0
    for to, other in [*links, (len(bad), len(good))]:
        if i < to or j < other:
            for k in range(i, to):
                if k in moved:
                    pairs.append(Pair(k, moved[k], similarity(bad[k], good[moved[k]]), "moved"))
                else:
                    pairs.append(Pair(k, None, 0.0, "only_bad"))
            pairs += [Pair(None, k, 0.0, "only_good") for k in range(j, other) if k not in gone]
        if to < len(bad):
            alike = 1.0 if bad[to].exact == good[other].exact else similarity(bad[to], good[other])
            relation: Relation = (
                "same" if alike == 1 else "similar" if bad[to].group == good[other].group else "different"
            )
            pairs.append(Pair(to, other, alike, relation))
        i, j = to + 1, other + 1
    return pairs
