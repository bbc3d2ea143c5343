"""The survey of a large file as its screen keeps it: taken from the last time, continued by child processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from textual.message_pump import MessagePump

from tracetui.ingest.glances import glance_of
from tracetui.ingest.line_cache import Recalled, is_remembered, recall, remember
from tracetui.ingest.line_columns import Block
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_ranges import Part
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.surveyors import Surveyors
from tracetui.model import Session
from tracetui.ui.background import bit_by_bit, in_background
from tracetui.ui.whole_prompts import WholePrompts

KEPT_BYTES = 64 << 20
"""Of smaller files nothing is remembered: they are read in no time."""
_TOLD_SECONDS = 0.5


class Surveying:
    """Belongs to the screen `owner`; `changed` is called on its thread as more is known, twice a second at most."""

    def __init__(
        self, owner: MessagePump, file: LineFile, changed: Callable[[], None], known: Survey | None = None
    ) -> None:
        """`known`: what is known of the lines that have been read of `file`."""
        self.survey = known if known is not None else Survey(carries_on=glance_of(file.format).carries_on)
        self.failed = False
        """Whether the survey had to stop: what is known stays right, the rest stays unknown."""
        self._owner, self._file, self._changed = owner, file, changed
        self._found: dict[int, Block] = {}
        self._next = 0
        self._taking = False
        self._told = 0.0
        self._surveyors: Surveyors | None = None
        self._prompts: WholePrompts | None = None
        self._recalled = len(self.survey)
        self._waits = file.unpacked < 100 and is_remembered(file)
        """Whether a packed file has yet to be read to its end to take what is known of it."""

    def go_on(self) -> None:
        """Look at what has been read of the file since."""
        if self._waits:
            if self._file.done:
                in_background(self._owner, lambda: recall(self._file), self._recall)
            return
        if self._surveyors is None:
            self._surveyors = Surveyors(self._file, self._came, first_line=self._recalled)
        self._surveyors.look_at(self._file)
        self._remember()

    def _recall(self, found: Recalled | None) -> None:
        self._waits = False
        if found is not None:
            self.survey, self._recalled = found.survey, len(found.survey)
            self._changed()
        self.go_on()

    @property
    def is_complete(self) -> bool:
        return self._file.done and len(self.survey) == self._file.complete

    def whole_prompts_of(self, session: Session) -> WholePrompts | None:
        """Where what was read of a session does not hold its prompts, and all lines are known."""
        if not self.is_complete:
            return None
        if self._prompts is None or self._prompts.survey is not self.survey:
            self._prompts = WholePrompts(self._file, self.survey)
        return self._prompts if self._prompts.tells_of(session) else None

    def stop(self) -> None:
        if self._surveyors is not None:
            self._surveyors.stop()

    def _came(self, part: Part, block: Block | None) -> None:
        """In a thread of the surveyors."""
        self._owner.call_later(self._take, part, block)

    def _take(self, part: Part, block: Block | None) -> None:
        if block is None or len(block.kinds) != part.lines:
            self.failed = True
            self.stop()
            self._changed()
            return
        self._found[part.number] = block
        if not self._taking:
            self._taking = True
            bit_by_bit(self._owner, self._take_ready())

    def _take_ready(self) -> Iterator[None]:
        """The blocks that are there, in the order of their lines."""
        while (ready := self._found.pop(self._next, None)) is not None:
            self._next += 1
            yield from self.survey.taking(ready)
            self._remember()
            self._tell()
        self._taking = False

    def _tell(self) -> None:
        """Not of every range: hundreds come in a second, and each would be painted."""
        if self.is_complete or monotonic() - self._told >= _TOLD_SECONDS:
            self._told = monotonic()
            self._changed()

    def _remember(self) -> None:
        """Once, when all of a file is known for the first time."""
        file, survey = self._file, self.survey
        if self.is_complete and not self._recalled and file.read >= KEPT_BYTES:
            self._recalled = len(survey)
            in_background(self._owner, lambda: remember(file, survey), lambda _: None)
