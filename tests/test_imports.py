"""No command but the app loads what only the app needs: start-up time, and a machine without a screen."""

from __future__ import annotations

import subprocess
import sys

from tests.shared import SAMPLES
from tracetui.cli import COMMANDS

HEAVY = {
    "textual",
    "rich",
    "pygments",
    "markdown_it",
    "sqlite3",
    "zstandard",
    "http",
    "urllib.request",
    "socket",
    "ssl",
    "asyncio",
}
FOR_HELP = {"argparse", "json", "msgspec", "typing", "dataclasses", "tracetui.model", "tracetui.commands"}
INCIDENT = str(SAMPLES / "incident_content.jsonl")
GOOD = str(SAMPLES / "good_same_customer.jsonl")
COMMAND_LINES = {
    "triage": ["triage", INCIDENT, "--json"],
    "steps": ["steps", INCIDENT],
    "context": ["context", INCIDENT, "--step", "3"],
    "formats": ["formats"],
    "diff": ["diff", INCIDENT, GOOD, "--json"],
    "baseline": ["triage", INCIDENT, "--baseline", GOOD],
    "incidents": ["incidents", "--store", "/nowhere"],
    "stats": ["stats", "--store", "/nowhere", "--json"],
    "actions": ["actions", "--store", "/nowhere"],
    "provenance": ["provenance", INCIDENT, "--step", "4", "--value", "ord_555"],
}
_PROGRAM = """
import os, sys
sys.stdout = open(os.devnull, "w")
from tracetui.cli import main
for words in sys.argv[1:]:
    try:
        code = main(words.split("\\n"))
    except SystemExit as ended:
        code = ended.code
    assert code in (0, 1, None), (words, code)
    print(*sys.modules, file=sys.__stdout__)
"""


def modules_loaded(*lines: list[str]) -> list[set[str]]:
    """Names of all modules, and of their packages, that are loaded after each of some commands, run in one process: what
    one of them loads is there after all that follow."""
    words = ["\n".join(line) for line in lines]
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, check=True)
    return [with_packages(names.split()) for names in done.stdout.splitlines()]


def with_packages(names: list[str]) -> set[str]:
    return {".".join(parts[:n]) for name in names for parts in [name.split(".")] for n in range(1, len(parts) + 1)}


def test_no_headless_command_loads_a_screen_or_the_network() -> None:
    loads = dict(zip(COMMAND_LINES, modules_loaded(*COMMAND_LINES.values()), strict=True))
    assert "tracetui.model" in loads["triage"]
    assert {command: loaded & HEAVY for command, loaded in loads.items() if loaded & HEAVY} == {}
    assert not {name for loaded in loads.values() for name in loaded if name.startswith("tracetui.ui")}


def test_help_loads_next_to_nothing() -> None:
    for loaded in modules_loaded(["--version"], ["--help"]):
        assert not loaded & (HEAVY | FOR_HELP)


def test_the_help_of_no_command_loads_a_screen() -> None:
    loads = dict(zip(COMMANDS, modules_loaded(*([command, "--help"] for command in COMMANDS)), strict=True))
    assert {command: loaded & HEAVY for command, loaded in loads.items() if loaded & HEAVY} == {}


def test_the_first_page_needs_the_standard_library_alone() -> None:
    program = "import sys, tracetui.commands.open, tracetui.ui.early.first_page; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (
        HEAVY | {"msgspec", "dataclasses", "subprocess", "pathlib", "hashlib", "platformdirs", "tracetui.model"}
    )


_APP = """
import asyncio, sys
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.debugger import DebuggerScreen

async def opened():
    app = TracetuiApp(sys.argv[1], store_root="/nowhere")
    async with app.run_test():
        while not (isinstance(app.screen, DebuggerScreen) and app.screen.opened.triage):
            await asyncio.sleep(0.02)
        print(*sys.modules)

asyncio.run(opened())
"""


_LINES = """
import asyncio, sys
from tracetui.ui import asked
from tracetui.ui.app import TracetuiApp
from tracetui.ui.screens.lines import LinesScreen
asked.paged_format = lambda path, **_: "session-trace"

async def opened():
    app = TracetuiApp(sys.argv[1])
    async with app.run_test():
        while not (isinstance(app.screen, LinesScreen) and app.screen._surveying.is_complete):
            await asyncio.sleep(0.02)
        print(*sys.modules)

asyncio.run(opened())
"""


def test_the_lines_of_a_large_file_need_no_analysis() -> None:
    done = subprocess.run([sys.executable, "-c", _LINES, INCIDENT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "tracetui.ui.line_facts" in loaded
    assert not loaded & {"pygments", "markdown_it", "sqlite3", "http", "rapidfuzz", "aiohttp", "tomllib"}
    assert not loaded & {"tracetui.analysis.triage", "tracetui.analysis.provenance", "tracetui.ui.screens.debugger"}


def test_the_open_app_loads_nothing_that_its_first_screen_does_not_need() -> None:
    done = subprocess.run([sys.executable, "-c", _APP, INCIDENT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "tracetui.analysis.triage" in loaded
    assert not loaded & {"pygments", "markdown_it", "sqlite3", "zstandard", "http", "rapidfuzz", "aiohttp"}
    assert not {
        name for name in loaded if name.startswith(("tracetui.store.inc", "tracetui.tour.", "tracetui.export."))
    }
