"""Token counts as providers report them, in the OTel sense: `input_tokens` includes what came from or went to a cache."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import count_field, object_field
from tracetui.model import Usage


def raw_usage(counts: object) -> dict[str, Any]:
    """An attribute with a call's counts as the file has them, before they are brought to one sense; none where it has none."""
    return {"usage": counts} if isinstance(counts, dict) and counts else {}


def openai_usage(value: object) -> Usage | None:
    """Usage of OpenAI Chat Completions or Responses: its input count includes cached tokens already."""
    counts = object_field(value)
    shown = object_field(counts.get("prompt_tokens_details", counts.get("input_tokens_details")))
    written = object_field(counts.get("completion_tokens_details", counts.get("output_tokens_details")))
    usage = Usage(
        count_field(counts.get("prompt_tokens", counts.get("input_tokens"))),
        count_field(counts.get("completion_tokens", counts.get("output_tokens"))),
        count_field(shown.get("cached_tokens")),
        count_field(shown.get("cache_write_tokens")),
        count_field(written.get("reasoning_tokens")),
    )
    return usage if usage != Usage() else None


def anthropic_usage(value: object) -> Usage | None:
    """Usage of Anthropic Messages: cache reads and writes are counted apart from `input_tokens` and are added here."""
    counts = object_field(value)
    plain, output = count_field(counts.get("input_tokens")), count_field(counts.get("output_tokens"))
    read, write = (count_field(counts.get(f"cache_{kind}_input_tokens")) for kind in ("read", "creation"))
    if plain is None and output is None:
        return None
    cached = (read or 0) + (write or 0)
    return Usage(
        None if plain is None else plain + cached, output, read, write, origin="derived" if cached else "recorded"
    )


def provider_usage(value: object) -> Usage | None:
    """Usage as whichever provider reported it."""
    counts = object_field(value)
    apart = "cache_read_input_tokens" in counts or "cache_creation_input_tokens" in counts
    return anthropic_usage(counts) if apart and "prompt_tokens" not in counts else openai_usage(counts)


def langchain_usage(value: object) -> Usage | None:
    """`usage_metadata` of a LangChain message: its input count includes cached tokens already."""
    counts = object_field(value)
    shown, written = object_field(counts.get("input_token_details")), object_field(counts.get("output_token_details"))
    usage = Usage(
        count_field(counts.get("input_tokens")),
        count_field(counts.get("output_tokens")),
        count_field(shown.get("cache_read")),
        count_field(shown.get("cache_creation")),
        count_field(written.get("reasoning")),
    )
    return usage if usage != Usage() else None


def langfuse_usage(value: object) -> Usage | None:
    """`usageDetails`: where the total is more than input and output, the cache and reasoning are counted apart and added."""
    counts = object_field(value)
    shown, written = count_field(counts.get("input")), count_field(counts.get("output")) or 0
    if shown is None:
        return None
    read = sum(count_field(counts.get(key)) or 0 for key in _LANGFUSE_READ)
    stored = sum(count_field(counts.get(key)) or 0 for key in _LANGFUSE_WRITE)
    reasoning = count_field(counts.get("output_reasoning")) or count_field(counts.get("output_reasoning_tokens")) or 0
    inclusive = counts.get("total") == shown + written
    return Usage(
        shown if inclusive else shown + read + stored,
        written if inclusive else written + reasoning,
        read or None,
        stored or None,
        reasoning or None,
        origin="derived" if read or stored else "recorded",
    )


_LANGFUSE_READ = ("input_cached_tokens", "input_cache_read", "cache_read_input_tokens", "prompt_details.cache_read")
_LANGFUSE_WRITE = (
    "input_cache_creation",
    "cache_creation_input_tokens",
    "input_cache_creation_5m",
    "input_cache_creation_1h",
)
