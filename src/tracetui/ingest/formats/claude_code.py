"""Claude Code: the JSON lines of `~/.claude/projects/…/<session>.jsonl` with its sub-agents' files, and stream-json.

Times: an LLM call lasts from the line before it to the last line of its answer, a tool call from the line that asks
to the line that answers; both ends are recorded, the span between them is what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.claude.files import AgentFile, agent_files, beginnings, is_agent_file, session_stem
from tracetui.ingest.claude.lines import BOOKKEEPING, CONVERSATION, Entry, entry_of
from tracetui.ingest.claude.links import spawns
from tracetui.ingest.claude.session import SessionWriter
from tracetui.ingest.claude.window import replacements
from tracetui.ingest.records import Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Gap, Session, ToolDefinition

NAME = "claude-code"
TITLE = "Claude Code session"
RULE = "JSON lines with `sessionId` and `parentUuid`, or of a type that only Claude Code writes; also its stream-json."
KEEPS = "Prompts rebuilt from the message graph, compactions included; the system prompt and tools are never there."
LOSES = "The system prompt, tool definitions and request parameters; results cleared by microcompaction."
EXPORT = (
    "The files `~/.claude/projects/*/*.jsonl` with the folder of the same name beside, as they are; for whole "
    "prompts, claude-trace."
)

_TELLING = BOOKKEEPING - {"result", "progress", "mode", "tag", "summary", "stream_event"}
_GAPS = (
    Gap("system_prompt_not_recorded", "the system prompt, CLAUDE.md and memory that were sent are not in this file"),
    Gap("tools_not_recorded", "tool descriptions and schemas are not in this file; only the calls are"),
    Gap(
        "microcompaction_not_recorded",
        "old tool results may have been cleared from a prompt when it was sent; the file keeps the originals",
    ),
    Gap(
        "injections_partly_recorded",
        "reminders that the program adds to a prompt are in this file in part, and not in the words that were sent",
    ),
    Gap("request_parameters_not_recorded", "temperature, thinking budget and output limit are not in this file"),
)


def detect(records: Records) -> Detection:
    rows = [row for row in records.sample if isinstance(row, dict)]
    for row in rows:
        if "sessionId" in row and "parentUuid" in row:
            return Detection(0.96, "a line has sessionId and parentUuid")
        if str(row.get("type")) in _TELLING and ("sessionId" in row or "messageId" in row or "leafUuid" in row):
            return Detection(0.95, f"a line is of type {row['type']}")
        if row.get("type") == "summary" and "leafUuid" in row:
            return Detection(0.95, "a line is a summary with leafUuid")
        if row.get("type") == "system" and row.get("subtype") == "init" and "session_id" in row:
            return Detection(0.95, "a line is the init of a stream-json log")
        if row.get("type") in ("user", "assistant") and "parent_tool_use_id" in row and "session_id" in row:
            return Detection(0.95, "a line has session_id, parent_tool_use_id and a message")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    entries = _with_beginning(records, list(_entries(records, ledger, 0)), ledger)
    path = records.source.path
    parts = _sessions(entries)
    found: list[Session] = []
    files: list[tuple[AgentFile, list[Entry]]] = []
    ids = {entry.session_id for entry in entries if entry.session_id}
    order = max((entry.order for entry in entries), default=0) + 1
    for file in agent_files(records, ids | {session_stem(path)}):
        lines = list(_entries(file.records, ledger, order))
        order += len(lines)
        for entry in lines:
            entry.agent = entry.agent_id or file.agent
        files.append((file, lines))
    for part in parts:
        part_ids = {entry.session_id for entry in part}
        mine = [(f, lines) for f, lines in files if len(parts) == 1 or (lines and lines[0].session_id in part_ids)]
        found.append(_session(part, mine, path))
    return found


def _with_beginning(records: Records, entries: list[Entry], ledger: Ledger) -> list[Entry]:
    """A session that goes on from another file starts with that one's lines, up to the line that it names."""
    tried: set[str] = set()
    while missing := _missing(entries) - tried:
        tried |= missing
        for held, uuid in beginnings(records, missing):
            before = list(_entries(held, Ledger(), 0))
            known = {entry.uuid for entry in entries}
            last = next((at for at, entry in enumerate(before) if entry.uuid == uuid), -1)
            entries = [*(entry for entry in before[: last + 1] if entry.uuid not in known), *entries]
            ledger.note(f"goes on from {held.source.path}: its lines up to the one that is named stand first")
    for order, entry in enumerate(entries if tried else ()):
        entry.order = order
    return entries


def _missing(entries: list[Entry]) -> set[str]:
    """The parents that are named and are not there."""
    known = {entry.uuid for entry in entries}
    return {entry.parent for entry in entries if entry.parent and entry.parent not in known}


def _entries(records: Records, ledger: Ledger, order: int) -> Iterator[Entry]:
    """Every line with a type, its sub-agent told; types that nobody knows are listed but stay in the graph."""
    seen: dict[str, str] = {}
    repeated = 0
    last_sidechain = ""
    for record in records.lines(ledger):
        entry = entry_of(record, order)
        if entry is None:
            ledger.skip(record.source, "no object with a type")
            continue
        if entry.kind == "unknown":
            ledger.skip(record.source, f"unknown type of line: {entry.type!r}")
            if entry.uuid is None:
                continue
        else:
            ledger.claim()
        if entry.uuid in seen:
            repeated += 1
            continue
        if entry.is_sidechain:
            above = seen.get(entry.parent or "")
            new = f"sidechain-{record.source.line}" if entry.parent is None else last_sidechain or "sidechain"
            entry.agent = last_sidechain = entry.agent_id or above or new
        elif entry.type not in CONVERSATION and entry.parent is not None:
            entry.agent = seen.get(entry.parent, "")
        if entry.uuid:
            seen[entry.uuid] = entry.agent
        order += 1
        yield entry
    if repeated:
        ledger.note(f"{repeated} lines repeat earlier ones (same uuid), as in a resumed session: read once")


