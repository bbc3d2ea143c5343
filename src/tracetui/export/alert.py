"""An alert rule for the failure signature: what to look for in the next runs, in words and as queries to start from.

The signature is what the postmortem holds of the fault's shape: its flags in order, the tools that acted, the failure
mode with its threshold. Values of the case, such as the invented id, are no part of it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator

from tracetui.export.eval_case import LOOP_CALLS
from tracetui.export.redact import Redaction, account
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.from_session import names_counted
from tracetui.postmortem.vocabulary import FAILURE_MODE, SEVERITY
from tracetui.text import visible_line

NAME = "alert"
TITLE = "Alert rule for the failure signature, as text"
SUFFIX = "-alert.txt"
FROM = "postmortem"
COST_FACTOR = 5
"""A session that costs more than so many times the usual is escalated."""
_BREAKER = 3
"""So many of these in a day open the circuit."""
_MEANINGS = {
    "ENTITY_HALLUCINATION": "an id, link, value or amount that stands in no message, result or tool definition before",
    "ENTITY_MISMATCH": "a tool returned data of another entity than the one being processed",
    "TOOL_ARG_MISMATCH": "arguments break the tool's schema",
    "CONTEXT_DRIFT": "the goal changes, or orders in content are followed, without an instruction by the user",
    "LOOP_DETECTED": "the same tool with near-identical arguments",
    "ERROR_IGNORED": "a tool failed and the answer tells success",
    "CLAIM_UNSUPPORTED": "an act is claimed that no tool was called for",
    "HIDDEN_TEXT": "content holds characters that people do not see",
}


def render(postmortem: Postmortem, redactions: Iterable[Redaction]) -> str:
    """The rule: title, when, severity, what to do, queries. Nothing in it was run against anybody's telemetry."""
    told = account(redactions, place=str)
    lines = [*_rule(postmortem), "", *_queries(postmortem), *(["", f"Taken out: {told}"] if told else [])]
    return "\n".join(visible_line(line) for line in lines) + "\n"


def _rule(held: Postmortem) -> Iterator[str]:
    mode = held.text("classification.failure_mode")
    yield f"Alert: {FAILURE_MODE.title(mode) or 'agent failure'} like {held.id or 'this incident'}"
    if held.text("identity.title"):
        yield f"From: {held.text('identity.title')}"
    yield ""
    conditions = list(_conditions(held))
    yield "When, in one session:" if conditions else "When: the postmortem holds no flag, tool or threshold to look for"
    yield from (f"  {number}. {condition}" for number, condition in enumerate(conditions, start=1))
    severity = held.text("classification.severity")
    yield f"Severity: {SEVERITY.title(severity) or 'not estimated'}"
    yield from _response(held)


def _conditions(held: Postmortem) -> Iterator[str]:
    """What must be seen, in the order in which it happened."""
    for kind in names_counted(held.text("classification.flags")):
        meaning = _MEANINGS.get(kind)
        yield f"flag {kind}" + (f": {meaning}" if meaning else "")
    if held.text("classification.failure_mode") == "cost_runaway":
        for tool in _looping(held)[:1]:
            yield f"{_quoted(tool)} called more than {LOOP_CALLS} times with the same arguments"
        usual = held.text("session.cost_baseline_usd")
        yield f"cost over {COST_FACTOR} times the usual" + (f" of {usual} USD" if usual else " of such a session")
    if tools := _acting(held):
        yield f"then a call of {' or '.join(map(_quoted, tools))}"


def _response(held: Postmortem) -> Iterator[str]:
    mode = FAILURE_MODE.term(held.text("classification.failure_mode"))
    yield "Do: stop the session before its next action" + (f"; {mode.fix}" if mode and mode.fix else "")
    lasting = [
        row.text("tool")
        for row in held.rows("blast_radius")
        if row.text("reversibility") in ("irreversible", "unknown")
    ]
    if lasting:
        named = ", ".join(map(_quoted, dict.fromkeys(lasting)))
        yield f"Circuit breaker: {_BREAKER} such sessions in 24 h take {named} away from the agent"
    if held.id:
        yield f"Postmortem: tracetui postmortem show {held.id}"


def _queries(held: Postmortem) -> Iterator[str]:
    yield "Queries to start from:"
    flags, tools = names_counted(held.text("classification.flags")), _acting(held)
    if flags:
        wanted = " and ".join(f"index({json.dumps(kind)})" for kind in flags)
        yield "  stored traces, through tracetui:"
        program = f"select(any(.sessions[]; [.flags[].kind] | {wanted})) | .source.path"
        yield f"    tracetui triage traces/*.jsonl --json | jq -r {shlex.quote(program)}"
    looping = _looping(held) if held.text("classification.failure_mode") == "cost_runaway" else ()
    if tools or looping:
        yield "  spans with the attributes of OpenTelemetry GenAI, as TraceQL:"
    for tool in looping[:1]:
        yield f"    {{ span.gen_ai.tool.name = {json.dumps(tool)} }} | count() > {LOOP_CALLS}"
    if tools:
        named = " || ".join(f"span.gen_ai.tool.name = {json.dumps(tool)}" for tool in tools)
        yield f'    {{ span.gen_ai.operation.name = "execute_tool" && ({named}) }}'
        yield "  a session trace, one JSON object a line:"
        program = f"select(.tool as $tool | {json.dumps(tools)} | index($tool))"
        yield f"    jq -c {shlex.quote(program)} session-trace.jsonl"
    if not (flags or tools or looping):
        yield "  none: name the flags in the classification, or the actions in the blast radius"


def _acting(held: Postmortem) -> list[str]:
    """The tools that acted on the world after the origin, each once."""
    return list(dict.fromkeys(row.text("tool") for row in held.rows("blast_radius") if row.text("tool").strip()))


def _looping(held: Postmortem) -> list[str]:
    """The tools of the cascade, the most frequent first."""
    called = [row.text("who") for row in held.rows("cascade")]
    tools = set(names_counted(held.text("session.tools_called")))
    return sorted({who for who in called if who in tools}, key=lambda tool: (-called.count(tool), tool))


def _quoted(tool: str) -> str:
    return json.dumps(tool, ensure_ascii=False)
