from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.export.test_export import _filled
from tests.export.test_safe import HOSTILE
from tests.postmortem.example import sample_postmortem
from tracetui.export import render
from tracetui.postmortem.edits import SetText, apply

BREAKING = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</style></title></pre></td></table><link rel=stylesheet href=//x>",
        "\"'><svg/onload=alert(1)>",
        "<!--",
        "]]>",
        "&lt;script&gt;",
        "<a href='javascript:1'>",
        "\x00<\x00script>",
        "<meta http-equiv=refresh content=0>",
        "\ud800<b>",
    ]
)
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "main", "p", "h1", "h2", "h3", "dl", "div", "dt", "dd"}
ELEMENTS |= {"table", "thead", "tbody", "tr", "th", "td", "span", "figure", "figcaption", "b", "pre"}


class Structure(HTMLParser):
    """Every tag with its attributes, in order; and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, object]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", data))


@settings(max_examples=30)
@given(HOSTILE | st.builds("{}{}{}".format, st.text(max_size=5), BREAKING, st.text(max_size=5)))
def test_hostile_text_in_every_value_makes_no_element_and_no_attribute(text: str) -> None:
    page = Structure(render("html", _filled(text or "x"), rules=()))
    names = {tag.strip("/") for tag, _ in page.tags}
    assert names <= ELEMENTS
    if text.strip():
        assert page.tags == Structure(render("html", _filled("x"), rules=())).tags


def test_the_policy_allows_nothing_but_the_style_in_the_page() -> None:
    page = render("html", sample_postmortem())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\"" in page
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "@media print" in style[1]
    assert not re.search(r"https?:|\b(?:src|href|on\w+|style)=", page)


def test_the_page_leads_with_the_verdict_the_cascade_and_the_evidence() -> None:
    page = render("html", replace(sample_postmortem(), id="INC-20260701-abc"))
    assert page.startswith("<!DOCTYPE html>\n")
    assert "<title>Postmortem INC-20260701-abc</title>" in page
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles[:3] == ["Cascade", "Evidence", "Identity"]
    assert titles[-2:] == ["Checklist", "Redactions"]
    assert "<pre>Referenced order_id not present in prior context</pre>" in page
    assert "Left empty: " in page


def test_hidden_and_control_characters_are_shown_as_marks() -> None:
    draft = apply(sample_postmortem(), SetText("lessons.wrong", "pay \u202e001\x1b[2J\u200b"))
    page = render("html", draft)
    assert "pay &lt;RLO&gt;001␛[2J&lt;ZWSP&gt;" in page


def test_the_redactions_are_told_by_kind_count_and_place() -> None:
    draft = apply(sample_postmortem(), SetText("lessons.wrong", "AKIA" + "A" * 16))
    page = render("html", draft)
    assert "<td>AWS access key</td><td>1</td><td>lessons.wrong</td>" in page
    assert "AKIA" not in page
    assert "Nothing was taken out." in render("html", sample_postmortem())
