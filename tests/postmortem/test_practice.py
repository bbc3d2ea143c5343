"""The form holds everything that the practice asks of a postmortem: each demand with where it is answered."""

from __future__ import annotations

import pytest

from tracetui.postmortem import vocabulary as words
from tracetui.postmortem.fields import SECTIONS, TABLES, field_at, section_of

# What is asked for, and the fields, cells or pins that hold it.
DEMANDS = {
    "session context: what it was trying to do": ["session.goal"],
    "session: id, time range, calls, tokens, cost, models": [
        "session.session_id", "session.started_at", "session.ended_at", "session.duration", "session.llm_calls",
        "session.tokens", "session.cost_usd", "session.models",
    ],
    "four questions: goal, context, tools, why it believed that it was done": [
        "session.goal", "session.context_used", "session.tools_called", "session.believed_done",
    ],
    "trigger": ["session.trigger"],
    "classification with all vocabularies": [
        "classification.failure_mode", "classification.taxonomy", "classification.category",
        "classification.severity", "root_cause.kind", "root_cause.named",
    ],
    "escalation with its reasons": ["classification.escalate", "classification.escalate_because"],
    "fault origin by step, or why none": ["origin.step", "origin.not_found_because", "origin.why"],
    "what was in the context window there": ["origin.context_there"],
    "cascade path by step numbers": ["origin.cascade", "cascade/*/step", "cascade/*/what"],
    "decision tree: branches taken and why": ["decisions/*/step", "decisions/*/taken", "decisions/*/why"],
    "divergence point": ["divergence.baseline", "divergence.bad_step", "divergence.good_step", "divergence.why"],
    "impact: users, cost, systems": ["impact.summary", "impact.users", "impact.systems", "impact.cost_usd"],
    "external actions after the origin, reversible or not": [
        "impact.external_actions", "impact.irreversible_actions", "blast_radius/*/reversibility",
    ],
    "each with undo note, owner, done": ["blast_radius/*/remedy", "blast_radius/*/owner", "blast_radius/*/done"],
    "external state changes": ["impact.state_changes"],
    "one root cause": ["root_cause.statement"],
    "5 whys": ["whys/*/why", "whys/*/because"],
    "contributing factors": ["factors/*/kind", "factors/*/what"],
    "detection gap, and what would have caught it": ["detection.gap", "detection.would_have_caught"],
    "detection: when, by whom, how long": [
        "detection.occurred_at", "detection.detected_at", "detection.detected_by", "detection.time_to_detect",
        "detection.symptom",
    ],
    "model behaviour": ["behaviour.surprise"],
    "determinism, k of n": ["behaviour.determinism", "behaviour.failed_runs", "behaviour.total_runs"],
    "counterfactuals, tested by replay, by measured effect": [
        "counterfactuals/*/change", "counterfactuals/*/tested", "counterfactuals/*/effect",
    ],
    "went well, wrong, lucky, surprised": ["lessons.well", "lessons.wrong", "lessons.lucky", "lessons.surprised"],
    "control layers": ["layers/*/verdict", "layers/*/how", "layers/*/change"],
    "containment with times": ["measures/*/what", "measures/*/at", "measures/*/owner", "containment.contained_at"],
    "restored after verification": ["containment.restored_at", "containment.verification"],
    "similar past incidents": ["similar/*/incident"],
    "action items": [
        "actions/*/text", "actions/*/type", "actions/*/owner", "actions/*/priority", "actions/*/due",
        "actions/*/status", "actions/*/where", "actions/*/verified_by",
    ],
    "checklist with reasons": ["checklist/*/done", "checklist/*/reason"],
    "four phases": ["phases/*/done"],
    "distributed within 48 hours, review scheduled": [
        "identity.distributed_at", "identity.distributed_to", "identity.review_on",
    ],
    "customer reported": ["identity.customer_reported"],
    "more than one session": ["detection.other_sessions"],
    "notes": ["evidence.notes"],
}  # fmt: skip

VOCABULARIES = {
    words.FAILURE_MODE: ["hallucination_propagation", "tool_misfire", "context_poisoning", "cost_runaway"],
    words.TAXONOMY: [
        "context_assembly", "prompt_or_instruction", "tool_selection", "parameter_hallucination", "recovery", "guardrail_bypass",
        "cascading",
    ],
    words.ROOT_CAUSE_KIND: ["tool_failure", "prompt_drift", "state_corruption", "environmental_change", "edge_case_input"],
    words.ROOT_CAUSE: ["model_limitation", "prompt_design", "tool_interface", "data_contamination"],
    words.CATEGORY: [
        "llm_hallucination", "llm_refusal", "tool_failure", "prompt_injection", "timeout", "rate_limit",
        "data_corruption", "business_logic", "infrastructure",
    ],
    words.SEVERITY: ["SEV1", "SEV2", "SEV3", "SEV4"],
    words.DETERMINISM: ["deterministic", "probabilistic"],
    words.ACTION_TYPE: ["prevent", "detect", "mitigate", "process"],
    words.PRIORITY: ["P0", "P1", "P2"],
    words.ACTION_STATUS: ["open", "in_progress", "completed"],
    words.FIX_PLACE: ["prompt", "retrieval", "tool_contract", "permission_model", "evaluation_suite", "human_process"],
    words.REVERSIBILITY: ["reversible", "external", "irreversible", "unknown"],
}  # fmt: skip


@pytest.mark.parametrize("demand", DEMANDS)
def test_what_the_practice_asks_for_has_its_place_in_the_form(demand: str) -> None:
    for address in DEMANDS[demand]:
        assert field_at(address.replace("*", "r1")) is not None, address
        assert section_of(address.replace("*", "r1")) is not None, address


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
def test_every_vocabulary_holds_the_terms_each_with_its_meaning(vocabulary: words.Vocabulary) -> None:
    assert [term.code for term in vocabulary.terms][: len(VOCABULARIES[vocabulary])] == VOCABULARIES[vocabulary]
    assert all(term.meaning for term in vocabulary.terms)
    used = [field.vocabulary for section in SECTIONS for field in section.fields]
    used += [column.vocabulary for table in TABLES.values() for column in table.columns]
    assert vocabulary in used


def test_every_section_is_reached_by_its_number_and_every_field_says_what_belongs_there() -> None:
    assert [section.number for section in SECTIONS] == list(range(1, len(SECTIONS) + 1))
    silent = [
        f"{section.id}.{field.id}"
        for section in SECTIONS
        for field in section.fields
        if field.kind == "text" and not field.hint
    ]
    assert silent == []
