"""Token counts as providers report them, in the OTel sense: `input_tokens` includes what came from or went to a cache."""

from __future__ import annotations

from tracetui.ingest.fields import count_field, object_field
from tracetui.model import Usage


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
