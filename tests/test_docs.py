"""What the documentation shows is what the program does: blocks between `<!-- generated: … -->` marks are made here.

`TRACETUI_UPDATE=1 python -m pytest tests/test_docs.py` writes them anew.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run
from tests.shared import REPOSITORY, sample_files
from tracetui.analysis.rules import rules_page
from tracetui.cli import COMMANDS
from tracetui.ingest.glances import OWN, look_at
from tracetui.ingest.open import open_trace
from tracetui.ingest.otel.dialects import DIALECTS
from tracetui.ingest.paging import paged_format
from tracetui.ingest.registry import FORMATS, Format

PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "benchmarks" / "README.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"<!-- generated: (?P<what>.*?) -->\n(?P<content>.*?)<!-- /generated -->", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_generated_blocks_are_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    current = BLOCK.sub(
        lambda block: f"<!-- generated: {block['what']} -->\n{made(block['what'])}<!-- /generated -->", text
    )
    if os.environ.get("TRACETUI_UPDATE"):
        page.write_text(current, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == current, "TRACETUI_UPDATE=1 writes the block anew"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readme_has_exactly_two_commands_to_set_up() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") and command.count("\n") == 1 for command in commands)
    assert commands[0].rstrip().endswith(".venv/bin/tracetui demo")
    assert len(re.findall(r"^python3 -m venv .* pytest( |$)", readme, re.MULTILINE)) == 1, "as .ci/run looks for it"


def test_every_command_is_named_in_the_pages() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert all(f"tracetui {name}" in text for name in COMMANDS if name != "open")


@pytest.mark.parametrize(
    "words",
    [
        ["triage", "--json", "sample_traces/incident_content.jsonl"],
        ["triage", "--json", "sample_traces/incident.jsonl"],
        ["steps", "--json", "sample_traces/incident_content.jsonl"],
        ["context", "--json", "--all", "sample_traces/incident_content.jsonl"],
        ["provenance", "--json", "--step", "4", "--value", "ord_555", "sample_traces/incident_content.jsonl"],
        ["diff", "--json", "sample_traces/incident_content.jsonl", "sample_traces/good_other_customer.jsonl"],
        ["triage", "--json", "sample_traces/incident.jsonl", "--baseline", "sample_traces/good_same_customer.jsonl"],
        ["formats", "--json"],
    ],
    ids=lambda words: words[0],
)
def test_every_key_of_a_document_is_described(words: list[str]) -> None:
    described = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`", headless()))))
    for document in run(*words).documents:
        assert set(keys_of(document)) <= described


def headless() -> str:
    """The page without what is generated: an example describes nothing."""
    return BLOCK.sub("", (REPOSITORY / "docs" / "headless.md").read_text(encoding="utf-8"))


def keys_of(value: Any) -> Iterator[str]:
    """Keys of the contract; what a trace itself holds has keys of its own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in ("arguments", "result", "response", "attributes", "parameters", "content", "roles"):
                yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def made(what: str) -> str:
    kind, _, rest = what.partition(" ")
    return {
        "help": help_block,
        "formats": formats_table,
        "format-names": format_names,
        "format-pages": format_sections,
        "flags": lambda _: rules_page(),
        "keys": keys_table,
        "key-ids": key_ids,
        "output": output_block,
        "json": json_block,
        "benchmarks": benchmarks_table,
        "remedies": remedies_table,
        "exports": exports_table,
    }[kind](rest)


def help_block(command: str) -> str:
    shown = run(command, "--help") if command else run("--help")
    return fenced(shown.out, "text")


def output_block(words: str) -> str:
    return fenced(f"$ tracetui {words}\n{run(*shlex.split(words)).out.rstrip()}\n", "console")


def json_block(words: str) -> str:
    """A document laid out for reading; `# 2` after the words picks the second."""
    words, _, position = words.partition(" # ")
    document = run(*shlex.split(words)).documents[int(position or 1) - 1]
    return f"`tracetui {words}` prints on one line:\n\n{fenced(laid_out(document), 'json')}"


def formats_table(_: str) -> str:
    rows = [f"| `{known.NAME}` | {known.TITLE} | {known.RULE} | {known.KEEPS} |\n" for known in FORMATS.values()]
    return "| name | format | recognised by | prompts |\n| --- | --- | --- | --- |\n" + "".join(rows)


def format_names(_: str) -> str:
    """What is read, on a few lines."""
    names = [known.TITLE for known in FORMATS.values() if known.NAME != "raw"]
    told = f"{len(names)} formats: {', '.join(names)}."
    return "\n".join(textwrap.wrap(told, 118, break_long_words=False, break_on_hyphens=False)) + "\n"


def format_sections(_: str) -> str:
    """A section for each format: what it is, and what the registry says of it."""
    taken_for = {path: open_trace(str(path)).format for path in sample_files()}
    return "\n".join(
        format_section(known, [path for path, name in taken_for.items() if name == known.NAME])
        for known in FORMATS.values()
    )