def _sessions(entries: list[Entry]) -> list[list[Entry]]:
    """Lines that hang together, by a session id or by a parent, are one session."""
    group: dict[str, str] = {}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    names: list[str | None] = []
    for entry in entries:
        told = [f"session {entry.session_id}"] if entry.session_id else []
        told += [f"line {uuid}" for uuid in (entry.uuid, entry.parent) if uuid]
        for other in told[1:]:
            group[root(other)] = root(told[0])
        names.append(told[0] if told else None)
    found: dict[str | None, list[Entry]] = defaultdict(list)
    for entry, name in zip(entries, names, strict=True):
        found[root(name) if name is not None else None].append(entry)
    talks = [part for part in found.values() if any(entry.type in CONVERSATION for entry in part)]
    if len(talks) == len(found):
        return talks
    rest = [entry for part in found.values() if all(e.type not in CONVERSATION for e in part) for entry in part]
    first, others = (talks[0], talks[1:]) if talks else ([], [])
    return [sorted([*first, *rest], key=lambda entry: entry.order), *others]


def _session(entries: list[Entry], files: list[tuple[AgentFile, list[Entry]]], path: str) -> Session:
    lines: dict[str, list[Entry]] = defaultdict(list)
    seen: set[str] = set()
    everything = [*entries, *(entry for _, part in files for entry in part)]
    for entry in everything:
        in_graph = entry.type in CONVERSATION or entry.uuid is not None
        if in_graph and entry.uuid not in seen:
            lines[entry.agent].append(entry)
        if entry.uuid:
            seen.add(entry.uuid)
    alone = next(iter(lines)) if len(lines) == 1 else ""
    if alone:
        lines = {"": lines[alone]}
    spawned = spawns(lines, {file.agent: file for file, _ in files})
    last = next((e for e in reversed(entries) if e.session_id and e.type in CONVERSATION and not e.is_sidechain), None)
    session_id = (last.session_id if last is not None else None) or _first_id(entries) or session_stem(path)
    builder = SessionBuilder(f"{session_id}/{session_stem(path)}" if alone and is_agent_file(path) else session_id)
    writer = SessionWriter(builder, lines, spawned, replacements(everything))
    writer.write()
    if not builder.steps:
        for entry in entries:
            builder.step("other", entry.source, summary=_title(entry), attributes=entry.value)
        builder.gap(Gap("conversation_not_recorded", "this file names a conversation that is in another file"))
    else:
        _add_gaps(builder, writer)
    builder.attributes = _about(entries)
    _add_tools(builder, entries)
    return builder.build()


def _first_id(entries: list[Entry]) -> str | None:
    return next((entry.session_id for entry in entries if entry.session_id), None)


def _add_gaps(builder: SessionBuilder, writer: SessionWriter) -> None:
    for gap in _GAPS:
        builder.gap(gap)
    for step in builder.steps:
        edited = step.attributes.get("context_management")
        if isinstance(edited, dict) and edited.get("applied_edits"):
            effect = "the server cleared parts of the window before this answer; which ones is not recorded"
            builder.gap(Gap("server_context_edit", effect, steps=(step.number,)))
    if missing := writer.steps_after_gaps():
        effect = "lines before these steps are not in this file: their prompts held more than is shown"
        builder.gap(Gap("lines_not_recorded", effect, steps=missing))


def _add_tools(builder: SessionBuilder, entries: list[Entry]) -> None:
    """A stream-json log names its tools, without their schemas."""
    init = next((entry for entry in entries if entry.type == "system" and entry.subtype == "init"), None)
    names = init.value.get("tools") if init is not None else None
    if isinstance(names, list):
        builder.set_tools(tuple(ToolDefinition(name) for name in names if isinstance(name, str)))


def _about(entries: list[Entry]) -> dict[str, Any]:
    """What holds for the whole session, and the lines that are no steps, by type."""
    about: dict[str, Any] = {}
    for key in ("cwd", "gitBranch", "version", "teamName"):
        values = dict.fromkeys(entry.value[key] for entry in entries if isinstance(entry.value.get(key), str))
        if values:
            about[key] = ", ".join(values)
    titles = [_title(entry) for entry in entries if entry.type in ("summary", "ai-title", "custom-title")]
    if any(titles):
        about["title"] = next(title for title in reversed(titles) if title)
    kept: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        if entry.kind == "bookkeeping" or (entry.kind == "event" and entry.subtype != "compact_boundary"):
            kept["/".join(filter(None, (entry.type, entry.subtype)))].append(entry.value)
    return about | ({"records": dict(kept)} if kept else {})


def _title(entry: Entry) -> str:
    keys = ("summary", "customTitle", "aiTitle", "title", "lastPrompt")
    return next((str(entry.value[key]) for key in keys if isinstance(entry.value.get(key), str)), "")
