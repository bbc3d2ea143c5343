"""A value that a model wrote and that stands in nothing it could have it from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

from tracetui.analysis.actions import action_of
from tracetui.analysis.fields import is_amount, is_id, is_own_id, is_own_making, is_prose, last_name, words_of
from tracetui.analysis.id_words import is_asked_for, is_sql, is_told_as_code, is_told_as_id
from tracetui.analysis.passages import is_media
from tracetui.analysis.provenance import Appearance, Provenance
from tracetui.analysis.rules.detected import detected
from tracetui.model import Evidence, Flag, SourceRef, Step
from tracetui.text import elide

KIND = "ENTITY_HALLUCINATION"
LETTER = "E"
EXPLAIN = (
    "An id, address, link, amount, date or path that a model wrote, in an answer or in a tool's arguments, and that stands "
    "in no message, result, prompt or tool definition before. Flagged at the LLM call that first wrote it. Case, separators "
    "and formats do not count, and what can be computed, joined or cut from earlier values is spared, as are values that "
    "the call is there to create, search words, code and examples, and dates that other dates of the session lead to. Where "
    "prompts or results are not recorded, a value is flagged only if something else in the trace speaks against it, at a "
    "lower confidence; dates and paths need all of it. Cannot see a wrong value that stands in the context, nor a wrong "
    "name or fact in plain words."
)
_NEW_REPORTS = 2
_NEW_LINKS = 1
"""Messages with new values, and new links in one message, that an agent without recorded tools can make up."""
_EARLY = 4
"""Appearances of a value that are looked at for one in a place where it should have a source."""
_HIDING = frozenset(
    (
        "content_not_recorded",
        "conversation_not_recorded",
        "server_state",
        "continued_elsewhere",
        "truncated",
        "lines_not_read",
    )
)
"""Gaps of a trace behind which any value can stand."""
_HIDING_SYSTEM = frozenset(("system_prompt_not_recorded", "system_prompt_wrapped", "injections_partly_recorded"))
_CREATING = frozenset(
    (
        "create",
        "add",
        "new",
        "insert",
        "register",
        "generate",
        "write",
        "save",
        "make",
        "put",
        "upload",
        "define",
        "init",
    )
)
_ADDED_TO = frozenset(("to", "into"))
"""`add_to_cart` puts in what is there already."""
_TERM_KINDS = frozenset(("id", "email", "url", "phone"))
_ANYWHERE = frozenset(("date", "path"))
"""Kinds that a prompt gives in passing (where the agent works, what day it is): flagged only where all of it is recorded."""
_FILE = re.compile(r"\S+[/\\][\w@+-][^/\\\s]*\.\w{1,8}\Z")
_DUMP = "Traceback (most recent call last)"
"""From here on a program speaks, whoever passes it on."""
_NOT_FOUND = re.compile(
    r"not found|no such|does ?n[o']t exist|unknown|invalid|404|no (?:\w+ ){1,3}found|ENOENT|cannot find", re.IGNORECASE
)
_BELONGS = re.compile(r"belongs to .{1,60}\bnot\b")
_SAID_TO_BE_INVENTED = re.compile(
    r"not (?:present |found |mentioned |in |given )*(?:in )?(?:any |the )?(?:prior|earlier|previous) context"
    r"|hallucinat|invented|made[- ]up|fabricat|never (?:mentioned|given|returned|seen)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(?:e\.g\.?|for example|for instance|such as|like|format|placeholder|sample|dummy|example|similar to|looks like|"
    r"assum\w+|suppose|hypothetical\w*|let's say|imagine)[^\w.!?]{0,4}(?:\w+[^\w.!?]{1,3}){0,4}$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"x{4,}|(?<![a-z0-9])(?:1234(?:5\d*)?|abc[-_]?123|0000+|foo|bar|dummy|placeholder|your|test[-_]?\d{1,4})(?![a-z0-9])|example",
    re.IGNORECASE,
)


def find(provenance: Provenance) -> Iterator[Flag]:
    seen = _Seen(provenance)
    unsourced = list(_unsourced(provenance))
    relays = _relays(provenance, [first for first, _, _ in unsourced])
    told: dict[int, list[str]] = defaultdict(list)
    for first, candidate, places in unsourced:
        if _speaker(provenance, first) in relays or any(text in candidate.text for text in told[first.author]):
            # A link with an invented id in it is told with the id.
            continue
        if flag := _judged(provenance, seen, first, candidate, places):
            told[first.author].append(candidate.text)
            yield flag


def _unsourced(provenance: Provenance) -> Iterator[tuple[Appearance, Appearance, Sequence[Appearance]]]:
    """(first appearance, the one that a value should have a source for, all) of values that come from nowhere."""
    for places in provenance.by_key.values():
        early = list(takewhile(provenance.is_written, places[:_EARLY]))
        if not early or (early[0].role == "argument" and not _certainty(provenance, early[0])):
            continue
        candidate = max(early, key=lambda place: _certainty(provenance, place))
        if _certainty(provenance, candidate) and provenance.source_of(places[0]).how == "nowhere":
            yield places[0], candidate, places


def _relays(provenance: Provenance, unsourced: list[Appearance]) -> frozenset[str]:
    """Agents that report from outside: in chats without recorded tool calls, those who bring in new values again and again."""
    steps = provenance.session.steps
    agents = {step.agent for step in steps if step.kind == "llm_call"}
    if len(agents) < 2 or any(step.kind == "tool_call" for step in steps):
        return frozenset()
    reports = Counter(agent for agent, _ in {(_speaker(provenance, first), first.passage) for first in unsourced})
    links = Counter((_speaker(provenance, first), first.passage) for first in unsourced if first.kind == "url")
    return frozenset(
        {agent for agent, count in reports.items() if count > _NEW_REPORTS}
        | {agent for (agent, _), count in links.items() if count > _NEW_LINKS}
    )


def _speaker(provenance: Provenance, place: Appearance) -> str:
    return provenance.session.steps[place.author].agent or ""


def _judged(
    provenance: Provenance, seen: _Seen, first: Appearance, candidate: Appearance, places: Sequence[Appearance]
) -> Flag | None:
    certainty = _certainty(provenance, candidate)
    if candidate.kind in _ANYWHERE and (seen.but_system or not seen.everything(first.author)):
        return None
    against = _spoken_against(provenance, first, places)
    note = ""
    if not seen.everything(first.author):
        if against is None:
            return None
        certainty, note = certainty * 0.7, "; prompts or results are not recorded"
    elif seen.but_system:
        certainty, note = certainty * 0.85, "; the system prompt is not recorded"
    number = provenance.session.steps[first.author].number
    evidence: tuple[Evidence, ...] = (provenance.evidence(first, "first written here"),)
    if candidate.passage != first.passage:
        evidence += (provenance.evidence(candidate, "used here"),)
    return detected(
        KIND,
        first.author,
        _place(provenance, candidate if candidate.author == first.author else first),
        f"“{elide(candidate.text, 40)}” stands in nothing before step {number}{note}",
        round(min(certainty + (0.03 if against else 0.0), 0.98), 2),
        evidence + ((against,) if against else ()),
    )


def _certainty(provenance: Provenance, place: Appearance) -> float:
    """How surely a value that comes from nowhere is invented here; 0 where new values are in place."""
    if _PLACEHOLDER.search(place.text):
        return 0.0
    if place.role == "argument":
        return _certainty_of_argument(provenance, place)
    if place.role == "said":
        return _certainty_of_words(provenance, place)
    return 0.0


def _certainty_of_argument(provenance: Provenance, place: Appearance) -> float:
    passage = provenance.passages[place.passage]
    name, tool = last_name(passage.path), provenance.session.steps[place.step].tool or ""
    whole = place.end - place.start == len(passage.text.strip())
    if is_own_making(name):
        return 0.0
    creating = bool(_CREATING & set(words_of(tool))) and _ADDED_TO.isdisjoint(words_of(tool))
    if creating and (is_own_id(name) or (is_id(name) and words_of(name)[0] in words_of(tool))):
        return 0.0
    if whole and not is_prose(name):
        named = is_id(name) or name.casefold() in words_of(tool)
        if place.kind == "url":
            return 0.75
        if place.kind == "path":
            # A file that is opened is there, however its name was come by.
            step = provenance.session.steps[place.step]
            looked_for = _FILE.match(place.text) is not None and action_of(step).effect == "read"
            return 0.55 if looked_for and _denied(step) else 0.0
        if place.kind == "date":
            return 0.6 if _is_new_date(provenance, place) else 0.0
        if named if place.text.isdigit() or place.kind in ("code", "number") else place.kind in _TERM_KINDS:
            return 0.95
        return 0.6 if place.kind in ("amount", "number") and is_amount(name) else 0.0
    if place.kind in ("id", "number", "code") and is_asked_for(passage.text, place.start):
        return 0.7
    if place.kind == "id" and not creating and "\n" not in passage.text:
        if "_" in place.text and not is_sql(passage.text):
            return 0.7
        return 0.8 if is_id(name) and " " not in passage.text else 0.0
    return 0.0


def _certainty_of_words(provenance: Provenance, place: Appearance) -> float:
    text = provenance.passages[place.passage].text
    if place.kind == "url" and not place.text.startswith("http"):
        return 0.0
    before = text[max(0, place.start - 60) : place.start]
    if place.kind not in _TERM_KINDS and not (
        (place.kind == "code" and is_told_as_code(place.text, before))
        or (place.kind == "amount" and ("." in place.text or "." in place.key))
        or (place.kind == "date" and _is_new_date(provenance, place))
        or (place.kind == "path" and _FILE.match(place.text) and _calls_tools(provenance))
    ):
        return 0.0
    if place.kind == "id" and not is_told_as_id(place.text, before):
        return 0.0
    if _EXAMPLE.search(before) or text.count("```", 0, place.start) % 2 or _DUMP in text[: place.start]:
        return 0.0
    return {"id": 0.85, "email": 0.8, "phone": 0.7, "url": 0.6}.get(place.kind, 0.5)


def _is_new_date(provenance: Provenance, place: Appearance) -> bool:
    """A full date of the time in which the session deals, or later: what lies before may be common knowledge."""
    year = place.key[:4]
    return year.isdigit() and _calls_tools(provenance) and bool(provenance.years) and int(year) >= max(provenance.years)


def _calls_tools(provenance: Provenance) -> bool:
    return any(step.kind == "tool_call" for step in provenance.session.steps)


def _spoken_against(provenance: Provenance, first: Appearance, places: Sequence[Appearance]) -> Evidence | None:
    """What else in the trace says that the value is wrong: the writer's summary, or the answer of the first call with it."""
    steps = provenance.session.steps
    author = steps[first.author]
    if match := _SAID_TO_BE_INVENTED.search(author.summary[:2000]):
        return Evidence(author.index, author.summary, author.source, f"recorded summary: “{match[0]}”")
    used = next((steps[place.step] for place in places if place.role == "argument"), None)
    return None if used is None else _denied(used)


