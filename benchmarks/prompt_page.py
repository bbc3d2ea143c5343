"""What a long prompt costs on the screen, beside a short one: `python benchmarks/prompt_page.py [MEGABYTES]` (2).

Makes both prompts (chats of messages like those of agents: prose, code, JSON), opens the context page of the last step in
120x40 and prints JSON: CPU milliseconds to open the page (in the background: the keys stay free), of that the scan for hidden
content; to count the hits of a search; a key each of moving, paging, the next change and folding.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from tracetui.context import prompt_at
from tracetui.ui.app import TracetuiApp
from tracetui.ui.pages.context import context_page
from tracetui.ui.pages.hidden_lines import passages_of
from tracetui.ui.screens.debugger import DebuggerScreen

SHORT_CHARACTERS = 20_000
MESSAGE_CHARACTERS = 8_000
KEYS = (
    ("next line", "j", 60),
    ("half a page", "ctrl+d", 40),
    ("next change", "right_curly_bracket", 20),
    ("fold", "z", 4),
)
_PROSE = "The customer asked whether order ord_4711 has left the warehouse, and for the amount of $1,240.50 back. "
_CODE = "    for item in orders:\n        if item.total > limit:\n            raise LimitError(item.id)\n"
_JSON = '{"id": "ord_4711", "items": [{"sku": "LMP-20", "quantity": 12}], "total_usd": 1840.0}\n'


def chat(characters: int) -> list[dict[str, str]]:
    """Messages of that many characters together, the roles in turn, and an answer."""
    kinds = (("user", _PROSE), ("assistant", _CODE), ("tool", _JSON))
    messages = [
        {"role": role, "content": f"{at} " + text * (MESSAGE_CHARACTERS // len(text))}
        for at in range(max(characters // MESSAGE_CHARACTERS, 1))
        for role, text in (kinds[at % len(kinds)],)
    ]
    return [*messages, {"role": "user", "content": "What is the needle?"}, {"role": "assistant", "content": "done"}]


async def measure(path: Path) -> dict[str, object]:
    app = TracetuiApp(str(path))
    async with app.run_test(size=(120, 40)):
        while not isinstance(app.screen, DebuggerScreen) or app.screen.opened.triage is None:
            await asyncio.sleep(0.02)
        screen = app.screen
        screen.steps.action_last()
        await asyncio.sleep(0.3)
        opened, step = screen.opened, screen.steps.step or 0
        prompt = prompt_at(opened.session, step)
        pages, scans = (
            _ms(lambda: context_page(opened, step)),
            _ms(lambda: [passages_of(m.message) for m in prompt.messages]),
        )
        screen.detail.turn_to("context")
        screen.action_open_step()
        while not screen.detail.is_shown():
            await asyncio.sleep(0.005)
        pane = screen.detail.pane
        return {
            "characters": sum(len(line.text) for line in pane.document.lines),
            "messages": len(prompt.messages),
            "open_page_ms": pages,
            "of_which_hidden_scan_ms": scans,
            "lay_out_ms": _ms(lambda: pane.show(pane.document)),
            "count_hits_ms": _ms(lambda: pane.search("needle")),
            "ms_per_key": {name: await _key_ms(app, key, times) for name, key, times in KEYS},
        }


def _ms(work: Callable[[], object]) -> float:
    """CPU milliseconds, the best of three."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return round(min(found), 1)


async def _key_ms(app: TracetuiApp, key: str, times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        app.simulate_key(key)
        await asyncio.sleep(0.02)
    return round((time.process_time() - start) * 1000 / times, 2)


def main() -> None:
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, characters in (("short", SHORT_CHARACTERS), ("long", int(megabytes * 1_000_000))):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps({"messages": chat(characters)}))
            found[name] = asyncio.run(measure(path))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
