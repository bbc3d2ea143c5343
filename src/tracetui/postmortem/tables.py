"""The tables of the form: what comes in rows."""

from __future__ import annotations

from tracetui.postmortem import vocabulary as words
from tracetui.postmortem.form import Field, Table, choice, text

CASCADE = Table(
    "cascade",
    "Cascade, step by step",
    "step",
    (Field("step", "Step", "step"), Field("who", "Who"), text("what", "What it did with the premise", "")),
    lead=2,
)
DECISIONS = Table(
    "decisions",
    "Decision tree",
    "branch",
    (
        Field("step", "Step", "step"),
        text("taken", "Branch taken", "what was decided"),
        text("why", "Why", "on what ground; which branches were open"),
    ),
)
WHYS = Table(
    "whys",
    "Five whys",
    "why",
    (text("why", "Why", "ask it of the answer above"), text("because", "Because", "a property of the system")),
    "each answer is asked again, until it names something that can be changed",
)
FACTORS = Table(
    "factors",
    "Contributing factors",
    "factor",
    (choice("kind", "Kind", words.FACTOR_KIND), text("what", "What", "how it let the root cause through")),
    lead=1,
)
LAYERS = Table(
    "layers",
    "Control layers",
    "layer",
    (
        choice("verdict", "Verdict", words.LAYER_VERDICT),
        text("how", "How", "what it checked, what passed"),
        text("change", "Change", "what would make it hold"),
    ),
    "fixing the prompt is rarely the complete answer",
    (
        ("tool_permission", "Tool permission boundary"),
        ("eval_coverage", "Evaluation set covers this input"),
        ("acceptance", "Acceptance criterion that should have caught it"),
        ("review_gate", "Review gate, and how it failed"),
    ),
)
BLAST_RADIUS = Table(
    "blast_radius",
    "External actions after the origin",
    "action",
    (
        Field("step", "Step", "step"),
        Field("tool", "Tool"),
        text("target", "On", "what it acted on"),
        choice("reversibility", "Reversible", words.REVERSIBILITY),
        text("remedy", "Remedy", "how it is undone or made good; each irreversible one needs one"),
        Field("owner", "Owner"),
        choice("done", "Done", words.YES_NO),
    ),
    "every external action, reversible or not; unknown counts as irreversible",
    lead=4,
)
COUNTERFACTUALS = Table(
    "counterfactuals",
    "Counterfactuals",
    "question",
    (
        text("change", "Would it have happened with …", "the updated policy in context, a clearer tool description"),
        choice("tested", "Tested by replay", words.YES_NO),
        Field("effect", "Measured effect", hint="k of n runs failed; rank by this, not by opinion"),
        text("outcome", "Outcome", "what happened instead"),
    ),
    "tested by replay and ranked by measured effect",
)
MEASURES = Table(
    "measures",
    "Containment",
    "measure",
    (
        choice("kind", "Measure", words.CONTAINMENT_KIND),
        text("what", "What was done", ""),
        Field("at", "At", "time"),
        Field("owner", "By"),
    ),
    "err toward caution",
    lead=2,
)
ACTIONS = Table(
    "actions",
    "Actions",
    "action",
    (
        text("text", "Action", "a verb, the thing it changes, and how one sees that it is done"),
        choice("type", "Type", words.ACTION_TYPE),
        Field("owner", "Owner"),
        choice("priority", "Priority", words.PRIORITY),
        Field("due", "Due", "date"),
        choice("status", "Status", words.ACTION_STATUS),
        choice("where", "Where the fix belongs", words.FIX_PLACE),
        text("verified_by", "Verified by", "the test, alert or number that shows it works"),
    ),
    "specific and measurable; open and past its date is overdue",
)
CHECKLIST = Table(
    "checklist",
    "Before it is final",
    "item",
    (choice("done", "Done", words.YES_NO), text("reason", "Reason", "if it is not done: why that is right")),
    "",
    (
        ("trace_stored", "Trace exported and stored"),
        ("origin_identified", "Origin identified by step"),
        ("mode_classified", "Failure mode classified"),
        ("cascade_documented", "Cascade path documented"),
        ("actions_enumerated", "External actions enumerated"),
        ("irreversible_remedied", "Reversible and irreversible identified and remediated"),
        ("one_root_cause", "One root cause"),
        ("gap_described", "Detection gap described"),
        ("counterfactuals_done", "Counterfactual analysis done"),
        ("eval_added", "A new eval test added"),
        ("alert_added", "An alert on the failure signature"),
        ("breakers_reviewed", "Circuit-breaker thresholds reviewed, if a high-stakes tool was involved"),
        ("distributed", "Distributed within 48 hours"),
    ),
)
PHASES = Table(
    "phases",
    "The four phases",
    "step",
    (choice("done", "Done", words.YES_NO), Field("at", "At", "time"), text("note", "Note", "")),
    "",
    (
        ("suspended", "Containment: suspended or restricted"),
        ("notified", "Containment: notified"),
        ("outputs_listed", "Containment: affected outputs documented"),
        ("log_access", "Investigation: access to the logs"),
        ("timeline", "Investigation: timeline reconstructed"),
        ("impact_quantified", "Investigation: impact quantified"),
        ("layers_walked", "Root cause: walked through the control layers"),
        ("controls_changed", "Resolution: control changes specific and testable"),
        ("fix_verified", "Resolution: verified before full operation"),
        ("review_scheduled", "Resolution: review scheduled"),
    ),
)
SIMILAR = Table(
    "similar",
    "Similar past incidents",
    "incident",
    (Field("incident", "Incident"), text("why", "What they share", "flags, tools, mode, shape")),
)
