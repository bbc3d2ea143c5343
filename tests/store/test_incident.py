from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.errors import StoreError
from tracetui.postmortem.document import UPGRADES, Entry, Postmortem, decode, encode
from tracetui.postmortem.edits import SetText, put
from tracetui.store.incident import Incident
from tracetui.store.incidents import Store
from tracetui.store.journal import SaveState

AT = "2026-07-01T02:15:00+00:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Store(tmp_path, now=lambda: NOW, suffix=lambda: "abc")
    return tmp_path / store.new(sample_postmortem()).id


def opened(folder: Path, user: str = "dana", *, take_over: bool = False) -> Incident:
    return Incident(folder, user=user, now=lambda: NOW, take_over=take_over)


def typed(text: str, address: str = "lessons.well") -> SetText:
    return SetText(address, text, "dana", AT)


def on_disk(folder: Path) -> Postmortem:
    return decode((folder / "postmortem.json").read_bytes())


def test_everything_typed_is_there_after_closing(folder: Path) -> None:
    incident = opened(folder)
    incident.edit(typed("the breaker held"))
    assert incident.close()
    assert on_disk(folder).text("lessons.well") == "the breaker held"
    assert (folder / "journal.jsonl").read_bytes() == b""
    assert opened(folder).recovered == ()


def test_what_only_the_journal_holds_is_recovered(folder: Path) -> None:
    first = opened(folder)
    first.edit(typed("the breaker"))
    first.edit(typed("the breaker held"))
    assert first.flush()
    assert on_disk(folder).text("lessons.well") == ""
    first._lock.release()  # as the kernel does when the process dies
    second = opened(folder)
    assert len(second.recovered) == 2
    assert second.postmortem.text("lessons.well") == "the breaker held"
    assert second.flush()
    assert on_disk(folder).text("lessons.well") == "the breaker held"
    second.close()


def test_a_journal_left_behind_by_a_saved_document_recovers_nothing(folder: Path) -> None:
    """The program died after the document was replaced and before the journal was emptied."""
    incident = opened(folder)
    incident.edit(typed("x"))
    incident.flush()
    journal = (folder / "journal.jsonl").read_bytes()
    incident.close()
    (folder / "journal.jsonl").write_bytes(journal)
    again = opened(folder)
    assert again.recovered == ()
    again.close()


def test_a_damaged_journal_is_kept_aside(folder: Path) -> None:
    incident = opened(folder)
    incident.edit(typed("good"))
    incident.flush()
    incident._lock.release()
    with (folder / "journal.jsonl").open("ab") as journal:
        journal.write(b"00000010|deadbeef|{cut")
    again = opened(folder)
    assert again.postmortem.text("lessons.well") == "good"
    assert "damaged" in again.warning
    again.close()
    assert [path.read_bytes() for path in folder.glob("journal.jsonl.damaged-*")] == [b"00000010|deadbeef|{cut"]


def test_a_second_editor_is_read_only_and_may_take_over(folder: Path) -> None:
    first = opened(folder)
    second = opened(folder, "robin")
    assert "dana" in second.read_only
    assert second.state.kind == "failed"
    with pytest.raises(StoreError, match="read-only"):
        second.edit(typed("x"))
    third = opened(folder, "robin", take_over=True)
    assert third.read_only == ""
    first.edit(typed("late"))
    first.save()
    assert not first.flush()
    assert "taken over" in first.state.why
    assert on_disk(folder).text("lessons.well") == ""
    third.close()


def test_a_change_by_another_program_is_joined_and_never_overwritten(folder: Path) -> None:
    incident = opened(folder)
    theirs = put(on_disk(folder), "lessons.lucky", Entry(text="the queue was paused", by="robin", at=AT))
    theirs = put(theirs, "impact.users", Entry(text="14", by="robin", at=AT))
    (folder / "postmortem.json").write_bytes(encode(theirs))
    assert incident.changed_on_disk()
    incident.edit(typed("the breaker held"))
    incident.edit(typed("15", "impact.users"))
    incident.save()
    assert not incident.flush()
    assert incident.state.why == "changed on disk by another program"
    assert on_disk(folder) == theirs
    conflicts = incident.join_theirs()
    assert [(c.address, c.mine.text, c.theirs.text) for c in conflicts] == [("impact.users", "15", "14")]
    assert incident.flush()
    saved = on_disk(folder)
    assert saved.text("lessons.well") == "the breaker held"
    assert saved.text("lessons.lucky") == "the queue was paused"
    incident.close()


