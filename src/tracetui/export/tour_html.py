"""A tour as one HTML file: a screen a page, a sheet of paper a page; no script, nothing loaded from anywhere.

Space and Page Down go on, since pages snap to the window; the links at the foot lead to the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracetui.export.html_document import document, element, shown
from tracetui.export.redact import Redaction, account
from tracetui.tour.pages import Block, Facts, Item, Items, Page, Quote, Say, Side, Sides, StepRow, StepRows, Words

NAME = "walkthrough-html"
TITLE = "Walkthrough, as one HTML file"
SUFFIX = "-walkthrough.html"
FROM = "tour"


def render(pages: Sequence[Page], redactions: Sequence[Redaction]) -> str:
    """The pages that are shown, in their order; what was taken out stands on the last one."""
    told = account(redactions, place=str)
    body = "\n".join(_page(page, at, pages, told) for at, page in enumerate(pages))
    return document(pages[0].title if pages else "Walkthrough", "tour.css", body)


def _page(page: Page, at: int, pages: Sequence[Page], told: str) -> str:
    blocks = [block for part in page.blocks for block in _block(part)]
    if at == len(pages) - 1:
        taken = f"Taken out of this file: {told}." if told else "No secret and no address was found to take out."
        blocks.append(element("p", taken, "quiet"))
    back = f'<a href="#page-{at}">previous</a>' if at else "<span></span>"
    ahead = f'<a href="#page-{at + 2}">next</a>' if at + 1 < len(pages) else "<span></span>"
    foot = f"<nav>{back}<span>{at + 1} / {len(pages)}</span>{ahead}</nav>"
    inner = "\n".join([element("h1", page.title), *blocks, foot])
    return f'<section class="page" id="page-{at + 1}">\n{inner}\n</section>'


def _block(block: Block) -> Iterator[str]:
    match block:
        case Say(text, strong):
            yield element("p", text, "strong" if strong else "")
        case Words(text, label):
            yield (element("p", label, "quiet") if label else "") + element("p", text, "words")
        case Quote():
            yield _quote(block)
        case Facts(rows):
            told = "\n".join(f"{element('dt', row.label)}{element('dd', row.text)}" for row in rows)
            yield f"<dl>\n{told}\n</dl>"
        case StepRows():
            yield _steps(block)
        case Sides():
            yield _sides(block)
        case Items(rows):
            yield "<ul>\n" + "\n".join(map(_item, rows)) + "\n</ul>"


def _quote(block: Quote) -> str:
    caption = block.place + (f" · {block.label}" if block.label else "")
    more = element("p", f"… {block.left_out:,} more characters", "quiet") if block.left_out else ""
    quoted = f"<pre>{_marked(block.text, block.marked)}</pre>"
    return f"<figure>\n{element('figcaption', caption)}\n{quoted}{more}\n</figure>"


def _marked(text: str, values: tuple[str, ...]) -> str:
    """The text with each value marked; both are made safe on their own."""
    known = [value for value in values if value]
    if not known:
        return shown(text)
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", text)
    return "".join(element("mark", part) if at % 2 else shown(part) for at, part in enumerate(parts))


def _steps(block: StepRows) -> str:
    head = "<thead><tr><th>step</th><th>who</th><th>flags</th><th>what</th></tr></thead>"
    rows = "\n".join(_step(row) for row in block.rows)
    count = sum(row is not None for row in block.rows)
    note = element("p", f"{count} of {block.of} steps", "quiet") if count < block.of else ""
    return f'<table class="steps">\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>\n{note}'


def _step(row: StepRow | None) -> str:
    if row is None:
        return "<tr><td>…</td><td></td><td></td><td></td></tr>"
    cells = f"<td>{row.step}</td>{element('td', row.who)}{element('td', row.letters, 'flags')}{element('td', row.what)}"
    return f'<tr class="path">{cells}</tr>' if row.on_path else f"<tr>{cells}</tr>"


def _sides(block: Sides) -> str:
    heads = "".join(element("th", f"{side}: {name}") for side, name in zip(("bad", "good"), block.names, strict=True))
    rows = "\n".join(_side(side) for side in block.rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _side(side: Side) -> str:
    cells = "".join(element("td", f"{row.step} {row.who} {row.what}" if row else "–") for row in (side.bad, side.good))
    return f'<tr class="parted">{cells}</tr>' if side.kind else f"<tr>{cells}</tr>"


def _item(item: Item) -> str:
    details = "".join(element("span", detail) for detail in item.details if detail)
    opened = '<li class="urgent">' if item.urgent else "<li>"
    return f"{opened}{element('b', item.text)}{details}</li>"
