"""Hostile text in every place of the markdown, through a renderer that makes links, HTML and tables of what it can."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tracetui.export.markdown import table
from tracetui.export.safe import code, fence, line, prose, quoted
from tracetui.text import visible

RENDERERS = [
    MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]),
    MarkdownIt("gfm-like", {"html": True}),
]

BITS = st.sampled_from(
    [
        "![x](http://e.test/a.png)",
        "[a](javascript:alert(1))",
        "<script>alert(1)</script>",
        "<img src=x onerror=y>",
        "<!-- ",
        "https://evil.test/?a=1",
        "www.evil.test",
        "evil.test",
        "a@evil.test",
        "mailto:a@evil.test",
        "<http://evil.test>",
        "&lt;b&gt;",
        "&#64;",
        "`",
        "``",
        "```",
        "~~~",
        "|",
        "\\|",
        "\\\\|",
        "\\",
        "\n",
        "\n\n",
        "\r",
        "    ",
        "\t",
        "# h",
        "\n# h\n",
        "a\n===",
        "\n---\n",
        "- ",
        "1. ",
        "> ",
        "+ x",
        "* x",
        "| a | b |\n|---|---|\n| c | d |",
        "a | b\n- | -",
        "[x]: http://evil.test\n",
        "[x]",
        "[^1]",
        "**b**",
        "_i_",
        "~~s~~",
        "$x$",
        "@team",
        "#12",
        "\x1b]52;c;AA\x07",
        "\u202e",
        "\u2028",
        "\u00a0",
        "\x0c",
        "\ud800",
        " ",
        "x",
    ]
)
HOSTILE = st.lists(BITS | st.text(max_size=6), max_size=8).map("".join)
FORBIDDEN = {
    "heading_open",
    "link_open",
    "image",
    "html_block",
    "html_inline",
    "hr",
    "blockquote_open",
    "code_block",
    "s_open",
    "strong_open",
    "em_open",
    "table_open",
}


def tokens(renderer: MarkdownIt, markdown: str) -> list[Token]:
    return [token for block in renderer.parse(markdown) for token in (block, *(block.children or ()))]


def kinds(renderer: MarkdownIt, markdown: str) -> set[str]:
    return {token.type for token in tokens(renderer, markdown)}


@pytest.mark.parametrize("renderer", RENDERERS)
@given(HOSTILE)
@example("\\|")
@example("a\n===")
@example("//localhost/x")
def test_no_text_breaks_out_of_any_piece(renderer: MarkdownIt, text: str) -> None:
    pieces: list[Callable[[str], str]] = [code, fence, quoted, prose, line]
    for piece in pieces:
        found = kinds(renderer, f"before\n\n{piece(text)}\n\nafter") & FORBIDDEN
        assert not found, (piece.__name__, found, piece(text))


@pytest.mark.parametrize("renderer", RENDERERS)
@given(HOSTILE, HOSTILE)
@example("a\\|b", "x")
def test_a_table_keeps_its_cells(renderer: MarkdownIt, trace_text: str, written: str) -> None:
    markdown = table(["A", "B", "C"], [[code(trace_text, cell=True), line(written, cell=True), "end"]])
    found = tokens(renderer, markdown)
    assert [token.type for token in found].count("td_open") == 3, markdown
    assert not kinds(renderer, markdown) & (FORBIDDEN - {"table_open"}), markdown
    cells = [found[at + 1].content for at, token in enumerate(found) if token.type == "td_open"]
    assert cells[2] == "end"


@pytest.mark.parametrize("renderer", RENDERERS)
@given(HOSTILE)
def test_a_fence_holds_the_text_to_the_letter(renderer: MarkdownIt, text: str) -> None:
    found = [token for token in renderer.parse(f"before\n\n{fence(text)}\n\nafter") if token.type == "fence"]
    assert [token.content for token in found] == [visible(text) + "\n"]


@given(HOSTILE)
def test_no_control_character_is_written(text: str) -> None:
    for piece in (code, fence, quoted, prose, line):
        assert all(character.isprintable() or character in "\n\t" or ord(character) > 0x9F for character in piece(text))


def test_what_a_person_wrote_stays_readable() -> None:
    assert prose("Two things:\n- the tool\n- the schema") == "Two things:\n- the tool\n- the schema"
    assert prose("1. first, e.g. this") == "1\\. first, e.g. this"
    assert line("see config.yaml, step 3 of 12; 3.5 s") == "see `config.yaml,` step 3 of 12; 3.5 s"
    assert line("") == "–"


def test_code_tells_empty_from_blank() -> None:
    assert code("") == "–"
    assert code("  ") == "`␣`"
    assert code("a\nb") == "`a␤b`"
    assert code("a`b") == "``a`b``"
    assert code("`a") == "`` `a ``"