def test_states_come_with_the_time_and_the_reason(folder: Path) -> None:
    states: list[SaveState] = []
    incident = Incident(folder, user="dana", on_state=states.append, now=lambda: NOW)
    incident.edit(typed("x"))
    incident.flush()
    assert [(state.kind, state.at) for state in states] == [("saving", NOW), ("saved", NOW)]
    incident.close()


def test_hostile_text_is_saved_and_comes_back(folder: Path) -> None:
    text = "\ud800 \x1b]52;c;AAAA\x07 \u202e \u2028 \x00 |\n\r"
    incident = opened(folder)
    incident.edit(typed(text))
    incident.flush()
    incident._lock.release()
    again = opened(folder)
    assert again.postmortem.text("lessons.well") == text
    again.close()
    assert on_disk(folder).text("lessons.well") == text


def test_what_a_later_version_wrote_opens_read_only_and_keeps_every_byte(folder: Path) -> None:
    later = (folder / "postmortem.json").read_bytes().replace(b"tracetui.postmortem/1", b"tracetui.postmortem/2")
    (folder / "postmortem.json").write_bytes(later)
    incident = opened(folder, take_over=True)
    assert "later tracetui" in incident.read_only
    with pytest.raises(StoreError, match="later tracetui"):
        incident.edit(typed("x"))
    assert incident.close()
    assert (folder / "postmortem.json").read_bytes() == later


def test_what_a_later_version_wrote_meanwhile_is_not_joined(folder: Path) -> None:
    incident = opened(folder)
    incident.edit(typed("mine"))
    later = (folder / "postmortem.json").read_bytes().replace(b"tracetui.postmortem/1", b"tracetui.postmortem/2")
    (folder / "postmortem.json").write_bytes(later)
    with pytest.raises(StoreError, match="later tracetui"):
        incident.join_theirs()
    assert not incident.close()
    assert (folder / "postmortem.json").read_bytes() == later


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_where_the_document_cannot_be_replaced_the_old_one_stays_and_the_text_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = (folder / "postmortem.json").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    incident = opened(folder)
    with monkeypatch.context() as broken:
        broken.setattr("tracetui.store.incident.write_atomic", fail)
        incident.edit(typed("kept"))
        incident.save()
        assert not incident.flush()
        assert incident.state.why == os.strerror(number)
        assert (folder / "postmortem.json").read_bytes() == before
    assert incident.postmortem.text("lessons.well") == "kept"
    assert incident.close()
    assert on_disk(folder).text("lessons.well") == "kept"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_without_locks_two_editors_still_overwrite_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", fail)
    first, second = opened(folder), opened(folder, "robin")
    assert "no locks" in first.warning
    first.edit(typed("first"))
    first.save()
    assert first.flush()
    second.edit(typed("second", "lessons.lucky"))
    second.save()
    assert not second.flush()
    assert second.changed_by_others
    assert second.join_theirs() == ()
    assert second.close()
    assert (on_disk(folder).text("lessons.well"), on_disk(folder).text("lessons.lucky")) == ("first", "second")
    first.close()


ADDRESSES = ("lessons.well", "lessons.lucky", "impact.users")


