"""Documents from hand-made findings: every key of the contract, with numbers and places in place of indices."""

from __future__ import annotations

from tracetui.analysis.findings import (
    Comparison,
    Decisive,
    Divergence,
    Effect,
    FaultOrigin,
    Pair,
    Reason,
    Suspect,
    Triage,
    Verdict,
)
from tracetui.commands import documents
from tracetui.commands.documents import Against
from tracetui.commands.pieces import message, part
from tracetui.errors import TracetuiError
from tracetui.model import (
    Evidence,
    Flag,
    Gap,
    Message,
    OtherPart,
    ReasoningPart,
    Session,
    SourceRef,
    Step,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    Usage,
)


def ref(line: int, pointer: str = "") -> SourceRef:
    return SourceRef("run.jsonl", line * 100, 50, line, pointer)


def place(number: int, line: int, pointer: str = "") -> dict[str, object]:
    source = {"path": "run.jsonl", "line": line, "offset": line * 100, "length": 50, "pointer": pointer}
    return {"step": number, "source": source}


SESSION = Session(
    session_id="s",
    steps=(
        Step(index=0, number=10, kind="llm_call", source=ref(1), agent="planner", usage=Usage(100, 20)),
        Step(index=1, number=20, kind="tool_call", source=ref(3), also=(ref(2),), tool="get", arguments_source=ref(2)),
        Step(index=2, number=30, kind="llm_call", source=ref(4), duration_ns=1_500_000, cost_usd=0.25),
    ),
)
EVIDENCE = Evidence(0, "ord_555", ref(1, "/content"), "first appears here")
TRIAGE = Triage(
    verdict=Verdict(
        failure_mode="hallucination_propagation", confidence=0.9, why="because", escalate=True, escalate_because=("x",)
    ),
    origin=FaultOrigin(
        found=True,
        because="first written here",
        step=0,
        confidence=0.8,
        value="ord_555",
        symptom=2,
        cascade=(0, 1, 2),
        links=((0, 1, "ord_555"),),
        evidence=(EVIDENCE,),
    ),
    suspects=(Suspect(0, 0.8, (Reason("novel", 0.5, "new value", (EVIDENCE,)),)),),
    flags=(
        Flag(
            kind="ENTITY_MISMATCH",
            step=1,
            source=ref(2, "/args"),
            recorded=False,
            confidence=0.7,
            message="owner",
            rule="mismatch",
            evidence=(EVIDENCE,),
        ),
    ),
    blast_radius=(
        Effect(step=1, tool="get", target="ord_555", reversibility="unknown", after_origin=True, undo="ask"),
    ),
    gaps=(Gap("result_not_recorded", "not known", "record it", (20,)),),
)


def test_a_triage_speaks_of_numbers_and_places() -> None:
    document = documents.triage_session(SESSION, TRIAGE)
    quoted = {**place(10, 1, "/content"), "quote": "ord_555", "role": "first appears here"}
    assert document["origin"] == {
        "found": True,
        **place(10, 1),
        "because": "first written here",
        "confidence": 0.8,
        "value": "ord_555",
        "symptom": place(30, 4),
        "links": [{"from": 10, "to": 20, "value": "ord_555"}],
        "evidence": [quoted],
    }
    assert document["cascade"] == [10, 20, 30]
    assert document["suspects"] == [
        {
            **place(10, 1),
            "agent": "planner",
            "score": 0.8,
            "reasons": [{"feature": "novel", "weight": 0.5, "text": "new value", "evidence": [quoted]}],
        }
    ]
    assert document["blast_radius"] == [
        {
            **place(20, 3),
            "tool": "get",
            "target": "ord_555",
            "reversibility": "unknown",
            "after_origin": True,
            "depends_on_origin": False,
            "why": "",
            "undo": "ask",
        }
    ]
    assert document["verdict"]["escalate_because"] == ["x"]
    assert document["gaps"] == [
        {"kind": "result_not_recorded", "steps": [20], "effect": "not known", "remedy": "record it"}
    ]


def test_a_flag_stands_at_its_own_place_which_may_differ_from_its_steps() -> None:
    (flag,) = documents.triage_session(SESSION, TRIAGE)["flags"]
    assert flag["step"] == 20
    assert flag["source"]["line"] == 2
    assert flag["source"]["pointer"] == "/args"
    assert flag["recorded"] is False


