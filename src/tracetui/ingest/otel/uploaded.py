"""Messages that the traced program uploaded: attributes name files, and those beside the trace are read.

Source: the upload hook of opentelemetry-util-genai. It writes `<id>_inputs.json` and the like (or `.jsonl`) to any file
system and puts their addresses into `gen_ai.*_ref`. Only the file's name is used, in the folder of the trace: an
address in a trace is hostile like the rest of it.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from tracetui.ingest.arrangement import documents
from tracetui.ingest.otel.span import Span
from tracetui.ingest.records import Records
from tracetui.ingest.report import Ledger

CONTENT = ("input.messages", "output.messages", "system_instructions", "tool.definitions")
REFERENCES = tuple(f"gen_ai.{name}_ref" for name in CONTENT)


def with_uploads(records: Records, spans: list[Span], ledger: Ledger) -> list[Span]:
    """The spans with what the files beside the trace hold of their messages; each file is claimed as one record."""
    known: dict[str, Any] = {}
    found = []
    for span in spans:
        held: dict[str, Any] = {}
        for name in CONTENT:
            address = span.attributes.get(f"gen_ai.{name}_ref")
            if isinstance(address, str) and not span.attributes.get(f"gen_ai.{name}"):
                value = _uploaded(records, address, known, ledger)
                held |= {} if value is None else {f"gen_ai.{name}": value}
        found.append(msgspec.structs.replace(span, attributes=span.attributes | held) if held else span)
    return found


def _uploaded(records: Records, address: str, known: dict[str, Any], ledger: Ledger) -> Any:
    """The messages in a file; None where it is not beside the trace or holds none."""
    name = PurePosixPath(unquote(urlsplit(address).path)).name
    if name and name not in known:
        known[name] = None
        beside = records.beside(name)
        if beside is not None:
            account = Ledger()
            values = [record.value for record in documents(beside, account)]
            listed = values[0] if len(values) == 1 and isinstance(values[0], list) else values
            known[name] = listed or None
            ledger.claim(bool(listed))
            ledger.note(f"{name}: uploaded messages, read from beside the trace")
    return known.get(name)
