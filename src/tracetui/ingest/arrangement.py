"""How a source lays out conversations: one document, a list or lines of them, or a list or lines of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

from tracetui.ingest.fields import list_field
from tracetui.ingest.records import SAMPLE_RECORDS, Record, Records
from tracetui.ingest.report import Ledger


class Arrangement(NamedTuple):
    """How the conversations of a source are laid out, told by its leading records."""

    kind: Literal["request", "requests", "messages"]
    """One request document; a list or lines of requests; a list or lines of messages."""
    share: float
    """Of the leading records that are of this kind."""
    requests: tuple[dict[str, Any], ...]
    messages: tuple[Any, ...]
    """Those of the requests, or the leading messages themselves."""


def arrangement(
    records: Records, key: str, *, is_request: Callable[[dict[str, Any]], bool], is_item: Callable[[Any], bool]
) -> Arrangement | None:
    """How a source holds objects with a list called `key`, or such lists' items on their own. None where it does not."""
    document = records.document if records.shape == "document" else None
    leading = document[:SAMPLE_RECORDS] if isinstance(document, list) else records.sample
    requests = tuple(row for row in leading if isinstance(row, dict) and is_request(row))
    items = tuple(row for row in leading if is_item(row))
    inner = tuple(item for request in requests for item in list_field(request.get(key)))
    if isinstance(document, dict):
        return Arrangement("request", 1.0, requests, inner) if requests else None
    if 2 * max(len(requests), len(items)) < len(leading):
        return None
    if requests and len(requests) >= len(items):
        return Arrangement("requests", len(requests) / len(leading), requests, inner)
    return Arrangement("messages", len(items) / len(leading), (), items) if items else None


def rows(records: Records, ledger: Ledger) -> Iterator[Record]:
    """The records of a list, or lines; of a single object, itself."""
    if records.shape != "document":
        return records.lines(ledger)
    return records.items() if isinstance(records.document, list) else iter([records.whole()])


def documents(records: Records, ledger: Ledger) -> Iterator[Record]:
    """The whole document, whatever it is, or line by line."""
    return iter([records.whole()]) if records.shape == "document" else records.lines(ledger)
