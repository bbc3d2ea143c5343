"""Signs in what a step says, and in how people and other agents take it."""

from __future__ import annotations

import math

from tracetui.analysis.phrases import find_phrase, phrase
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


def answers_person(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.asked_after is not None and not moment.turn.calls else None


def person_objects(scene: Scene, moment: Moment) -> Sign | None:
    after = moment.asked_after
    if after is None or not phrase("objection").match(after.text):
        return None
    return Sign(1.0, (scene.quote(after.step, after.text, 0, 0, "the person objects"),))


def sent_back(scene: Scene, moment: Moment) -> Sign | None:
    """The next contribution says that this one did not do."""
    after = moment.following
    found = find_phrase("denial", after.text, 600) if after is not None else None
    if after is None or found is None:
        return None
    return Sign(1.0, (scene.quote(after.step, after.text, *found.span(), "said right after"),))


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


def starts_with_work(scene: Scene, moment: Moment) -> Sign | None:
    """The opening message does not only set the task: it holds a program, which is carried out as it is."""
    return Sign(1.0) if moment.previous is None and moment.code and moment.ran else None


def writes_code(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.code else None


def early(scene: Scene, moment: Moment) -> Sign | None:
    """Falls slowly: 1 for the first contribution, 0 from about the fiftieth on."""
    return Sign(max(0.0, 1 - math.log1p(moment.rank) / 4))


def last_word(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.step == scene.last else None


def first_conclusion(scene: Scene, moment: Moment) -> Sign | None:
    if moment.step != scene.first(_concludes):
        return None
    found = find_phrase("conclusion", moment.text)
    return Sign(1.0, (scene.quote(moment.step, moment.text, *found.span(), "the first conclusion"),)) if found else None


def hands_over_first(scene: Scene, moment: Moment) -> Sign | None:
    """The first instruction to another agent: what is asked wrongly there, all work on."""
    return Sign(1.0) if moment.step == scene.first(_hands_over) else None


def reports(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.report else None


def only_ends(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.turn.ends else None


def _concludes(_: Scene, moment: Moment) -> bool:
    sets_task = find_phrase("task", moment.text) is not None
    return not moment.observes and not sets_task and find_phrase("conclusion", moment.text) is not None


def _hands_over(scene: Scene, moment: Moment) -> bool:
    """A short instruction that another agent takes up soon after."""
    taken_up = any(m.turn.agent != moment.turn.agent for m in scene.moments_after(moment, 2))
    return moment.talks and taken_up and 40 < len(moment.text) < 600
