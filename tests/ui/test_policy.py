"""A tool policy in the app."""

from __future__ import annotations

import msgspec

from tests.ui.pilot import SAMPLES
from tracetui.analysis.actions import ToolRule
from tracetui.ui.loading import analyse, load


def test_the_policy_of_what_was_loaded_holds_in_every_session_opened() -> None:
    loaded = load(str(SAMPLES / "incident.jsonl"))
    plain = analyse(loaded.opened(*loaded.sessions[0]))
    told = msgspec.structs.replace(loaded, policy={"get_*": ToolRule(effect="write", reversibility="irreversible")})
    ruled = analyse(told.opened(*told.sessions[0]))
    assert {effect.tool for effect in ruled.blast_radius} - {effect.tool for effect in plain.blast_radius}
