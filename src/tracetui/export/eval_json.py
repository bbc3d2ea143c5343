"""The eval case of an incident as JSON: for an evaluation suite of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from tracetui.export.redact import Redaction

NAME = "eval-json"
TITLE = "Eval case, as JSON"
SUFFIX = ".eval.json"
FROM = "case"


def render(case: dict[str, Any], redactions: Iterable[Redaction]) -> str:
    """The case as `eval_case.case_of` makes it, and an account of what was taken out."""
    return written(case, redactions) + "\n"


def written(case: dict[str, Any], redactions: Iterable[Redaction]) -> str:
    """JSON of letters that every editor shows: what is not ASCII stands as an escape."""
    return json.dumps(case | {"redactions": msgspec.to_builtins(list(redactions))}, indent=1, default=str)
