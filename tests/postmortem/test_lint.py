from __future__ import annotations

from tests.postmortem.example import sample_postmortem
from tracetui.postmortem.document import Postmortem
from tracetui.postmortem.edits import SetText, apply
from tracetui.postmortem.lint import lint


def written(postmortem: Postmortem, **values: str) -> Postmortem:
    for address, text in values.items():
        address = address.replace("__", "/") if "__" in address else address.replace("_", ".", 1)
        postmortem = apply(postmortem, SetText(address, text, "dana", "2026-07-01T02:15:00+00:00"))
    return postmortem


def rules(postmortem: Postmortem) -> set[str]:
    return {finding.rule for finding in lint(postmortem)}


def test_a_fresh_draft_lacks_the_detection_gap_and_the_remedy() -> None:
    assert rules(sample_postmortem()) == {"detection-gap-empty", "irreversible-unanswered"}


def test_blame_is_found_in_any_field_with_its_quote() -> None:
    draft = written(sample_postmortem(), lessons_wrong="The engineer failed to check the owner.")
    found = next(finding for finding in lint(draft) if finding.rule == "blame")
    assert found.address == "lessons.wrong"
    assert found.quote == "The engineer failed to"


def test_owners_are_known_as_names() -> None:
    draft = written(sample_postmortem(), actions__r1__owner="Robin Vale", lessons_wrong="Robin forgot it.")
    assert "blame" in rules(draft)


def test_what_the_trace_says_is_not_linted_as_prose() -> None:
    draft = apply(sample_postmortem(), SetText("session.goal", "The engineer failed to reply", source="trace: step 1"))
    assert "blame" not in rules(draft)


def test_an_action_wants_an_owner_a_date_and_a_check() -> None:
    draft = written(sample_postmortem(), actions__r1__text="Reject get_order when the owner differs")
    assert {"action-without-owner", "action-without-due", "action-without-verified-by"} <= rules(draft)
    assert "vague-action" not in rules(draft)
    assert "vague-action" in rules(written(draft, actions__r1__text="improve the agent"))


def test_one_root_cause() -> None:
    one = written(sample_postmortem(), root_cause="x")
    one = apply(one, SetText("root_cause.statement", "The tool returned an order without its owner."))
    assert "several-root-causes" not in rules(one)
    for text in (
        "There were two causes: the prompt and the tool.",
        "1. the prompt was unclear\n2. the tool returned no owner",
        "The root causes were prompt and tool.",
    ):
        assert "several-root-causes" in rules(apply(one, SetText("root_cause.statement", text)))


def test_an_origin_needs_a_step_or_a_reason() -> None:
    taken = apply(sample_postmortem(), SetText("origin.step", ""))
    assert "origin-missing" in rules(taken)
    assert "origin-missing" not in rules(apply(taken, SetText("origin.not_found_because", "no content is recorded")))


def test_an_answered_irreversible_action_is_left_alone() -> None:
    draft = written(sample_postmortem(), detection_gap="no owner check", blast_radius__step_4__remedy="x")
    draft = apply(draft, SetText("blast_radius/step-4/remedy", "read only: nothing to undo"))
    assert "irreversible-unanswered" not in rules(draft)


def test_a_suggested_remedy_is_no_answer_until_a_person_makes_it_theirs() -> None:
    draft = apply(sample_postmortem(), SetText("blast_radius/step-4/remedy", "write to them", source="triage"))
    assert "irreversible-unanswered" in rules(draft)
    assert "irreversible-unanswered" not in rules(apply(draft, SetText("blast_radius/step-4/done", "yes")))


def test_actions_on_the_prompt_alone_are_questioned() -> None:
    draft = apply(sample_postmortem(), SetText("actions/r1/where", "prompt"))
    assert "only-the-prompt" in rules(draft)
    assert "only-the-prompt" not in rules(apply(draft, SetText("actions/r2/where", "tool_contract")))
