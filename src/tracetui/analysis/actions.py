"""What a tool call does to the world: read it, change it, or nobody can tell.

A policy that the owner of the tools wrote comes first, then the request itself (an HTTP method, a statement of SQL, a
shell command), then the verb in the tool's name. The words stand in `actions.toml`; each answer says which one spoke.
What nothing recognises is "unknown" and has to be treated as irreversible.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import msgspec

from tracetui.analysis.findings import Reversibility
from tracetui.analysis.passages import leaves
from tracetui.analysis.request import ActionEffect, CodeWords, Request, ShellWords, request_of
from tracetui.errors import TracetuiError
from tracetui.model import Step

UNDO_UNKNOWN = "find out what it did; treat it as irreversible until then"


class Action(msgspec.Struct, frozen=True):
    """What one step does to the world outside the agent."""

    effect: ActionEffect
    reversibility: Reversibility
    """Of a read: reversible. "unknown" counts as irreversible in whatever is shown or decided."""
    target: str
    """What it acts on, as the arguments name it; empty where they do not."""
    why: str
    """What the answer rests on."""
    undo: str
    """What taking it back means; empty for a read."""


class ToolRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy says of the tools that match one pattern."""

    effect: ActionEffect = "write"
    reversibility: Reversibility = "unknown"
    undo: str = ""
    target: str = ""
    """Name of the argument that says what is acted on."""


Policy = Mapping[str, ToolRule]
"""Pattern of a tool's name (`*` and `?` as in file names) to its rule; the first that matches counts."""


class _Verb(msgspec.Struct, frozen=True):
    words: str
    reversibility: Reversibility
    undo: str
    weak: str = ""


class _Names(msgspec.Struct, frozen=True):
    read: str
    read_nouns: str
    empty: str
    inner: str
    workspace: str
    people: str
    targets: str


class _Words(msgspec.Struct, frozen=True):
    names: _Names
    verb: list[_Verb]
    shell: ShellWords
    code: CodeWords


def action_of(step: Step, policy: Policy | None = None) -> Action:
    """What `step` does to the world. Steps that call no tool read."""
    if step.kind != "tool_call":
        return Action("read", "reversible", "", f"a {step.kind} step calls no tool", "")
    name = step.tool or ""
    for pattern, rule in (policy or {}).items():
        if fnmatchcase(name, pattern):
            return _by_policy(step, pattern, rule)
    if not name:
        return Action("unknown", "unknown", _target(step, ()), "the call was not recorded", UNDO_UNKNOWN)
    request = _request(step)
    return _by_name(step, name) if request is None else _by_request(step, request)


def is_external(step: Step, policy: Policy | None = None) -> bool:
    """Whether `step` changes the world outside the agent, or may do so."""
    if step.kind == "tool_call" and step.tool and not policy and _request(step) is None:
        return _named(step.tool).effect != "read"
    return action_of(step, policy).effect != "read"


def is_named_for_writing(tool: str) -> bool:
    """Whether the words of a tool's name say that it changes the world."""
    return _named(tool).effect == "write"


def _request(step: Step) -> Request | None:
    words = _vocabulary()
    return request_of(step.tool or "", step.arguments, words.shell, words.code)


