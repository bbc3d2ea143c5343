"""Rules that a system prompt or a user lays down in words and that a recorded run can be held to.

A sentence counts where it says must, never, only, at most and the like, names what can be checked (a tool, a number of
times, a sum, a length, a status) and makes no exception: "unless", "without", "except" leave it to whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from tracetui.analysis.identity import number_key, number_of
from tracetui.analysis.provenance import Provenance

ConstraintKind = Literal[
    "forbidden", "times", "before", "status", "one_call", "no_repeat", "length", "wording", "sum", "members"
]


class Constraint(NamedTuple):
    kind: ConstraintKind
    passage: int
    """Index of the passage that lays it down, and where in it."""
    start: int
    end: int
    subject: str = ""
    """The tool, verb, quoted words, unit or noun that it is about."""
    other: str = ""
    """before: the tool that has to come first. status: the status that is required."""
    limit: Decimal = Decimal(0)


_SCANNED = 40_000
"""Characters of a text in which rules are sought."""
_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z]*")
"""A tool of such a name cannot be told from the word in a sentence."""
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*")
_RULES = re.compile(
    r"\b(?:must|never|don[’']?t|not|only|at most|no more than|maximum|up to|exceed\w*|limit\w*|before|one|once|budget|under)\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:unless|without|except|otherwise|instead|when|where|whenever|while|if (?!its status|the status)|in case|for example"
    r"|e\.g)\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_NUMBERS = {word: n for n, word in enumerate(_NUMBER_WORDS)} | {"once": 1, "twice": 2, "single": 1}
_COUNT = r"(?P<count>\d{1,6}|" + "|".join(_NUMBERS) + ")"
_AT_MOST = r"(?:at most|no more than|not more than|a maximum of|maximum|max\.?|up to|only)"
_FORBIDS = r"(?:never|must not|mustn[’']t|may not|do not|don[’']t|not allowed to|forbidden to)"
_FORBIDDEN = re.compile(
    rf"\b{_FORBIDS}\s(?:ever\s)?(?:use|call|invoke|run|trigger|execute)\s(?:the\s)?(?P<rest>.{{1,80}})", re.IGNORECASE
)
_TIMES = re.compile(rf"\b{_AT_MOST}\s(?:be\s)?(?:called\s|used\s|run\s)?{_COUNT}(?:\stimes|\scalls)?\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:must|always|first|have to)\b.*\bbefore\b", re.IGNORECASE)
_STATUS = re.compile(
    r"\bcan only be (?P<verb>\w+(?: or \w+)?) (?:if|when) (?:its|the) (?:\w+ )?status is [‘'\"“](?P<status>\w+)",
    re.IGNORECASE,
)
_ONE_CALL = re.compile(
    r"\b(?:only|at most)\s(?:make|call|use)?\s?(?:one|a single)\s(?:tool|function)(?:\scall)?\sat\sa\stime"
    r"|\b(?:only|at most)\s(?:make|call)\s(?:one|a single)\s(?:tool|function)\s(?:call\s)?at\sa\stime",
    re.IGNORECASE,
)
_NO_REPEAT = re.compile(
    r"\bnever\s(?:re-?do|repeat)\sa\s(?:tool\s)?call\s(?:that\s)?.{0,40}\bexact(?:ly)?\s(?:the\s)?same\s(?:parameters|arguments)",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\b(?:answer|reply|respond|response|summar\w+|keep it|message|describe|explain)\b[^.,:;“\"]{0,40}"
    rf"\b(?:in|under|fewer than|less than|{_AT_MOST})\s(?:{_AT_MOST}\s)?{_COUNT}\s(?P<unit>words?|sentences?|characters?)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"[“”\"]|\b(?:Thought|Action|Observation|Task|Answer):")
_WORDING = re.compile(
    rf"\b{_FORBIDS}\s(?:ever\s)?(?:say|mention|reveal|disclose|use the words?|write|tell (?:the )?\w+)\s"
    r"(?:about\s|that\s|the (?:words?|name|code) )?[“\"‘'](?P<words>[^”\"’'\n]{3,80})[”\"’']",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:at most|no more than|not more than|a maximum of|maximum|up to|must not exceed|not exceed|never exceed|not go over|"
    r"never above|not above|limit(?:ed)? (?:is |of |to )?|budget (?:is |of )?|under|below|more than|over|above)\s?:?\s?"
    r"(?P<sum>[$€£]\s?\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)
_NOT_OVER = re.compile(r"\b(?:not|never|n[’']t)\b.{0,40}$", re.IGNORECASE)
_MEMBERS = re.compile(rf"\b{_AT_MOST}\s{_COUNT}\s(?P<noun>[a-z]{{4,20}}s)\b", re.IGNORECASE)


def constraints(provenance: Provenance, tools: Collection[str]) -> Iterator[Constraint]:
    """Every rule that the prompts and users of a session lay down. `tools`: names of the tools that it knows."""
    told_apart = sorted((tool for tool in tools if not _PLAIN_WORD.fullmatch(tool)), key=len, reverse=True)
    named = re.compile("|".join(rf"(?<!\w){re.escape(tool)}(?!\w)" for tool in told_apart) or r"(?!)")
    for index, passage in enumerate(provenance.passages):
        if passage.kind not in ("system", "given") or not _RULES.search(passage.text, 0, _SCANNED):
            continue
        for sentence in _SENTENCE.finditer(passage.text, 0, _SCANNED):
            if _RULES.search(passage.text, *sentence.span()) and not _EXCEPT.search(sentence[0]):
                for found in _of_sentence(sentence[0], named, given=passage.kind == "given"):
                    yield found._replace(passage=index, start=sentence.start(), end=sentence.end())


def _of_sentence(text: str, named: re.Pattern[str], *, given: bool) -> Iterator[Constraint]:
    blank = Constraint("forbidden", 0, 0, 0)
    tools = list(dict.fromkeys(named.findall(text)))
    if (found := _FORBIDDEN.search(text)) and (tool := named.search(found["rest"])):
        yield blank._replace(subject=tool[0])
    elif (
        len(tools) == 2 and _BEFORE.search(text) and text.index(tools[0]) < text.index("before") < text.index(tools[1])
    ):
        yield blank._replace(kind="before", subject=tools[1], other=tools[0])
    elif len(tools) == 1 and (found := _TIMES.search(text)):
        yield blank._replace(kind="times", subject=tools[0], limit=_count(found))
    if found := _STATUS.search(text):
        for verb in found["verb"].split(" or "):
            yield blank._replace(kind="status", subject=verb.lower(), other=found["status"].lower())
    if _ONE_CALL.search(text):
        yield blank._replace(kind="one_call", limit=Decimal(1))
    if _NO_REPEAT.search(text):
        yield blank._replace(kind="no_repeat")
    if (found := _LENGTH.search(text)) and not _EXAMPLE.search(text):
        yield blank._replace(kind="length", subject=found["unit"].lower().rstrip("s"), limit=_count(found))
    elif not tools and (found := _MEMBERS.search(text)):
        yield blank._replace(kind="members", subject=found["noun"].lower(), limit=_count(found))
    if found := _WORDING.search(text):
        yield blank._replace(kind="wording", subject=found["words"])
    if (found := _SUM.search(text)) and _limits(text, found):
        yield blank._replace(
            kind="sum", subject="" if given else text.lower(), limit=number_of(number_key(found["sum"])) or Decimal(0)
        )


def _limits(text: str, found: re.Match[str]) -> bool:
    """ "More than $50" limits only after a "not"."""
    if re.match(r"more than|over|above", found[0], re.IGNORECASE):
        return _NOT_OVER.search(text[: found.start()]) is not None
    return True


def _count(found: re.Match[str]) -> Decimal:
    word = found["count"].lower()
    return Decimal(_NUMBERS.get(word, 0) if not word.isdigit() else word)
