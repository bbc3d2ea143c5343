"""Rules of one's own beside the built-in ones: what a company calls secret, such as its customer numbers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from tracetui.configuration import REDACTION, configured
from tracetui.errors import TracetuiError
from tracetui.export.redact import Rule

_HINT = "one table a rule: [[secret]] with kind, and pattern, a regular expression; its group “secret”, else all of it"


class _Secret(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    pattern: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    secret: list[_Secret] = []


def load_rules(path: str | Path) -> tuple[Rule, ...]:
    """The rules of a TOML file, in its order. Raises TracetuiError with the file and the reason."""
    try:
        found = msgspec.convert(tomllib.loads(Path(path).read_text(encoding="utf-8")), _File)
        rules = tuple(Rule(secret.kind, re.compile(secret.pattern)) for secret in found.secret)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, re.error) as problem:
        raise TracetuiError(f"{path}: not a file of redaction rules: {problem}", hint=_HINT) from problem
    for rule in rules:
        if rule.pattern.search(""):
            raise TracetuiError(f"{path}: the rule for {rule.kind} matches an empty text", hint=_HINT)
    return rules


def usual_rules() -> tuple[Rule, ...]:
    """The rules of the configuration folder; none where it has no such file. Raises where it cannot be read."""
    path = configured(REDACTION)
    return load_rules(path) if path.is_file() else ()