def test_totals_are_null_where_nothing_is_recorded() -> None:
    document = documents.triage_session(SESSION, TRIAGE)
    assert document["agents"] == ["planner"]
    assert (document["steps"], document["llm_calls"], document["tool_calls"]) == (3, 2, 1)
    assert document["usage"] == {"input_tokens": 100, "output_tokens": 20, "origin": "recorded"}
    assert document["cost_usd"] == 0.25
    assert document["duration_ms"] == 1.5
    bare = Session(session_id="s", steps=SESSION.steps[1:2])
    totals = documents.triage_session(bare, _none())
    assert totals["usage"] is None
    assert totals["cost_usd"] is None
    assert totals["duration_ms"] is None


def test_no_origin_has_null_for_its_place_and_says_why() -> None:
    document = documents.triage_session(SESSION, _none())
    assert document["origin"]["found"] is False
    assert document["origin"]["step"] is None
    assert document["origin"]["source"] is None
    assert document["origin"]["symptom"] is None
    assert document["origin"]["because"] == "not found, because nothing is recorded"
    assert document["cascade"] == []


def test_a_step_names_its_parent_by_number_and_further_places() -> None:
    step = documents.step(
        SESSION, Step(index=1, number=20, kind="tool_call", source=ref(3), also=(ref(2),), parent=0, depth=1)
    )
    assert step["parent"] == 10
    assert step["also"][0]["line"] == 2


def test_a_comparison_names_the_good_run_it_is_told_against() -> None:
    good = Session(session_id="good", steps=(Step(index=0, number=7, kind="llm_call", source=ref(9)),))
    comparison = Comparison(
        verdict="diverged",
        why="an argument",
        divergence=Divergence(
            bad=1,
            good=None,
            kind="argument",
            why="other id",
            decisive=Decisive(kind="extra_action", bad=1, good=None, why="only here"),
        ),
        pairs=(Pair(0, 0, 0.9, "similar"), Pair(1, None, 0.0, "only_bad")),
        roles={"ORDER#1": ("ord_555", None)},
        ignored=(("wording", 3),),
        baseline=1,
    )
    document = documents.diff(SESSION, Against(comparison, (SESSION, good)))
    assert document["schema"] == "tracetui.diff/1"
    assert document["good"] == {"path": "run.jsonl", "session_id": "good"}
    assert document["divergence"] == {
        "bad": place(20, 3),
        "good": None,
        "kind": "argument",
        "why": "other id",
        "decisive": {"kind": "extra_action", "bad": place(20, 3), "good": None, "why": "only here"},
    }
    assert document["pairs"] == [
        {"bad": 10, "good": 7, "similarity": 0.9, "relation": "similar"},
        {"bad": 20, "good": None, "similarity": 0.0, "relation": "only_bad"},
    ]
    assert document["roles"] == {"ORDER#1": {"bad": "ord_555", "good": None}}
    assert document["ignored"] == [{"kind": "wording", "count": 3}]


def test_message_parts_carry_the_names_of_the_field() -> None:
    assert part(TextPart("a")) == {"type": "text", "content": "a"}
    assert part(ReasoningPart("b")) == {"type": "reasoning", "content": "b"}
    assert part(ToolCallPart("1", "get", {"id": 1})) == {
        "type": "tool_call",
        "id": "1",
        "name": "get",
        "arguments": {"id": 1},
    }
    assert part(ToolCallResponsePart("1", None)) == {"type": "tool_call_response", "id": "1", "response": None}
    assert part(OtherPart("image", {"data": "…"})) == {"type": "image", "content": {"data": "…"}}


def test_a_message_has_a_name_only_where_one_is_recorded() -> None:
    assert message(Message("user", ())) == {"role": "user", "parts": []}
    assert message(Message("user", (), "Ann")) == {"role": "user", "name": "Ann", "parts": []}


def test_an_error_says_what_and_what_to_do() -> None:
    assert documents.error("x.json", TracetuiError("x.json: is empty", hint="check")) == {
        "schema": "tracetui.error/1",
        "path": "x.json",
        "message": "x.json: is empty",
        "hint": "check",
    }


def _none() -> Triage:
    return Triage(
        verdict=Verdict(failure_mode="cannot_tell", confidence=0.0, why="", escalate=False),
        origin=FaultOrigin(found=False, because="not found, because nothing is recorded"),
        suspects=(),
        flags=(),
        blast_radius=(),
        gaps=(),
    )
