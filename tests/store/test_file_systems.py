"""A disk that is really full, or really read-only. Only root can mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postmortem.example import NOW, sample_postmortem, sample_trace, sample_triage
from tests.store.test_journal import wait_until
from tracetui.errors import StoreError
from tracetui.postmortem.edits import SetText
from tracetui.store.editing import InMemory, Subject, open_postmortem, settle
from tracetui.store.incident import Incident
from tracetui.store.incidents import Store

AT = "2026-07-01T02:15:00+00:00"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a file system")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    yield place
    while os.path.ismount(place):
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def incident(disk: Path) -> Iterator[Incident]:
    store = Store(disk / "store", now=lambda: NOW)
    held = store.open(store.new(sample_postmortem()).id)
    yield held
    held.close()


def fill(disk: Path) -> Path:
    """Use up what is left; the file that does."""
    hog = disk / "hog"
    with open(hog, "wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    return hog


def test_a_full_disk_is_told_keeps_the_old_file_and_the_text_and_is_left_behind(disk: Path, incident: Incident) -> None:
    before = (incident.folder / "postmortem.json").read_bytes()
    hog = fill(disk)
    incident.edit(SetText("lessons.well", "typed on a full disk " * 500, "dana", AT))
    incident.save()
    wait_until(lambda: incident.state.kind == "failed", "the failure")
    assert incident.state.why == "No space left on device"
    assert (incident.folder / "postmortem.json").read_bytes() == before
    assert incident.postmortem.text("lessons.well").startswith("typed on a full disk")
    hog.unlink()
    incident.save()
    assert incident.flush()
    assert Store(disk / "store").read(incident.id).text("lessons.well").startswith("typed on a full disk")


def test_a_disk_that_turns_read_only_keeps_the_text_until_it_can_be_written(disk: Path, incident: Incident) -> None:
    incident.edit(SetText("lessons.well", "before", "dana", AT))
    incident.save()
    assert incident.flush()
    read_only(disk)
    incident.edit(SetText("lessons.well", "typed meanwhile", "dana", AT))
    incident.save()
    wait_until(lambda: incident.state.kind == "failed", "the failure")
    assert incident.state.why == "Read-only file system"
    writable_again(disk)
    incident.save()
    assert incident.flush()
    assert Store(disk / "store").read(incident.id).text("lessons.well") == "typed meanwhile"


def test_in_a_read_only_store_it_is_said_before_anyone_types_and_another_place_can_be_found(
    disk: Path, tmp_path: Path
) -> None:
    store = Store(disk / "store", now=lambda: NOW)
    known = store.new(sample_postmortem()).id
    read_only(disk)
    trace = sample_trace()
    subject = Subject(trace=trace, session=trace.sessions[0], triage=sample_triage(trace.sessions[0]))
    with pytest.raises(StoreError, match="read-only file system"):
        store.new(sample_postmortem())
    held = store.open(known)
    assert held.read_only == "read-only file system"
    fresh, _ = open_postmortem(Store(disk / "other"), subject)
    assert isinstance(fresh, InMemory)
    assert "read-only file system" in fresh.state.why
    fresh.edit(SetText("lessons.well", "typed", "dana", AT))
    settled = settle(Store(tmp_path / "elsewhere"), fresh.postmortem, subject)
    assert isinstance(settled, Incident)
    assert settled.close()
    assert Store(tmp_path / "elsewhere").read(settled.id).text("lessons.well") == "typed"


def read_only(disk: Path) -> None:
    """A read-only view over the disk: files that are open stay writable, as nothing else can be mounted over them."""
    subprocess.run(["mount", "--bind", str(disk), str(disk)], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(disk)], check=True)


def writable_again(disk: Path) -> None:
    subprocess.run(["umount", "-l", str(disk)], check=True)
