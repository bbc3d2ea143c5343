"""Hidden and injected content of a message, as lines that can be read: never run, never left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracetui.hidden import RULES, Found, concealed, counts, injected
from tracetui.model import Message, ToolCallResponsePart
from tracetui.parts import text_of
from tracetui.ui.document import Writer
from tracetui.ui.glyphs import GLYPHS
from tracetui.ui.present import BAD, QUIET, Piece, line

_MOST_LISTED = 8
_AROUND = 24


class Passage(NamedTuple):
    found: Found
    quote: str
    """The passage with a little of the text around it, as recorded."""


def passages_of(message: Message) -> list[Passage]:
    """Hidden passages of any message, and those of a tool's answer that speak to the model."""
    told: list[Passage] = []
    for part in message.parts:
        text = text_of(part)
        outside = message.role == "tool" or isinstance(part, ToolCallResponsePart)
        for found in sorted([*concealed(text), *(injected(text) if outside else ())]):
            told.append(Passage(found, text[max(found.at - _AROUND, 0) : found.end + _AROUND]))
    return told


def summary(told: Sequence[Passage]) -> str:
    """How many of each kind: `2 zero-width, 1 override`."""
    return ", ".join(f"{count} {kind}" for kind, count in counts(passage.found for passage in told).items())


def write_passages(told: Sequence[Passage], out: Writer) -> None:
    for found, quote in told[:_MOST_LISTED]:
        says: tuple[Piece, ...] = ((f' says "{line(found.says)}"', f"bold {BAD}"),) if found.says else ()
        out.rich(
            (f"  ! {found.kind}", BAD), *says, (f"  {line(quote)}  ", ""), (f"({RULES[found.kind]})", QUIET), indent=6
        )
    if len(told) > _MOST_LISTED:
        out.rich((f"    {GLYPHS.more} {len(told) - _MOST_LISTED:,} more in this message", QUIET))
