"""What an LLM span carries of its prompt and answer: one function a dialect, the most structured one wins.

Sources: OTel GenAI semantic conventions (input/output messages; message events up to 1.36), OpenInference, OpenLLMetry
(Traceloop), the Vercel AI SDK, Google ADK, Pydantic AI and Logfire, MLflow, the Langfuse SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tracetui.ingest.fields import list_field, object_field
from tracetui.ingest.gemini import gemini_content
from tracetui.ingest.messages import message_of, part_of, parts_of_content, tool_definitions
from tracetui.ingest.otel.span import Span, flatten, json_value, numbered
from tracetui.model import Message, Part, TextPart, ToolCallPart, ToolDefinition


class SpanContent(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt and the answer of one LLM span."""

    dialect: str
    messages: tuple[Message, ...]
    completion: Message | None = None
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    cut: bool = False
    """A message attribute ends in the middle: an exporter's length limit cut it."""
    incomplete: bool = False
    """A message, or the role of one, is missing from the numbered attributes: a limit on their number cost it."""


def content_of(span: Span) -> SpanContent | None:
    """The content by the first dialect that has any; None where content capture was off."""
    return next((found for dialect in _DIALECTS if (found := dialect(span)) is not None), None)


def _genai(span: Span) -> SpanContent | None:
    return _genai_attributes(span, span.attributes, "OTel GenAI attributes")


def _genai_attributes(span: Span, attributes: dict[str, Any], dialect: str) -> SpanContent | None:
    shown, said = attributes.get("gen_ai.input.messages"), attributes.get("gen_ai.output.messages")
    if not shown and not said:
        return None
    messages, cut = _messages(shown, convert=_sent)
    answers, cut_answer = _messages(said, role="assistant")
    return SpanContent(
        dialect=dialect,
        messages=messages,
        completion=_joined(answers),
        system=parts_of_content(json_value(attributes.get("gen_ai.system_instructions"))),
        tools=tool_definitions(json_value(attributes.get("gen_ai.tool.definitions"))) or _pydantic_tools(attributes),
        cut=cut or cut_answer,
    )


def _sent(value: Any) -> Message:
    """A message without the parts that Pydantic AI marks as not sent with this call."""
    if isinstance(value, dict) and isinstance(value.get("parts"), list):
        sent = [part for part in value["parts"] if not (isinstance(part, dict) and part.get("visible") is False)]
        value = value | {"parts": sent}
    return message_of(value)


def _pydantic_tools(attributes: dict[str, Any]) -> tuple[ToolDefinition, ...]:
    """The tools among Pydantic AI's `model_request_parameters`."""
    given = object_field(json_value(attributes.get("model_request_parameters")))
    listed = [*list_field(given.get("function_tools")), *list_field(given.get("output_tools"))]
    return tool_definitions(
        [{**tool, "parameters": tool.get("parameters_json_schema")} for tool in listed if isinstance(tool, dict)]
    )


def _openinference(span: Span) -> SpanContent | None:
    shown, said = (_openinference_list(span, f"llm.{side}_messages") for side in ("input", "output"))
    if not shown and not said:
        return _openinference_text(span)
    schemas = [json_value(item.get("tool.json_schema")) for item in numbered(span.attributes, "llm.tools")]
    # What the request was made with may hold all of it.
    given = object_field(json_value(span.first("llm.invocation_parameters")))
    messages = tuple(_openinference_message(item) for item in shown)
    return SpanContent(
        dialect="OpenInference",
        messages=messages or _messages(given.get("messages"))[0],
        completion=_joined(tuple(_openinference_message(item, role="assistant") for item in said)),
        system=() if _has_system(messages) else parts_of_content(given.get("system") or given.get("instructions")),
        tools=tool_definitions(schemas) or tool_definitions(given.get("tools")),
        incomplete=_is_incomplete(span.attributes, "llm.input_messages", "message.role"),
    )


