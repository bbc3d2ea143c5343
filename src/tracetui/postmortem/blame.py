"""Blame in prose: people as causes. Systems may fail, should have caught something, and did not; people are not causes.

Precision comes first: a lint that cries at innocent sentences is switched off. A sentence is only named when a person
(a role, a pronoun, a name known to the document) stands as the subject of a judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Blame(NamedTuple):
    quote: str
    why: str
    suggestion: str


_ROLES = (
    r"(?:on-?call )?(?:engineer|developer|programmer|operator|reviewer|annotator|administrator|admin|manager|intern"
    r"|analyst|contractor|colleague|teammate|tester|author|maintainer|employee|staff member|human|person|dev|sre|pm"
    r"|team lead|lead|labell?er|moderator|support agent)s?"
)
_TEAMS = r"(?:\w+ )?teams?|staff|management"
_PRONOUNS = r"I|we|he|she|you|somebody|someone|nobody|no one|anybody|anyone|everybody|everyone"
_ARTICLE = r"(?:(?:the|a|an|our|their|his|her|some|one|another|this|that)\s+(?:[\w'’-]+\s+)?)"
_ADVERB = r"(?:\w+ly\s+|just\s+|simply\s+|then\s+|also\s+|even\s+|again\s+|at all\s+)*"
_HINDSIGHT = r"(?:(?:should|ought to) (?:not )?have\b|shouldn['’]t have\b|should['’]ve\b)"
_VERDICT = (
    rf"(?:{_HINDSIGHT}|failed to\b|forgot\b|neglected\b"
    r"|could (?:easily )?have (?:checked|noticed|caught|prevented|tested|asked|seen|avoided|verified|reviewed|stopped)\b"
    r"|(?:messed|screwed) up\b|(?:made|makes) (?:an?|the|this) (?:\w+ )?(?:mistake|error)s?\b|made mistakes\b"
    r"|(?:was|were) (?:too )?(?:careless|negligent|sloppy|lazy|at fault|to blame|responsible for|not paying attention)\b"
    r"|(?:did not|didn['’]t|never) bother(?:ed)?\b|(?:did not|didn['’]t) (?:care|pay attention)\b)"
)
_ACT = (
    r"(?:(?:caused|broke|ruined|missed|overlooked|ignored|disregarded|skipped) \w"
    r"|(?:did not|didn['’]t|never) (?:think|check|test|review|verify|look|notice|read|verifi)(?:ed)?\b)"
)
"""Blame where a role or a name does it; where "we" does it, a plain report of one's own work."""
_CARELESS = re.compile(
    r"\b(?:(?<!\")(?:human|operator|user|pilot) error(?!\"| (?:handling|rate|budget|code|categor|message|log|report))"
    r"|careless(?:ly|ness)?|negligen(?:t|tly|ce)|incompeten(?:t|ce)"
    r"|sloppy|sloppiness|lazy(?! (?:load|evaluation|init|import|connect|fetch))|laziness|stupid(?:ly)?|idiot(?:ic)?"
    r"|at fault|to blame|blame[ds] (?:on|for)"
    r"|blame lies with|common sense(?! (?:check|test|rule|reasoning|knowledge))|rookie mistake)(?!\w)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:nobody|no one|no-one)\s+(?:\w+\s+)?(?:checked|tested|noticed|bothered|cared|reviewed|thought)\b", re.I
)
_NEGATED = re.compile(
    r"(?:\bno(?:body|t|r| one| person)?\b(?:\s+\w+){0,2}|\bwithout|\binstead of|\brather than|\bless|\bn't"
    r"|\bwho (?:is|was|were))\s*$",
    re.IGNORECASE,
)
_COULD = re.compile(r"\bcould (?:easily )?have\b", re.IGNORECASE)
_SUPPOSING = re.compile(r"(?:^|[.!?;:]\s+|\n)(?:had|with|if|given|were)\b[^.!?\n]*$", re.IGNORECASE)
"""What could have been done had the system been another one tells of the system."""
_FIX = "say what the system allowed: which check was absent, which information was not shown"


def find_blame(text: str, names: Iterable[str] = ()) -> Iterator[Blame]:
    """Every place of `text` where a person is made the cause. `names`: people known to the document."""
    for pattern, why in _patterns(tuple(names)):
        for found in pattern.finditer(text):
            before = text[: found.start()]
            if not _NEGATED.search(before) and not (_COULD.search(found[0]) and _SUPPOSING.search(before)):
                yield Blame(found[0].strip(), why, _FIX)


def _patterns(names: tuple[str, ...]) -> list[tuple[re.Pattern[str], str]]:
    named = "|".join(re.escape(name) for name in _name_parts(names)) or "(?!)"
    who = r"(?:\s+(?:who|that)(?:\s+[\w'’-]+){1,5})?"
    role = rf"{_ARTICLE}{_ROLES}{who}|{_ARTICLE}on-?call|{_ARTICLE}(?:{_TEAMS})|people|whoever(?:\s+\S+){{1,5}}|{named}"
    return [
        *(
            (re.compile(pattern, re.IGNORECASE), "a person stands as the cause")
            for pattern in (
                rf"\b(?:{role}|{_PRONOUNS})\s+{_ADVERB}{_VERDICT}",
                rf"\b(?:{role}|management|staff)\s+{_ADVERB}{_ACT}",
                rf"\b(?:caused|introduced|broken|missed|overlooked) by (?:{role})\b",
                rf"\b(?:mistake|error|failure|oversight|negligence|fault) (?:by|of) (?:{role})\b",
                rf"\b(?:{role})['’]s? (?:\w+ )?(?:mistake|fault|failure|error|negligence|oversight|carelessness)\b",
            )
        ),
        (_CARELESS, "judges a person"),
        (_NOBODY, "blames everybody for not acting"),
    ]


def _name_parts(names: tuple[str, ...]) -> list[str]:
    """Full names and their parts: "Dana Fox" is also written "Dana". Team and role names stay whole."""
    parts = {part.strip() for name in names for part in re.split(r"[,;/&]| and ", name)}
    parts |= {
        word for part in parts for word in part.split() if word[:1].isupper() and word.isalpha() and len(word) > 2
    }
    return sorted((part for part in parts if len(part) > 2), key=len, reverse=True)
