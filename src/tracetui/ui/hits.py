"""What can be gone to in a document: the hits of a search, the values of a line. No widget in here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracetui.ui.document import Document
from tracetui.ui.present import occurrences, shown

if TYPE_CHECKING:
    from tracetui.analysis.entities import Entity

_MOST_VALUES = 20
_SHORTEST_NUMBER = 3
"""Characters of a bare number from which on it is worth following."""


class Hits(NamedTuple):
    """Where a document holds a text."""

    needle: str = ""
    lines: Sequence[int] = ()
    """Lines, ascending, one entry a hit."""

    @classmethod
    def of(cls, document: Document, needle: str) -> Hits:
        """A capital in `needle` makes case matter."""
        wanted, exact = shown(needle), needle != needle.lower()
        told = (line.text if exact else line.text.lower() for line in document.lines) if wanted else ()
        return cls(needle, [at for at, text in enumerate(told) for _ in occurrences(text, wanted)])

    def up_to(self, line: int) -> int:
        """How many hits stand on this line and those before it."""
        return bisect_right(self.lines, line)

    def first_from(self, line: int) -> int | None:
        """The first line with a hit from this one on, going round the end once."""
        at = bisect_left(self.lines, line)
        return self.lines[at % len(self.lines)] if self.lines else None

    def next_line(self, line: int, direction: int) -> int | None:
        """The next line with a hit after or before this one."""
        at = bisect_right(self.lines, line) if direction > 0 else bisect_left(self.lines, line) - 1
        return self.lines[at] if 0 <= at < len(self.lines) else None


def values_of(text: str) -> tuple[str, ...]:
    """The values of a line that have an identity, each once."""
    from tracetui.analysis.entities import find_entities

    found = {entity.key: entity.text for entity in find_entities(text) if _has_identity(entity)}
    return tuple(found.values())[:_MOST_VALUES]


def _has_identity(entity: Entity) -> bool:
    return entity.kind != "quoted" and (entity.kind != "number" or len(entity.text) >= _SHORTEST_NUMBER)
