"""Signs in what a step had done: calls that fail, actions on the world."""

from __future__ import annotations

from tracetui.analysis.scene import Moment, Scene
from tracetui.analysis.signs.sign import Sign, answer_quote


def call_failed(scene: Scene, moment: Moment) -> Sign | None:
    return None if moment.failed is None else Sign(1.0, (answer_quote(scene, moment.failed, "answered with an error"),))


def first_failure(scene: Scene, moment: Moment) -> Sign | None:
    first = scene.first(_fails)
    return Sign(1.0) if moment.step == first else None


def first_action(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.step == scene.first(_acts) else None


def looks_up(scene: Scene, moment: Moment) -> Sign | None:
    return Sign(1.0) if moment.turn.calls and not moment.external else None


def _fails(_: Scene, moment: Moment) -> bool:
    return moment.failed is not None or moment.empty is not None


def _acts(_: Scene, moment: Moment) -> bool:
    return bool(moment.external)
