"""What a tour is made of: pages of blocks. Plain frozen data that screens and exporters draw, each in its own way.

Texts are verbatim from the trace or as a person typed them: hostile until shown.
"""

from __future__ import annotations

import msgspec


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A sentence that stands for itself."""

    text: str
    strong: bool = False
    """What the page is about."""


class Words(msgspec.Struct, frozen=True, tag="words"):
    """What a person wrote."""

    text: str
    label: str = ""


class Quote(msgspec.Struct, frozen=True, tag="quote"):
    """Evidence, to the letter; a cut is said in `left_out`."""

    text: str
    step: int
    """Number of the step, as people see it."""
    label: str = ""
    marked: tuple[str, ...] = ()
    """Values in it that are the wrong premise."""
    left_out: int = 0
    """Characters that the page has no room for."""
    of_good: bool = False
    """From the good run; `step` is of that run then."""

    @property
    def place(self) -> str:
        """Where it stands, for people: "step 3", "good run, step 4"."""
        return f"good run, step {self.step}" if self.of_good else f"step {self.step}"


class Fact(msgspec.Struct, frozen=True):
    label: str
    text: str


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    rows: tuple[Fact, ...]


class StepRow(msgspec.Struct, frozen=True):
    """One step on a line."""

    step: int
    who: str
    what: str
    letters: str = ""
    """Of its flags."""
    on_path: bool = False
    """Between the origin and the wrong output."""


class StepRows(msgspec.Struct, frozen=True, tag="steps"):
    rows: tuple[StepRow | None, ...]
    """In order; None where steps are left out."""
    of: int
    """How many steps the session has."""


class Side(msgspec.Struct, frozen=True):
    """One place of two runs: what each did there."""

    bad: StepRow | None
    good: StepRow | None
    kind: str = ""
    """The kind of difference; empty where both did the same."""


class Sides(msgspec.Struct, frozen=True, tag="sides"):
    rows: tuple[Side, ...]
    names: tuple[str, str]
    """What the bad and the good run are called."""


class Item(msgspec.Struct, frozen=True):
    """One line of a list, with what supports it."""

    text: str
    details: tuple[str, ...] = ()
    urgent: bool = False
    step: int | None = None
    """Number of the step that it is about."""


class Items(msgspec.Struct, frozen=True, tag="items"):
    rows: tuple[Item, ...]


Block = Say | Words | Quote | Facts | StepRows | Sides | Items


class Page(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """Stable for one incident; holds no slash. What an arrangement names."""
    title: str
    blocks: tuple[Block, ...]
    step: int | None = None
    """Index of the step that the page is about."""
    hidden: bool = False
    """Left out when the tour is shown or exported."""
    notes: str = ""
    """What the presenter wants to say; never shown to the room."""
