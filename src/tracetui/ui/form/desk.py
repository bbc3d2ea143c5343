"""The postmortem that the form's screens share, and every change to it. No widget in here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tracetui.postmortem.changes import Change, kept, taken
from tracetui.postmortem.checklist import Blocker, blockers
from tracetui.postmortem.document import EMPTY, PERSON, PINS, Entry, Pin, Postmortem
from tracetui.postmortem.edits import (
    AddPin,
    AddRow,
    Decide,
    Edit,
    RemovePin,
    RemoveRow,
    SetText,
    next_row_id,
    suggestion,
    take_back,
)
from tracetui.postmortem.fields import SECTIONS, section_of
from tracetui.postmortem.form import Section
from tracetui.postmortem.lint import Finding, lint
from tracetui.store.editing import Editing
from tracetui.store.journal import SaveState
from tracetui.store.stats import DETECTED_AT, OCCURRED_AT, seconds_to_detect

_TIME_TO_DETECT = "detection.time_to_detect"


class Desk:
    """One postmortem under the keys. Edits go to its journal at once; a text that a suggestion replaced is kept."""

    def __init__(self, editing: Editing) -> None:
        self.editing = editing
        self.touched = False
        """Whether a person changed anything since it was opened."""
        self._replaced: dict[str, str] = {}
        self._findings: tuple[Finding, ...] | None = None
        self._recoveries: tuple[Change, ...] = editing.recoveries
        self._offers: tuple[Change, ...] = editing.offers

    @property
    def postmortem(self) -> Postmortem:
        return self.editing.postmortem

    @property
    def state(self) -> SaveState:
        return self.editing.state

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the lint says of the document as it is now."""
        if self._findings is None:
            self._findings = lint(self.postmortem)
        return self._findings

    def findings_at(self, address: str) -> list[Finding]:
        """Those of one value, or of all cells of `table/row`."""
        return [
            finding
            for finding in self.findings
            if finding.address == address or ("/" in address and finding.address.startswith(f"{address}/"))
        ]

    def blockers(self) -> tuple[Blocker, ...]:
        return blockers(self.postmortem)

    def forget(self) -> None:
        """The document changed from outside: look at it anew."""
        self._findings = None

    def write(self, address: str, text: str) -> str:
        """Put a person's text at an address; the address of a value that follows from it, or "". Raises StoreError where the
        postmortem is read-only."""
        if text != self.postmortem.text(address):
            self._do(SetText(address, text, self.editing.user, self.editing.stamp()))
        return self._fill_time_to_detect() if address in (OCCURRED_AT, DETECTED_AT) else ""

    def _fill_time_to_detect(self) -> str:
        """The time between the two, unless a person wrote one."""
        entry, seconds = self.postmortem.entry(_TIME_TO_DETECT), seconds_to_detect(self.postmortem)
        if entry.from_person and entry != EMPTY:
            return ""
        text = str(timedelta(seconds=round(seconds))) if seconds is not None else ""
        if text != entry.text:
            self._do(SetText(_TIME_TO_DETECT, text, "", self.editing.stamp(), "computed"))
        return _TIME_TO_DETECT

    def choose(self, address: str, text: str | None) -> None:
        """Decide between what two people wrote: `text` is to stand; None: what stands there."""
        if text is not None:
            self.write(address, text)
        self._do(Decide(address))

    def take_back(self, address: str) -> bool:
        """Take a pre-filled value out, put the suggestion in for a person's words, or put those words in again;
        whether there was anything to exchange."""
        entry = self.postmortem.entry(address)
        if not entry.from_person and address in self._replaced:
            self._do(SetText(address, self._replaced.pop(address), self.editing.user, self.editing.stamp()))
            return True
        change = take_back(self.postmortem, address, by=self.editing.user, at=self.editing.stamp())
        if change is None:
            return False
        if entry.from_person and entry.text:
            self._replaced[address] = entry.text
        self._do(change)
        return True

    def can_take_back(self, address: str) -> bool:
        """Whether `take_back` has something to exchange."""
        suggested = suggestion(self.postmortem.entry(address))
        return (suggested is not None and bool(suggested.text)) or address in self._replaced

    @property
    def changes(self) -> tuple[str, tuple[Change, ...]]:
        """What is to be decided, recovered typing first, and what it is called; nothing: ("", ())."""
        if self._recoveries:
            return "typed before an earlier end, and recovered: is it to stay?", self._recoveries
        if self._offers:
            return "triage says something else now than when this was filled in", self._offers
        return "", ()

    def decide(self, decided: dict[str, bool]) -> None:
        """Take or leave what `changes` asks about."""
        recovered = bool(self._recoveries)
        for change in self.changes[1]:
            take = decided.get(change.address)
            if take and not recovered:
                self._do(taken(change, at=self.editing.stamp()))
            elif take is False:
                self._do(kept(change, by=self.editing.user, at=self.editing.stamp()))
        self._recoveries = tuple(one for one in self._recoveries if one.address not in decided)
        self._offers = tuple(one for one in self._offers if recovered or one.address not in decided)

    def add_row(self, table: str) -> str:
        """Add an empty row; its id."""
        row_id = next_row_id(self.postmortem, table)
        self._do(AddRow(table, row_id))
        return row_id

    def remove_row(self, table: str, row_id: str) -> Callable[[], None]:
        """Remove a row or pin; what puts it back."""
        if table == PINS:
            pin = next(pin for pin in self.postmortem.pins if pin.id == row_id)
            self._do(RemovePin(row_id))
            return lambda: self._put_pin_back(pin)
        row = self.postmortem.row(table, row_id)
        cells = dict(row.cells) if row else {}
        self._do(RemoveRow(table, row_id))
        return lambda: self._put_row_back(table, row_id, cells)

    def _put_row_back(self, table: str, row_id: str, cells: dict[str, Entry]) -> None:
        self._do(AddRow(table, row_id))
        for column, entry in cells.items():
            self._do(SetText(f"{table}/{row_id}/{column}", entry.text, entry.by, entry.at, entry.source))

    def _put_pin_back(self, pin: Pin) -> None:
        self._do(AddPin(pin))

    def _do(self, change: Edit) -> None:
        self.editing.edit(change)
        self.touched = True
        self._findings = None


