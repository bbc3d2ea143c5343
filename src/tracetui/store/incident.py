"""One incident while it is edited: every edit journaled at once, the document saved when there is time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracetui.errors import StoreError
from tracetui.postmortem.changes import Change, changes_between
from tracetui.postmortem.document import Conflict, Postmortem, decode, encode, from_earlier, from_later, stamp
from tracetui.postmortem.edits import Edit, apply
from tracetui.postmortem.merge import merge
from tracetui.store import history
from tracetui.store.atomic import reason, sweep, write_atomic
from tracetui.store.journal import Journal, SaveState, read_journal
from tracetui.store.lock import Holder, Lock
from tracetui.text import escaped_json

DOCUMENT = "postmortem.json"
JOURNAL = "journal.jsonl"
HISTORY = "history.jsonl"
LOCK = ".lock"
EVIDENCE = "evidence"
HELD = "being edited by"
"""How `read_only` begins where someone else holds the incident, who can be taken over from."""
_CHANGED = "changed on disk by another program"
_LATER = "written by a later tracetui: update tracetui to edit it"


class _OnDisk(NamedTuple):
    """What was last read from or written to the document."""

    postmortem: Postmortem
    digest: str


class ChangedOnDiskError(OSError):
    """Someone else wrote the document since it was read. Nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(_CHANGED)


class Incident:
    """An open incident. Edits come from one thread; saving happens in the journal's.

    `recovered`: the edits that the journal held and the document did not, replayed when it was opened.
    `read_only`: why nothing can be changed, or "".
    """

    def __init__(
        self,
        folder: Path,
        *,
        user: str,
        on_state: Callable[[SaveState], None] = lambda state: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        take_over: bool = False,
    ) -> None:
        self.folder = folder
        self.id = folder.name
        self.user = user
        self.warning = ""
        self._now = now
        self._lock = Lock(folder / LOCK)
        data = read_document(folder)
        self._base = _OnDisk(decode(data, path=str(folder / DOCUMENT)), _digest(data))
        self.read_only = _LATER if from_later(self._base.postmortem) else self._acquire(take_over)
        if not self.read_only:  # whoever held the lock until now may have written since
            data = read_document(folder)
            self._base = _OnDisk(decode(data, path=str(folder / DOCUMENT)), _digest(data))
            self._keep_earlier(data)
        self.offers: tuple[Change, ...] = ()
        """What triage says now of values that it filled in earlier; nobody has decided yet."""
        self.postmortem, self.recovered, damaged = replay(self._base.postmortem, folder / JOURNAL)
        self.recoveries = changes_between(self._base.postmortem, self.postmortem)
        """What the recovered edits changed."""
        self._journal: Journal | None = None
        if not self.read_only:
            sweep(folder)
            with contextlib.suppress(OSError):  # a longer history is no harm
                history.prune(folder / HISTORY)
            if damaged:
                write_atomic(folder / f"{JOURNAL}.damaged-{now():%Y%m%dT%H%M%S}", damaged)
                self.warning = f"{len(damaged)} damaged bytes of the journal are kept aside"
            self._journal = Journal(folder / JOURNAL, on_state, now=now)
            if self.recovered:
                self.save()

    def _keep_earlier(self, data: bytes) -> None:
        """A copy of what an earlier version wrote, before it is written in the shape of this one."""
        version = from_earlier(data)
        copy = self.folder / f"{Path(DOCUMENT).stem}.v{version}.json"
        if version is not None and not copy.exists():
            try:
                write_atomic(copy, data)
            except OSError as problem:
                self.read_only = f"no copy of the earlier version can be kept: {reason(problem).lower()}"

    @property
    def state(self) -> SaveState:
        """Whether what was typed is on disk; "failed" with the reason where nothing can be."""
        if self._journal is None:
            return SaveState("failed", self._now(), self.read_only)
        return self._journal.state

    @property
    def changed_by_others(self) -> bool:
        """Whether saving stopped because someone else wrote the document: `join_theirs` goes on from there."""
        return self.state.kind == "failed" and self.state.why == _CHANGED

    def edit(self, change: Edit) -> Postmortem:
        """Apply an edit and hand it to the journal; the new document. Raises StoreError where it is read-only."""
        if self._journal is None:
            raise StoreError(f"{self.id} is read-only: {self.read_only}")
        self.postmortem = apply(self.postmortem, change)
        self._journal.append(encode_edit(change))
        return self.postmortem

    def replace(self, postmortem: Postmortem) -> None:
        """Put another document in place, a fresh prefill or a merge, and save it."""
        if self._journal is None:
            raise StoreError(f"{self.id} is read-only: {self.read_only}")
        self.postmortem = postmortem
        self.save()

    def stamp(self) -> str:
        """Now, for the time of an edit."""
        return stamp(self._now())

    def save(self) -> None:
        """Put the document on disk and empty the journal; `state` tells when it is done."""
        if self._journal is not None:
            postmortem = self.postmortem
            self._journal.save(lambda: self._write(postmortem))

    def changed_on_disk(self) -> bool:
        """Whether someone else wrote the document since it was read or saved here."""
        try:
            return _digest(read_document(self.folder)) != self._base.digest
        except StoreError:
            return True

    def join_theirs(self) -> tuple[Conflict, ...]:
        """Take in what someone else wrote, and save; the values that both changed hold mine until a person decides."""
        data = read_document(self.folder)
        theirs = decode(data, path=str(self.folder / DOCUMENT))
        if from_later(theirs):
            raise StoreError(f"{self.id} was {_LATER}")
        merged, conflicts = merge(self._base.postmortem, self.postmortem, theirs)
        self._base = _OnDisk(theirs, _digest(data))
        self.replace(merged)
        return conflicts

    @property
    def history(self) -> tuple[history.Version, ...]:
        """The values that others took the place of, the earliest first; none where they cannot be read."""
        try:
            return history.read_history(self.folder / HISTORY)
        except OSError:
            return ()

    def flush(self, timeout_s: float = 3.0) -> bool:
        """Wait until everything typed is on disk; whether it is. May be called from a signal handler."""
        return self._journal is None or self._journal.flush(timeout_s)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Save, end the journal's thread and give the lock up; whether everything is on disk."""
        if self._journal is None:
            return True
        self.save()
        saved = self._journal.close(timeout_s)
        self._journal = None
        self._lock.release()
        self.read_only = "closed"
        return saved

    def _acquire(self, take_over: bool) -> str:
        try:
            holder = self._lock.acquire(user=self.user, since=stamp(self._now()), take_over=take_over)
        except OSError as problem:
            return reason(problem).lower()
        self.warning = self._lock.warning
        return _held_by(holder) if holder else ""

    def _write(self, postmortem: Postmortem) -> str:
        """In the journal's thread: the document on disk, unless someone else wrote there or took over."""
        if not self._lock.held:
            raise OSError("taken over by someone else")
        if self.changed_on_disk():
            raise ChangedOnDiskError
        data = encode(postmortem)
        untold = self._keep_history(postmortem)
        warning = write_atomic(self.folder / DOCUMENT, data)
        self._base = _OnDisk(postmortem, _digest(data))
        return warning or untold

    def _keep_history(self, postmortem: Postmortem) -> str:
        """The values that a save replaces, beside it, before it: a crash between leaves one told twice, never one lost. What
        to say where that is not possible: the document itself counts more."""
        old = history.replaced(self._base.postmortem, postmortem, by=self.user, at=stamp(self._now()))
        try:
            history.append(self.folder / HISTORY, old)
        except OSError as problem:
            return f"without its history: {reason(problem).lower()}"
        return ""