def format_section(known: Format, samples: list[Path]) -> str:
    rows = [("recognised by", known.RULE), ("kept", known.KEEPS), ("not kept", known.LOSES), ("export", known.EXPORT)]
    rows += [("large files", large_files(known.NAME, samples))]
    rows += [("samples", ", ".join(f"`{path.name}`" for path in samples))] if samples else []
    table = "".join(f"| {what} | {said} |\n" for what, said in rows)
    return f"### `{known.NAME}`: {known.TITLE}\n\n| | |\n| --- | --- |\n{table}"


def large_files(name: str, samples: list[Path]) -> str:
    """How a large file of a format opens, told by its table of lines and its samples."""
    data = [path.read_bytes() for path in samples]
    lines = [held for path, held in zip(samples, data, strict=True) if paged_format(str(path), at_least=0) == name]
    told = []
    if lines or name == "raw" or name.replace("-", "_") in OWN:
        looks = [look_at(name, line) for held in lines or map(its_lines, data) for line in held.splitlines()]
        named = any(look is not None and look.session for look in looks)
        told.append(
            "lines by place, the session of one gathered" if named else "lines by place, what is around one read"
        )
    if any(held[:1] in (b"{", b"[") and held not in lines for held in data):
        told.append("a document by its sessions where it is a list of them, else whole")
    told += ["an archive by its samples"] if name == "inspect-log" else []
    return "; ".join(told) or "whole"


def its_lines(document: bytes) -> bytes:
    """A document, and the items of the list that it is or holds, one a line."""
    try:
        held = json.loads(document)
    except ValueError:
        return b""
    items = (
        held
        if isinstance(held, list)
        else [item for inner in held.values() if isinstance(inner, list) for item in inner]
    )
    return "\n".join(json.dumps(value) for value in (held, *items)).encode()


def keys_table(_: str) -> str:
    """The keys of the debugger, from its bindings."""
    from textual.binding import Binding

    from tracetui.ui.key_names import key_name
    from tracetui.ui.screens.debugger import DebuggerScreen
    from tracetui.ui.widgets.step_list import StepList

    rows = []
    for binding in (*StepList.BINDINGS, *DebuggerScreen.BINDINGS):
        assert isinstance(binding, Binding)
        if binding.tooltip:
            keys = " ".join(f"`{key_name(key)}`" for key in binding.key.split(","))
            rows.append(f"| {keys} | {binding.tooltip} |\n")
    return "| keys | what they do |\n| --- | --- |\n" + "".join(rows)


def key_ids(_: str) -> str:
    """Every binding with its id, by the screen or part that it works in."""
    from tracetui.ui.key_names import key_name
    from tracetui.ui.key_scopes import bindings_by_id

    parts: dict[str, list[str]] = {}
    for name, (owner, binding) in bindings_by_id().items():
        place = " ".join(re.findall("[A-Z][a-z]*", owner.__name__.removesuffix("Screen"))).lower()
        keys = " ".join(f"`{key_name(key)}`" for key in binding.key.split(","))
        told = (binding.tooltip or binding.description).replace("|", "or")
        parts.setdefault(place, []).append(f"| {keys} | `{name}` | {told} |\n")
    head = "| keys | id | what it does |\n| --- | --- | --- |\n"
    return "\n".join(f"### {place}\n\n{head}{''.join(rows)}" for place, rows in sorted(parts.items()))


def remedies_table(_: str) -> str:
    """For each convention of spans the setting that makes a program record its messages."""
    rows = [f"| {dialect.name} | {dialect.remedy} |\n" for dialect in DIALECTS if dialect.remedy]
    return "| convention | setting |\n| --- | --- |\n" + "".join(rows)


def exports_table(_: str) -> str:
    """For each format how to get it, and what it tells of prompts."""
    rows = [
        f"| {known.TITLE} | {known.EXPORT} | {known.KEEPS} |\n" for known in FORMATS.values() if known.NAME != "raw"
    ]
    return "| format | how to get it | prompts |\n| --- | --- | --- |\n" + "".join(rows)


def benchmarks_table(_: str) -> str:
    """Each program of the folder with the first sentence of its docstring; modules that others import are left out."""
    rows = []
    for program in sorted((REPOSITORY / "benchmarks").glob("*.py")):
        source = program.read_text(encoding="utf-8")
        if "__main__" in source:
            told = " ".join((ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0].split())
            rows.append(f"| `python benchmarks/{program.name}` | {told} |\n")
    return "| command | what it measures |\n| --- | --- |\n" + "".join(rows)


def laid_out(value: Any, indent: str = "") -> str:
    """JSON in which whatever fits on a line stands on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= 110 or not isinstance(value, (dict, list)) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(key)}: {laid_out(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + laid_out(item, inner) for item in value) + f"\n{indent}]"


def fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"
