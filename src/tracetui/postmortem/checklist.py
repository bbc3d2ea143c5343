"""What is done before a postmortem is final: what the document shows by itself, and what a person ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.lint import Finding, irreversible_unanswered, lint, several_root_causes
from tracetui.postmortem.tables import CHECKLIST

State = Literal["shown", "ticked", "reasoned", "open"]
"""shown: the document itself shows that it is done. ticked: a person says so. reasoned: not done, and why is written."""


class Item(msgspec.Struct, frozen=True):
    id: str
    label: str
    state: State
    why: str
    """What shows it, or what is missing."""


class Blocker(msgspec.Struct, frozen=True):
    """One thing between a draft and final."""

    address: str
    why: str


def items(postmortem: Postmortem) -> tuple[Item, ...]:
    """Every item of the checklist in order."""
    return tuple(_item(postmortem, item_id, label) for item_id, label in CHECKLIST.fixed)


def blockers(postmortem: Postmortem) -> tuple[Blocker, ...]:
    """What still keeps the postmortem from being final: open items without a reason, and grave findings."""
    open_items = [
        Blocker(f"checklist/{i.id}/done", f"{i.label}: {i.why}") for i in items(postmortem) if i.state == "open"
    ]
    grave: list[Finding] = [finding for finding in lint(postmortem) if finding.grave]
    return (*open_items, *(Blocker(finding.address, finding.why) for finding in grave))


def _item(postmortem: Postmortem, item_id: str, label: str) -> Item:
    done = postmortem.text(f"checklist/{item_id}/done")
    reason = postmortem.text(f"checklist/{item_id}/reason").strip()
    check = _AUTOMATIC.get(item_id)
    shown, why = check(postmortem) if check else (False, "a person ticks this")
    if done == "no":
        return Item(item_id, label, "reasoned" if reason else "open", reason or "marked as not done, without a reason")
    if shown:
        return Item(item_id, label, "shown", why)
    if done == "yes":
        return Item(item_id, label, "ticked", reason or "ticked by hand")
    return Item(item_id, label, "reasoned" if reason else "open", reason or why)


def _trace_stored(postmortem: Postmortem) -> tuple[bool, str]:
    kept = sum(bool(pin.file) for pin in postmortem.pins)
    return bool(kept) and kept == len(postmortem.pins), f"{kept} of {len(postmortem.pins)} pinned records kept"


def _origin(postmortem: Postmortem) -> tuple[bool, str]:
    step = postmortem.text("origin.step")
    return bool(step), f"step {step}" if step else "no step is named"


def _mode(postmortem: Postmortem) -> tuple[bool, str]:
    mode = postmortem.text("classification.failure_mode")
    return bool(mode), mode.replace("_", " ") or "no failure mode is picked"


def _cascade(postmortem: Postmortem) -> tuple[bool, str]:
    path = postmortem.text("origin.cascade")
    return bool(path), path or "no cascade is written"


def _enumerated(postmortem: Postmortem) -> tuple[bool, str]:
    rows = len(postmortem.tables.get("blast_radius", ()))
    counted = postmortem.text("impact.external_actions")
    return bool(rows) or counted == "0", f"{rows} external actions listed" if rows else counted or "none is listed"


def _remedied(postmortem: Postmortem) -> tuple[bool, str]:
    rows = postmortem.tables.get("blast_radius", ())
    missing = len(list(irreversible_unanswered(postmortem)))
    if not _enumerated(postmortem)[0]:
        return False, "no external action is listed"
    return not missing, f"{missing} without a remedy" if missing else f"all {len(rows)} answered"


def _one_cause(postmortem: Postmortem) -> tuple[bool, str]:
    if next(several_root_causes(postmortem), None):
        return False, "more than one is named"
    named = bool(postmortem.text("root_cause.named") and postmortem.text("root_cause.statement").strip())
    return named, "named" if named else "pick one and write it in a sentence"


def _gap(postmortem: Postmortem) -> tuple[bool, str]:
    described = bool(postmortem.text("detection.gap").strip())
    return described, "described" if described else "nothing is written"


def _counterfactuals(postmortem: Postmortem) -> tuple[bool, str]:
    rows = postmortem.tables.get("counterfactuals", ())
    asked = [row for row in rows if row.text("change").strip() and (row.text("effect") or row.text("outcome")).strip()]
    return bool(asked), f"{len(asked)} answered" if asked else "no question has a measured effect or an outcome"


def _distributed(postmortem: Postmortem) -> tuple[bool, str]:
    at = postmortem.text("identity.distributed_at").strip()
    return bool(at), at or "no time is written"


_AUTOMATIC: dict[str, Callable[[Postmortem], tuple[bool, str]]] = {
    "trace_stored": _trace_stored,
    "origin_identified": _origin,
    "mode_classified": _mode,
    "cascade_documented": _cascade,
    "actions_enumerated": _enumerated,
    "irreversible_remedied": _remedied,
    "one_root_cause": _one_cause,
    "gap_described": _gap,
    "counterfactuals_done": _counterfactuals,
    "distributed": _distributed,
}
