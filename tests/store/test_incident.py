from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.errors import StoreError
from tracetui.postmortem.document import Entry, Postmortem, decode, encode
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


TYPIST = """
import sys, time
from pathlib import Path
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