def read_document(folder: Path) -> bytes:
    """The bytes of an incident's document. Raises StoreError; a link that leads out of the store is not followed."""
    path = folder / DOCUMENT
    root = os.path.realpath(folder.parent)
    if os.path.commonpath([root, os.path.realpath(path)]) != root:
        raise StoreError(f"{path}: leads out of the store", hint="put the file itself there")
    try:
        return path.read_bytes()
    except OSError as problem:
        raise StoreError(f"{path}: {reason(problem).lower()}") from problem


def replay(postmortem: Postmortem, journal: Path) -> tuple[Postmortem, tuple[Edit, ...], bytes]:
    """The document with the journal's edits, those of them that changed it, and what of the journal is damaged."""
    try:
        held = read_journal(journal)
    except OSError as problem:
        raise StoreError(f"{journal}: {reason(problem).lower()}") from problem
    damaged, news = held.damaged, []
    for record in held.records:
        try:
            change = decode_edit(record)
            after = apply(postmortem, change)
        except (msgspec.ValidationError, ValueError):
            damaged += record + b"\n"
            continue
        if after != postmortem:
            news.append(change)
        postmortem = after
    return postmortem, tuple(news), damaged


def encode_edit(change: Edit) -> bytes:
    """One edit as a journal record."""
    text = json.dumps(msgspec.to_builtins(change), ensure_ascii=False, separators=(",", ":"))
    return escaped_json(text).encode()


def decode_edit(record: bytes) -> Edit:
    """The edit that `encode_edit` wrote. Raises ValueError or msgspec.ValidationError."""
    change: Edit = msgspec.convert(json.loads(record), Edit)
    return change


def _held_by(holder: Holder) -> str:
    return f"{HELD} {holder}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
