"""The words that an incident is classified with: each with its meaning and its usual fix.

A vocabulary is closed so that incidents can be counted; every one of them ends in the judgement of a person.
"""

from __future__ import annotations

import msgspec


class Term(msgspec.Struct, frozen=True):
    """One choice. `code` is what the document stores and never changes."""

    code: str
    title: str
    meaning: str
    fix: str = ""
    """What usually mends it, or the first thing to do."""
    note: str = ""
    """How often it occurs, how far it reaches."""


class Vocabulary(msgspec.Struct, frozen=True):
    name: str
    terms: tuple[Term, ...]

    def term(self, code: str) -> Term | None:
        """The term with that code; None for a code that the vocabulary does not hold."""
        return next((term for term in self.terms if term.code == code), None)

    def title(self, code: str) -> str:
        """What people see for `code`; a code of a later version stands for itself."""
        term = self.term(code)
        return term.title if term else code


YES_NO = Vocabulary("yes or no", (Term("yes", "yes", ""), Term("no", "no", "")))

STATUS = Vocabulary(
    "status",
    (
        Term("draft", "draft", "being written; nothing is promised yet"),
        Term("final", "final", "complete: every item of the checklist is done or has a written reason"),
    ),
)

FAILURE_MODE = Vocabulary(
    "failure mode",
    (
        Term(
            "hallucination_propagation",
            "hallucination propagation",
            "confident, coherent and false: an early assertion is used again as a fact",
            "find the first false assertion: trace backward from the wrong output",
            "reach low to medium; informational unless a tool acted on it",
        ),
        Term(
            "tool_misfire",
            "tool misfire",
            "a wrong tool, odd arguments, or a result that was used without a check",
            "audit every tool call after the origin; check the state downstream",
            "reach high: real effects, maybe irreversible",
        ),
        Term(
            "context_poisoning",
            "context poisoning",
            "the goal or the view of the world moved between turns; wrong content stays in memory or retrieved text",
            "find where the goal was overwritten; look at retrieved or injected content",
            "reach grows with how long it ran on",
        ),
        Term(
            "cost_runaway",
            "cost runaway",
            "tokens far over the baseline, the same tool with nearly the same arguments, no final output",
            "stop the session; total the spend; find the entry of the loop",
            "reach: money",
        ),
        Term(
            "novel",
            "novel",
            "none of the known modes fits",
            "escalate to a full postmortem; describe the signature so that it can be named",
        ),
    ),
)

TAXONOMY = Vocabulary(
    "where it failed",
    (
        Term(
            "context_assembly",
            "context assembly",
            "the model was shown too little, too much or stale content",
            "retrieval, freshness",
            "very common",
        ),
        Term(
            "prompt_or_instruction",
            "prompt or instruction",
            "the instruction was unclear, contradictory or unversioned",
            "clarify, version",
            "common",
        ),
        Term(
            "tool_selection",
            "tool selection",
            "a tool was chosen that does not fit the task",
            "descriptions, overlap",
            "common",
        ),
        Term(
            "parameter_hallucination",
            "parameter hallucination",
            "an argument has no source in what the model was shown",
            "schema, explicit sources",
            "moderate",
        ),
        Term(
            "recovery",
            "recovery",
            "an error came back and was not handled",
            "error handling, fallback",
            "moderate",
        ),
        Term(
            "guardrail_bypass",
            "guardrail bypass",
            "a check was missing or was passed that should have held",
            "coverage, output validation",
            "less common",
        ),
        Term(
            "cascading",
            "cascading",
            "one agent's fault became another agent's premise",
            "validation between agents",
        ),
    ),
)

ROOT_CAUSE_KIND = Vocabulary(
    "kind of root cause",
    (
        Term("tool_failure", "tool failure", "a tool answered wrongly, late or not at all", "contract tests, timeouts"),
        Term("prompt_drift", "prompt drift", "instructions changed or eroded over versions or turns", "version, pin"),
        Term("state_corruption", "state corruption", "memory or shared state held something false", "validate writes"),
        Term(
            "environmental_change",
            "environmental change",
            "a model, an API or data changed beneath the agent",
            "pin versions, canary",
        ),
        Term(
            "edge_case_input",
            "edge-case input",
            "an input that nobody had covered",
            "add it to the evaluation set",
        ),
    ),
)

