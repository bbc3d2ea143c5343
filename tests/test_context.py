"""The prompt at any step: what the model saw."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import sample_files
from tracetui.context import outlines, previous_call, prompt_at, prompts
from tracetui.ingest.open import open_trace
from tracetui.model import (
    ContextEdit,
    Gap,
    Message,
    OtherPart,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    Step,
    StepKind,
    TextPart,
    ToolCallPart,
    ToolCallResponsePart,
    ToolDefinition,
    Usage,
)

PLACE = SourceRef("trace.jsonl", 0, 1, 1)


def said(text: str, role: str = "user") -> Message:
    return Message(role, (TextPart(text),))


def step(index: int, kind: StepKind = "llm_call", scope: str = "main", **fields: object) -> Step:
    return Step(index=index, number=index + 1, kind=kind, source=PLACE, scope=scope, **fields)  # type: ignore[arg-type]


def append(at: int, *texts: str, scope: str = "main", phase: str = "output", **fields: object) -> ContextEdit:
    messages = tuple(said(text) for text in texts)
    return ContextEdit(at=at, scope=scope, phase=phase, messages=messages, **fields)  # type: ignore[arg-type]


def texts(session: Session, index: int, **options: object) -> list[str]:
    prompt = prompt_at(session, index, **options)  # type: ignore[arg-type]
    return [part.content for shown in prompt.messages for part in shown.message.parts if isinstance(part, TextPart)]


def chat(count: int) -> Session:
    """A user message and `count` LLM calls, each with a tool call after it."""
    steps, edits = [step(0, "message")], [append(0, "please")]
    for turn in range(count):
        call = 1 + 2 * turn
        steps += [step(call), step(call + 1, "tool_call", parent=call)]
        edits += [append(call, f"answer {turn}"), append(call + 1, f"result {turn}")]
    return Session(session_id="s", steps=tuple(steps), edits=tuple(edits))


def test_an_llm_step_shows_the_prompt_as_sent_and_not_its_own_answer() -> None:
    assert texts(chat(2), 3) == ["please", "answer 0", "result 0"]


def test_a_tool_step_shows_what_the_next_call_will_see() -> None:
    session = chat(2)
    assert texts(session, 2) == texts(session, 3)


def test_every_message_names_the_step_it_came_from() -> None:
    assert [shown.from_step for shown in prompt_at(chat(2), 3).messages] == [0, 1, 2]


def test_a_late_result_names_its_own_step() -> None:
    session = Session(session_id="s", steps=(step(0), step(1)), edits=(append(0, "late", from_step=7),))
    assert prompt_at(session, 1).messages[0].from_step == 7


def test_what_was_not_in_the_previous_prompt_is_new() -> None:
    prompt = prompt_at(chat(3), 5)
    assert [shown.status for shown in prompt.messages] == ["kept", "kept", "kept", "new", "new"]
    assert prompt.compared_with == 3
    assert prompt.removed == ()


def test_the_first_prompt_is_all_new() -> None:
    prompt = prompt_at(chat(1), 1)
    assert [shown.status for shown in prompt.messages] == ["new"]
    assert prompt.compared_with is None


def test_any_other_step_can_be_compared_with() -> None:
    prompt = prompt_at(chat(3), 5, compare_with=1)
    assert [shown.status for shown in prompt.messages] == ["kept", "new", "new", "new", "new"]
    backward = prompt_at(chat(3), 1, compare_with=5)
    assert [gone.status for gone in backward.removed] == ["dropped"] * 4


def test_the_same_message_said_twice_stands_twice_and_only_the_second_is_new() -> None:
    session = Session(
        session_id="s", steps=(step(0), step(1)), edits=(append(0, "go on", phase="input"), append(0, "go on"))
    )
    assert [shown.status for shown in prompt_at(session, 1).messages] == ["kept", "new"]


def test_a_compaction_replaces_the_window_and_says_what_it_compacted() -> None:
    edits = (
        append(0, "a", "b", "c", phase="input"),
        ContextEdit(at=1, kind="compact", messages=(said("summary"),), keep=(2,)),
    )
    session = Session(session_id="s", steps=(step(0), step(1, "compaction"), step(2)), edits=edits)
    prompt = prompt_at(session, 2)
    assert texts(session, 2) == ["summary", "c"]
    assert [shown.status for shown in prompt.messages] == ["new", "kept"]
    assert [(gone.status, gone.message) for gone in prompt.removed] == [
        ("compacted", said("a")),
        ("compacted", said("b")),
    ]


def test_a_splice_that_stands_in_for_a_message_marks_it_changed() -> None:
    edits = (
        append(0, "task", "long output", phase="input"),
        ContextEdit(at=1, phase="input", kind="splice", start=1, delete=1, messages=(said("(omitted)"),)),
    )
    session = Session(session_id="s", steps=(step(0), step(1)), edits=edits)
    prompt = prompt_at(session, 1)
    assert [shown.status for shown in prompt.messages] == ["kept", "changed"]
    assert prompt.removed == ()


def test_a_deleting_splice_drops_messages() -> None:
    edits = (
        append(0, "a", "b", "c", phase="input"),
        ContextEdit(at=1, phase="input", kind="splice", start=0, delete=2),
    )
    session = Session(session_id="s", steps=(step(0), step(1)), edits=edits)
    assert texts(session, 1) == ["c"]
    assert [gone.status for gone in prompt_at(session, 1).removed] == ["dropped", "dropped"]


def test_a_reset_starts_again() -> None:
    edits = (append(0, "a", phase="input"), ContextEdit(at=1, kind="reset", messages=(said("b"),)))
    session = Session(session_id="s", steps=(step(0), step(1, "other"), step(2)), edits=edits)
    assert texts(session, 2) == ["b"]
    assert prompt_at(session, 2).removed[0].status == "dropped"


def test_system_and_tools_change_where_an_edit_says_so() -> None:
    first, second = ToolDefinition("search"), ToolDefinition("refund")
    session = Session(
        session_id="s",
        steps=(step(0), step(1)),
        system_prompts={"main": (TextPart("be kind"),)},
        tools={"main": (first,)},
        edits=(
            ContextEdit(at=1, phase="input", kind="system", messages=(said("be brief", "system"),)),
            ContextEdit(at=1, phase="input", kind="tools", tools=(first, second)),
        ),
    )
    assert prompt_at(session, 0).system == (TextPart("be kind"),)
    assert prompt_at(session, 0).tools == (first,)
    assert prompt_at(session, 1).system == (TextPart("be brief"),)
    assert prompt_at(session, 1).tools == (first, second)


def test_each_scope_has_its_own_window() -> None:
    session = Session(
        session_id="s",
        steps=(step(0), step(1, scope="helper"), step(2)),
        scopes=(Scope("main"), Scope("helper", "sub_agent", "helper", "main", 0)),
        edits=(append(0, "main task", phase="input"), append(1, "sub task", phase="input", scope="helper")),
    )
    assert texts(session, 1) == ["sub task"]
    assert texts(session, 2) == ["main task"]
    assert previous_call(session, 2) == 0
    assert previous_call(session, 1) is None


def test_the_first_call_of_a_branch_is_compared_with_the_call_it_left() -> None:
    session = Session(
        session_id="s",
        steps=(step(0), step(1, "message", scope="branch-1"), step(2, scope="branch-1")),
        scopes=(Scope("main"), Scope("branch-1", "branch", None, "main", 0)),
        edits=(
            append(0, "task", phase="input"),
            append(1, "try this", scope="branch-1"),
            append(1, "said on the main path later"),
        ),
    )
    assert texts(session, 2) == ["task", "try this"]
    assert [shown.status for shown in prompt_at(session, 2).messages] == ["kept", "new"]


def test_branches_that_name_one_another_as_parents_end() -> None:
    scopes = (Scope("a", "branch", None, "b", 0), Scope("b", "branch", None, "a", 0))
    session = Session(session_id="s", steps=(step(0, scope="a"),), scopes=scopes, edits=())
    assert texts(session, 0) == []


def recorded(*prompts_: tuple[Message, ...], edits: tuple[ContextEdit, ...] = ()) -> Session:
    """A session of LLM calls whose prompts are recorded."""
    held = {i: RecordedPrompt(messages=messages, source=PLACE) for i, messages in enumerate(prompts_)}
    return Session(session_id="s", steps=tuple(step(i) for i in range(len(prompts_))), prompts=held, edits=edits)


def test_a_recorded_prompt_is_shown_as_it_is() -> None:
    session = recorded((said("a"), said("b")))
    prompt = prompt_at(session, 0)
    assert prompt.fidelity == "recorded"
    assert [shown.message for shown in prompt.messages] == [said("a"), said("b")]
    assert {shown.fidelity for shown in prompt.messages} == {"recorded"}


def test_one_elided_old_message_of_a_recorded_prompt_is_changed_and_not_everything_after_it() -> None:
    before = (said("task"), said("long", "tool"), said("next", "assistant"))
    after = (said("task"), said("(7 lines omitted)", "tool"), said("next", "assistant"), said("more", "tool"))
    prompt = prompt_at(recorded(before, after), 1)
    assert [shown.status for shown in prompt.messages] == ["kept", "changed", "kept", "new"]
    assert prompt.removed == ()


def test_repeated_identical_messages_of_a_recorded_prompt_come_from_their_own_steps() -> None:
    edits = (append(0, "ok", phase="input"), append(0, "again"), append(1, "ok", phase="input"))
    session = recorded((said("ok"),), (said("ok"), said("again"), said("ok")), edits=edits)
    assert [shown.from_step for shown in prompt_at(session, 1).messages] == [0, 0, 1]


def test_a_rewritten_result_is_found_by_the_id_of_its_call() -> None:
    call = Message("assistant", (ToolCallPart("c1", "read", {}),))
    answer = Message("tool", (ToolCallResponsePart("c1", "(omitted)"),))
    session = Session(
        session_id="s",
        steps=(step(0), step(1, "tool_call", call_id="c1", parent=0), step(2)),
        prompts={2: RecordedPrompt(messages=(said("x"), call, said("noise"), answer), source=PLACE)},
    )
    assert [shown.from_step for shown in prompt_at(session, 2).messages] == [None, 0, None, 1]


def test_a_moved_cache_mark_is_no_change() -> None:
    image = {"type": "image", "data": "…"}
    marked = OtherPart("image", image | {"cache_control": {"type": "ephemeral"}})
    session = recorded((Message("user", (marked,)),), (Message("user", (OtherPart("image", image),)), said("more")))
    assert [shown.status for shown in prompt_at(session, 1).messages] == ["kept", "new"]


def test_deriving_rebuilds_a_recorded_prompt_from_answers_and_results() -> None:
    """Where the source gives prompts and no edits, inputs, answers and results are taken to join the window."""
    session = Session(
        session_id="s",
        steps=(
            step(0, "message", message=said("task")),
            step(1, message=said("calling", "assistant")),
            step(2, "tool_call", parent=1, tool="read", call_id="c1", result="text", has_result=True),
            step(3),
        ),
        prompts={3: RecordedPrompt(messages=(said("task, elided"),), source=PLACE)},
    )
    derived = prompt_at(session, 3, derive=True)
    assert [shown.message.role for shown in derived.messages] == ["user", "assistant", "tool"]
    assert [shown.from_step for shown in derived.messages] == [0, 1, 2]
    assert derived.fidelity == "partial"
    assert prompt_at(session, 3).fidelity == "recorded"


def test_a_tool_step_stands_on_the_last_recorded_prompt() -> None:
    """The fold does not know that the prompt was cut; the recorded prompt does."""
    session = Session(
        session_id="s",
        steps=(step(0, "message"), step(1), step(2, "tool_call", parent=1)),
        edits=(append(0, "a very long task"), append(1, "answer"), append(2, "result")),
        prompts={1: RecordedPrompt(messages=(said("a … task"),), source=PLACE)},
    )
    assert texts(session, 2) == ["a … task", "answer", "result"]
    assert prompt_at(session, 2).fidelity == "rebuilt"
    assert texts(session, 2, derive=True) == ["a very long task", "answer", "result"]


def next_prompt(*between: Step) -> Session:
    """A tool step, perhaps more, and a call whose recorded prompt is not what the fold would give."""
    last = 2 + len(between)
    return Session(
        session_id="s",
        steps=(step(0, "message"), step(1, "tool_call"), *between, step(last)),
        edits=(append(0, "a very long task"), append(1, "result"), *(append(one.index, "more") for one in between)),
        prompts={last: RecordedPrompt(messages=(said("a … task"), said("result")), source=PLACE)},
    )


def test_a_tool_step_shows_the_recorded_prompt_of_the_next_call_where_nothing_comes_between() -> None:
    assert texts(next_prompt(), 1) == ["a … task", "result"]
    assert prompt_at(next_prompt(), 1).fidelity == "recorded"
    assert texts(next_prompt(), 1, derive=True) == ["a very long task", "result"]


def test_a_tool_step_with_others_before_the_next_call_shows_the_window_as_it_left_it() -> None:
    session = next_prompt(step(2, "tool_call"))
    assert texts(session, 1) == ["a very long task", "result"]
    assert prompt_at(session, 1).fidelity == "rebuilt"
    assert prompt_at(session, 2).fidelity == "recorded"


def test_a_cut_of_the_next_calls_prompt_is_told_at_the_step_before_it() -> None:
    gap = Gap("truncated", "the server cut old messages", steps=(3,))
    session = msgspec.structs.replace(next_prompt(), gaps=(gap,))
    assert prompt_at(session, 1).fidelity == "partial"
    assert prompt_at(session, 1).gaps == (gap,)


def test_nothing_written_down_is_absent() -> None:
    assert prompt_at(Session(session_id="s", steps=(step(0),)), 0).fidelity == "absent"


def test_a_missing_system_prompt_is_a_gap_of_a_rebuilt_prompt() -> None:
    gap = Gap("system_prompt_not_recorded", "the system prompt is not in this file")
    session = Session(session_id="s", steps=(step(0),), edits=(append(0, "a", phase="input"),), gaps=(gap,))
    prompt = prompt_at(session, 0)
    assert prompt.fidelity == "rebuilt"
    assert prompt.gaps == (gap,)


def test_a_missing_result_makes_the_prompts_after_it_partial_and_none_before() -> None:
    gap = Gap("result_not_recorded", "what it returned is not known", steps=(2,))
    session = Session(
        session_id="s",
        steps=(step(0), step(1, "tool_call", parent=0), step(2)),
        edits=(append(0, "a", phase="input"), append(0, "b")),
        gaps=(gap,),
    )
    assert prompt_at(session, 0).fidelity == "rebuilt"
    assert prompt_at(session, 0).gaps == ()
    assert prompt_at(session, 2).fidelity == "partial"


def test_a_hole_that_was_compacted_away_no_longer_counts() -> None:
    session = Session(
        session_id="s",
        steps=(step(0, "tool_call"), step(1, "compaction"), step(2)),
        edits=(ContextEdit(at=1, kind="compact", messages=(said("summary"),)),),
        gaps=(Gap("result_not_recorded", "unknown", steps=(1,)),),
    )
    assert prompt_at(session, 2).fidelity == "rebuilt"


def test_a_message_that_is_only_assumed_is_partial_and_the_others_are_not() -> None:
    edits = (append(0, "a", phase="input"), append(0, "b", phase="input", evidence="assumed"))
    prompt = prompt_at(Session(session_id="s", steps=(step(0),), edits=edits), 0)
    assert [shown.fidelity for shown in prompt.messages] == ["rebuilt", "partial"]
    assert prompt.fidelity == "rebuilt"


def test_all_prompts_are_those_of_each_call() -> None:
    session = chat(4)
    assert [prompt.step for prompt in prompts(session)] == [1, 3, 5, 7]
    assert list(prompts(session)) == [prompt_at(session, index) for index in (1, 3, 5, 7)]


def test_lone_surrogates_are_kept() -> None:
    edits = (append(0, "\udcff broken \ud800", phase="input"), append(0, "\udcff"))
    session = Session(session_id="s", steps=(step(0), step(1)), edits=edits)
    session = recorded((said("\udcff"),), (said("\udcff"), said("x")), edits=session.edits)
    assert [shown.status for shown in prompt_at(session, 1).messages] == ["kept", "new"]


def test_tokens_are_scaled_by_what_the_trace_recorded() -> None:
    """Three characters a token and 1000 tokens of tools that the file does not hold."""
    edits = tuple(append(i, "x" * 300, phase="input") for i in range(6))
    steps = tuple(step(i, usage=Usage(1000 + 100 * (i + 1), 1)) for i in range(6))
    prompt = prompt_at(Session(session_id="s", steps=steps, edits=edits), 5)
    assert prompt.token_scale.fitted
    assert prompt.estimated_tokens == pytest.approx(600)
    assert prompt.recorded_tokens == 1600


def test_tokens_that_do_not_follow_the_text_leave_the_rough_scale() -> None:
    edits = tuple(append(i, "x" * 400, phase="input") for i in range(6))
    usage = [5, 900, 3, 800, 2, 700]
    steps = tuple(step(i, usage=Usage(usage[i], 1)) for i in range(6))
    prompt = prompt_at(Session(session_id="s", steps=steps, edits=edits), 5)
    assert not prompt.token_scale.fitted
    assert prompt.estimated_tokens == 600


@given(st.lists(st.lists(st.text(max_size=4), max_size=3), max_size=12))
@settings(deadline=None)
def test_a_fold_of_appends_is_the_list(added: list[list[str]]) -> None:
    edits = tuple(append(i, *some, phase="input") for i, some in enumerate(added))
    session = Session(session_id="s", steps=tuple(step(i) for i in range(len(added))), edits=edits)
    for index in range(len(added)):
        assert texts(session, index) == [text for some in added[: index + 1] for text in some]


LETTERS = st.lists(st.sampled_from("abcd"), max_size=8)


@given(LETTERS, LETTERS)
@settings(deadline=None)
def test_every_message_of_two_prompts_is_accounted_for(old: list[str], new: list[str]) -> None:
    session = recorded(tuple(map(said, old)), tuple(map(said, new)))
    prompt = prompt_at(session, 1)
    assert [shown.message for shown in prompt.messages] == [said(text) for text in new]
    held = [shown for shown in prompt.messages if shown.status != "new"]
    assert len(held) + len(prompt.removed) == len(old)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), LETTERS), max_size=8))
@settings(deadline=None)
def test_splices_do_what_list_slices_do(splices: list[tuple[int, int, list[str]]]) -> None:
    expected, edits = ["start"], [append(0, "start", phase="input")]
    for start, delete, added in splices:
        expected[start : start + delete] = added
        messages = tuple(map(said, added))
        edits.append(ContextEdit(at=0, phase="input", kind="splice", start=start, delete=delete, messages=messages))
    session = Session(session_id="s", steps=(step(0),), edits=tuple(edits))
    assert texts(session, 0) == expected


@pytest.mark.parametrize("path", sample_files()[::4], ids=lambda path: path.name)
def test_an_outline_tells_what_the_prompt_tells(path: Path) -> None:
    for session in open_trace(str(path)).sessions:
        for outline, prompt in zip(outlines(session), prompts(session), strict=True):
            statuses = Counter([one.status for one in prompt.messages] + [one.status for one in prompt.removed])
            del statuses["kept"]
            changed = statuses if prompt.compared_with is not None else {}
            wanted = (prompt.step, prompt.fidelity, len(prompt.messages), changed, prompt.compared_with)
            assert tuple(outline) == wanted


def test_outlines_of_a_long_session_make_no_message_of_any_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracetui.context.grown", None)
    monkeypatch.setattr("tracetui.context.changes", None)
    assert [outline.messages for outline in outlines(chat(50))][-1] == 99
