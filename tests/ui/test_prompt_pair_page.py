"""Two prompts on one page: what differs in full, what is the same by its size."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.runs import call, run, say, user
from tests.ui.test_compared import sample
from tracetui.model import Session, ToolDefinition
from tracetui.text import cell_width
from tracetui.ui.document import Document
from tracetui.ui.prompt_pair_page import Side, prompt_pair_page


def two(first: Session, second: Session, width: int = 96, *, beside: bool = True) -> Document:
    """The prompts that the next call of two runs would see."""
    ends = Side("bad", first, len(first.steps) - 1), Side("good", second, len(second.steps) - 1)
    return prompt_pair_page(*ends, width, beside=beside, home=first)


def texts(page: Document) -> list[str]:
    return [line.text for line in page.lines]


def marked(page: Document) -> list[str]:
    return [line.text[s.start : s.end] for line in page.lines for s in line.spans if "underline" in str(s.style)]


BAD = run(user("order for Ann"), say("It is ord_55, she said so."), user("ok"))
GOOD = run(user("order for Ann"), say("It is ord_34, she said so."), user("ok"))


def test_changed_words_are_marked_and_stand_beside_each_other() -> None:
    page = two(BAD, GOOD)
    assert marked(page) == ["ord_55,", "ord_34,"]
    row = next(line for line in texts(page) if "ord_55" in line)
    assert row.index("ord_55") < row.index("│") < row.index("ord_34")


def test_on_a_narrow_screen_the_texts_stand_one_below_the_other() -> None:
    page = two(BAD, GOOD, 76, beside=False)
    assert marked(page) == ["ord_55,", "ord_34,"]
    first = texts(page).index("- It is ord_55, she said so.")
    assert texts(page)[first + 1] == "+ It is ord_34, she said so."


def test_columns_are_aligned_whatever_the_text_holds() -> None:
    page = two(run(user("wide 漢字漢字 " * 12)), run(user("narrow\ttext \x1b[31m " * 12)))
    rows = [line for line in page.lines if "│" in line.text]
    assert len(rows) > 3
    widths = {sum(2 if "\u4e00" <= c <= "\u9fff" else 1 for c in line.text.split("│")[0]) for line in rows}
    assert len(widths) == 1
    assert not any("\x1b" in line.text for line in rows)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["a", "word", "longer-word", "漢字", "\t", "\n", "  "]), min_size=20, max_size=80))
def test_no_row_of_two_columns_is_wider_than_the_screen(words: list[str]) -> None:
    text = " ".join(words)
    page = two(run(user(text + " one")), run(user(f"two {text}")), 41)
    assert all(cell_width(line.text) <= 41 for line in page.lines if "│" in line.text)


def test_what_is_the_same_is_told_by_place_and_size() -> None:
    page = two(run(user("one"), say("two"), user("x")), run(user("one"), say("two"), user("y")))
    assert any("1-2 user, assistant  2 messages the same, 6 characters" in line for line in texts(page))


def test_long_stretches_that_are_the_same_are_counted_not_shown() -> None:
    lines = [f"line {at}" for at in range(100)]
    page = two(run(user("\n".join(lines))), run(user("\n".join([*lines[:50], "other", *lines[51:]]))), beside=False)
    assert "  … 48 lines the same" in texts(page)
    assert "  line 49" in texts(page)
    assert "  line 20" not in texts(page)


def test_a_message_of_one_prompt_only_says_so_and_can_be_followed() -> None:
    longer = run(user("go"), call("pay", {"ok": True}, amount=4))
    page = two(longer, run(user("go")))
    heads = [line for line in texts(page) if line.startswith("- ") and "only in bad" in line]
    assert len(heads) == 2
    assert {anchor.step for anchor in page.anchors if anchor.change} == {1, 2}
    assert any("calls pay" in line for line in texts(page))


def test_identical_prompts_have_no_difference_to_jump_to() -> None:
    page = two(BAD, BAD)
    assert not any(anchor.change for anchor in page.anchors)


def test_the_head_tells_how_sure_each_prompt_is() -> None:
    session = sample("incident_content.jsonl")
    page = prompt_pair_page(Side("step 3", session, 3), Side("step 5", session, 5), 96, beside=True, home=session)
    assert texts(page)[0].startswith("- step 3  rebuilt · ")
    assert "1,892 input tokens recorded" in texts(page)[1] or "tokens" in texts(page)[1]


def test_tools_that_one_side_has_are_named_first_and_told_in_full_after_the_messages() -> None:
    planning = run(user("plan"))
    acting = msgspec.structs.replace(
        run(user("act")), tools={"main": (ToolDefinition("search", "looks things up"), ToolDefinition("visit"))}
    )
    lines = texts(two(acting, planning, beside=False))
    named = next(
        at for at, line in enumerate(lines) if "2 tools  only in bad, in full at the end: search, visit" in line
    )
    message = next(at for at, line in enumerate(lines) if "act" in line and at > named)
    assert named < message < next(at for at, line in enumerate(lines) if "looks things up" in line)
