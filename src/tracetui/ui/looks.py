"""What a cell of the terminal looks like, and the fewest bytes that change one look into another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Look(NamedTuple):
    """Colours and attributes as SGR parameters ("" where they are the terminal's own), and the link of a cell."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""
    link: str = ""


PLAIN = Look()
Cell = tuple[str, Look]
"""What stands in it, and how it looks."""
_SHOWN_ON_BLANKS = frozenset(["4", "5", "7", "9", "21", "51", "52", "53"])
"""Attributes that are seen where nothing is written: underlined, blinking, reversed, struck, framed, overlined."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""What ends an attribute alone; 22 ends bold and dim."""


@lru_cache(maxsize=4096)
def look_of(parameters: str, link: str = "") -> Look:
    """The look that SGR parameters ("1;38;2;1;2;3;44") give after a reset."""
    attributes: list[str] = []
    foreground = background = ""
    rest = parameters.split(";") if parameters else []
    while rest:
        length = {"2": 5, "5": 3}.get(rest[1] if len(rest) > 1 else "", 1) if rest[0] in ("38", "48") else 1
        taken, rest = rest[:length], rest[length:]
        number = int(taken[0])
        if number == 38 or 30 <= number <= 37 or 90 <= number <= 97:
            foreground = ";".join(taken)
        elif number == 48 or 40 <= number <= 47 or 100 <= number <= 107:
            background = ";".join(taken)
        elif number not in (39, 49):
            attributes.append(taken[0])
    return Look(tuple(attributes), foreground, background, link)


@lru_cache(maxsize=4096)
def on_blank(look: Look) -> Look:
    """What is seen of a look in a cell without a character: most often its background alone."""
    return look if _SHOWN_ON_BLANKS.intersection(look.attributes) else Look((), "", look.background, look.link)


@lru_cache(maxsize=16384)
def change(before: Look, after: Look) -> str:
    """The sequence that makes a terminal in look `before` write in look `after`: a reset, or only what is new."""
    link = f"\x1b]8;;{after.link}\x1b\\" if before.link != after.link else ""
    if before[:3] == after[:3]:
        return link
    if after[:3] == PLAIN[:3]:
        return link + "\x1b[m"
    whole = [part for part in (*after.attributes, after.foreground, after.background) if part]
    sequence = f"\x1b[{';'.join(['0', *whole] if before[:3] != PLAIN[:3] else whole)}m"
    gone = [attribute for attribute in before.attributes if attribute not in after.attributes]
    if all(attribute in _OFF for attribute in gone):
        new = sorted({_OFF[attribute] for attribute in gone})
        new += [one for one in after.attributes if one not in before.attributes or _OFF.get(one) in new]
        if before.foreground != after.foreground:
            new.append(after.foreground or "39")
        if before.background != after.background:
            new.append(after.background or "49")
        sequence = min(sequence, f"\x1b[{';'.join(new)}m", key=len)
    return link + sequence
