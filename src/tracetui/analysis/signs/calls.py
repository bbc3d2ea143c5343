"""Signs in what a step had done: calls that fail, actions on the world."""

from __future__ import annotations

from tracetui.analysis.phrases import find_phrase
from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs.sign import Sign, answer_quote


def call_failed(scene: Scene, moment: Moment) -> Sign | None:
    return None if moment.failed is None else Sign(1.0, (answer_quote(scene, moment.failed, "answered with an error"),))


def call_empty(scene: Scene, moment: Moment) -> Sign | None:
    return None if moment.empty is None else Sign(1.0, (answer_quote(scene, moment.empty, "answered nothing"),))


def first_failure(scene: Scene, moment: Moment) -> Sign | None:
    first = scene.first(_fails)
    return Sign(1.0) if moment.step == first else None


def passes_over_error(scene: Scene, moment: Moment) -> Sign | None:
    """The answer before was an error, and nothing here speaks of it."""
    before = scene.before(moment)
    if (
        before is None
        or before.failed is None
        or find_phrase("notices", moment.text)
        or not moment.text
        or moment.turn.ends
    ):
        return None
    return Sign(1.0, (answer_quote(scene, before.failed, "the error that is passed over"),))


def acts(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.external else None


def first_action(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.step == scene.first(_acts) else None


def acts_unconfirmed(scene: Scene, moment: Moment) -> Sign | None:
    """An action on the world that the person's last words did not agree to."""
    asked = moment.asked_before
    if not moment.external or asked is None or find_phrase("consent", asked.text):
        return None
    return Sign(1.0, (scene.quote(asked.step, asked.text, 0, 0, "the last words before the action"),))


def action_failed(scene: Scene, moment: Moment) -> Sign | None:
    if not moment.external or moment.failed is None:
        return None
    return Sign(1.0, (answer_quote(scene, moment.failed, "the action was refused"),))


def spoils_later_action(scene: Scene, moment: Moment) -> Sign | None:
    """It changed something, and a later action on the same thing was refused."""
    refused = scene.spoilt.get(moment.step)
    return (
        None
        if refused is None
        else Sign(1.0, (answer_quote(scene, refused, "a later action on the same was refused"),))
    )


def looks_up(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.turn.calls and not moment.external else None


def _fails(_: Scene, moment: Moment) -> bool:
    return moment.failed is not None or moment.empty is not None


def _acts(_: Scene, moment: Moment) -> bool:
    return bool(moment.external)
