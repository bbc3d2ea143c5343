"""Vague actions: an action is a verb, the thing that it changes, and something by which one sees that it is done."""

from __future__ import annotations

import re

_VAGUE_VERBS = re.compile(
    r"^(?:we (?:should|need to|must|will) |need to |should |must |to |please )?(?:to )?"
    r"(?P<verb>improve|enhance|optimi[sz]e|strengthen|be (?:more )?\w+|try|consider|think about|look (?:into|at)|explore"
    r"|investigate|revisit|monitor|keep an eye on|watch|make sure|ensure|address|handle|fix|deal with|work on|discuss"
    r"|pay (?:more )?attention|take care|raise awareness|educate|remind|train|communicate|tell everyone|review|clean up"
    r"|refactor|test|avoid|do better)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:be (?:more |very )?(?:careful|cautious|vigilant|diligent|attentive|mindful)|pay (?:more |closer )?attention"
    r"|do better|try harder|raise awareness|take more care|double[- ]check everything|avoid this in (?:the )?future"
    r"|add more \w+"
    r"|make (?:it|things|the \w+) (?:more \w+|\w+er)|as (?:needed|appropriate)"
    r"|where (?:possible|appropriate)|best practices?|not (?:happen|occur) again"
    r"|and so on|etc\.?)(?=\W|$)",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(
    r"`[^`]+`|[\"“][^\"”]+[\"”]"  # something quoted
    r"|\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b[A-Z]{3,}\b|\b\w+\(\)|\b[\w-]+\.(?:\w{2,4})\b"  # an identifier, a file
    r"|\d"  # a number: a threshold, a version, a ticket
    r"|\b(?i:when|if|before|after|unless|until|for each|for every|whenever|so that|by|from|against|instead of|with)\b"
)
_IDENTIFIER = re.compile(r"\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b[A-Z]{3,}\b|\b\w+\(\)")
_VERBS = frozenset(
    """abort add adopt alert allow annotate append apply archive ask assert assign attach audit automate backfill backport
    ban block bound budget build cache call cancel cap capture change check clear close collect compare compute configure
    confirm connect convert copy correct cover create cut decide declare define delete deny deploy deprecate derive
    describe detect disable display document downgrade draft drop email emit enable encode encrypt enforce escalate
    estimate evaluate exclude expand expire export expose extend extract fail fetch filter flag fold forbid format gate
    generate grant group guard handle hide hold ignore implement include index inform inject insert inspect install
    instrument integrate introduce invalidate isolate issue keep label limit link list load lock log lower make map mark
    mask match measure merge migrate mock monitor move name normalise normalize notify open order override page parse
    pass patch persist pin populate post present prevent print probe promote prompt propagate protect provide publish
    purge put quarantine quote raise randomise read rebuild recompute record redact redirect reduce refresh refund refuse
    register reject release reload remove rename reorder repair replace replay report request require rerun reset resolve
    respond restart restore restrict retire retrieve retry return reuse revert revoke rewrite roll rotate route run
    sample sanitise sanitize save scan schedule scope score send separate serialise serve set share ship show shorten
    sign simulate simplify skip split stage start stop store stream strip subscribe surface suspend swap switch sync tag
    test throttle tighten time track train translate trim truncate turn unify unpin update upgrade use validate verify
    version warn weight whitelist allowlist denylist widen wire wrap write teach document""".split()  # noqa: SIM905 - a column of words is easier to read
)


def why_vague(text: str) -> str:
    """Why an action cannot be checked off, in a few words; "" for one that can."""
    text = text.strip()
    if not text:
        return "no text"
    never = _NEVER.search(text)
    if never and not _IDENTIFIER.search(text):
        return f"“{never[0]}” cannot be seen to be done"
    vague = _VAGUE_VERBS.match(text)
    if vague:
        rest = text[vague.end() :]
        if _IDENTIFIER.search(rest) or (len(rest.split()) >= 3 and _SPECIFIC.search(rest)):
            return ""
        return f"“{vague['verb']}” has no measure by which one sees that it is done"
    words = re.findall(r"[^\W\d_][\w'-]*", text.lower())
    if not any(word in _VERBS for word in words[:6]):
        return "no verb that says what is changed"
    if len(words) < 3 and not _SPECIFIC.search(text):
        return "no object: what is changed, and where"
    return ""
