from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.store import journal as module
from tracetui.store.journal import Journal, SaveState, frame, read_journal


@pytest.fixture
def states() -> list[SaveState]:
    return []


@pytest.fixture
def journal(tmp_path: Path, states: list[SaveState]) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.jsonl", states.append)
    yield opened
    opened.close()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"timed out waiting for {what}"
        time.sleep(0.005)


def test_records_are_on_disk_in_order_and_the_state_says_so(journal: Journal, states: list[SaveState]) -> None:
    for number in range(50):
        journal.append(b'{"n":%d}' % number)
    assert journal.flush()
    assert read_journal(journal.path).records == [b'{"n":%d}' % number for number in range(50)]
    assert states[0].kind == "saving"
    assert states[-1].kind == journal.state.kind == "saved"


def test_a_record_is_synced_within_a_second_without_being_asked(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[float] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(time.monotonic()))
    for _ in range(3):
        before = time.monotonic()
        journal.append(b"{}")
        wait_until(lambda: bool(synced) and synced[-1] > before, "a sync")  # noqa: B023 - called at once
        assert synced[-1] - before < 1


def test_nothing_is_written_before_something_is_typed(journal: Journal) -> None:
    assert journal.flush()
    assert not journal.path.exists()


def test_an_error_is_shown_until_it_is_over_and_then_everything_is_there(
    journal: Journal, states: list[SaveState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_EVERY_S", 0.01)
    write, fail = os.write, threading.Event()
    fail.set()

    def sometimes(handle: int, data: bytes) -> int:
        if fail.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data)

    monkeypatch.setattr(os, "write", sometimes)
    journal.append(b'{"n":1}')
    wait_until(lambda: journal.state.kind == "failed", "the failure")
    assert journal.state.why == "No space left on device"
    journal.append(b'{"n":2}')
    assert not journal.flush()
    fail.clear()
    wait_until(lambda: journal.state.kind == "saved", "the retry")
    assert read_journal(journal.path).records == [b'{"n":1}', b'{"n":2}']
    assert [state.kind for state in states] == ["saving", "failed", "saved"]


def test_half_a_record_is_taken_off_again(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_EVERY_S", 0.01)
    journal.append(b'{"n":1}')
    assert journal.flush()
    write, calls = os.write, []

    def half(handle: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) == 1:
            return write(handle, bytes(data)[:5])
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data)

    monkeypatch.setattr(os, "write", half)
    journal.append(b'{"n":2}')
    wait_until(lambda: journal.state.kind == "saved" and len(calls) > 2, "the retry")
    assert read_journal(journal.path) == ([b'{"n":1}', b'{"n":2}'], b"")


def test_a_slow_disk_does_not_delay_the_typist(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def slow(handle: int) -> None:
        time.sleep(0.3)
        sync(handle)

    monkeypatch.setattr(os, "fsync", slow)
    before = time.monotonic()
    for _ in range(100):
        journal.append(b"{}")
    assert time.monotonic() - before < 0.2
    wait_until(lambda: journal.state.kind == "saving", "saving")
    assert journal.flush()


def test_saving_the_document_empties_the_journal(journal: Journal) -> None:
    journal.append(b"{}")
    written = threading.Event()

    def write() -> str:
        written.set()
        return ""

    journal.save(write)
    journal.append(b'{"after":1}')
    assert journal.flush()
    assert written.is_set()
    assert read_journal(journal.path).records in ([b'{"after":1}'], [])


def test_records_made_after_a_document_stay_until_the_next(journal: Journal) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        go_on.wait(5)
        return ""

    journal.append(b'{"n":1}')
    journal.save(slow)
    started.wait(5)
    journal.append(b'{"n":2}')
    go_on.set()
    assert journal.flush()
    assert read_journal(journal.path).records == [b'{"n":2}']


def test_a_document_that_cannot_be_saved_keeps_the_journal(journal: Journal) -> None:
    def fail() -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    journal.append(b"{}")
    journal.save(fail)
    assert not journal.flush()
    assert journal.state.why == "Read-only file system"
    assert read_journal(journal.path).records == [b"{}"]


def test_a_listener_that_fails_does_not_stop_the_saving(tmp_path: Path) -> None:
    def gone(state: SaveState) -> None:
        raise RuntimeError("the app is closed")

    opened = Journal(tmp_path / "j", gone)
    opened.append(b"{}")
    assert opened.close()
    assert read_journal(tmp_path / "j").records == [b"{}"]


RECORDS = st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=9), max_size=2).map(repr).map(str.encode))


@given(RECORDS, st.integers(0, 200))
def test_a_cut_journal_keeps_its_good_records(records: list[bytes], cut: int) -> None:
    records = [record.replace(b"\n", b"").replace(b"\r", b"") for record in records]
    whole = b"".join(map(frame, records))
    held = _read(whole[: max(0, len(whole) - cut)])
    assert held.records == records[: len(held.records)]
    assert len(held.records) == len(records) or cut


@given(RECORDS.filter(bool), st.data())
def test_a_flipped_bit_costs_one_record_at_most(records: list[bytes], data: st.DataObject) -> None:
    records = [record.replace(b"\n", b"").replace(b"\r", b"") for record in records]
    whole = bytearray(b"".join(map(frame, records)))
    ends = [at for at, byte in enumerate(whole) if byte == 10]
    at = data.draw(st.sampled_from([at for at in range(len(whole)) if at not in ends]))
    whole[at] ^= 1 << data.draw(st.integers(0, 6))
    held = _read(bytes(whole))
    assert len(held.records) >= len(records) - 1
    assert all(record in records for record in held.records)


def _read(data: bytes) -> module.JournalRecords:
    path = Path(os.environ.get("TMPDIR", "/tmp"), f"journal-{os.getpid()}")
    path.write_bytes(data)
    try:
        return read_journal(path)
    finally:
        path.unlink()


def test_a_new_record_is_not_swallowed_by_a_cut_one(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(frame(b"{}") + b"0000000a|1234")
    opened = Journal(path)
    opened.append(b'{"n":2}')
    assert opened.close()
    assert read_journal(path) == ([b"{}", b'{"n":2}'], b"0000000a|1234\n")
