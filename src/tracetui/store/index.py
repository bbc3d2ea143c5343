"""The search index of a store: SQLite FTS5 in the user's cache folder. The files are the truth; this can be thrown away.

It is made anew when it is missing, of another version or damaged, and brought up to date where a file has changed.
Where the cache cannot be written, or another process holds it, the index is made in memory. Only commands that search
import this module, for it loads sqlite3.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from tracetui.errors import StoreError, TracetuiError
from tracetui.postmortem.changes import entries
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.fields import field_at
from tracetui.store.atomic import make_folder
from tracetui.store.incident import DOCUMENT, JOURNAL
from tracetui.store.incidents import Store, Summary, summary_of
from tracetui.store.likeness import Likeness, likeness

T = TypeVar("T")
VERSION = 3
"""Also of what `likeness` reads: another selection of texts is another version."""
_WAIT_S = 2.0
_TABLES = (
    "CREATE TABLE incidents (number INTEGER PRIMARY KEY, id TEXT UNIQUE, stamp TEXT, summary BLOB, likeness BLOB)",
    "CREATE VIRTUAL TABLE texts USING fts5 (title, body, choices, tokenize = 'unicode61 remove_diacritics 2')",
    f"PRAGMA user_version = {VERSION}",
)
_ASKED = """
    SELECT summary, snippet(texts, 1, '\x01', '', '…', 16) FROM texts JOIN incidents ON incidents.number = texts.rowid
    WHERE texts MATCH ? ORDER BY bm25(texts, 4, 1, 1), id DESC LIMIT ?
"""
_HIT = "\x01"
"""Stands before a hit in an excerpt; where there is none, the words stand in the title or among the choices."""
_WORDS_BEFORE = 3
_PHRASE_OR_WORD = re.compile(r'"([^"]+)"|(\S+)')


class Hit(msgspec.Struct, frozen=True):
    """An incident that a search found."""

    summary: Summary
    excerpt: str
    """Where the words stand in it."""


class Index:
    """The index of one store. Each question brings it up to date first.

    `problems`: why incidents could not be read, as of the last question.
    """

    def __init__(self, store: Store, path: Path | None = None) -> None:
        self.store = store
        self.path = path or cache_path(store)
        self.problems: tuple[str, ...] = ()

    def search(self, text: str, *, limit: int = 50) -> tuple[Hit, ...]:
        """Incidents with every word of `text` (words by their beginning, "quoted" ones as a phrase), best first."""
        asked = _query(text)
        if not asked:
            return ()
        rows = self._ask(lambda database: database.execute(_ASKED, (asked, limit)).fetchall())
        return tuple(Hit(msgspec.json.decode(summary, type=Summary), _near(excerpt)) for summary, excerpt in rows)

    def likenesses(self) -> dict[str, Likeness]:
        """The features of every incident, by id, in the order of the ids."""
        asked = "SELECT id, likeness FROM incidents WHERE likeness IS NOT NULL ORDER BY id"
        rows = self._ask(lambda database: database.execute(asked).fetchall())
        decoder = msgspec.json.Decoder(Likeness)
        return {incident_id: decoder.decode(held) for incident_id, held in rows}

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask the index, brought up to date: the cache, the cache made anew, else one in memory."""
        for attempt in range(2):
            try:
                return self._ask_at(str(self.path), question)
            except (sqlite3.DatabaseError, OSError) as problem:
                if attempt or not _damaged(problem):
                    break
                with contextlib.suppress(OSError):
                    self.path.unlink()
        try:
            return self._ask_at(":memory:", question)
        except sqlite3.DatabaseError as problem:
            raise StoreError(f"the incidents cannot be searched: {problem}") from problem

    def _ask_at(self, place: str, question: Callable[[sqlite3.Connection], T]) -> T:
        if place != ":memory:":
            _make_private(Path(place))
        with contextlib.closing(sqlite3.connect(place, timeout=_WAIT_S, isolation_level=None)) as database:
            # A cache needs no durability; the rollback journal works where shared memory for a WAL does not.
            database.execute("PRAGMA synchronous = OFF")
            self._refresh(database)
            return question(database)

    def _refresh(self, database: sqlite3.Connection) -> None:
        stamps = _stamps(self.store)
        if not _is_current(database):
            _make_anew(database)
        if dict(database.execute("SELECT id, stamp FROM incidents")) != stamps:
            database.execute("BEGIN IMMEDIATE")
            with database:
                _bring_up_to_date(database, self.store, stamps)
        unread = database.execute("SELECT summary FROM incidents WHERE likeness IS NULL ORDER BY id")
        self.problems = tuple(msgspec.json.decode(summary, type=Summary).problem for (summary,) in unread)