def load_policy(path: str | Path) -> dict[str, ToolRule]:
    """A policy from a TOML file: one table a pattern, `["refund_*"]`, with the fields of `ToolRule`.

    Raises TracetuiError with the file and the reason where it cannot be read.
    """
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return msgspec.convert(tables, dict[str, ToolRule])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        hint = f'one table a tool: ["refund_*"] with effect, reversibility ({", ".join(get_args(Reversibility))}), undo'
        raise TracetuiError(f"{path}: not a tool policy: {problem}", hint=hint) from problem


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a tool's name in order, lower case: of `cancelOrder`, `cancel_order`, `mcp__shop__cancel-order`."""
    bare = name.rsplit("__", 1)[-1] if name.startswith("mcp__") else name
    return tuple(word.lower() for word in re.findall(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|\d+", bare))


@cache
def _vocabulary() -> _Words:
    text = (resources.files(__package__) / "actions.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Words)


@cache
def _word_sets() -> tuple[dict[str, _Verb | None], dict[str, _Verb], frozenset[str]]:
    """Words that decide (None: they read), weak words by verb, nouns that read."""
    words = _vocabulary()
    strong: dict[str, _Verb | None] = dict.fromkeys(words.names.read.split())
    strong |= {word: verb for verb in words.verb for word in verb.words.split()}
    weak = {word: verb for verb in words.verb for word in verb.weak.split()}
    return strong, weak, frozenset(words.names.read_nouns.split())


def _by_policy(step: Step, pattern: str, rule: ToolRule) -> Action:
    why = f"the tool policy says so for {pattern}"
    named = dict(_scalars(step.arguments)).get(rule.target) if rule.target else None
    target = named or _target(step, name_words(step.tool or ""))
    if rule.effect == "read":
        return Action("read", "reversible", target, why, "")
    return Action(rule.effect, rule.reversibility, target, why, rule.undo or UNDO_UNKNOWN)


def _by_request(step: Step, request: Request) -> Action:
    undo = request.undo or ("" if request.effect == "read" else UNDO_UNKNOWN)
    return Action(request.effect, request.reversibility, request.target or _target(step, ()), request.why, undo)


def _by_name(step: Step, name: str) -> Action:
    return msgspec.structs.replace(_named(name), target=_target(step, name_words(name)))


@lru_cache(maxsize=4096)
def _named(name: str) -> Action:
    """What the words of a name say, the target left open."""
    strong, weak, nouns = _word_sets()
    names = _vocabulary().names
    words = name_words(name)
    if "".join(words) in names.inner.split():
        return Action("read", "reversible", "", "steers the agent itself; nothing outside it changes", "")
    if "".join(words) in names.workspace.split():
        return Action("write", "reversible", "", "changes a file of the workspace", "restore it from version control")
    if "transfer" in words and set(names.people.split()) & set(words):
        return Action("write", "external", "", "hands the conversation to people", "tell them what went wrong")
    telling = [word for word in words if word not in names.empty.split()]
    for word in telling:
        if word in strong:
            return _by_verb(word, strong[word])
    if telling and telling[0] in weak:
        return _by_verb(telling[0], weak[telling[0]])
    if noun := next((word for word in telling if word in nouns), None):
        return _by_verb(noun, None)
    return Action("unknown", "unknown", "", "nothing in its name or arguments says what it does", UNDO_UNKNOWN)


def _by_verb(word: str, verb: _Verb | None) -> Action:
    if verb is None:
        return Action("read", "reversible", "", f"“{word}” in the tool's name reads", "")
    return Action("write", verb.reversibility, "", f"“{word}” in the tool's name changes things", verb.undo)


def _target(step: Step, words: tuple[str, ...]) -> str:
    """The argument that names what is acted on: one named for a noun of the tool's name, else an identifier."""
    found = [(key.lower(), value) for key, value in _scalars(step.arguments)]
    if len(found) < 2:
        return found[0][1] if found else ""
    nouns = set(words[1:])
    usual = _vocabulary().names.targets.split()
    rankings = (
        (value for key, value in found if key.removesuffix("id").rstrip("_") in nouns),
        (value for key, value in found if key in usual),
        (value for key, value in found if key.endswith("id")),
        (value for _, value in found),
    )
    return next((value for ranking in rankings for value in ranking), "")


def _scalars(arguments: Any) -> Iterator[tuple[str, str]]:
    """(name, text) of the arguments, those of lists under the list's name."""
    for path, text in leaves(arguments):
        yield _name(path), text


@lru_cache(maxsize=4096)
def _name(pointer: str) -> str:
    names = [part for part in pointer.split("/") if part and not part.isdigit()]
    return names[-1] if names else ""
