"""The lessons of the tutorial, on the sample incident. Each ends with its key, pressed on its screen."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracetui.ui.key_names import key_of

STEPS = "DebuggerScreen"
WAYS_IN = {
    "BaselineScreen": ("open.diff", "d"),
    "DiffScreen": ("open.diff", "d"),
    "BlastRadiusScreen": ("open.blast-radius", "b"),
    "PostmortemScreen": ("open.postmortem", "p"),
    "WalkScreen": ("open.walk", "w"),
    "KeySheet": ("app.keys", "question_mark"),
}
"""The binding by which a screen is opened from the steps, and its usual key."""


class Lesson(NamedTuple):
    told: str
    """What is on the screen now."""
    key: str
    """As Textual names it, where the user has given the binding no other."""
    does: str
    """What the key is for; read after "press KEY"."""
    action: str
    """What the key does in the program: the lesson ends when this was done on its screen."""
    screen: str = STEPS
    """Class of the screen."""
    binding: str = ""
    """The id of what the key works; "" for a key that nobody can change."""


def with_keys(told: str) -> str:
    """Words with the keys that bindings have: `{find.origin=o}` is "o", where the user has given it no other."""
    return re.sub(r"\{([\w.-]+)=(\w+)\}", lambda found: key_of(found[1], found[2]), told)


LESSONS = (
    Lesson(
        "An agent was asked to confirm a customer's latest order. Every call returned ok, and the answer is wrong. "
        "Below: the verdict in two lines, then the steps of the run.",
        "o",
        "to see where it began, and the proof",
        "origin",
        binding="find.origin",
    ),
    Lesson(
        "The agent wrote ord_555, and nothing before that step holds it: it was made up. Everything after rests on it.",
        "c",
        "to see all that the model had been shown when it wrote that",
        "page('context')",
        binding="page.context",
    ),
    Lesson(
        "System prompt, tools, messages, each with the step it came from. ord_555 is in none of them.",
        "d",
        "to put a good run beside it",
        "over('diff')",
        binding="open.diff",
    ),
    Lesson(
        "The runs that lie beside this one, the likest good run first, with the reason in the last lines.",
        "enter",
        "to compare with the first",
        "choose",
        "BaselineScreen",
        binding="baseline.choose",
    ),
    Lesson(
        "Two runs, aligned by meaning, at the first place where they part: the good run listed the orders first.",
        "q",
        "to go back to the steps",
        "leave",
        "DiffScreen",
        binding="screen.back",
    ),
    Lesson(
        "So much for why. Now: what did it do to the world after that?",
        "b",
        "to see every action, the worst first",
        "over('blast_radius')",
        binding="open.blast-radius",
    ),
    Lesson(
        "An order was confirmed for the wrong customer, and an email went out. Each action says whether it can be undone.",
        "q",
        "to go back",
        "leave",
        "BlastRadiusScreen",
        binding="screen.back",
    ),
    Lesson(
        "Mark what matters while you read: marked steps are the pages that you show to others later.",
        "m",
        "to mark this step",
        "note",
        binding="step.note",
    ),
    Lesson("Type a few words: why does this step matter?", "enter", "to keep the note", "submit"),
    Lesson(
        "The postmortem is filled in from the trace and from your notes.",
        "p",
        "to open it",
        "over('postmortem')",
        binding="open.postmortem",
    ),
    Lesson(
        "Sections on one side, fields on the other; every keystroke is saved. What the tutorial saves is thrown away.",
        "q",
        "to go back",
        "leave",
        "PostmortemScreen",
        binding="form.leave",
    ),
    Lesson(
        "Others will want to see it: a review meeting, page by page, on a light screen, without secrets.",
        "w",
        "to walk a room through it",
        "over('walk')",
        binding="open.walk",
    ),
    Lesson(
        "One idea a page; the verdict comes first.", "right", "for the next page", "turn(1)", "WalkScreen", "walk.next"
    ),
    Lesson(
        "The whole run on one page; {text.down=j} and {text.up=k} point at a step.",
        "q",
        "to go back",
        "leave",
        "WalkScreen",
        "screen.back",
    ),
    Lesson(
        "There is more: search, filter, baselines. The last line of each screen shows its keys.",
        "question_mark",
        "for every key of the screen that you are on",
        "app.key_sheet",
        binding="app.keys",
    ),
    Lesson("This sheet is there on every screen.", "escape", "to close it", "dismiss", "KeySheet", "keys.close"),
    Lesson(
        "That was all: {find.origin=o} origin, {page.context=c} context, {open.diff=d} diff, "
        "{open.blast-radius=b} blast radius, {open.postmortem=p} postmortem, {open.walk=w} walkthrough. "
        "`tracetui PATH` opens a trace of yours.",
        "q",
        "to leave; from an open step it goes to the list first",
        "leave",
        binding="screen.leave",
    ),
)
