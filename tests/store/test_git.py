"""A store in git: two branches, one incident."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.postmortem.example import NOW, sample_postmortem
from tracetui.postmortem.edits import Edit, SetText
from tracetui.store.incidents import Store

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
AT = "2026-07-01T02:15:00+00:00"


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
