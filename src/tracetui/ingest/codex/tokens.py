"""What the model calls of a Codex thread cost in tokens, as its counts tell it."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.codex.items import call_usage
from tracetui.ingest.fields import count_field, object_field
from tracetui.ingest.usage import raw_usage


class CallTokens:
    """Counts come after the call that they are of, some of them twice."""

    def __init__(self, builder: SessionBuilder) -> None:
        self._builder = builder
        self.last_call: int | None = None
        """Index of the step that counts are of."""
        self._total: int | None = None
        self._uncounted: dict[str, Any] = {}
        """Counts of a call that no item tells of."""

    def called(self, index: int) -> None:
        """A model call has become this step."""
        self.last_call, self._uncounted = index, {}

    def recorded(self, told: Any) -> None:
        """The exact tokens of the last call."""
        if self.last_call is not None and (exact := call_usage(told, derived=False)):
            kept = self._builder.steps[self.last_call].attributes | raw_usage(told)
            self._builder.update(self.last_call, usage=exact, attributes=kept)

    def counted(self, info: dict[str, Any]) -> None:
        """Tokens of the last call; a count that did not grow repeats an earlier one, and one that comes when the last call
        has its own is of a call that is no item: an early compaction's."""
        counts = object_field(info.get("last_token_usage"))
        total = count_field(object_field(info.get("total_token_usage")).get("total_tokens"))
        if not counts or (total is not None and total == self._total):
            return
        self._total = total
        if self.last_call is None:
            return
        call = self._builder.steps[self.last_call]
        window = count_field(info.get("model_context_window"))
        kept = call.attributes | ({} if window is None else {"model_context_window": window})
        if call.usage is None:
            self._builder.update(call.index, usage=call_usage(counts), attributes=kept | raw_usage(counts))
            return
        self._builder.update(call.index, attributes=kept)
        if call.usage.origin != "recorded":
            self._uncounted = counts

    def taken(self) -> dict[str, Any]:
        """The counts that no call has got, once."""
        counts, self._uncounted = self._uncounted, {}
        return counts
