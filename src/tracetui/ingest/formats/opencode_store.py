"""opencode's own database: the sessions, messages and parts that `opencode export` writes, one row each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracetui.ingest.fields import object_field
from tracetui.ingest.records import Records
from tracetui.ingest.registry import FORMATS, NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.ingest.sqlite import Row, is_sqlite, read_rows, tables
from tracetui.ingest.stored import Stored, column, list_damage, read_stored
from tracetui.model import Session

NAME = "opencode-store"
TITLE = "opencode's database (SQLite)"
RULE = "A SQLite database with the tables `session`, `message` and `part`."
KEEPS = (
    "Prompts rebuilt from the parts; usage and cost of every call; a sub-agent's session as a scope of its parent's."
)
LOSES = "The system prompt and tool definitions."
EXPORT = "`opencode.db` in opencode's data folder, copied while opencode is closed; or `opencode export SESSION`."

_TABLES = ("session", "message", "part")
_SESSION = ("id", "project_id", "parent_id", "directory", "title", "version", "time_created", "time_updated", "data")
_MESSAGE = ("id", "session_id", "time_created", "data")
_PART = ("id", "message_id", "session_id", "time_created", "data")
_CAMEL = {"project_id": "projectID", "parent_id": "parentID"}


def detect(records: Records) -> Detection:
    if not is_sqlite(records.source.data):
        return NOT_MINE
    found = set(_TABLES) <= tables(records.source.data)
    return Detection(0.96, "tables session, message and part") if found else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    path, data, problems = records.source.path, records.source.data, list[str]()
    parts: dict[str, list[tuple[dict[str, Any], Row]]] = defaultdict(list)
    for row, value in _valued(read_rows(path, data, "part", _PART, problems), ledger):
        parts[str(row.values.get("message_id"))].append((value, row))
    messages: dict[str, list[tuple[dict[str, Any], Row]]] = defaultdict(list)
    for row, value in _valued(read_rows(path, data, "message", _MESSAGE, problems), ledger):
        messages[str(row.values.get("session_id"))].append((value, row))
    infos = {str(row.values.get("id")): row for row in read_rows(path, data, "session", _SESSION, problems)}
    found: list[Session] = []
    ledger.claim(len(infos))
    names = sorted({*infos, *messages}, key=lambda one: _created(infos.get(one)))
    stored = {name: _export(name, infos.get(name), messages.get(name, []), parts) for name in names}
    for name in _top(names, infos):
        family = _family(name, names, infos, stored, set())
        found += read_stored(records, family, FORMATS["opencode"].read, ledger)
    for left in parts.values():
        for _, row in left:
            ledger.skip(row.source, "a part of no message in the database")
    list_damage(records, problems, ledger)
    return found


def _parent(name: str, infos: dict[str, Row]) -> str:
    return str(infos[name].values.get("parent_id") or "") if name in infos else ""


def _top(names: list[str], infos: dict[str, Row]) -> list[str]:
    """The sessions that no other one here has started, however many stand between; of a ring, its first."""
    top: list[str] = []
    for name in names:
        passed, at = {name}, name
        while (parent := _parent(at, infos)) in names and parent not in passed:
            passed.add(parent)
            at = parent
        if at == name or (parent in passed and not passed & set(top)):
            top.append(name)
    return top


def _family(name: str, names: list[str], infos: dict[str, Row], stored: dict[str, Stored], seen: set[str]) -> Stored:
    """A session's document with those of the sessions that it has started as its `children`."""
    seen.add(name)
    document, places = dict(stored[name].document), dict(stored[name].places)
    children: list[Any] = []
    for child in (one for one in names if _parent(one, infos) == name and one not in seen):
        inner = _family(child, names, infos, stored, seen)
        places |= {f"/children/{len(children)}{pointer}": row for pointer, row in inner.places.items()}
        children.append(inner.document)
    return Stored(document | ({"children": children} if children else {}), places)


def _valued(rows: Any, ledger: Ledger) -> list[tuple[Row, dict[str, Any]]]:
    """Rows with the object in their `data`, in order of id, which opencode makes from the time."""
    found = []
    for row in rows:
        value = column(row, "data", ledger)
        if isinstance(value, dict):
            found.append((row, value))
        elif value is not None:
            ledger.skip(row.source, "`data` is no object")
    return sorted(found, key=lambda pair: str(pair[0].values.get("id")))


def _export(
    name: str,
    info: Row | None,
    messages: list[tuple[dict[str, Any], Row]],
    parts: dict[str, list[tuple[dict[str, Any], Row]]],
) -> Stored:
    """The session as `opencode export` writes it. Takes the parts that belong to it out of `parts`."""
    listed: list[dict[str, Any]] = []
    places: dict[str, Row] = {} if info is None else {"/info": info}
    for value, row in messages:
        at = f"/messages/{len(listed)}"
        mine = parts.pop(str(row.values.get("id")), [])
        places[at] = row
        places |= {f"{at}/parts/{number}": part for number, (_, part) in enumerate(mine)}
        shown = [{"id": part.values.get("id")} | one for one, part in mine]
        listed.append({"info": {"id": row.values.get("id"), "sessionID": name} | value, "parts": shown})
    return Stored({"info": _info(name, info), "messages": listed}, places)


def _info(name: str, row: Row | None) -> dict[str, Any]:
    values = {} if row is None else row.values
    kept = {_CAMEL.get(key, key): value for key, value in values.items() if isinstance(value, (str, int, float))}
    return {"id": name} | {key: value for key, value in kept.items() if key != "data"}


def _created(row: Row | None) -> tuple[int, str]:
    values = object_field(row.values if row else None)
    time = values.get("time_created")
    return (time if isinstance(time, int) else 0, str(values.get("id")))
