"""The form as data: every section, field and table of a postmortem. Screens, exports and lint all read this.

A field's address in the document is `section.field`; a cell's is `table/row/column`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracetui.postmortem import tables as rows
from tracetui.postmortem import vocabulary as words
from tracetui.postmortem.form import Field, Section, Table, choice, text

IDENTITY = (
    Field("title", "Title", hint="what happened, in one line; no names of people"),
    choice("status", "Status", words.STATUS, "final needs every item of the checklist, or a written reason"),
    text("summary", "Summary", "three sentences for someone who was not there: what, to whom, what now"),
    Field("authors", "Authors", hint="who writes this"),
    Field("ticket", "Ticket", hint="where the work is tracked"),
    choice("customer_reported", "Customer reported", words.YES_NO, "yes always means a full postmortem"),
    Field("trace", "Trace", hint="the source that was read"),
    Field("trace_format", "Trace format", hint="how it was read, and why so"),
    Field("distributed_at", "Distributed", "time", "when it went out; within 48 hours"),
    Field("distributed_to", "Distributed to", hint="who got it"),
    Field("review_on", "Review on", "date", "when the actions are looked at again"),
)
SESSION = (
    text("goal", "Goal attempted", "what the agent was trying to do"),
    text("trigger", "Trigger", "what started it: a user's input, a schedule, a webhook"),
    text("context_used", "Context used", "what the model was shown, and what of it the trace holds"),
    text("tools_called", "Tools called", "which, how often"),
    text("believed_done", "Why it believed it was done", "the last thing it said or did, and on what ground"),
    Field("session_id", "Session"),
    Field("agents", "Agents"),
    Field("models", "Models"),
    Field("started_at", "Started", "time"),
    Field("ended_at", "Ended", "time"),
    Field("duration", "Duration"),
    Field("steps", "Steps", "number"),
    Field("llm_calls", "LLM calls", "number"),
    Field("tool_calls", "Tool calls", "number"),
    Field("tokens", "Tokens"),
    Field("cost_usd", "Cost, USD", "number"),
    Field("cost_baseline_usd", "Usual cost, USD", "number", "of a session like this; over five times it is escalated"),
)
DETECTION = (
    Field("occurred_at", "Happened", "time", "when the wrong output or action left the agent"),
    Field("detected_at", "Detected", "time"),
    choice("detected_by", "Detected by", words.DETECTED_BY),
    Field("time_to_detect", "Time to detect", hint="from happening to detection"),
    text("symptom", "What was seen", "the wrong output, as the first person saw it"),
    text("gap", "Detection gap", "why it was not caught before a user saw it: the most important finding"),
    text("would_have_caught", "What would have caught it", "the check that was missing, as something one could build"),
    choice("other_sessions", "In other sessions too", words.YES_NO, "a pattern in more than one session is escalated"),
)
IMPACT = (
    text("summary", "Impact", "on whom, how many, how badly, for how long"),
    Field("users", "Users affected"),
    text("systems", "Systems affected", "where data or state is now wrong"),
    text("state_changes", "External state changed", "records, messages, payments: before and after"),
    Field("external_actions", "External actions", "number", "after the origin"),
    Field("irreversible_actions", "Irreversible, unknown", "number", "of these: what cannot be undone, or may not"),
    Field("cost_usd", "Cost, USD", "number", "of the incident: spend, refunds, work"),
)
CLASSIFICATION = (
    choice("failure_mode", "Failure mode", words.FAILURE_MODE),
    choice("taxonomy", "Where it failed", words.TAXONOMY),
    choice("category", "Category", words.CATEGORY, "for statistics"),
    choice("severity", "Severity", words.SEVERITY, "estimated; yours to override"),
    text("why", "Why this mode", "the signature that decided it"),
    choice("escalate", "Full postmortem", words.YES_NO),
    text("escalate_because", "Escalated because", "external action, cost, more than one session, severity, novelty"),
    Field("flags", "Flags", hint="kinds of flags in the trace, and how often: what similar incidents are told by"),
)
ORIGIN = (
    Field("step", "Origin step", "step", "the earliest step where the wrong premise appeared"),
    text("not_found_because", "Not found, because", "if no step can be named: what the trace lacks"),
    Field("premise", "Wrong premise", hint="the value or assertion that was false"),
    text("why", "Why this step", "what stood in no earlier message"),
    text("context_there", "Context at the origin", "what was in the context window there, and what was missing"),
    Field("symptom_step", "Symptom step", "step", "the wrong output that the walk backward began at"),
    Field("cascade", "Cascade", hint="the path by step numbers, from origin to symptom"),
    text("suspects", "Other suspects", "steps that could be the origin instead, best first"),
)
DIVERGENCE = (
    Field("baseline", "Good run", hint="the run this one is compared with"),
    Field("bad_step", "Diverged at step", "step"),
    Field("good_step", "Good run's step", "step"),
    choice("kind", "Kind", words.DIVERGENCE_KIND),
    text("why", "Difference in meaning", "not in wording"),
    text("decisive", "Decisive action", "the first external action that one run took and the other did not"),
)
ROOT_CAUSE = (
    choice("named", "Root cause", words.ROOT_CAUSE, "one, clearly named"),
    choice("kind", "Kind", words.ROOT_CAUSE_KIND),
    text("statement", "In a sentence", "the system allowed …; one cause, the rest are contributing factors"),
)
BEHAVIOUR = (
    choice("determinism", "Determinism", words.DETERMINISM),
    Field("failed_runs", "Failed runs (k)", "number"),
    Field("total_runs", "of runs (n)", "number"),
    text("surprise", "Behaviour that surprised", "what the model did that nobody expected of it"),
)
LESSONS = (
    text("well", "What went well", "what limited the harm or sped up the finding"),
    text("wrong", "What went wrong", "in the system and in the response"),
    text("lucky", "Where we were lucky", "what could have made it worse and did not by chance"),
    text("surprised", "Why we were surprised", "the belief about the system that turned out false"),
)
CONTAINMENT = (
    Field("contained_at", "Contained", "time", "target: within 4 hours of detection"),
    Field("restored_at", "Restored", "time", "full operation, only after the fix was verified against the root cause"),
    text("verification", "How the fix was verified", "against the root cause, before operation was restored"),
)
EVIDENCE = (text("notes", "Notes", "anything that has no field of its own"),)

_SECTIONS: tuple[tuple[str, str, tuple[Field, ...], tuple[Table, ...]], ...] = (
    ("identity", "Identity", IDENTITY, ()),
    ("session", "Session context", SESSION, ()),
    ("detection", "Detection", DETECTION, ()),
    ("impact", "Impact", IMPACT, ()),
    ("classification", "Classification", CLASSIFICATION, ()),
    ("origin", "Origin and cascade", ORIGIN, (rows.CASCADE, rows.DECISIONS)),
    ("divergence", "Divergence", DIVERGENCE, ()),
    ("root_cause", "Root cause", ROOT_CAUSE, (rows.WHYS, rows.FACTORS)),
    ("controls", "Control layers", (), (rows.LAYERS,)),
    ("blast", "Blast radius", (), (rows.BLAST_RADIUS,)),
    ("behaviour", "Model behaviour", BEHAVIOUR, (rows.COUNTERFACTUALS,)),
    ("lessons", "Lessons", LESSONS, ()),
    ("containment", "Containment", CONTAINMENT, (rows.MEASURES,)),
    ("actions", "Actions", (), (rows.ACTIONS,)),
    ("checklist", "Checklist", (), (rows.CHECKLIST, rows.PHASES)),
    ("similar", "Similar incidents", (), (rows.SIMILAR,)),
    ("evidence", "Evidence and notes", EVIDENCE, ()),
)
SECTIONS: tuple[Section, ...] = tuple(
    Section(key, number, title, fields, tables)
    for number, (key, title, fields, tables) in enumerate(_SECTIONS, start=1)
)
FIELDS: dict[str, Field] = {f"{section.id}.{field.id}": field for section in SECTIONS for field in section.fields}
"""By address."""
TABLES: dict[str, Table] = {table.id: table for section in SECTIONS for table in section.tables}


def field_at(address: str) -> Field | None:
    """The field of an address `section.field` or `table/row/column`; None where the form has none."""
    if address in FIELDS:
        return FIELDS[address]
    table, _, rest = address.partition("/")
    column = rest.rpartition("/")[2]
    known = TABLES.get(table)
    return next((field for field in known.columns if field.id == column), None) if known else None


def section_of(address: str) -> Section | None:
    """The section that shows an address."""
    table = address.partition("/")[0]
    return next(
        (
            section
            for section in SECTIONS
            if address.partition(".")[0] == section.id or any(known.id == table for known in section.tables)
        ),
        None,
    )


def labels() -> Iterator[tuple[str, str]]:
    """(address, label) of every field, tables as `table/*/column`; for documentation and search."""
    for section in SECTIONS:
        for field in section.fields:
            yield f"{section.id}.{field.id}", field.label
        for table in section.tables:
            for column in table.columns:
                yield f"{table.id}/*/{column.id}", column.label
