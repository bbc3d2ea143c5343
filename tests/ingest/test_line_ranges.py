"""The child processes that go through a file, when they are killed or cannot be had."""

from __future__ import annotations

import errno
import json
import os
import signal
from pathlib import Path

import pytest

from tracetui.errors import UnreadableSourceError
from tracetui.ingest import line_ranges, range_child
from tracetui.ingest.line_file import LineFile
from tracetui.ingest.surveyors import surveyed

ROWS = [{"session_id": "s", "type": "tool_call", "step": at} for at in range(40)]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LineFile:
    monkeypatch.setattr(line_ranges, "_INLINE_BYTES", 0)
    monkeypatch.setattr(line_ranges, "CHILDREN", 1)
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    found = LineFile(str(path))
    found.take(found.read_on(1 << 20))
    return found


class KilledAtFirst(range_child.RangeChild[object]):
    """By the kernel, for want of memory."""

    times = 1

    def ask(self, start: int, end: int, looked_at: bytes | None = None) -> object:
        if type(self).times:
            type(self).times -= 1
            os.kill(self._process.pid, signal.SIGKILL)
        return super().ask(start, end, looked_at)


@pytest.mark.parametrize("times", [1, 2])
def test_a_process_that_is_killed_once_is_made_again(
    file: LineFile, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(KilledAtFirst, "times", times)
    monkeypatch.setattr(line_ranges, "RangeChild", KilledAtFirst)
    if times == 1:
        assert len(surveyed(file)) == 40
    else:
        with pytest.raises(UnreadableSourceError, match="ended early, 2 times"):
            surveyed(file)


def test_where_there_can_be_no_process_it_is_done_in_this_one(file: LineFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen", refused)
    assert len(surveyed(file)) == 40