def filled(postmortem: Postmortem, section: Section) -> tuple[int, int]:
    """How many fields and tables of a section hold something, and how many there are."""
    texts = [postmortem.text(f"{section.id}.{field.id}").strip() for field in section.fields]
    tables = [postmortem.has_rows(table.id) for table in section.tables]
    pins = [bool(postmortem.pins)] if section.id == "evidence" else []
    values = [*map(bool, texts), *tables, *pins]
    return sum(values), len(values)


def findings_by_section(findings: tuple[Finding, ...]) -> dict[str, int]:
    """Section id to how many findings it has."""
    counted = dict.fromkeys((section.id for section in SECTIONS), 0)
    for finding in findings:
        section = section_of(finding.address)
        if section is not None:
            counted[section.id] += 1
    return counted


def source_words(entry: Entry) -> str:
    """Where a value comes from, in a few words: "trace: step 3", "dana 02:14"."""
    if entry.source != PERSON:
        return entry.source
    return f"{entry.by} {entry.at[11:16]}".strip() if entry.at else entry.by


def offer(entry: Entry) -> str:
    """What the trace would put here instead; "" where it says the same or nothing."""
    suggested = suggestion(entry)
    if suggested is None or (not entry.from_person) or suggested.text == entry.text:
        return ""
    return suggested.text


def reason_of(entry: Entry) -> str:
    """Why the trace puts this here, where that is more than a place in it."""
    words = entry.source.partition(": ")[2]
    return words if " " in words and not words.startswith("step ") else ""
