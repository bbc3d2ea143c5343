"""A tour as markdown, in the order in which it is shown: a heading a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracetui.export.markdown import table
from tracetui.export.redact import Redaction, account
from tracetui.export.safe import code, fence, line, prose
from tracetui.tour.pages import Block, Facts, Item, Items, Page, Quote, Say, Side, Sides, StepRow, StepRows, Words

NAME = "walkthrough-markdown"
TITLE = "Walkthrough, as markdown"
SUFFIX = "-walkthrough.md"
FROM = "tour"


def render(pages: Sequence[Page], redactions: Sequence[Redaction]) -> str:
    """The pages that are shown; what was taken out stands at the end."""
    blocks: list[str] = []
    for level, page in enumerate(pages):
        blocks.append(f"{'#' if level == 0 else '##'} {code(page.title)}")
        blocks += [text for block in page.blocks for text in _block(block)]
    told = account(redactions, place=str)
    blocks.append(f"*Redacted: {told}.*" if told else "*Nothing was found to redact.*")
    return "\n\n".join(blocks) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Say(text) | Words(text, ""):
            yield prose(text)
        case Words(text, label):
            yield f"**{line(label)}**"
            yield prose(text)
        case Quote():
            yield block.place.capitalize() + (f", {code(block.label)}" if block.label else "") + ":"
            yield fence(block.text + (f"\n… {block.left_out:,} more characters" if block.left_out else ""))
        case Facts(rows):
            yield table(["", ""], ([row.label, code(row.text, cell=True)] for row in rows))
        case StepRows(rows, of):
            yield table(["Step", "Who", "Flags", "What"], (_step(row) for row in rows))
            count = sum(row is not None for row in rows)
            if count < of:
                yield f"*{count} of {of} steps.*"
        case Sides():
            heads = [
                f"{side}: {code(name, cell=True)}" for side, name in zip(("Bad", "Good"), block.names, strict=True)
            ]
            yield table([*heads, "Difference"], (_side(side) for side in block.rows))
        case Items(rows):
            yield "\n".join(_item(item) for item in rows)


def _step(row: StepRow | None) -> list[str]:
    if row is None:
        return ["…", "", "", ""]
    return [str(row.step), code(row.who, cell=True), row.letters, code(row.what, cell=True)]


def _side(side: Side) -> list[str]:
    told = [code(f"{row.step} {row.who} {row.what}", cell=True) if row else "–" for row in (side.bad, side.good)]
    return [*told, side.kind]


def _item(item: Item) -> str:
    details = "; ".join(code(detail) for detail in item.details if detail)
    return f"- {code(item.text)}" + (f": {details}" if details else "")
