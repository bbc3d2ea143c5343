"""What is known of a file before it is read: a change meanwhile is noticed by it."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from tracetui.ingest.stamp import snapshot, stamp
from tracetui.samples import INCIDENT, sample_path
from tracetui.ui.loading import load


def test_a_file_a_file_of_a_folder_and_a_member_are_known_as_they_were_before(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    one, packed = folder / "a.jsonl", tmp_path / "runs.zip"
    shutil.copy(sample_path(INCIDENT), one)
    shutil.copy(one, folder / "b.jsonl")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(one, "a.jsonl")
        archive.write(one, "b.jsonl")
    found = [load(str(path)) for path in (one, folder, packed, f"{packed}!b.jsonl")]
    for loaded, file in zip(found, (one, one, packed, packed), strict=True):
        path = loaded.traces[0].path
        assert loaded.source_bytes.seen(path) == stamp(str(file)) == snapshot(path).own
    assert found[0].source_bytes.seen("<stdin>") is None
