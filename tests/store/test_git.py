"""A store in git: two branches, one incident."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.errors import StoreError
from tracetui.postmortem.checklist import blockers
from tracetui.postmortem.document import Entry
from tracetui.postmortem.edits import AddPin, Edit, SetText
from tracetui.store.incidents import Store

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
AT = "2026-07-01T02:15:00+00:00"


DRIVER = f"{sys.executable} -m tracetui postmortem merge-driver %O %A %B"


def git(root: Path, *arguments: str, fails: bool = False) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", now=lambda: NOW)
    store.new(sample_postmortem())
    git(store.root, "init")
    git(store.root, "add", ".")
    git(store.root, "commit", "-m", "base")
    return store


def written(store: Store, branch: str, *edits: Edit) -> None:
    """A branch of its own from the first commit, with edits."""
    git(store.root, "checkout", "-q", "-b", branch, "main")
    incident = store.open(store.ids()[0])
    for edit in edits:
        incident.edit(edit)
    assert incident.close()
    git(store.root, "add", ".")
    git(store.root, "commit", "-m", branch)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("lessons.well", "lessons.wrong"),
        ("lessons.lucky", "lessons.surprised"),
        ("detection.gap", "detection.detected_by"),
        ("identity.title", "lessons.well"),
        ("classification.severity", "classification.taxonomy"),
        ("actions/r1/text", "whys/r1/why"),
        ("layers/acceptance/how", "cascade/step-4/what"),
    ],
)
def test_two_branches_that_edit_different_values_merge_without_a_conflict(store: Store, mine: str, theirs: str) -> None:
    written(store, "dana", SetText(mine, "what dana wrote", "dana", AT))
    written(store, "robin", SetText(theirs, "what robin wrote", "robin", AT))
    git(store.root, "merge", "dana", "-m", "both")
    held = store.read(store.ids()[0])
    assert (held.text(mine), held.entry(mine).by) == ("what dana wrote", "dana")
    assert (held.text(theirs), held.entry(theirs).by) == ("what robin wrote", "robin")


def with_driver(store: Store) -> None:
    """As docs/store-in-git.md says."""
    git(store.root, "config", "merge.tracetui.driver", DRIVER)


def test_rows_that_two_branches_add_to_one_table_all_stay(store: Store) -> None:
    with_driver(store)
    pin = sample_postmortem().pins[0]
    for who in ("dana", "robin"):
        mine = AddPin(replace(pin, id=f"mark-{who}", note=Entry(text=f"seen by {who}", by=who, at=AT)))
        rows = [SetText(f"{table}/r1-{who}/{at}", who, who, AT) for table, at in (("actions", "text"), ("whys", "why"))]
        written(store, who, *rows, mine)
    assert "CONFLICT" not in git(store.root, "merge", "dana", "-m", "both")
    held = store.read(store.ids()[0])
    assert {row.text("text") for row in held.rows("actions")} == {"dana", "robin"}
    assert {row.text("why") for row in held.rows("whys")} == {"dana", "robin"}
    assert {pin.note.text for pin in held.pins} >= {"seen by dana", "seen by robin"}
    assert held.undecided == ()


def test_two_changes_of_one_row_stop_the_merge_and_both_are_kept_until_someone_chooses(store: Store) -> None:
    with_driver(store)
    written(store, "common", SetText("actions/r1/text", "old", "sam", AT))
    git(store.root, "branch", "-f", "main", "common")
    written(
        store, "dana", SetText("actions/r1/text", "reject it", "dana", AT), SetText("lessons.well", "x", "dana", AT)
    )
    written(store, "robin", SetText("actions/r1/text", "refund it", "robin", AT))
    said = git(store.root, "merge", "dana", fails=True)
    assert "CONFLICT" in said
    assert "actions/r1/text: robin and dana changed it" in said
    held = store.read(store.ids()[0])
    assert held.text("lessons.well") == "x"
    (undecided,) = held.undecided
    assert (undecided.mine.text, undecided.theirs.text) == ("refund it", "reject it")
    assert any(blocker.address == "actions/r1/text" for blocker in blockers(held))
    history = store.open(store.ids()[0]).history
    assert {(version.text, version.replaced_by) for version in history} == {("old", "dana"), ("old", "robin")}


def test_without_the_driver_a_row_added_twice_stops_the_merge_and_is_joined_once_git_knows_it(store: Store) -> None:
    for who in ("dana", "robin"):
        written(store, who, SetText(f"actions/r1-{who}/text", who, who, AT))
    assert "CONFLICT" in git(store.root, "merge", "dana", fails=True)
    document = f"{store.ids()[0]}/postmortem.json"
    with pytest.raises(StoreError, match="git merge stopped"):
        store.read(store.ids()[0])
    with_driver(store)
    git(store.root, "checkout", "--merge", "--", document)
    assert {row.text("text") for row in store.read(store.ids()[0]).rows("actions")} == {"dana", "robin"}


def test_a_review_shows_the_changed_value_and_who_changed_it(store: Store) -> None:
    written(store, "dana", SetText("lessons.well", "the breaker held", "dana", AT))
    changed = [line for line in git(store.root, "diff", "main", "dana", "-U0").splitlines() if line[:1] in "+-"]
    assert [line for line in changed if line[:2] not in ("++", "--")] == [
        '-   "text": ""',
        f'+   "at": "{AT}",',
        '+   "by": "dana",',
        '+   "text": "the breaker held"',
    ]


def test_nothing_that_is_only_of_this_moment_is_committed(store: Store) -> None:
    written(store, "dana", SetText("lessons.well", "x", "dana", AT))
    assert git(store.root, "diff", "--name-only", "main", "dana").split() == [f"{store.ids()[0]}/postmortem.json"]
