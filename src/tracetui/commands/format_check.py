"""`formats --check PATH`: which format a file is and why, and the account of what was read of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from tracetui.commands.documents import error, schema
from tracetui.commands.opening import traces_at
from tracetui.commands.output import paragraph, write_document, write_lines
from tracetui.commands.pieces import Document, ingest, trace_source
from tracetui.context import prompts
from tracetui.errors import EXIT_CANNOT_TELL, EXIT_NOTHING_FOUND, EXIT_UNREADABLE, UnreadableSourceError
from tracetui.ingest.folders import is_folder
from tracetui.ingest.open import read_trace
from tracetui.ingest.records import Records
from tracetui.ingest.registry import Detection, detections
from tracetui.ingest.source import Source, read_source
from tracetui.model import IngestReport, Session, Trace

_FIDELITIES = ("recorded", "rebuilt", "partial", "absent")
_REASONS = 8
_MOST_PROMPTS = 500
"""So many LLM calls of a session have their prompt folded: each is as long as all that stood before it."""


def check(path: str, *, as_json: bool) -> int:
    """Print the account of a file, or of each trace in a folder; 3 where none but raw records takes a file."""
    if is_folder(path):
        return _folder(path, as_json=as_json)
    source = read_source(path)
    scores = sorted(detections(Records(source)), key=lambda named: -named[1].score)
    opened = _opened(source)
    if as_json:
        write_document(_document(opened, path) | {"scores": [_score(name, found) for name, found in scores]})
    else:
        _write(opened, path)
        for name, found in scores:
            if found.score:
                write_lines(*paragraph(f"{found.score:.2f}", f"{name}: {found.reason}"))
    if isinstance(opened, UnreadableSourceError):
        return EXIT_UNREADABLE
    return EXIT_CANNOT_TELL if opened.format == "raw" else EXIT_NOTHING_FOUND


def _folder(path: str, *, as_json: bool) -> int:
    code = EXIT_CANNOT_TELL
    for opened in traces_at(path):
        if as_json:
            write_document(_document(opened, path))
        else:
            _write(opened, path)
        code = EXIT_NOTHING_FOUND if isinstance(opened, Trace) else code
    return code


def _opened(source: Source) -> Trace | UnreadableSourceError:
    try:
        return read_trace(source)
    except UnreadableSourceError as problem:
        return problem


def _score(name: str, found: Detection) -> Document:
    return {"name": name, "score": found.score, "reason": found.reason}


def _document(opened: Trace | UnreadableSourceError, path: str) -> Document:
    if isinstance(opened, UnreadableSourceError):
        return error(path, opened)
    return {
        "schema": schema("format_check"),
        "source": trace_source(opened),
        "ingest": ingest(opened.report),
        "sessions": [_account(session) for session in opened.sessions],
    }


def _account(session: Session) -> Document:
    """Steps, and LLM calls by how much of their prompts is there."""
    found = Counter[str](prompt.fidelity for prompt in islice(prompts(session), _MOST_PROMPTS))
    return {
        "session_id": session.session_id,
        "steps": len(session.steps),
        "llm_calls": sum(step.kind == "llm_call" for step in session.steps),
        "prompts": {fidelity: found[fidelity] for fidelity in _FIDELITIES},
        "gaps": sorted({gap.kind for gap in session.gaps}),
    }


def _write(opened: Trace | UnreadableSourceError, path: str) -> None:
    if isinstance(opened, UnreadableSourceError):
        write_lines(f"{opened.message}", *(paragraph("hint", opened.hint) if opened.hint else ()))
        return
    write_lines(f"{opened.path}: {opened.format}", *paragraph("because", opened.format_reason))
    write_lines(*paragraph("records", _balance(opened.report)))
    accounts = [_account(session) for session in opened.sessions]
    prompts_found = Counter[str]()
    for account in accounts:
        prompts_found.update(account["prompts"])
    calls, steps = (sum(account[key] for account in accounts) for key in ("llm_calls", "steps"))
    told = "prompts" if prompts_found.total() == calls else f"prompts of the first {_MOST_PROMPTS:,} of a session"
    kinds = ", ".join(f"{prompts_found[fidelity]} {fidelity}" for fidelity in _FIDELITIES if prompts_found[fidelity])
    counted = f"{_counted(len(accounts), 'session')}, {_counted(steps, 'step')}, {_counted(calls, 'LLM call')}"
    write_lines(*paragraph("read as", counted + (f" ({told}: {kinds})" if kinds else "")))
    if gaps := sorted({gap for account in accounts for gap in account["gaps"]}):
        write_lines(*paragraph("not there", ", ".join(gaps)))
    write_lines(*(line for note in opened.report.notes for line in paragraph("note", note)))
    write_lines(*_listed(opened.report))


def _balance(report: IngestReport) -> str:
    return f"{report.records:,} = {report.read:,} read + {len(report.skipped):,} listed as not read"


def _listed(report: IngestReport) -> Iterator[str]:
    """Records that no rule took, by reason, each with the first place."""
    reasons = Counter(skipped.reason for skipped in report.skipped)
    for reason, times in reasons.most_common(_REASONS):
        first = next(skipped for skipped in report.skipped if skipped.reason == reason)
        where = f"line {first.line}" if first.line else f"byte {first.offset}"
        yield from paragraph("not read", f"{times:,} × {reason}; the first at {where}")
    if len(reasons) > _REASONS:
        yield from paragraph("not read", f"{len(reasons) - _REASONS} more reasons: `triage --json` lists every record")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
