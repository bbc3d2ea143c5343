"""Write, check and export the postmortem of an incident."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tracetui.commands.arguments import add_source_arguments
from tracetui.commands.documents import schema
from tracetui.commands.incidents import add_store_argument
from tracetui.commands.opening import one_session, sessions_of, trace_with_bytes
from tracetui.commands.output import narrate, paragraph, write_bytes, write_document, write_lines, write_text
from tracetui.commands.policies import usual_policy
from tracetui.commands.redaction import add_rules_argument, rules_of
from tracetui.commands.subject import subject_of
from tracetui.commands.triaging import add_symptom_arguments
from tracetui.errors import (
    EXIT_FOUND,
    EXIT_NOTHING_FOUND,
    StoreError,
    TracetuiError,
    UnknownNameError,
    UnreadableSourceError,
)
from tracetui.export import exporter_names, get_exporter, render, write_new
from tracetui.export.redact import PERSONAL
from tracetui.ingest.open import open_trace
from tracetui.model import Session
from tracetui.postmortem.checklist import blockers
from tracetui.postmortem.document import Postmortem, decode, encode, from_later
from tracetui.postmortem.lint import lint
from tracetui.postmortem.merge import merge
from tracetui.store.atomic import write_atomic
from tracetui.store.editing import draft_of, with_similar
from tracetui.store.history import minute, told
from tracetui.store.incidents import Store


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    new = actions.add_parser("new", help="make an incident from a trace, filled in from it; prints its id")
    new.add_argument("path", metavar="PATH", help="a trace file; `-` for standard input")
    new.add_argument("--json", action="store_true", help="one JSON document")
    add_symptom_arguments(new)
    add_source_arguments(new)
    add_store_argument(new)
    new.set_defaults(action=_new)

    _with_id(actions.add_parser("edit", help="open its form in the app, over the trace"), _edit)

    for name, action, line in (
        ("show", _show, "print the postmortem"),
        ("lint", _lint, "blame, vague actions and what is missing before it is final"),
        ("history", _history, "who changed what, and when: every value, the last first"),
    ):
        command = _with_id(actions.add_parser(name, help=line), action)
        command.add_argument("--json", action="store_true", help="one JSON document")

    export = _with_id(actions.add_parser("export", help="write it for a ticket, a wiki or another program"), _export)
    export.add_argument("--format", default="markdown", metavar="NAME", help=", ".join(exporter_names()))
    export.add_argument("--output", metavar="FILE", help="a new file; else standard output")
    export.add_argument("--trace", metavar="PATH", help="where its trace is now: an eval case holds what the model saw")
    export.add_argument("--no-redact", action="store_true", help="leave secrets such as keys and tokens in")
    export.add_argument("--personal", action="store_true", help="take e-mail addresses out too")
    add_rules_argument(export)

    driver = actions.add_parser("merge-driver", help="join two branches of an incident: git calls it")
    for name, line in (("base", "what both began with"), ("ours", "ours, and the result"), ("theirs", "theirs")):
        driver.add_argument(name, type=Path, metavar=name.upper(), help=line)
    driver.set_defaults(action=_merge_driver)


def _with_id(command: ArgumentParser, action: Callable[[Namespace], int]) -> ArgumentParser:
    command.add_argument("id", metavar="ID", help="the incident, or the beginning of its id")
    add_store_argument(command)
    command.set_defaults(action=action)
    return command


def run(arguments: Namespace) -> int:
    code: int = arguments.action(arguments)
    return code


def _new(arguments: Namespace) -> int:
    trace, bytes_of = trace_with_bytes(arguments, arguments.path)
    session = one_session(trace, arguments.session)
    now = datetime.now(UTC).astimezone()
    draft = draft_of(subject_of(trace, session, arguments), now)
    store = Store(arguments.store)
    stored = store.new(with_similar(draft, store, now), bytes_of=bytes_of)
    if arguments.json:
        write_document({"schema": schema("incident"), "id": stored.id, "path": str(store.folder(stored.id))})
    else:
        write_lines(stored.id)
    return EXIT_NOTHING_FOUND


def _edit(arguments: Namespace) -> int:
    """The form stands over its trace, which must still be where it was."""
    store = Store(arguments.store)
    held = store.read(arguments.id)
    if not os.path.isabs(held.trace_path) or not os.path.exists(held.trace_path):
        where = held.trace_path or "no file"
        raise UnreadableSourceError(
            f"{held.id}: its trace was read from {where}, which is not there",
            hint=f"put it back there, or change {store.folder(held.id) / 'postmortem.json'} by hand",
        )
    from tracetui.ui.run import run_app

    return run_app(
        held.trace_path, session=held.session_id, store_root=arguments.store, incident_id=held.id, policy=usual_policy()
    )


def _show(arguments: Namespace) -> int:
    held = Store(arguments.store).read(arguments.id)
    if arguments.json:
        write_document(msgspec.to_builtins(held))
    else:
        write_text(render("markdown", held, rules=()))
    return EXIT_NOTHING_FOUND


def _export(arguments: Namespace) -> int:
    held = Store(arguments.store).read(arguments.id)
    session = _session(held, arguments) if get_exporter(arguments.format).FROM == "case" else None
    rules = () if arguments.no_redact else rules_of(arguments) + (PERSONAL if arguments.personal else ())
    text = render(arguments.format, held, rules=rules, session=session)
    if arguments.output:
        write_new(Path(arguments.output), text)
        narrate(arguments.output)
    else:
        write_bytes(text.encode("utf-8", "backslashreplace"))
    return EXIT_NOTHING_FOUND


def _session(held: Postmortem, arguments: Namespace) -> Session | None:
    """The session that a postmortem is about, from its trace; None, said on stderr, where that is no longer there."""
    path = arguments.trace or held.trace_path or held.text("identity.trace")
    named = held.session_id or held.text("session.session_id")
    try:
        sessions = sessions_of(open_trace(path), None)
    except TracetuiError as problem:
        if arguments.trace:
            raise
        narrate(f"{problem.message}: the case is without what the model was shown; name the trace with --trace")
        return None
    found = [session for session in sessions if session.session_id == named] or list(sessions)
    if len(found) > 1:
        raise UnknownNameError(
            f"{path}: no session {named!r} among {len(sessions)}", hint="name the trace with --trace"
        )
    return found[0]


def _history(arguments: Namespace) -> int:
    store = Store(arguments.store)
    held = store.read(arguments.id)
    for change in told(held, store.history(held.id)):
        if arguments.json:
            write_document({"schema": schema("change"), "id": held.id, **change._asdict()})
            continue
        write_lines(f"{minute(change.at) or 'at no time':<16}  {change.by}: {change.where}")
        write_lines(*paragraph("", change.text or "(taken out)", indent=4, column=4))
        for more in filter(None, (change.ended, change.instead)):
            write_lines(*paragraph("", more, indent=6, column=6))
    return EXIT_NOTHING_FOUND


def _merge_driver(arguments: Namespace) -> int:
    """For git, as `%O %A %B`: ours holds both branches then. Ends with 1, a conflict, where both changed one value: it is
    ours, and the form asks about it."""
    base, ours, theirs = (path.read_bytes() for path in (arguments.base, arguments.ours, arguments.theirs))
    common = decode(base, path=str(arguments.base)) if base.strip() else Postmortem()
    mine, other = decode(ours, path="ours"), decode(theirs, path="theirs")
    if from_later(mine) or from_later(other):
        raise StoreError("was written by a later tracetui", hint="update tracetui, then merge again")
    merged, conflicts = merge(common, mine, other)
    write_atomic(arguments.ours, encode(merged))
    for conflict in conflicts:
        told = f"{conflict.address}: {conflict.mine.by or 'one'} and {conflict.theirs.by or 'the other'} changed it"
        narrate(f"{merged.id}: {told}; tracetui postmortem edit {merged.id} asks which is to stand")
    return EXIT_FOUND if conflicts else EXIT_NOTHING_FOUND


def _lint(arguments: Namespace) -> int:
    """Findings beside a field, then what still keeps the postmortem from being final."""
    held = Store(arguments.store).read(arguments.id)
    findings, blocking = lint(held), blockers(held)
    if arguments.json:
        write_document(
            {
                "schema": schema("lint"),
                "id": held.id,
                "findings": [msgspec.to_builtins(finding) for finding in findings],
                "blockers": [msgspec.to_builtins(blocker) for blocker in blocking],
            }
        )
    else:
        for finding in findings:
            quoted = f'"{finding.quote}": ' if finding.quote else ""
            write_lines(*paragraph("lint", f"{finding.address}: {quoted}{finding.why}; {finding.suggestion}"))
        for blocker in blocking:
            write_lines(*paragraph("not final", f"{blocker.address}: {blocker.why}"))
    return EXIT_FOUND if findings or blocking else EXIT_NOTHING_FOUND
