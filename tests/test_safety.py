"""The table of faults and hostile input in docs/safety.md: each row names a test, and the test is there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.shared import REPOSITORY

ROW = re.compile(r"^\| (?P<row>[FVLT]?\d+) \|.*\| `(?P<path>tests/[\w/]+\.py)::(?P<test>\w+)` \|$", re.MULTILINE)
ROWS = [
    *(f"F{n}" for n in range(1, 24)),
    *(f"V{n}" for n in range(1, 7)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"T{n}" for n in range(1, 20)),
    *map(str, range(1, 18)),
]
TABLE = [match.groups() for match in ROW.finditer((REPOSITORY / "docs" / "safety.md").read_text(encoding="utf-8"))]
NEVER_IMPORTED = {"webbrowser", "pickle", "shelve", "marshal", "yaml", "requests", "httpx"}
NEVER_CALLED = {"eval", "exec", "system", "popen"}
SHOWN_MARKDOWN = {"Markdown", "MarkdownViewer"}
WORDS = re.compile(
    rf"\b(?:{'|'.join(NEVER_IMPORTED | SHOWN_MARKDOWN)})\b|\b(?:{'|'.join(NEVER_CALLED)})[\s)]*\(|\bshell\s*="
)
"""A file with none of them need not be parsed."""
OWN_PICKLES = ["apart.py: pickle"]
"""They come through a pipe that a child of this very process alone writes to, never from a file."""


def test_every_row_is_there_once_in_order() -> None:
    assert [row for row, _, _ in TABLE] == ROWS


@pytest.mark.parametrize(("row", "path", "test"), TABLE, ids=[row for row, _, _ in TABLE])
def test_the_test_that_a_row_names_is_there(row: str, path: str, test: str) -> None:
    assert test in functions_of(path)


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_nothing_in_the_program_opens_an_address_runs_a_shell_or_unpickles() -> None:
    found = []
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "src").rglob("*.py"))}
    for path in (path for path, text in texts.items() if WORDS.search(text)):
        for node in ast.walk(ast.parse(texts[path])):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name.split(".")[0] for alias in node.names if alias.name.split(".")[0] in NEVER_IMPORTED]
            elif isinstance(node, ast.ImportFrom):
                names = [name for name in [(node.module or "").split(".")[0]] if name in NEVER_IMPORTED]
                names += [alias.name for alias in node.names if alias.name in SHOWN_MARKDOWN]
            elif isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                builtin = isinstance(node.func, ast.Name) or called in ("system", "popen")
                names = [called] if called in NEVER_CALLED and builtin else []
                names += [word.arg for word in node.keywords if word.arg == "shell"]
            found += [f"{path.name}: {name}" for name in names]
    assert found == OWN_PICKLES
