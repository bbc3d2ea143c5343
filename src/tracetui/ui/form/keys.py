"""The keys of the form."""

from __future__ import annotations

from textual.binding import Binding, BindingType

FORM_KEYS: list[BindingType] = [
    Binding(
        "escape",
        "out",
        "back",
        priority=True,
        id="form.out",
        tooltip="From a field to the sections, from there to the steps",
    ),
    Binding("ctrl+n", "section(1)", "next", priority=True, id="form.next", tooltip="Next section"),
    Binding(
        "ctrl+p",
        "section(-1)",
        "previous",
        show=False,
        priority=True,
        id="form.previous",
        tooltip="Previous section",
    ),
    Binding("v", "preview", "preview", id="form.preview", tooltip="The markdown, without secrets"),
    Binding(
        "x",
        "export",
        "export",
        id="form.export",
        tooltip="Write it to a file: markdown, HTML, JSON, an eval case, a handover",
    ),
    Binding("b", "missing", "before final", id="form.missing", tooltip="What still keeps it from being final"),
    Binding(
        "c",
        "changes",
        "changes",
        id="form.changes",
        tooltip="What was recovered, and what triage says otherwise now",
    ),
    Binding("h", "history", "history", show=False, id="form.history", tooltip="Who changed what, and when"),
    Binding("t", "take_over", "take over", id="form.take-over", tooltip="Edit it here instead"),
    Binding("colon", "app.command_palette", "palette", show=False, id="form.palette", tooltip="Every command"),
    Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    Binding("q", "leave", "leave", show=False, id="form.leave", tooltip="Back to the steps; everything is kept"),
]
