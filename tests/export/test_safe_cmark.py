"""The same hostile text through cmark, as GitHub renders it: raw HTML allowed, so that nothing but our escaping holds."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import example, given

from tests.export.test_safe import HOSTILE
from tracetui.export.markdown import table
from tracetui.export.safe import code, fence, line, prose, quoted

HARMLESS = {"p", "code", "pre", "ul", "ol", "li", "br"}
EXTENSIONS = ["table", "autolink", "strikethrough"]
"""Those of GitHub, without its filter of raw tags."""
OF_A_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def tags(markdown: str) -> list[str]:
    text = markdown.encode("utf-8", "replace").decode()
    html = cmarkgfm.markdown_to_html_with_extensions(text, options=Options.CMARK_OPT_UNSAFE, extensions=EXTENSIONS)
    return Tags(html).found


@given(HOSTILE)
@example("www.evil.test")
@example("a@evil.test")
@example("<script>")
def test_no_text_breaks_out_of_any_piece(text: str) -> None:
    pieces: list[Callable[[str], str]] = [code, fence, quoted, prose, line]
    for piece in pieces:
        found = set(tags(f"before\n\n{piece(text)}\n\nafter"))
        assert found <= HARMLESS, (piece.__name__, found, piece(text))


@given(HOSTILE, HOSTILE)
@example("a\\|b", "x | y")
def test_a_table_keeps_its_cells(trace_text: str, written: str) -> None:
    found = tags(table(["A", "B", "C"], [[code(trace_text, cell=True), line(written, cell=True), "end"]]))
    assert found.count("td") == 3
    assert set(found) <= HARMLESS | OF_A_TABLE


def test_the_renderer_would_break_out_of_what_is_not_escaped() -> None:
    assert {"script", "a", "img", "h1"} <= set(
        tags("# h\n\n<script>x</script>\n\nwww.evil.test ![x](http://e.test/a.png)")
    )
