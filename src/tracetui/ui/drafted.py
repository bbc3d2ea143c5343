"""Two large files of lines side by side by what is written in them, before either is read whole. No widget in here."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from tracetui.analysis.draft import Written, draft
from tracetui.analysis.findings import Comparison
from tracetui.analysis.roles import Played
from tracetui.collector import collector_paused
from tracetui.ingest.glances import look_at
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.line_overview import LARGE_BYTES
from tracetui.ingest.line_tokens import BLANK, Tokens
from tracetui.ingest.token_children import Reading
from tracetui.model import IngestReport, Session, Trace
from tracetui.ui.compared import Compared
from tracetui.ui.line_steps import LineSteps
from tracetui.ui.state import Facts, Opened, SourceBytes


class Drafted(NamedTuple):
    opened: Opened
    """The bad run, with the good one as its baseline; the steps of both are read when they are looked at."""
    compared: Compared
    files: tuple[LineFile, LineFile]

    @property
    def size(self) -> int:
        """Bytes of both files."""
        return sum(file.read for file in self.files)

    @property
    def is_huge(self) -> bool:
        """Whether one of them is of those that are read whole only when that is asked for."""
        return any(file.read >= LARGE_BYTES for file in self.files)


def drafted(readings: tuple[Reading, Reading]) -> Drafted | None:
    """Waits for the children. None where there is nothing to lay side by side: a file holds several sessions, or none, or
    reading it was stopped."""
    # Both are waited for, whatever becomes of the first.
    tokens = [reading.all() for reading in readings]
    with collector_paused():
        bad, good = (_run(reading.file, each) for reading, each in zip(readings, tokens, strict=True))
        return _laid_out(bad, good) if bad is not None and good is not None else None


class _Run(NamedTuple):
    file: LineFile
    session: Session
    written: Written


def _run(file: LineFile, tokens: Tokens | None) -> _Run | None:
    if tokens is None or len(tokens.sessions) != 1:
        return None
    columns: Iterable[Sequence[int]] = (tokens.saids, tokens.actors, tokens.answers)
    lines: Sequence[int] = range(len(tokens.actors))
    if BLANK in tokens.actors:
        held = [actor != BLANK for actor in tokens.actors]
        lines, columns = array("Q", compress(lines, held)), [list(compress(column, held)) for column in columns]
    return _Run(file, Session(session_id=_session_id(file, lines), steps=LineSteps(file, lines)), Written(*columns))


def _laid_out(bad: _Run, good: _Run) -> Drafted:
    found = draft(bad.written, good.written)
    differing = [at for at, kind in enumerate(found.kinds) if kind != "same"]
    facts = _count_alone(bad.session), _count_alone(good.session)
    compared = Compared(
        bad=bad.session,
        good=good.session,
        comparison=Comparison(verdict="inconclusive", why="not compared by meaning", pairs=found.pairs),
        roles=Played({}, {}),
        kinds=found.kinds,
        told=dict.fromkeys(differing, ()),
        divergence_at=differing[0] if differing else None,
        decisive_at=None,
        facts=facts,
        by_meaning=False,
    )
    report = IngestReport(records=0, read=0)
    trace = Trace(path=bad.file.path, format=bad.file.format, format_reason="", sessions=(bad.session,), report=report)
    opened = Opened(
        trace=trace,
        session=bad.session,
        facts=facts[0],
        source_bytes=SourceBytes(),
        baseline=good.session,
        baseline_path=good.file.path,
    )
    return Drafted(opened, compared, (bad.file, good.file))


def _session_id(file: LineFile, lines: Sequence[int]) -> str:
    """As the first line that names it does."""
    looks = (look_at(file.format, file.bytes_at(*file.place(line))) for line in lines)
    return next((look.session for look in looks if look is not None and look.session), "")


def _count_alone(session: Session) -> Facts:
    return Facts(
        steps=len(session.steps),
        llm_calls=0,
        tool_calls=0,
        errors=0,
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
        start_ns=None,
        duration_ns=None,
        agents=(),
        depth=0,
        actor_cells=0,
    )