ROOT_CAUSE = Vocabulary(
    "root cause",
    (
        Term(
            "model_limitation",
            "model limitation",
            "the model cannot do this reliably with anything it is shown",
            "another model, a smaller task, a check outside the model",
        ),
        Term(
            "prompt_design",
            "prompt design",
            "the instructions allowed or invited the wrong step",
            "say what counts as a source; say what to do when there is none",
        ),
        Term(
            "tool_interface",
            "tool interface",
            "a description, schema or result let the wrong call look right",
            "tighten the schema; return the owner; refuse mismatches",
        ),
        Term(
            "data_contamination",
            "data contamination",
            "wrong or injected content stood in what the model was shown",
            "provenance, freshness, separation of data and instruction",
        ),
        Term(
            "logging_absent",
            "absence of logging",
            "what happened cannot be known because it was not recorded",
            "capture every message, tool definition and response",
        ),
    ),
)

CATEGORY = Vocabulary(
    "category",
    (
        Term("llm_hallucination", "LLM hallucination", "the model asserted what nothing supports", "ground, validate"),
        Term("llm_refusal", "LLM refusal", "the model declined what it should do", "clarify the task and its limits"),
        Term("tool_failure", "tool failure", "a tool failed or answered wrongly", "error handling, contract tests"),
        Term(
            "prompt_injection", "prompt injection", "content carried instructions that were obeyed", "separate, filter"
        ),
        Term("timeout", "timeout", "something took too long", "deadlines, retries with a limit"),
        Term("rate_limit", "rate limit", "a provider refused more requests", "back off, budget"),
        Term("data_corruption", "data corruption", "stored data was or became wrong", "validate, restore"),
        Term("business_logic", "business logic", "every part worked; the rule was wrong", "acceptance criteria, tests"),
        Term("infrastructure", "infrastructure", "network, hosts or queues failed", "redundancy, health checks"),
    ),
)

SEVERITY = Vocabulary(
    "severity",
    (
        Term("SEV1", "SEV1", "outage or loss of data", "full postmortem, always"),
        Term("SEV2", "SEV2", "users or external systems were harmed", "full postmortem, always"),
        Term("SEV3", "SEV3", "wrong output reached someone; no lasting effect", "postmortem if escalated, else a bug"),
        Term("SEV4", "SEV4", "cosmetic", "a bug: add an eval case, fix, move on"),
    ),
)

DETERMINISM = Vocabulary(
    "determinism",
    (
        Term("deterministic", "deterministic", "always happens with this input", "a single replay verifies the fix"),
        Term("probabilistic", "probabilistic", "happens in k of n runs", "verify the fix over several runs"),
        Term("unknown", "not known", "it has not been run again", "replay the captured input several times"),
    ),
)

DIVERGENCE_KIND = Vocabulary(
    "kind of divergence",
    (
        Term("argument", "argument", "the same tool, with an argument of another meaning"),
        Term("path", "path", "another tool or branch was taken"),
        Term("order", "order", "the same steps in another order that matters"),
        Term("result", "result", "the same call got another answer"),
        Term("answer", "answer", "the same steps, another conclusion"),
        Term("length", "length", "one run stops where the other goes on"),
    ),
)

REVERSIBILITY = Vocabulary(
    "reversibility",
    (
        Term("reversible", "reversible", "can be undone completely", "undo it and note when"),
        Term("external", "external", "left the system; can be corrected, not unsent", "tell whoever received it"),
        Term("irreversible", "irreversible", "cannot be undone", "write the remedy"),
        Term("unknown", "unknown", "nobody has looked yet: counts as irreversible", "find out, then write the remedy"),
    ),
)

