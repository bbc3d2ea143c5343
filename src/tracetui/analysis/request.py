"""What a request in a tool's arguments does: an HTTP method, a statement of SQL, a shell command, a program's text."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import Any, Literal

import msgspec

from tracetui.analysis.findings import Reversibility

ActionEffect = Literal["read", "write", "unknown"]


class Request(msgspec.Struct, frozen=True):
    """What one request does, as its own text shows it."""

    effect: ActionEffect
    reversibility: Reversibility
    why: str
    undo: str = ""
    target: str = ""


class ShellCommand(msgspec.Struct, frozen=True):
    """One line of what is known of shell commands."""

    pattern: str
    """Regular expression for the start of a simple command."""
    reversibility: Reversibility
    why: str
    effect: ActionEffect = "write"
    undo: str = ""


class ShellWords(msgspec.Struct, frozen=True):
    """Names of tools that take shell commands, and of commands by what they do; words apart by white space."""

    tools: str
    reads: str
    writes: str
    installers: str
    runners: str
    command: list[ShellCommand]


class CodeWords(msgspec.Struct, frozen=True):
    """Names of tools that run programs, and the calls (a regular expression) by which a program acts outside itself."""

    tools: str
    acts: str


_COMMAND_KEYS = ("command", "cmd", "script", "code", "input", "commands")
_SQL_KEYS = ("sql", "query", "statement", "command")
_MAY_ASK = frozenset((*_SQL_KEYS, "method", "http_method"))
"""Arguments by one of which a tool that runs no commands has to be asked, if its arguments are a request."""
_SQL_TOOL = re.compile(r"sql|quer(y|ies)|database|\bdb\b|bigquery|snowflake", re.IGNORECASE)
_SQL = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*"
    r"(select|with|show|explain|describe|pragma|insert|update|merge|replace|delete|drop|truncate|alter|create|grant|revoke)\b",
    re.IGNORECASE,
)
_SQL_CHANGE = re.compile(
    r"\b(insert\s+into|update\s+\S+\s+set|delete\s+from|drop\s+table|truncate\s+table)\b", re.IGNORECASE
)
_SQL_TABLE = re.compile(
    r"\b(?:from|into|table|update|view|index|database|schema)\s+(?!if\b|set\b)([\w.\"`]+)", re.IGNORECASE
)
_SQL_READS = frozenset(("select", "with", "show", "explain", "describe", "pragma"))
_SQL_LOSSES = frozenset(("delete", "drop", "truncate", "alter", "revoke"))
_REDIRECT = re.compile(r"(?<![0-9&<])>>?\s*([^\s&]+)")
_SEVERITY = {"reversible": 0, "external": 1, "unknown": 2, "irreversible": 3}


def request_of(tool: str, arguments: Any, shell: ShellWords, code: CodeWords) -> Request | None:
    """The request that the arguments spell out; None where they are not one."""
    bare = _bare(tool)
    runs = _words(shell.tools), _words(code.tools)
    values = arguments if isinstance(arguments, dict) else {"command": arguments}
    if bare not in runs[0] and bare not in runs[1] and _MAY_ASK.isdisjoint(values):
        return None
    if bare in runs[0] and (command := _text_under(values, _COMMAND_KEYS)) is not None:
        return shell_request(command, shell)
    if bare in runs[1] and (program := _text_under(values, _COMMAND_KEYS)) is not None:
        return code_request(program, code)
    method = values.get("method") or values.get("http_method")
    if isinstance(method, str) and (found := http_request(method, str(values.get("url") or values.get("path") or ""))):
        return found
    statement = _text_under(values, _statement_keys(bare))
    return None if statement is None else sql_request(statement)


@lru_cache(maxsize=4096)
def _bare(tool: str) -> str:
    return tool.rsplit("__", 1)[-1].lower()


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def _statement_keys(tool: str) -> tuple[str, ...]:
    """The arguments that may hold a statement of SQL."""
    return _SQL_KEYS if _SQL_TOOL.search(tool) else ("sql",)


def http_request(method: str, url: str) -> Request | None:
    """What an HTTP method does; None for a word that is none."""
    name = method.strip().upper()
    if name in ("GET", "HEAD", "OPTIONS"):
        return Request("read", "reversible", f"HTTP {name} reads", target=url)
    if name == "DELETE":
        return Request("write", "irreversible", "HTTP DELETE", "restore from a backup, or create it anew", url)
    if name in ("POST", "PUT", "PATCH"):
        undo = "delete what was created" if name == "POST" else "set it back to the value it had before"
        return Request("write", "external", f"HTTP {name} changes things", undo, url)
    return None


def sql_request(text: str) -> Request | None:
    """What a statement of SQL does; None where the text is none."""
    found = _SQL.match(text)
    if found is None:
        return None
    word = found[1].lower()
    change = _SQL_CHANGE.search(text)
    if word in _SQL_READS and change is not None:
        word = change[1].split()[0].lower()
    table = _SQL_TABLE.search(text, change.start() if change else 0)
    target = table[1].strip('"`') if table else ""
    if word in _SQL_READS:
        return Request("read", "reversible", f"SQL {word.upper()} reads", target=target)
    if word in _SQL_LOSSES:
        return Request(
            "write", "irreversible", f"SQL {word.upper()} loses what was there", "restore from a backup", target
        )
    return Request(
        "write", "external", f"SQL {word.upper()} changes data", "set it back from a log or a backup", target
    )


def code_request(program: str, words: CodeWords) -> Request:
    """What a program's text does: it computes, unless it calls out or changes files."""
    if found := re.search(words.acts, program):
        return Request("unknown", "unknown", f"the program calls {found[0].strip()}", target=found[0].strip())
    return Request("read", "reversible", "the program computes; nothing in it acts outside")


