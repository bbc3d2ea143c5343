"""The account of a reading: every record is either claimed by a rule or listed with the reason why not."""

from __future__ import annotations

from tracetui.model import IngestReport, Skipped, SourceRef


class Ledger:
    """Collects what a reader claims, skips and remarks; `report()` balances it."""

    def __init__(self) -> None:
        self._read = 0
        self._skipped: list[Skipped] = []
        self._notes: list[str] = []

    def claim(self, records: int = 1) -> None:
        """Count records that became part of a session."""
        self._read += records

    def skip(self, source: SourceRef, reason: str) -> None:
        """List a record that became part of no session."""
        self._skipped.append(Skipped(source.line, source.offset, source.length, reason, source.path))

    def note(self, text: str) -> None:
        """Remark what was guessed or repaired, once."""
        if text not in self._notes:
            self._notes.append(text)

    def take(self, other: Ledger) -> None:
        """The account of a further file of the same trace becomes part of this one."""
        self._read += other._read
        self._skipped += other._skipped
        for text in other._notes:
            self.note(text)

    @property
    def read(self) -> int:
        return self._read

    def report(self) -> IngestReport:
        skipped = tuple(self._skipped)
        return IngestReport(self._read + len(skipped), self._read, skipped, tuple(self._notes))
