from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from tracetui.store.lock import Holder, Lock


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / ".lock"), Lock(tmp_path / ".lock")
    assert first.acquire(user="dana", since="2026-07-01T02:14:07+00:00") is None
    holder = second.acquire(user="robin", since="2026-07-01T02:20:00+00:00")
    assert holder is not None
    assert (holder.user, holder.pid, holder.since) == ("dana", os.getpid(), "2026-07-01T02:14:07+00:00")
    assert "dana on " in str(holder)
    first.release()
    assert second.acquire(user="robin", since="") is None
    second.release()


def test_text_left_by_a_crash_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text('{"host":"h","pid":1,"user":"dana","since":"x"}')
    lock = Lock(tmp_path / ".lock")
    assert lock.acquire(user="robin", since="") is None
    lock.release()


def test_who_is_taken_over_sees_it(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / ".lock"), Lock(tmp_path / ".lock")
    first.acquire(user="dana", since="")
    assert second.acquire(user="robin", since="", take_over=True) is None
    assert second.held
    assert not first.held
    first.release()
    assert second.held
    second.release()


def test_without_locks_it_goes_on_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    lock = Lock(tmp_path / ".lock")
    assert lock.acquire(user="dana", since="") is None
    assert "no locks" in lock.warning
    assert lock.held
    lock.release()


def test_a_lock_that_is_given_up_is_free_also_while_a_forked_process_has_its_file_open(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / ".lock"), Lock(tmp_path / ".lock")
    first.acquire(user="dana", since="")
    assert first._file is not None
    inherited = os.dup(first._file)
    first.release()
    assert second.acquire(user="robin", since="") is None
    second.release()
    os.close(inherited)


def test_an_unreadable_holder_is_still_a_holder(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / ".lock"), Lock(tmp_path / ".lock")
    first.acquire(user="dana", since="")
    (tmp_path / ".lock").write_bytes(b"\xff")
    assert second.acquire(user="robin", since="") == Holder()
    assert str(Holder()) == "someone on another host"
    first.release()