LAYER_VERDICT = Vocabulary(
    "what the layer did",
    (
        Term("held", "held", "it worked as designed and this was outside it"),
        Term("failed", "failed", "it was there and let this pass", "say how, and change it"),
        Term("absent", "absent", "there was none", "add it, or say why not"),
        Term("not_applicable", "not applicable", "this system has no such layer and needs none"),
    ),
)

FACTOR_KIND = Vocabulary(
    "contributing factor",
    (
        Term("stale_context", "stale context", "what the model was shown was out of date", "freshness, expiry"),
        Term("ambiguous_tool", "ambiguous tool description", "two readings of a tool were possible", "rewrite, split"),
        Term(
            "missing_guardrail", "missing guardrail", "nothing checked this value or action", "validate before acting"
        ),
        Term("model_change", "model change", "the model or its settings had changed", "pin, regression suite"),
        Term("other", "other", "something else, in words"),
    ),
)

CONTAINMENT_KIND = Vocabulary(
    "containment",
    (
        Term("stop_session", "stop the session", "end the run and keep it from starting again"),
        Term("revoke_credentials", "revoke credentials", "take away what the agent can act with"),
        Term("human_review", "restrict to human review", "no action without a person's approval"),
        Term("rate_limit", "rate-limit", "slow it down until the cause is known"),
        Term("notify", "notify", "tell the users and owners who are affected"),
        Term("document_outputs", "document affected outputs", "list what was produced and who has it"),
        Term("capture_trace", "capture the whole trace", "export it before logs rotate"),
        Term("other", "other", "something else, in words"),
    ),
)

ACTION_TYPE = Vocabulary(
    "type of action",
    (
        Term("prevent", "prevent", "it cannot happen again this way"),
        Term("detect", "detect", "it is noticed before a user sees it"),
        Term("mitigate", "mitigate", "it does less harm when it happens"),
        Term("process", "process", "people work differently"),
    ),
)

PRIORITY = Vocabulary(
    "priority",
    (
        Term("P0", "P0", "before full operation is restored"),
        Term("P1", "P1", "within the current cycle"),
        Term("P2", "P2", "planned"),
    ),
)

ACTION_STATUS = Vocabulary(
    "status of an action",
    (
        Term("open", "open", "nobody has begun"),
        Term("in_progress", "in progress", "someone is at it"),
        Term("completed", "completed", "done and verified"),
    ),
)

FIX_PLACE = Vocabulary(
    "where the fix belongs",
    (
        Term("prompt", "prompt", "the instructions; rarely the complete answer"),
        Term("retrieval", "retrieval", "what is fetched and how fresh it is"),
        Term("tool_contract", "tool contract", "description, schema, validation, result"),
        Term("permission_model", "permission model", "what the agent may do without asking"),
        Term("evaluation_suite", "evaluation suite", "the input is covered and checked"),
        Term("human_process", "human process", "review gates, hand-overs, notification"),
    ),
)

DETECTED_BY = Vocabulary(
    "detected by",
    (
        Term("user_report", "a user's report", "a customer or user saw it first: the detection gap is real"),
        Term("alert", "an alert", "monitoring noticed"),
        Term("review", "a review", "a person checking outputs noticed"),
        Term("evaluation", "an evaluation", "a test or regression run noticed"),
        Term("chance", "chance", "somebody happened to look"),
    ),
)

VOCABULARIES: tuple[Vocabulary, ...] = (
    YES_NO,
    STATUS,
    FAILURE_MODE,
    TAXONOMY,
    ROOT_CAUSE_KIND,
    ROOT_CAUSE,
    CATEGORY,
    SEVERITY,
    DETERMINISM,
    DIVERGENCE_KIND,
    REVERSIBILITY,
    LAYER_VERDICT,
    FACTOR_KIND,
    CONTAINMENT_KIND,
    ACTION_TYPE,
    PRIORITY,
    ACTION_STATUS,
    FIX_PLACE,
    DETECTED_BY,
)
