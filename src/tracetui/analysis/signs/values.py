"""Signs in the values that a step writes: where the answer begins, what stands in nothing before, what was miscounted."""

from __future__ import annotations

import math

from tracetui.analysis.counts import is_countable, miscount
from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs.sign import Sign


def begins_answer(scene: Scene, moment: Moment) -> Sign | None:
    """The values of the final answer first stand here."""
    born = scene.answer.get(moment.step)
    if not born:
        return None
    return Sign(
        len(born) / scene.answer_size, (scene.provenance.evidence(born[0], "of the final answer; first stands here"),)
    )


def invents(scene: Scene, moment: Moment) -> Sign | None:
    """Values that stand in nothing before; a report of what was seen outside invents nothing."""
    if moment.observes:
        return None
    values = scene.unsourced(moment.step)
    if not values:
        return None
    quotes = tuple(scene.provenance.evidence(value, "in nothing recorded before") for value in values[:2])
    return Sign(min(1.0, math.log1p(len(values)) / 3), quotes)


def claims_without_looking(scene: Scene, moment: Moment) -> Sign | None:
    """It states what nothing before holds, and looked nothing up for it."""
    values = scene.unsourced(moment.step) if moment.talks else []
    return Sign(1.0, (scene.provenance.evidence(values[0], "stated without a source"),)) if values else None


def flagged(scene: Scene, moment: Moment) -> Sign | None:
    here = scene.flags_at(moment)
    if not here:
        return None
    best = max(here, key=lambda flag: flag.confidence)
    return Sign(best.confidence, best.evidence[:2])


def miscounts(scene: Scene, moment: Moment) -> Sign | None:
    """It states a count that no way of counting what it was shown gives."""
    results = [scene.session.steps[i].result for i in scene.shown(moment)]
    found = miscount(moment.text, [result for result in results if is_countable(result)])
    return (
        Sign(1.0, (scene.quote(moment.step, moment.text, found.start, found.end, "a wrong count"),)) if found else None
    )
