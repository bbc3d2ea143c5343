"""Google ADK: a call's whole request and response as JSON, in Gemini's shape."""

from __future__ import annotations

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.gemini import gemini_content
from tracetui.ingest.messages import parts_of_content, tool_definitions
from tracetui.ingest.otel.content import SpanContent, gemini_text
from tracetui.ingest.otel.dialects.table import Dialect
from tracetui.ingest.otel.span import Span, json_value
from tracetui.model import StepKind

_SCOPE = "gcp.vertex.agent"
_MERGED = "(merged tools)"
"""Name of the span that joins the answers of parallel tools, each of which has a span too."""


def content(span: Span) -> SpanContent | None:
    """None for `{}` too, which is what stands there where capture is off."""
    request = object_field(json_value(span.first("gcp.vertex.agent.llm_request")))
    if not request:
        return None
    config = object_field(request.get("config"))
    answer = object_field(json_value(span.first("gcp.vertex.agent.llm_response"))).get("content")
    declared = [
        function
        for tool in map(object_field, list_field(config.get("tools")))
        for function in list_field(tool.get("function_declarations", tool.get("functionDeclarations")))
    ]
    return SpanContent(
        dialect="Google ADK",
        messages=tuple(gemini_content(item) for item in list_field(request.get("contents"))),
        completion=gemini_content(answer) if answer else None,
        system=parts_of_content(gemini_text(config.get("system_instruction", config.get("systemInstruction")))),
        tools=tool_definitions(declared),
    )


def _kind(span: Span) -> StepKind | None:
    """The first versions name invocations and runs of agents in the span's name alone."""
    if span.scope_name != _SCOPE:
        return None
    return "workflow" if span.name == "invocation" else "agent" if span.name.startswith("agent_run") else None


DIALECT = Dialect(
    name="Google ADK",
    kind=_kind,
    repeats=lambda span: _MERGED in (span.attributes.get("gen_ai.tool.name"), span.name.removeprefix("execute_tool ")),
    llm_marks=("gcp.vertex.agent.llm_request",),
    keys={
        "session": ("gcp.vertex.agent.session_id",),
        "arguments": ("gcp.vertex.agent.tool_call_args",),
        "result": ("gcp.vertex.agent.tool_response",),
    },
    contents=(content,),
    wrote=lambda span: span.scope_name == _SCOPE or any(key.startswith(f"{_SCOPE}.") for key in span.attributes),
    remedy=(
        "set OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental and "
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_AND_EVENT in the traced process; versions that write "
        "`call_llm` spans: ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS=true"
    ),
)
