"""A tour that leaves the machine: nothing in it runs, breaks out, or says what must not be said."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.tour.example import material
from tracetui.export import TOUR_SUFFIXES, get_tour_exporter, tour_html, tour_markdown, tour_svg
from tracetui.export.svg_lines import COLUMNS, page_lines
from tracetui.export.tour import redacted_pages
from tracetui.text import cell_width
from tracetui.tour.build import tour_of
from tracetui.tour.pages import (
    Fact,
    Facts,
    Item,
    Items,
    Page,
    Quote,
    Say,
    Side,
    Sides,
    StepRow,
    StepRows,
    Words,
)

ALLOWED = {"html", "head", "meta", "title", "style", "body", "section", "h1", "p", "nav", "a", "span", "dl", "dt", "dd"}
ALLOWED |= {"figure", "figcaption", "pre", "mark", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "b"}
SVG = {"svg", "desc", "style", "view", "rect", "path", "text"}
HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "]]><img src=x onerror=a>",
            "![a](http://x)",
            "[a](javascript:1)",
            "a|b\\|c",
            "# h",
        ]
    ),
    st.text(max_size=30),
)


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attrs)


def _page(text: str) -> Page:
    row = StepRow(3, text, text, "E", on_path=True)
    return Page(
        id="p",
        title=text,
        blocks=(
            Say(text, strong=True),
            Words(text, text),
            Quote(text, 3, text, (text, "o")),
            Facts((Fact("label", text),)),
            StepRows((row, None), 9),
            Sides((Side(row, None, "argument"),), (text, text)),
            Items((Item(text, (text,), urgent=True),)),
        ),
    )


@given(text=HOSTILE)
@settings(max_examples=60)
def test_trace_text_makes_no_element_and_no_outside_link(text: str) -> None:
    found = _Tags(tour_html.render([_page(text), _page(text)], ()))
    assert found.tags <= ALLOWED
    assert all(link.startswith("#page-") for link in found.links)


@given(text=HOSTILE)
@settings(max_examples=60)
def test_trace_text_makes_no_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(tour_markdown.render([_page(text)], ()))
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"html_block", "html_inline", "image", "link_open"}
    assert sum(token.type == "heading_open" for token in tokens) == 1


def test_addresses_and_secrets_are_taken_out_and_told() -> None:
    pages, report = redacted_pages(tour_of(material()))
    html = tour_html.render(pages, report)
    assert "alice.chen@example.com" not in html
    assert "alice.chen@example.com" not in tour_markdown.render(pages, report)
    assert "e-mail address" in html
    assert [page.id for page in pages] == [page.id for page in tour_of(material())]


def test_the_presenters_notes_are_in_no_file() -> None:
    page = Page(id="p", title="t", blocks=(Say("s"),), notes="do not say this")
    assert "do not say" not in tour_html.render([page], ())
    assert "do not say" not in tour_markdown.render([page], ())


def test_the_wrong_value_is_marked_in_its_quote() -> None:
    page = Page(id="p", title="t", blocks=(Quote("a < ord_5 > b", 3, "", ("ord_5",)),))
    assert "<pre>a &lt; <mark>ord_5</mark> &gt; b</pre>" in tour_html.render([page], ())


def test_every_page_has_its_place_and_its_neighbours() -> None:
    pages = tour_of(material())
    html = tour_html.render(pages, ())
    assert html.count('<section class="page"') == len(pages)
    assert f"1 / {len(pages)}" in html
    assert html.count(">next</a>") == html.count(">previous</a>") == len(pages) - 1


@given(text=HOSTILE)
@settings(max_examples=60)
def test_a_picture_holds_text_and_nothing_else(text: str) -> None:
    root = ElementTree.fromstring(tour_svg.render([_page(text), _page(text)], ()))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= SVG
    assert not any("href" in name or name.startswith("on") for element in root.iter() for name in element.attrib)
    words = "".join(root.itertext())
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" for letter in words)


def test_no_line_of_a_picture_is_wider_than_the_page() -> None:
    page = _page("wide 文字 " * 60 + "x" * 300)
    for line in page_lines(page):
        assert all(run.cell + cell_width(run.text) <= COLUMNS for run in line)


def test_a_picture_too_full_says_how_many_lines_are_left_out() -> None:
    page = Page(id="p", title="t", blocks=(Say("\n".join(map(str, range(50)))),))
    assert "… 31 more lines" in tour_svg.render([page], ())


@pytest.mark.parametrize("suffix", TOUR_SUFFIXES)
def test_every_export_of_a_tour_tells_what_was_taken_out(suffix: str) -> None:
    pages, report = redacted_pages(tour_of(material()))
    assert "× e-mail address" in get_tour_exporter(suffix).render(pages, report)
    assert "to take out" in get_tour_exporter(suffix).render(pages, ()) or suffix == ".md"


def test_each_page_of_the_pictures_has_a_view_of_its_own() -> None:
    pages = tour_of(material())
    text = tour_svg.render(pages, ())
    assert [f'<view id="page-{number}"' in text for number in range(1, len(pages) + 2)] == [True] * len(pages) + [False]
