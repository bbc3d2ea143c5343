"""The whole prompts of the sessions of a large file, of which only excerpts are read."""

from __future__ import annotations

from collections.abc import Callable

from tracetui.ingest.added_messages import FORMAT, AddedMessages, added_messages
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_survey import Survey
from tracetui.ingest.prompt_by_place import PromptByPlace
from tracetui.model import Session, Step


class WholePrompts:
    """Of one file, whose lines are all surveyed. What a session's calls added is looked for once."""

    def __init__(self, file: LineFile, survey: Survey) -> None:
        self.file, self.survey = file, survey
        self._known: dict[str, tuple[int, AddedMessages]] = {}
        """By session: up to which line it was looked at, and what was found."""

    def tells_of(self, session: Session) -> bool:
        """Whether a session's prompts are more than what was read of it, and can be told."""
        cut = any(gap.kind == "lines_not_read" and not gap.steps for gap in session.gaps)
        return cut and self.file.format == FORMAT and bool(self.survey.names.get(session.session_id))

    def prompt(
        self, session: str, line: int, cancelled: Callable[[], bool] = lambda: False
    ) -> PromptByPlace | str | None:
        """The prompt of the call on a line (0-based), or why it cannot be told; None where `cancelled`. In a thread: the
        first one of a session takes a while.

        Raises UnreadableSourceError.
        """
        until, added = self._known.get(session, (0, None))
        if line >= until or added is None:
            until = len(self.survey)
            added = added_messages(self.file, self.survey, session, cancelled)
            if added is None:
                return None
            self._known[session] = until, added
        if added.stop is not None and added.stop[0] <= line:
            at, why = added.stop
            return f"line {at + 1:,} {why}" if at else why
        call = added.call_at(line)
        return PromptByPlace(self.file, self.survey, added, call) if call is not None else "the line holds no call"


def call_of(session: Session, index: int) -> Step | None:
    """The LLM call whose prompt a step is shown with: its own, else the next call's, else that of the call before."""
    steps = session.steps
    later = (step for step in steps[index:] if step.kind == "llm_call")
    return next(later, None) or next((step for step in reversed(steps[:index]) if step.kind == "llm_call"), None)