def _openinference_list(span: Span, prefix: str) -> list[dict[str, Any]]:
    """Numbered attributes; where one attribute holds them all as JSON text, what they would be."""
    listed = list_field(json_value(span.attributes.get(prefix)))
    held = {f"{prefix}.{number}": item for number, item in enumerate(listed) if isinstance(item, dict)}
    return numbered(span.attributes | flatten(held), prefix)


def _has_system(messages: tuple[Message, ...]) -> bool:
    return any(message.role in ("system", "developer") for message in messages)


def _openinference_text(span: Span) -> SpanContent | None:
    """The prompts and choices of a text completion."""
    prompts = [item.get("prompt.text") for item in numbered(span.attributes, "llm.prompts")]
    choices = [item.get("completion.text") for item in numbered(span.attributes, "llm.choices")]
    if not prompts and not choices:
        return None
    return SpanContent(
        dialect="OpenInference completions",
        messages=tuple(message_of(text) for text in prompts),
        completion=_joined(tuple(message_of(text, default_role="assistant") for text in choices)),
    )


def _is_incomplete(attributes: dict[str, Any], prefix: str, role: str) -> bool:
    """Whether the numbers below `prefix` have a gap, or a message comes without its role."""
    numbers = {
        number for key in attributes if key.startswith(prefix) and (number := key[len(prefix) + 1 :].split(".")[0])
    }
    found = [f"{prefix}.{number}.{role}" in attributes for number in range(len(numbers))]
    return not all(found)


def _openinference_message(item: dict[str, Any], role: str = "user") -> Message:
    inner = {key.removeprefix("message."): value for key, value in item.items()}
    role = str(inner.get("role") or role)
    if inner.get("tool_call_id") and role in ("tool", "function"):
        return message_of(
            {
                "role": role,
                "tool_call_id": inner["tool_call_id"],
                "content": inner.get("content"),
                "name": inner.get("name"),
            }
        )
    parts: list[Part] = []
    for block in numbered(inner, "contents"):
        kind = block.get("message_content.type")
        if kind == "tool_use":
            parts.append(_openinference_call(block))
        elif kind in ("text", None):
            parts.append(TextPart(str(block.get("message_content.text") or "")))
        else:
            parts.append(part_of({key.removeprefix("message_content."): value for key, value in block.items()}))
    if not parts:
        parts += parts_of_content(
            json_value(inner.get("content")) if _is_block_list(inner.get("content")) else inner.get("content")
        )
    known = {part.id for part in parts if isinstance(part, ToolCallPart)}
    parts += [
        call
        for item in numbered(inner, "tool_calls")
        if (call := _openinference_call(item)).id not in known or call.id is None
    ]
    if inner.get("function_call_name"):
        parts.append(
            ToolCallPart(None, str(inner["function_call_name"]), json_value(inner.get("function_call_arguments_json")))
        )
    name = inner.get("name")
    return Message(role, tuple(parts), name if isinstance(name, str) else None)


def _openinference_call(item: dict[str, Any]) -> ToolCallPart:
    call_id = item.get("tool_call.id")
    arguments = json_value(item.get("tool_call.function.arguments"))
    return ToolCallPart(str(call_id) if call_id else None, str(item.get("tool_call.function.name") or ""), arguments)


def _openllmetry(span: Span) -> SpanContent | None:
    shown, said = numbered(span.attributes, "gen_ai.prompt"), numbered(span.attributes, "gen_ai.completion")
    if not shown and not said:
        return None
    functions = [
        {"name": f.get("name"), "description": f.get("description"), "parameters": json_value(f.get("parameters"))}
        for f in numbered(span.attributes, "llm.request.functions")
    ]
    return SpanContent(
        dialect="OpenLLMetry",
        messages=tuple(_openllmetry_message(item) for item in shown),
        completion=_joined(tuple(_openllmetry_message(item, role="assistant") for item in said)),
        tools=tool_definitions(functions),
        incomplete=_is_incomplete(span.attributes, "gen_ai.prompt", "role"),
    )


