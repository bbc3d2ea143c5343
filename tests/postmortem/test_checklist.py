from __future__ import annotations

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.checklist import blockers, items
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText, apply
from tracetui.postmortem.tables import CHECKLIST


def states(postmortem: Postmortem) -> dict[str, str]:
    return {item.id: item.state for item in items(postmortem)}


def test_the_document_shows_by_itself_what_is_done() -> None:
    found = states(sample_postmortem())
    assert len(found) == 13
    assert found["origin_identified"] == found["mode_classified"] == found["cascade_documented"] == "shown"
    assert found["actions_enumerated"] == "shown"
    assert found["irreversible_remedied"] == found["gap_described"] == found["eval_added"] == "open"


def test_a_person_ticks_or_gives_a_reason() -> None:
    ticked = apply(sample_postmortem(), SetText("checklist/eval_added/done", "yes"))
    assert states(ticked)["eval_added"] == "ticked"
    refused = apply(sample_postmortem(), SetText("checklist/alert_added/done", "no"))
    assert states(refused)["alert_added"] == "open"
    reasoned = apply(refused, SetText("checklist/alert_added/reason", "the tool is switched off"))
    assert states(reasoned)["alert_added"] == "reasoned"


def test_final_is_blocked_by_open_items_and_grave_findings_only() -> None:
    draft = sample_postmortem()
    assert {"detection.gap", "blast_radius/step-4/remedy"} <= {blocker.address for blocker in blockers(draft)}
    for item_id, _ in CHECKLIST.fixed:
        draft = apply(draft, SetText(f"checklist/{item_id}/reason", "not needed here"))
    draft = apply(draft, SetText("detection.gap", "no check compares owner and customer"))
    draft = apply(draft, SetText("blast_radius/step-4/remedy", "a lookup: nothing to undo"))
    assert blockers(draft) == ()
