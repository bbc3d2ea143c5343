from __future__ import annotations

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.edits import SetText, apply
from tracetui.postmortem.fields import TABLES
from tracetui.ui.form.row_lines import pin_rows, table_rows


def test_a_row_says_what_it_is_and_what_is_missing() -> None:
    row = table_rows(sample_postmortem(), TABLES["blast_radius"])[0]
    assert row.lead.plain == "step 4 · get_order · ord_555 · unknown"
    assert row.more.plain == "  without remedy, owner, done"


def test_the_checklist_tells_shown_from_ticked_from_open() -> None:
    draft = apply(sample_postmortem(), SetText("checklist/eval_added/done", "yes"))
    lines = {row.id: (row.lead.plain, row.more.plain) for row in table_rows(draft, TABLES["checklist"])}
    assert lines["origin_identified"] == ("✓ Origin identified by step", "  shown: step 3")
    assert lines["eval_added"][1].startswith("  ticked")
    assert lines["alert_added"] == ("○ An alert on the failure signature", "  open: a person ticks this")


def test_control_layers_are_there_before_anyone_writes() -> None:
    rows = table_rows(sample_postmortem(), TABLES["layers"])
    assert [row.id for row in rows] == ["tool_permission", "eval_coverage", "acceptance", "review_gate"]
    draft = apply(sample_postmortem(), SetText("layers/acceptance/verdict", "failed"))
    assert "failed" in table_rows(draft, TABLES["layers"])[2].lead.plain


def test_hostile_cells_are_shown_as_marks() -> None:
    draft = apply(sample_postmortem(), SetText("actions/r1/text", "\x1b[2J [/] \u202e"))
    assert table_rows(draft, TABLES["actions"])[0].lead.plain == "␛[2J [/] <RLO>"


def test_pins_show_quote_and_place() -> None:
    row = pin_rows(sample_postmortem())[0]
    assert "Referenced order_id not present" in row.lead.plain
    assert "incident.jsonl:3" in row.more.plain