def _openllmetry_message(item: dict[str, Any], role: str = "user") -> Message:
    content = item.get("content")
    calls = [
        {"id": c.get("id"), "name": c.get("name"), "arguments": c.get("arguments")}
        for c in numbered(item, "tool_calls")
    ]
    value = {
        "role": item.get("role") or role,
        "content": json_value(content) if _is_block_list(content) else content,
        "tool_calls": calls,
    }
    if item.get("tool_call_id"):
        value["tool_call_id"] = item["tool_call_id"]
    return message_of(value)


def _vercel(span: Span) -> SpanContent | None:
    shown = span.first("ai.prompt.messages", "ai.prompt")
    if shown is None:
        return None
    value = json_value(shown)
    system: tuple[Part, ...] = ()
    if isinstance(value, dict):
        system = parts_of_content(value.get("system"))
        value = value.get("messages", value.get("prompt"))
    messages, cut = _messages(value, convert=_vercel_message)
    calls = json_value(span.first("ai.response.toolCalls", "ai.result.toolCalls"))
    text = span.first("ai.response.text", "ai.result.text", "ai.response.object")
    blocks: list[Part] = [TextPart(str(text))] if text else []
    blocks += [_vercel_call(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    tools = span.first("ai.prompt.tools")
    definitions = [json_value(tool) for tool in tools] if isinstance(tools, list) else json_value(tools)
    return SpanContent(
        dialect="Vercel AI SDK",
        messages=messages,
        completion=Message("assistant", tuple(blocks)) if blocks else None,
        system=system,
        tools=tool_definitions(definitions),
        cut=cut,
    )


def _vercel_message(value: Any) -> Message:
    if not isinstance(value, dict) or not isinstance(value.get("content"), list):
        return message_of(value)
    parts = [_vercel_part(block) for block in value["content"]]
    return Message(str(value.get("role") or "user"), tuple(parts))


def _vercel_part(block: Any) -> Part:
    if isinstance(block, dict) and block.get("type") == "tool-call":
        return _vercel_call(block)
    if isinstance(block, dict) and block.get("type") == "tool-result":
        output = block.get("output", block.get("result"))
        inner = output.get("value", output) if isinstance(output, dict) else output
        return part_of({"type": "tool_call_response", "id": block.get("toolCallId"), "response": inner})
    return part_of(block)


def _vercel_call(call: dict[str, Any]) -> ToolCallPart:
    call_id = call.get("toolCallId")
    return ToolCallPart(
        str(call_id) if call_id else None,
        str(call.get("toolName") or ""),
        json_value(call.get("args", call.get("input"))),
    )


def _adk(span: Span) -> SpanContent | None:
    request = json_value(span.first("gcp.vertex.agent.llm_request"))
    if not isinstance(request, dict) or not request:
        return None
    given = request.get("config")
    config: dict[str, Any] = given if isinstance(given, dict) else {}
    response = json_value(span.first("gcp.vertex.agent.llm_response"))
    answer = response.get("content") if isinstance(response, dict) else None
    declared = [
        function
        for tool in config.get("tools") or ()
        if isinstance(tool, dict)
        for function in tool.get("function_declarations") or ()
    ]
    return SpanContent(
        dialect="Google ADK",
        messages=tuple(gemini_content(item) for item in request.get("contents") or ()),
        completion=gemini_content(answer) if answer else None,
        system=parts_of_content(_gemini_text(config.get("system_instruction"))),
        tools=tool_definitions(declared),
    )


def _gemini_text(value: Any) -> Any:
    if isinstance(value, dict):
        return [
            {"type": "text", "text": part.get("text")} for part in value.get("parts") or () if isinstance(part, dict)
        ]
    return value


def _details_event(span: Span) -> SpanContent | None:
    for event in span.events:
        if event.name in (
            "gen_ai.client.inference.operation.details",
            "gen_ai.content.prompt",
            "gen_ai.content.completion",
        ):
            merged = {key: value for other in span.events for key, value in other.attributes.items()}
            found = _genai_attributes(span, merged, "OTel GenAI details event")
            return found or _prompt_attributes(merged, "OTel GenAI content events")
    return None


def _message_events(span: Span) -> SpanContent | None:
    """`gen_ai.*.message` and `gen_ai.choice` events, on the span or joined from logs (semantic conventions to 1.36)."""
    prompt: list[Message] = []
    answer: Message | None = None
    for event in span.events:
        parts = event.name.split(".")
        body = event.body if isinstance(event.body, dict) else event.attributes
        if event.name == "gen_ai.choice":
            inner = json_value(body.get("message"))
            answer = _event_message("assistant", inner if isinstance(inner, dict) else _choice(body))
        elif len(parts) == 3 and parts[0] == "gen_ai" and parts[2] == "message":
            prompt.append(_event_message(parts[1], body))
    if not prompt and answer is None:
        return None
    return SpanContent(dialect="OTel GenAI message events", messages=tuple(prompt), completion=answer)


def _choice(body: dict[str, Any]) -> dict[str, Any]:
    """A choice whose message is spread over attributes (`message.content`), or lies in them unwrapped."""
    return {key.removeprefix("message."): value for key, value in body.items()}


def _event_message(role: str, body: dict[str, Any]) -> Message:
    value = {key: json_value(inner) if key in ("tool_calls", "parts") else inner for key, inner in body.items()}
    if role == "tool":
        value = {"role": "tool", "tool_call_id": value.get("id"), "content": value.get("content")}
    return message_of({**value, "role": value.get("role") or role})


def _pydantic_events(span: Span) -> SpanContent | None:
    """Logfire and older Pydantic AI: a JSON list of events in one attribute."""
    events = json_value(span.first("events", "all_messages_events"))
    if not isinstance(events, list):
        return None
    prompt: list[Message] = []
    answer: Message | None = None
    for event in events:
        if not isinstance(event, dict):
            continue
        name = str(event.get("event.name") or "")
        if name == "gen_ai.choice":
            answer = message_of(event.get("message"), default_role="assistant")
        elif event.get("role") or name.endswith(".message"):
            role = str(event.get("role") or name.split(".")[-2])
            prompt.append(_event_message(role, {k: v for k, v in event.items() if "." not in k}))
    return (
        SpanContent(dialect="Logfire events", messages=tuple(prompt), completion=answer) if prompt or answer else None
    )


def _whole_conversation(span: Span) -> SpanContent | None:
    """`pydantic_ai.all_messages`: everything up to and with the answer, in GenAI parts."""
    messages, cut = _messages(span.first("pydantic_ai.all_messages"))
    if not messages:
        return None
    answered = messages[-1].role == "assistant"
    return SpanContent(
        dialect="Pydantic AI messages",
        messages=messages[:-1] if answered else messages,
        completion=messages[-1] if answered else None,
        cut=cut,
    )


def _logfire_request(span: Span) -> SpanContent | None:
    """Logfire's instrumentation of a provider's client: the request and what came back."""
    request, response = (object_field(json_value(span.first(key))) for key in ("request_data", "response_data"))
    if not request:
        return None
    said = response.get("message") or response.get("combined_chunk_content")
    return request_content(request, said, "Logfire request")


def _generic(span: Span) -> SpanContent | None:
    """Input and output values as a framework wrote them: a request, a list of messages or text."""
    found = _prompt_attributes(span.attributes, "input and output values")
    tools = tool_definitions(json_value(span.first("mlflow.chat.tools")))
    return msgspec.structs.replace(found, tools=tools) if found and tools and not found.tools else found


def _prompt_attributes(attributes: dict[str, Any], dialect: str) -> SpanContent | None:
    shown = _first(
        attributes,
        "gen_ai.prompt",
        "llm.prompts",
        "langfuse.observation.input",
        "mlflow.spanInputs",
        "traceloop.entity.input",
        "input.value",
        "input",
    )
    said = _first(
        attributes,
        "gen_ai.completion",
        "langfuse.observation.output",
        "mlflow.spanOutputs",
        "traceloop.entity.output",
        "output.value",
        "output",
    )
    if shown is None and said is None:
        return None
    return request_content(json_value(shown), json_value(said), dialect)


def request_content(shown: Any, said: Any, dialect: str) -> SpanContent:
    """A prompt and an answer in whatever shape a framework gave them."""
    system: tuple[Part, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    if isinstance(shown, dict):
        arguments = shown.get("kwargs") if isinstance(shown.get("kwargs"), dict) else shown
        if isinstance(arguments, dict):
            config = object_field(arguments.get("config"))
            instructions = _gemini_text(config.get("system_instruction", config.get("systemInstruction")))
            system = parts_of_content(arguments.get("system") or arguments.get("instructions") or instructions)
            tools = tool_definitions(arguments.get("tools"))
            listed = next(
                (arguments[k] for k in ("messages", "input", "contents", "history", "prompt") if arguments.get(k)), None
            )
            shown = listed if listed is not None else shown
    messages, cut = _messages(shown, convert=_loose_message)
    return SpanContent(
        dialect=dialect, messages=messages, completion=_answer(said), system=system, tools=tools, cut=cut
    )


def _answer(said: Any) -> Message | None:
    if isinstance(said, dict) and isinstance(said.get("choices"), list) and said["choices"]:
        choice = said["choices"][0]
        return message_of(choice.get("message") if isinstance(choice, dict) else choice, default_role="assistant")
    if isinstance(said, list):
        answers, _ = _messages(said, role="assistant", convert=_loose_message)
        return _joined(answers)
    if said is None or said == "":
        return None
    return _loose_message(said, default_role="assistant")


def _loose_message(value: Any, default_role: str = "user") -> Message:
    if (
        isinstance(value, dict)
        and "parts" in value
        and all("type" not in p for p in value["parts"] or () if isinstance(p, dict))
    ):
        return gemini_content(value)
    if isinstance(value, dict) and not {"role", "content", "parts", "tool_calls"} & set(value):
        return Message(default_role, (part_of({"type": "object", "value": value}),))
    return message_of(value, default_role=default_role)


def _messages(
    value: Any, *, role: str = "user", convert: Callable[[Any], Message] | None = None
) -> tuple[tuple[Message, ...], bool]:
    """Messages of a list, of JSON text or of one value; and whether text that should be JSON was cut."""
    decoded = json_value(value)
    if isinstance(decoded, str) and decoded.lstrip()[:1] in ("[", "{"):
        return (Message(role, (TextPart(decoded),)),), True
    if decoded is None or decoded == "":
        return (), False
    items = decoded if isinstance(decoded, list) else [decoded]
    make = convert or (lambda item: message_of(item, default_role=role))
    return tuple(make(item) for item in items), False


def _joined(answers: tuple[Message, ...]) -> Message | None:
    """The answer; several output messages of one call are its parts."""
    if len(answers) <= 1:
        return answers[0] if answers else None
    return Message("assistant", tuple(part for answer in answers for part in answer.parts))


def _is_block_list(content: Any) -> bool:
    return isinstance(content, str) and content.startswith('[{"type"')


def _first(attributes: dict[str, Any], *keys: str) -> Any:
    return next((attributes[key] for key in keys if attributes.get(key) not in (None, "")), None)


_DIALECTS: Iterable[Callable[[Span], SpanContent | None]] = (
    _genai,
    _openinference,
    _openllmetry,
    _vercel,
    _adk,
    _details_event,
    _message_events,
    _pydantic_events,
    _whole_conversation,
    _logfire_request,
    _generic,
)
