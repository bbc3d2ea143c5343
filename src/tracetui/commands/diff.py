"""Find the first step where a bad run leaves a good one in meaning, not in wording."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from tracetui.analysis.divergence import compare
from tracetui.commands import documents
from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.documents import Against
from tracetui.commands.opening import one_session, one_trace
from tracetui.commands.output import WIDTH, paragraph, shown_line, write_document, write_lines, write_text
from tracetui.commands.triaging import good_runs
from tracetui.commands.words import divergence_words, numbered, what_happened
from tracetui.errors import EXIT_CANNOT_TELL, EXIT_FOUND, EXIT_NOTHING_FOUND, UnknownNameError
from tracetui.model import Session
from tracetui.text import cell_width, elide

_CODES = {"diverged": EXIT_FOUND, "same": EXIT_NOTHING_FOUND, "inconclusive": EXIT_CANNOT_TELL}
_MARKS = {"same": " ", "similar": "~", "different": "≠", "only_bad": "-", "only_good": "+", "moved": "↕"}
_SIDE = (WIDTH - 3) // 2


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bad", metavar="BAD", help="the run that went wrong")
    parser.add_argument("goods", nargs="+", metavar="GOOD", help="good runs of the same task; all their sessions count")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON document")
    shape.add_argument("--markdown", action="store_true", help="for tickets: equal steps folded, secrets taken out")
    add_source_arguments(parser)


def run(arguments: Namespace) -> int:
    bad = one_session(one_trace(arguments, arguments.bad), arguments.session)
    goods = [good for good in good_runs(arguments, arguments.goods) if not _same_run(good, bad)]
    if not goods:
        raise UnknownNameError(
            f"{arguments.goods[0]}: holds no other session than the bad run itself", hint="name the file of a good run"
        )
    against = Against(compare(bad, goods), goods)
    if arguments.json:
        write_document(documents.diff(bad, against))
    elif arguments.markdown:
        from tracetui.commands.diff_markdown import render

        write_text(render(bad, against))
    else:
        write_lines(*_lines(bad, against))
    return _CODES[against.comparison.verdict]


def _same_run(good: Session, bad: Session) -> bool:
    """Whether a file of several sessions was named on both sides."""
    return (good.steps[0].source.path, good.session_id) == (bad.steps[0].source.path, bad.session_id)


def _lines(bad: Session, against: Against) -> Iterator[str]:
    good = against.good
    yield f"bad   {bad.steps[0].source.path} · {bad.session_id}"
    yield f"good  {good.steps[0].source.path} · {good.session_id}"
    yield ""
    found = against.comparison.divergence
    yield from paragraph("diverges" if found else "verdict", divergence_words(bad, against))
    if found is not None and found.decisive is not None:
        at = found.decisive
        kind = at.kind.replace("_", " ")
        yield from paragraph("decisive", f"{kind}, {numbered(bad, at.bad)} (good: {numbered(good, at.good)}): {at.why}")
    for role, (ours, theirs) in against.comparison.roles.items():
        yield from paragraph("role", f"{role}: {ours or 'none'} in the bad run, {theirs or 'none'} in the good one")
    for kind, count in against.comparison.ignored:
        yield from paragraph("ignored", f"{count} × {kind}")
    yield ""
    for pair in against.comparison.pairs:
        here = found is not None and pair.bad is not None and pair.bad == found.bad
        mark = "▶" if here else _MARKS[pair.relation]
        yield f"{_cell(bad, pair.bad)} {mark} {_cell(good, pair.good)}".rstrip()


def _cell(session: Session, index: int | None) -> str:
    if index is None:
        return " " * _SIDE
    step = session.steps[index]
    text = elide(shown_line(f"{step.number:>3} {what_happened(step)}"), _SIDE)
    return text + " " * (_SIDE - cell_width(text))
