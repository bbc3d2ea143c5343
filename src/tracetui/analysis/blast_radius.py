"""The ledger of what a session did to the world outside the agent."""

from __future__ import annotations

from collections.abc import Collection

from tracetui.analysis.actions import Policy, action_of
from tracetui.analysis.findings import Effect, Reversibility
from tracetui.model import Session

_SEVERITY: dict[Reversibility, int] = {"reversible": 0, "external": 1, "unknown": 2, "irreversible": 3}


def effects(
    session: Session, origin_step: int | None, depends: Collection[int] = (), policy: Policy | None = None
) -> tuple[Effect, ...]:
    """Every action on the world in step order, of the whole session; `after_origin` tells those that concern the fault.

    `depends`: indices of the steps that rest on the wrong premise (the cascade).
    """
    rests_on = frozenset(depends)
    found: list[Effect] = []
    for step in session.steps:
        action = action_of(step, policy)
        if action.effect == "read":
            continue
        failed = step.status == "error" or step.error is not None
        found.append(
            Effect(
                step=step.index,
                tool=step.tool or "",
                target=action.target,
                reversibility=action.reversibility,
                after_origin=origin_step is not None and step.index >= origin_step,
                depends_on_origin=step.index in rests_on,
                why=action.why + ("; it answered with an error: check whether it took effect" if failed else ""),
                undo=action.undo,
            )
        )
    return tuple(found)


def worst(found: Collection[Effect]) -> Reversibility | None:
    """The least reversible of the effects, unknown counting between external and irreversible; None for none."""
    return max((effect.reversibility for effect in found), key=_SEVERITY.__getitem__, default=None)
