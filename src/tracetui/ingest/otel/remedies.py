"""What a span's program left out on purpose or for lack of room, and which setting makes it record that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tracetui.ingest.otel.dialects import remedy_for
from tracetui.ingest.otel.earlier import previous_response
from tracetui.ingest.otel.span import Span
from tracetui.ingest.otel.uploaded import REFERENCES
from tracetui.model import Gap

_REDACTED = "__REDACTED__"


def content_gaps(without: Iterable[tuple[int, Span]]) -> list[Gap]:
    """Calls, by step index, whose messages are not in the trace: one gap for each way to have them recorded."""
    numbers: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, span in without:
        numbers[_absence(span)].append(index + 1)
    return [Gap(kind, effect, remedy, tuple(steps)) for (kind, effect, remedy), steps in numbers.items()]


def partial_gaps(calls: Iterable[tuple[int, Span]], *, put_together: set[int]) -> list[Gap]:
    """Calls whose messages are there, but not all that the model saw.

    `put_together`: indices of those whose earlier turns were found in other calls.
    """
    redacted, state = [], []
    for index, span in calls:
        if any(isinstance(value, str) and _REDACTED in value for value in span.attributes.values()):
            redacted.append(index + 1)
        if index not in put_together and previous_response(span) is not None:
            state.append(index + 1)
    found = []
    if redacted:
        effect = "the instrumentation put a mark in place of some text"
        remedy = "unset the OPENINFERENCE_HIDE_… variables of the traced process"
        found.append(Gap("redacted", effect, remedy, tuple(redacted)))
    if state:
        effect = "earlier turns are held by the provider and are not in this trace"
        found.append(Gap("server_state", effect, "send whole inputs instead of previous_response_id", tuple(state)))
    return found


def _absence(span: Span) -> tuple[str, str, str]:
    reference = span.first(*REFERENCES)
    if reference is not None:
        where = f"put the uploaded files beside the trace: {reference}"
        return "external_reference", "the prompt of these calls was uploaded elsewhere", where
    return "content_not_recorded", "the prompt of these calls is not in the trace", remedy_for(span)