def _denied(step: Step) -> Evidence | None:
    """An answer that the thing asked for does not exist or is somebody else's."""
    short = step.result if isinstance(step.result, str) and len(step.result) < 400 else ""
    for text in (step.error or "", short, step.summary):
        if _NOT_FOUND.search(text) or ("belongs to " in text and _BELONGS.search(text)):
            return Evidence(step.index, text, step.source, "the call with it")
    return None


def _place(provenance: Provenance, place: Appearance) -> SourceRef:
    return provenance.passages[place.passage].source


class _Seen:
    """Which steps had nothing before them but what is recorded."""

    def __init__(self, provenance: Provenance) -> None:
        session = provenance.session
        # An agent that nobody speaks to is told what to do by its system prompt; without either its orders are not recorded.
        instructed = bool(session.system_prompts) or any(prompt.system for prompt in session.prompts.values())
        giving = ("given", "result") if instructed else ("given",)
        first_given = min((p.step for p in provenance.passages if p.kind in giving), default=len(session.steps))
        hidden = (
            step.index
            for step in session.steps
            if (step.kind == "tool_call" and not step.has_result and not step.error)
            or (step.message is not None and any(map(is_media, step.message.parts)))
        )
        self._from = first_given
        self._until = next(hidden, len(session.steps))
        # Lines after those that were read hide nothing from the steps before them: such a gap names its step.
        gaps = {gap.kind for gap in session.gaps if not (gap.kind == "lines_not_read" and gap.steps)}
        self._never = bool(gaps & _HIDING)
        self.but_system = bool(gaps & _HIDING_SYSTEM)
        """The system prompt, or a part of it, is not in the trace."""

    def everything(self, step: int) -> bool:
        """Whether all that the step could see is in the trace."""
        return not self._never and self._from <= step <= self._until