def shell_request(command: str, words: ShellWords) -> Request:
    """What a shell command does: the least reversible of its parts."""
    parts = [
        _simple_command(part, words)
        for part in re.split(r"&&|\|\||[;|\n]", _without_quoted_separators(command))
        if part.strip()
    ]
    nothing = Request("read", "reversible", "an empty command")
    return max(parts, key=lambda part: (part.effect != "read", _SEVERITY[part.reversibility]), default=nothing)


def _simple_command(part: str, known: ShellWords) -> Request:
    words = _shell_words(part)
    while words and (words[0] in _words(known.runners) or re.fullmatch(r"\w+=\S*", words[0])):
        words = words[1:]
    if not words:
        return Request("read", "reversible", "sets a variable")
    name, line = words[0].rsplit("/", 1)[-1], " ".join(words)
    target = next((word for word in reversed(words[1:]) if not word.startswith("-")), "")
    for command in known.command:
        if re.match(command.pattern, line):
            return Request(command.effect, command.reversibility, command.why, command.undo, target)
    if name in ("curl", "wget", "http"):
        return _web_command(line, target)
    redirect = _REDIRECT.search(part)
    if redirect and not redirect[1].startswith("/dev/"):
        return Request("write", "reversible", "writes a file", "restore the file from version control", redirect[1])
    if name in _words(known.installers):
        if set(words[1:3]) & {"list", "show", "search", "info", "freeze", "view", "run", "test"}:
            return Request("read", "reversible", f"{name} that changes no package")
        return Request(
            "write", "reversible", "changes the environment", "uninstall, or rebuild the environment", target
        )
    if name in _words(known.writes) or (name == "sed" and any(word.startswith("-i") for word in words)):
        return Request("write", "reversible", "changes files", "restore the files from version control", target)
    if name in _words(known.reads):
        return Request("read", "reversible", f"{name} reads")
    return Request("unknown", "unknown", f"what {name} does is not known", target=target)


def _web_command(line: str, target: str) -> Request:
    method = re.search(r"(?:-X|--request)[\s=]*(\w+)", line)
    sends = re.search(r"\s(-d|--data\S*|-F|--form|-T|--upload-file|--post-\w+)\b", line)
    url = re.search(r"https?://\S+", line)
    name = method[1] if method else "POST" if sends else "GET"
    return http_request(name, url[0] if url else target) or Request("unknown", "unknown", f"HTTP {name}")


def _without_quoted_separators(command: str) -> str:
    """Quoted text and here-documents hold no commands of their own: their separators are blanked."""
    bare = re.sub(r"<<-?\s*['\"]?(\w+)['\"]?[\s\S]*?\n\1\b", "", command)
    return re.sub(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", lambda quoted: re.sub(r"[;|&\n>]", " ", quoted[0]), bare)


def _shell_words(part: str) -> list[str]:
    try:
        return shlex.split(part, comments=True)
    except ValueError:
        return part.split()


def _text_under(values: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = values.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return " ".join(value)
    return None
