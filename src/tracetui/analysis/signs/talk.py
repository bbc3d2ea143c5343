"""Signs in what a step says."""

from __future__ import annotations

from tracetui.analysis.phrases import find_phrase
from tracetui.analysis.scene import Moment, Scene, content_words
from tracetui.analysis.signs.sign import Sign


def refuses(scene: Scene, moment: Moment) -> Sign | None:
    """It tells a person that something cannot be done."""
    if moment.turn.calls or (moment.asked_after is None and moment.step != scene.last):
        return None
    found = find_phrase("refusal", moment.text)
    return (
        Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "says that it cannot be done"),))
        if found
        else None
    )


def plan_leaves_goal(scene: Scene, moment: Moment) -> Sign | None:
    """The task that it sets has little in common with what was asked for."""
    stated = find_phrase("task", moment.text)
    if stated is None or len(scene.goal_words) < 4:
        return None
    words = content_words(stated["stated"])
    shared = len(words & scene.goal_words) / max(1, min(len(words), len(scene.goal_words)))
    if shared >= 0.25:
        return None
    return Sign(1.0, (scene.quote(moment.step, moment.text, *stated.span("stated"), "the task as it is set"),))


def writes_code(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.code else None


def reports(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.report else None
