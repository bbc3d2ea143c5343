"""The document itself, as it is stored, without secrets: for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from tracetui.export.redact import Redaction
from tracetui.postmortem.document import Postmortem
from tracetui.text import escaped_json

NAME = "json"
TITLE = "JSON, the stored document"
SUFFIX = ".json"
FROM = "postmortem"


def render(postmortem: Postmortem, redactions: Iterable[Redaction]) -> str:
    """The document with the account of what was taken out under `redactions`."""
    document = msgspec.to_builtins(postmortem) | {"redactions": msgspec.to_builtins(list(redactions))}
    return escaped_json(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)) + "\n"