@pytest.mark.parametrize("seed", range(100))
def test_two_editors_in_any_order_lose_no_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Without locks, the worst case: edits, saves and joins of two editors in an order made up from the seed. Every
    text that was typed is in the end in the document, was put to a person as a conflict, or was typed over by
    someone who had it on the screen."""
    store = Store(tmp_path, now=lambda: NOW)
    folder = store.folder(store.new(Postmortem()).id)
    monkeypatch.setattr("fcntl.flock", lambda *_: _raise(errno.ENOLCK))
    monkeypatch.setattr(os, "fsync", lambda _: None)
    order = random.Random(seed)
    editors = {name: opened(folder, name) for name in ("dana", "robin")}
    typed_texts: dict[str, str] = {}
    asked: set[str] = set()
    typed_over: set[str] = set()

    def settle(name: str) -> None:
        incident = editors[name]
        incident.save()
        while not incident.flush() and incident.changed_by_others:
            for conflict in incident.join_theirs():
                asked.update((conflict.mine.text, conflict.theirs.text))

    for number in range(12):
        name = order.choice(sorted(editors))
        if order.random() < 0.6:
            address = order.choice(ADDRESSES)
            typed_over.add(editors[name].postmortem.text(address))
            typed_texts[f"{name} {number}"] = address
            editors[name].edit(SetText(address, f"{name} {number}", name, AT))
        else:
            settle(name)
    for name in (*editors, *editors):
        settle(name)
    held = on_disk(folder)
    for text, address in typed_texts.items():
        assert held.text(address) == text or text in asked | typed_over
    for incident in editors.values():
        incident.close()


def _raise(number: int) -> None:
    raise OSError(number, os.strerror(number))


TYPIST = """
import sys, time
from pathlib import Path
from typing import Any
from tracetui.postmortem.edits import SetText
from tracetui.store.incident import Incident

incident = Incident(Path(sys.argv[1]), user="typist")
text = incident.postmortem.text("lessons.well")
count = int(text or 0)
while True:
    count += 1
    incident.edit(SetText("lessons.well", str(count), "typist", incident.stamp()))
    if count % 7 == 0:
        incident.save()
    if count % 3 == 0 and incident.flush():
        print(count, flush=True)
"""


def test_killed_at_any_moment_nothing_that_was_acknowledged_is_lost(folder: Path) -> None:
    """`kill -9` in a loop while typing and saving, at moments that differ from round to round."""
    moments = random.Random(7)
    for _ in range(8):
        typist = subprocess.Popen(
            [sys.executable, "-c", TYPIST, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert typist.stdout is not None
        first = typist.stdout.readline()
        time.sleep(moments.random() / 20)
        typist.send_signal(signal.SIGKILL)
        rest, errors = typist.communicate()
        assert errors == ""
        acknowledged = int((first + rest).splitlines()[-1])
        json.loads((folder / "postmortem.json").read_bytes())
        incident = opened(folder)
        assert int(incident.postmortem.text("lessons.well")) >= acknowledged
        assert incident.close()
        assert not list(folder.glob(".*.tmp-*"))


def test_what_an_earlier_version_wrote_is_kept_beside_before_it_is_written_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = folder / "postmortem.json"
    earlier = document.read_bytes().replace(b"tracetui.postmortem/1", b"tracetui.postmortem/0")
    earlier = earlier.replace(b'"lessons.well"', b'"lessons.went_well"')
    document.write_bytes(earlier)

    def renamed(found: dict[str, Any]) -> dict[str, Any]:
        fields = {at.replace("lessons.went_well", "lessons.well"): entry for at, entry in found["fields"].items()}
        return found | {"fields": fields}

    monkeypatch.setitem(UPGRADES, 0, renamed)
    assert decode(earlier).schema == "tracetui.postmortem/1"
    looked = Store(folder.parent).read(folder.name)
    assert document.read_bytes() == earlier
    incident = opened(folder)
    assert incident.postmortem == looked
    incident.edit(typed("the breaker held"))
    assert incident.close()
    assert (folder / "postmortem.v0.json").read_bytes() == earlier
    assert on_disk(folder).text("lessons.well") == "the breaker held"
    assert b"tracetui.postmortem/1" in document.read_bytes()
    opened(folder).close()
    assert (folder / "postmortem.v0.json").read_bytes() == earlier


def test_where_no_copy_of_an_earlier_version_can_be_kept_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = folder / "postmortem.json"
    document.write_bytes(document.read_bytes().replace(b"tracetui.postmortem/1", b"tracetui.postmortem/0"))
    before = document.read_bytes()

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tracetui.store.incident.write_atomic", full)
    held = opened(folder)
    assert held.read_only == "no copy of the earlier version can be kept: no space left on device"
    assert document.read_bytes() == before
