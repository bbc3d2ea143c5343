"""Signs in what was seen outside: which look came first, what was built on a part of the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tracetui.analysis.cascade import is_telling
from tracetui.analysis.phrases import find_phrase
from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs.sign import Sign
from tracetui.analysis.turns import Turn
from tracetui.model import Evidence

_RECENT = 3
"""Contributions back that are looked at."""


def first_sight(scene: Scene, moment: Moment) -> Sign | None:
    """Among the reports of what was seen outside, the early ones: all others start from them."""
    at = scene.sights.get(moment.step)
    return None if at is None else Sign(max(0.0, 1 - math.log1p(at) / 4))


def opens_source(scene: Scene, moment: Moment) -> Sign | None:
    """The first look outside of all."""
    return Sign(1.0) if scene.sights.get(moment.step) == 0 else None


def sees(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.observes else None


def blocked_at_end(scene: Scene, moment: Moment) -> Sign | None:
    """The run ends where access was refused."""
    if moment.step != scene.last:
        return None
    found = find_phrase("blocked", moment.text)
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "refused here"),)) if found else None


def builds_on_part(scene: Scene, moment: Moment) -> Sign | None:
    """It takes values from what was only seen in part: one page of several, the top of a screen."""
    taken = _from_part(scene, moment)
    return Sign(min(1.0, math.log1p(len(taken)) / 2), tuple(taken[:2])) if taken else None


def first_to_build_on_part(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.step == scene.first(_builds_on_part) else None


def concludes_on_part(scene: Scene, moment: Moment) -> Sign | None:
    found = find_phrase("conclusion", moment.text) if _seen_in_part(scene, moment) else None
    if found is None:
        return None
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "concluded from a part"),))


def _builds_on_part(scene: Scene, moment: Moment) -> bool:
    return bool(_from_part(scene, moment))


def _seen_in_part(scene: Scene, moment: Moment) -> Sequence[Turn]:
    """Reports of others, shortly before, of what they saw only a part of."""
    if moment.observes or moment.turn.ends:
        return ()
    recent = scene.moments_before(moment, _RECENT)
    return [m.turn for m in recent if m.observes and m.turn.agent != moment.turn.agent and find_phrase("part", m.text)]


def _from_part(scene: Scene, moment: Moment) -> list[Evidence]:
    parts = {turn.step for turn in _seen_in_part(scene, moment)}
    if not parts:
        return []
    by_key = scene.provenance.by_key
    found: dict[str, Evidence] = {}
    for value in scene.provenance.at(moment.step):
        first = by_key[value.key][0] if value.key in by_key else None
        if first is not None and first.step in parts and value.step == moment.step and is_telling(value):
            found.setdefault(value.key, scene.provenance.evidence(value, "taken from what was seen in part"))
    return list(found.values())
