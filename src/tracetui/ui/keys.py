"""The keys of the debugger. Ids are stable: they are what a user's key map names.

Letters, digits, arrows, Enter, Esc and Tab only: nothing needs Alt, a function key or the mouse, and nothing that tmux
or screen keep for themselves.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tracetui.ui.pages import PAGES

DEBUGGER_KEYS: list[BindingType] = [
    Binding("enter", "open_step", "open", id="step.open", tooltip="Show the step"),
    Binding("escape,q", "close_step", "back", id="step.close", tooltip="Back to the list, and to all of its steps"),
    Binding("tab", "switch_pane", "pane", show=False, id="pane.switch", tooltip="Between the list and the detail"),
    Binding("o", "origin", "origin", id="find.origin", tooltip="Go to the step where it began"),
    Binding("c", "page('context')", "context", id="page.context", tooltip="What the model saw at this step"),
    Binding(
        "C", "prompts", "compare", id="open.prompts", tooltip="This prompt beside another step's or the good run's"
    ),
    Binding(
        "W", "whole_prompt", "whole prompt", id="open.whole-prompt", tooltip="Excerpt: all that the model saw here"
    ),
    Binding("d", "over('diff')", "diff", id="open.diff", tooltip="Compare with a good run"),
    Binding(
        "D",
        "over('baseline')",
        "baseline",
        show=False,
        id="open.baseline",
        tooltip="Choose the good run to compare with",
    ),
    Binding("b", "over('blast_radius')", "blast", id="open.blast-radius", tooltip="Every action on the world outside"),
    Binding("p", "over('postmortem')", "postmortem", id="open.postmortem", tooltip="Write the postmortem"),
    Binding(
        "w",
        "over('walk')",
        "walk",
        show=False,
        id="open.walk",
        tooltip="Walk a room through the incident, page by page",
    ),
    Binding(
        "left_square_bracket",
        "flag(-1)",
        "flags",
        id="flag.previous",
        tooltip="Previous flagged step",
    ),
    Binding("right_square_bracket", "flag(1)", "next flag", show=False, id="flag.next", tooltip="Next flagged step"),
    Binding(
        "e", "page('evidence')", "evidence", id="page.evidence", tooltip="Flags, quotes and the walk to the origin"
    ),
    Binding("s", "page('step')", "step", show=False, id="page.step", tooltip="What happened in this step"),
    Binding("r", "page('raw')", "raw", show=False, id="page.raw", tooltip="The record's bytes"),
    Binding(
        "Z", "brief", "brief", show=False, id="page.brief", tooltip="Context: only what changed in full, or everything"
    ),
    Binding("m", "note", "mark", id="step.note", tooltip="Mark the step, or the line in the detail, with a note"),
    Binding("M", "unmark", "unmark", show=False, id="step.unmark", tooltip="Remove the last mark from this step"),
    Binding("u", "mark_again", "mark again", show=False, id="step.mark-again", tooltip="Put a removed mark back"),
    Binding(
        "x",
        "export",
        "export",
        show=False,
        id="session.export",
        tooltip="Write findings, handover, postmortem, eval case or walkthrough to a file",
    ),
    Binding("slash", "search", "search", id="find.text", tooltip="Search the content of all steps"),
    Binding("n", "hit(1)", "next hit", show=False, id="find.next", tooltip="Next hit of the search"),
    Binding("N", "hit(-1)", "previous hit", show=False, id="find.previous", tooltip="Previous hit"),
    Binding("f", "filter", "filter", id="find.filter", tooltip="kind:tool flag:E tool:x agent:x status:error words"),
    Binding(
        "O",
        "trace_back",
        "wrong here",
        show=False,
        id="find.trace-back",
        tooltip="This output is wrong: trace back from here",
    ),
    Binding("colon", "go_to", "go to", show=False, id="step.go-to", tooltip="Go to a step by its number"),
    Binding(
        "J", "step(1)", "next step", show=False, id="step.next-anywhere", tooltip="Next step, also from the detail"
    ),
    Binding(
        "K",
        "step(-1)",
        "previous step",
        show=False,
        id="step.previous-anywhere",
        tooltip="Previous step, also from the detail",
    ),
    Binding(
        "L",
        "alike",
        "looks like",
        show=False,
        id="open.alike",
        tooltip="The past incident that this session looks like, and why",
    ),
    Binding(
        "R",
        "over('unread')",
        "reading",
        show=False,
        id="open.unread",
        tooltip="How the source was read; the records that were not",
    ),
    Binding(
        "F", "follow", "follow", show=False, id="session.follow", tooltip="Show steps as they are written, or stop that"
    ),
    Binding("y", "copy", "copy", show=False, id="step.copy", tooltip="Copy the block at the cursor, or the step"),
    Binding("question_mark", "app.key_sheet", "help", id="app.keys", tooltip="Every key of this screen"),
    Binding(
        "q",
        "leave",
        "quit",
        id="screen.leave",
        tooltip="Leave the session; quits where there is only one",
    ),
    *(
        Binding(
            str(number),
            f"page('{name}')",
            name,
            show=False,
            id=f"page.{name}-tab",
            tooltip=f"{page.name}, while the detail has the keys",
        )
        for number, (name, page) in enumerate(PAGES.items(), start=1)
    ),
]
