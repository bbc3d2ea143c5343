"""Signs that a step is where a run went wrong: what experts name when they point at one, each found with its evidence.

A sign answers how strongly one contribution shows it, 0 to 1. What it weighs, and why, stands in `weights.toml`; a sign
there that has `words` is found by these words alone, the others by the function of the same name here.
"""

from __future__ import annotations

from tracetui.analysis.signs import calls, sight, talk, values
from tracetui.analysis.signs.sign import Finder, Sign

FINDERS: dict[str, Finder] = {
    finder.__name__: finder
    for finder in (
        values.begins_answer,
        values.invents,
        values.claims_without_looking,
        values.flagged,
        values.miscounts,
        calls.call_failed,
        calls.first_failure,
        calls.first_action,
        calls.looks_up,
        talk.refuses,
        talk.plan_leaves_goal,
        talk.writes_code,
        talk.reports,
        sight.first_sight,
        sight.opens_source,
        sight.sees,
        sight.sees_failure,
        sight.blocked_at_end,
    )
}

__all__ = ["FINDERS", "Finder", "Sign"]
