"""Signs in what was seen outside: which look came first, and which saw nothing but an error."""

from __future__ import annotations

import math

from tracetui.analysis.phrases import find_phrase
from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs.sign import Sign

_TOP = 3000
"""Characters of a report in which it says that nothing could be seen."""


def first_sight(scene: Scene, moment: Moment) -> Sign | None:
    """Among the reports of what was seen outside, the early ones: all others start from them."""
    at = scene.sights.get(moment.step)
    return None if at is None else Sign(max(0.0, 1 - math.log1p(at) / 4))


def opens_source(scene: Scene, moment: Moment) -> Sign | None:
    """The first look outside of all."""
    return Sign(1.0) if scene.sights.get(moment.step) == 0 else None


def sees(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.observes else None


def sees_failure(scene: Scene, moment: Moment) -> Sign | None:
    """What it reports having seen is an error: a page that is not there, a file that could not be read, a refusal."""
    found = find_phrase("seen_failure", moment.text, _TOP) if moment.observes else None
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "seen there"),)) if found else None


def blocked_at_end(scene: Scene, moment: Moment) -> Sign | None:
    """The run ends where access was refused."""
    if moment.step != scene.last:
        return None
    found = find_phrase("blocked", moment.text)
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "refused here"),)) if found else None
