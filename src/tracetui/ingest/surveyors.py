"""The child processes that make the columns of a large file, and all columns at once for whoever waits for them."""

from __future__ import annotations

from collections.abc import Callable

from tracetui.errors import UnreadableSourceError
from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_columns import Block, block_of
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_ranges import Part, RangeWorkers, in_order
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.range_child import RangeWork


def surveyed(file: LineFile, told: Callable[[int], None] = lambda _: None) -> Survey:
    """All columns of a file that was read to its end. Waits for the child processes; `told` is given the percent of its
    lines that are known.

    Raises UnreadableSourceError where the file cannot be read any more.
    """
    survey = Survey(carries_on=glance_of(file.format).carries_on)
    for part, block in in_order(file, _columns_of(file.format)):
        if len(block.kinds) != part.lines:
            raise UnreadableSourceError(f"{file.path}: changed while it was read")
        survey.take(block)
        told(100 * len(survey) // file.complete)
    return survey


class Surveyors(RangeWorkers[Block]):
    """The child processes that make the blocks of one file. `found` is called in one of their threads, in no order."""

    def __init__(
        self,
        file: LineFile,
        found: Callable[[Part, Block | None], None],
        *,
        first_line: int = 0,
    ) -> None:
        """`found` gets None instead of a block where the file, or the child, failed; the
        lines before `first_line` are known already."""
        super().__init__(file, found, _columns_of(file.format), first_line=first_line)


def _columns_of(format_name: str) -> RangeWork[Block]:
    glance = glance_of(format_name)
    return RangeWork(
        "tracetui.ingest.line_columns", (format_name,), lambda lines: block_of(lines, glance), Block.unpacked
    )
