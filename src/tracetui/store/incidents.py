"""The store: a folder of incidents. Each is a folder with its document, journal and evidence."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tracetui.errors import StoreError, UnknownNameError
from tracetui.model import SourceRef
from tracetui.postmortem.document import Postmortem, decode, encode
from tracetui.postmortem.prefill import user_name
from tracetui.store.atomic import MARK, make_folder, reason, write_atomic
from tracetui.store.evidence import keep_records
from tracetui.store.history import Version, read_history
from tracetui.store.incident import DOCUMENT, EVIDENCE, HISTORY, JOURNAL, LOCK, Incident, read_document, replay
from tracetui.store.journal import SaveState
from tracetui.store.place import default_root

_IGNORED = f"{JOURNAL}*\n{LOCK}\n.*{MARK}*\n".encode()
"""For a store in git: what is only of the moment in which someone types."""
_ATTRIBUTES = f"*/{DOCUMENT} merge=tracetui\n*/{HISTORY} merge=union\n".encode()
"""For a store in git: how two branches are joined. Without the driver git merges line by line, and stops where it cannot."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_SUFFIX_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""Without those that are mistaken for one another."""
_TRIES = 100


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the library."""

    id: str
    title: str = ""
    status: str = ""
    failure_mode: str = ""
    severity: str = ""
    created_at: str = ""
    trace_path: str = ""
    session_id: str = ""
    problem: str = ""
    """Why it cannot be read; the other values are empty then."""


def _random_suffix() -> str:
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(3))


class Store:
    """The incidents in one folder, which is made with the first of them."""

    def __init__(
        self,
        root: Path | str | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
        suffix: Callable[[], str] = _random_suffix,
    ) -> None:
        self.root = Path(root) if root else default_root()
        self._now = now
        self._suffix = suffix

    def why_not_writable(self) -> str:
        """Why nothing can be saved here, or "". Asked before anyone types."""
        try:
            make_folder(self.root)
        except OSError as problem:
            return f"{self.root}: {reason(problem).lower()}"
        return "" if os.access(self.root, os.W_OK | os.X_OK) else f"{self.root}: not writable by this user"

    def new(self, draft: Postmortem, *, bytes_of: Callable[[SourceRef], bytes] | None = None) -> Postmortem:
        """Put a draft into the store under a new id, its pinned records copied; the postmortem as stored.

        Raises StoreError where that cannot be written. Records that cannot be copied are left without a copy.
        """
        try:
            make_folder(self.root)
            for name, data in ((".gitignore", _IGNORED), (".gitattributes", _ATTRIBUTES)):
                if not (self.root / name).exists():
                    write_atomic(self.root / name, data)
            folder = self._new_folder()
            pins, _ = keep_records(folder / EVIDENCE, draft.pins, bytes_of)
            stored = msgspec.structs.replace(draft, id=folder.name, pins=pins)
            write_atomic(folder / DOCUMENT, encode(stored))
        except OSError as problem:
            raise StoreError(
                f"{self.root}: {reason(problem).lower()}", hint="name another place with --store or TRACETUI_STORE"
            ) from problem
        return stored

    def open(
        self,
        incident_id: str,
        *,
        on_state: Callable[[SaveState], None] = lambda state: None,
        take_over: bool = False,
    ) -> Incident:
        """An incident for editing; read-only where someone else edits it or nothing can be written."""
        folder = self.folder(incident_id)
        return Incident(folder, user=user_name(), on_state=on_state, now=self._now, take_over=take_over)

    def read(self, incident_id: str) -> Postmortem:
        """An incident as last typed: the document with what its journal adds. Changes nothing on disk."""
        folder = self.folder(incident_id)
        document = decode(read_document(folder), path=str(folder / DOCUMENT))
        return replay(document, folder / JOURNAL)[0]

    def history(self, incident_id: str) -> tuple[Version, ...]:
        """The values that others took the place of, the earliest first. Raises StoreError."""
        path = self.folder(incident_id) / HISTORY
        try:
            return read_history(path)
        except OSError as problem:
            raise StoreError(f"{path}: {reason(problem).lower()}") from problem

    def list(self) -> tuple[Summary, ...]:
        """Every incident, the newest first; those that cannot be read, with the reason."""
        return tuple(self._summary(incident_id) for incident_id in reversed(self.ids()))

    def about(self, trace_path: str, session_id: str) -> str | None:
        """The id of the newest incident about a session, if there is one. `trace_path` is absolute."""
        wanted = trace_path, session_id
        return next((found.id for found in self.list() if (found.trace_path, found.session_id) == wanted), None)

    def discard(self, incident: Incident) -> None:
        """Close an incident and remove it: only for one that was just made and in which nobody wrote."""
        incident.close()
        shutil.rmtree(incident.folder, ignore_errors=True)

    def ids(self) -> tuple[str, ...]:
        """The ids of the incidents, sorted."""
        try:
            return tuple(sorted(entry.name for entry in self.root.iterdir() if (entry / DOCUMENT).exists()))
        except FileNotFoundError:
            return ()
        except OSError as problem:
            raise StoreError(f"{self.root}: {reason(problem).lower()}") from problem

    def folder(self, incident_id: str) -> Path:
        """The folder of an incident, by its id or a beginning that only one has. Raises UnknownNameError."""
        found: list[str] = []
        if _ID.fullmatch(incident_id):
            if (self.root / incident_id / DOCUMENT).exists():
                return self.root / incident_id
            ids = self.ids()
            found = [known for known in ids if known.lower().startswith(incident_id.lower())]
        if len(found) == 1:
            return self.root / found[0]
        if found:
            raise UnknownNameError(f"{incident_id!r} fits {', '.join(found)}", hint="write more of the id")
        known = ", ".join(self.ids()[-5:]) or "none"
        raise UnknownNameError(f"no incident {incident_id!r} in {self.root}; the newest: {known}")

    def _new_folder(self) -> Path:
        for _ in range(_TRIES):
            folder = self.root / f"INC-{self._now():%Y%m%d}-{self._suffix()}"
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return folder
        raise StoreError(f"{self.root}: found no free id for today after {_TRIES} tries")

    def _summary(self, incident_id: str) -> Summary:
        try:
            return summary_of(incident_id, self.read(incident_id))
        except (StoreError, UnknownNameError) as problem:
            return Summary(id=incident_id, problem=problem.message)


def summary_of(incident_id: str, held: Postmortem) -> Summary:
    """The line of the library that stands for an incident."""
    return Summary(
        id=incident_id,
        title=held.text("identity.title"),
        status=held.text("identity.status"),
        failure_mode=held.text("classification.failure_mode"),
        severity=held.text("classification.severity"),
        created_at=held.created_at,
        trace_path=held.trace_path,
        session_id=held.session_id,
    )