def cache_path(store: Store) -> Path:
    """Where the index of a store is kept: told by the real path of the store, so that two never share one."""
    told = hashlib.sha256(os.fsencode(os.path.realpath(store.root))).hexdigest()[:16]
    return platformdirs.user_cache_path("tracetui", appauthor=False) / f"incidents-{told}.sqlite"


def texts(held: Postmortem) -> tuple[str, str]:
    """Every text of an incident that a person may look for: prose, and the choices by title and code."""
    prose: list[str] = []
    choices: list[str] = []
    for address, entry in entries(held):
        known = field_at(address)
        if address == "identity.title":
            continue  # which has a column of its own
        if known is not None and known.vocabulary is not None:
            choices += (known.vocabulary.title(entry.text), entry.text)
        else:
            prose.append(entry.text)
    for pin in held.pins:
        prose += (pin.role, pin.quote)
    return "\n".join(filter(None, prose)), "\n".join(filter(None, choices))


def _bring_up_to_date(database: sqlite3.Connection, store: Store, stamps: dict[str, str]) -> None:
    for number, incident_id, stamp in database.execute("SELECT number, id, stamp FROM incidents").fetchall():
        if stamps.get(incident_id) != stamp:
            database.execute("DELETE FROM incidents WHERE number = ?", (number,))
            database.execute("DELETE FROM texts WHERE rowid = ?", (number,))
    held = {incident_id for (incident_id,) in database.execute("SELECT id FROM incidents")}
    for incident_id, stamp in stamps.items():
        if incident_id not in held:
            _put(database, store, incident_id, stamp)


def _put(database: sqlite3.Connection, store: Store, incident_id: str, stamp: str) -> None:
    added = "INSERT INTO incidents (id, stamp, summary, likeness) VALUES (?, ?, ?, ?)"
    try:
        held = store.read(incident_id)
    except TracetuiError as problem:
        unread = Summary(id=incident_id, problem=problem.message)
        database.execute(added, (incident_id, stamp, _encoded(unread), None))
        return
    summary = summary_of(incident_id, held)
    number = database.execute(added, (incident_id, stamp, _encoded(summary), _encoded(likeness(held)))).lastrowid
    told = (number, *map(_writable, (f"{incident_id} {summary.title}", *texts(held))))
    database.execute("INSERT INTO texts (rowid, title, body, choices) VALUES (?, ?, ?, ?)", told)


def _near(excerpt: str) -> str:
    """An excerpt from a few words before its hit on: a row of a list is short; "" where no hit is in it."""
    before, hit, after = excerpt.partition(_HIT)
    words = before.removeprefix("…").split()
    cut = "…" if len(words) > _WORDS_BEFORE or before.startswith("…") else ""
    return f"{cut}{' '.join([*words[-_WORDS_BEFORE:], after.replace(_HIT, '')])}" if hit else ""


def _query(text: str) -> str:
    """Words as FTS5 takes them: each a quoted phrase, so that nothing of it is an operator; all must occur."""
    found = (phrase or word for phrase, word in _PHRASE_OR_WORD.findall(_writable(text)))
    words = [word.replace('"', "").replace("\x00", " ") for word in found]
    return " ".join(f'"{word}"*' for word in words if any(letter.isalnum() for letter in word))


def _stamps(store: Store) -> dict[str, str]:
    """By incident, what changes when it does: time, size and inode of its document and its journal."""
    root = os.fspath(store.root)
    try:
        names = os.listdir(root)
    except OSError:
        names = list(store.ids())  # which says what is wrong, or that there are none
    told = {name: _stamp(f"{root}/{name}/{DOCUMENT}") for name in sorted(names)}
    return {name: f"{stamp} {_stamp(f'{root}/{name}/{JOURNAL}')}" for name, stamp in told.items() if stamp}


def _stamp(path: str) -> str:
    """ "" where there is no such file."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}"


def _is_current(database: sqlite3.Connection) -> bool:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        return False
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    return True


def _make_anew(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    with database:
        database.execute("DROP TABLE IF EXISTS texts")
        database.execute("DROP TABLE IF EXISTS incidents")
        for statement in _TABLES:
            database.execute(statement)


def _damaged(problem: Exception) -> bool:
    """Whether the file itself is at fault; not a lock, a full disk or a folder that cannot be written."""
    code = getattr(problem, "sqlite_errorcode", None)
    return isinstance(problem, sqlite3.DatabaseError) and code in (
        None,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,
    )


def _make_private(path: Path) -> None:
    make_folder(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _encoded(found: Summary | Likeness) -> bytes:
    return _writable(json.dumps(msgspec.to_builtins(found), ensure_ascii=False)).encode()


def _writable(text: str) -> str:
    """Without unpaired surrogates, which neither UTF-8 nor SQLite takes."""
    return text.encode("utf-8", "replace").decode()
