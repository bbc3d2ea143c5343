"""The pictures of README.md and docs/, made from the sample incident: `python benchmarks/screenshots.py [FOLDER]`.

Each is an SVG that the app itself exports; those of long prompts are of public runs in `tests/recorded`. Prints one JSON
line a picture. `--check` writes none: it names those whose text is no longer what the app shows, and ends with 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ |= {"TRACETUI_ASCII": "0", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
for _name in ("NO_COLOR", "TMUX", "STY"):
    os.environ.pop(_name, None)

from tests.ui.quiet import wait_for_quiet  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from tracetui.ui.app import TracetuiApp  # noqa: E402
from tracetui.ui.screens.debugger import DebuggerScreen  # noqa: E402

WAIT_SECONDS = 30.0
REST_SECONDS = 0.15
"""Longer than a cursor must rest before the words of its step are shown."""


class Picture(NamedTuple):
    name: str
    trace: str
    size: tuple[int, int]
    keys: Sequence[str]


LONG = "tests/recorded/claude_code/37f83ec9-f2ea-42a9-925e-0d5c105cb6e8.jsonl.gz"
HIDDEN_EDIT = "tests/recorded/claude_code/326189cf-5676-4237-8cde-1ce80aae4a9f.jsonl.gz"
REWRITTEN = "tests/recorded/swe_agent/marshmallow-1867.traj.gz"
PICTURES = (
    Picture("debugger", "sample_traces/incident_content.jsonl", (120, 36), ("o",)),
    Picture("narrow", "sample_traces/incident_content.jsonl", (80, 24), ()),
    Picture("context", "sample_traces/incident_content.jsonl", (120, 36), ("5", "G", "c", "tab", "}")),
    Picture("diff", "sample_traces/incident_content.jsonl", (120, 36), ("d", "enter")),
    Picture("walk", "sample_traces/incident_content.jsonl", (100, 30), ("w", "3")),
    Picture("context-long", LONG, (120, 40), ("2", "1", "2", "G", "c", "tab")),
    Picture("context-long-narrow", LONG, (80, 24), ("2", "1", "2", "G", "c", "}")),
    Picture("prompts", REWRITTEN, (120, 40), ("2", "7", "G", "c", "C", "n")),
    Picture("prompts-narrow", REWRITTEN, (80, 24), ("2", "7", "G", "c", "C", "n")),
    Picture("hidden-edit", HIDDEN_EDIT, (120, 40), ("1", "7", "G", "c", "tab")),
    Picture("light", "sample_traces/incident_content.jsonl", (120, 36), ("T", "o")),
)


async def until(condition: Callable[[], object], what: str) -> None:
    for _ in range(int(WAIT_SECONDS / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(what)


async def take(picture: Picture, folder: Path) -> Path:
    """Open the trace, press the keys, and write what is on the screen."""
    app = TracetuiApp(picture.trace)
    async with app.run_test(size=picture.size) as pilot:
        await until(lambda: isinstance(app.screen, DebuggerScreen) and app.screen.opened.triage, "the verdict")
        await _settled(pilot)
        for key in picture.keys:
            await pilot.press(key)
            await _settled(pilot)
        path = folder / f"{picture.name}.svg"
        path.write_text(app.export_screenshot(title="tracetui"), encoding="utf-8")
    return path


async def _settled(pilot: Pilot[int]) -> None:
    """Until nothing is left to do, and what came of it is painted."""
    await wait_for_quiet(REST_SECONDS, WAIT_SECONDS)
    await pilot.pause()


def shown_text(svg: str) -> list[str]:
    """What a picture says, without its colours and the names that each export makes up."""
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def drifted(picture: Picture) -> bool:
    """Whether the picture in docs/ shows something else than the app does now."""
    kept = ROOT / "docs" / "screens" / f"{picture.name}.svg"
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(take(picture, Path(folder))).read_text(encoding="utf-8")
    return not kept.exists() or shown_text(kept.read_text(encoding="utf-8")) != shown_text(made)


def main() -> int:
    os.chdir(ROOT)
    if sys.argv[1:2] == ["--check"]:
        old = [picture.name for picture in PICTURES if drifted(picture)]
        print(json.dumps({"pictures": len(PICTURES), "out_of_date": old}))
        return 1 if old else 0
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        path = asyncio.run(take(picture, folder))
        print(json.dumps({"picture": picture.name, "bytes": path.stat().st_size, "size": picture.size}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
