"""Vague actions: an action is a verb, the thing that it changes, and something by which one sees that it is done."""

from __future__ import annotations

import re

_VAGUE_VERBS = re.compile(
    r"^(?:we (?:should|need to|must|will) |need to |should |must |to |please )?(?:to )?"
    r"(?P<verb>improve|enhance|optimi[sz]e|strengthen|be (?:more )?\w+|try|consider|think about|look (?:into|at)|explore"
    r"|investigate|revisit|monitor|keep an eye on|watch|make sure|ensure|address|handle|fix|deal with|work on|discuss"
    r"|pay (?:more )?attention|take care|raise awareness|educate|remind|train|communicate|tell everyone|review|clean up"
    r"|refactor|test|avoid|do better|rethink|reconsider|reassess|assess|evaluate (?:other|more|new|options|alternatives)"
    r"|promote|foster|encourage|prioriti[sz]e|streamline|harden|moderni[sz]e|stabili[sz]e|get better|stay"
    r"|(?:everyone|everybody|all|people|engineers|teams?) (?:to|should|must)|keep (?:\w+ ){0,2}eye"
    r"|take (?:more )?\w+ship)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^(?:we (?:should|need to|must|will) |to )?(?P<verb>talk|discuss|sync|meet|chat|align|brainstorm|coordinate"
    r"|collaborate|follow up|reach out|work (?:with|closely|together)|(?:have|hold|do|run|start) an? (?:\w+ )?(?:conversation"
    r"|discussion|meeting|chat|think|look|deep dive|session|workshop|retro\w*|brainstorm\w*))\b",
    re.IGNORECASE,
)
"""Talk changes nothing by itself; it is an action where something is written down, by a date or under a name."""
_SCALAR = re.compile(
    r"^(?:we (?:should|need to|must|will) |to )?(?P<verb>reduce|increase|decrease|raise|lower|minimi[sz]e|maximi[sz]e|boost"
    r"|speed up|slow down|tighten|relax|strengthen|deepen|lessen|grow)\b",
    re.IGNORECASE,
)
"""What is made more or less of needs an amount."""
_AMOUNT = re.compile(
    r"\d|\b(?:to|by|below|above|under|over|at most|at least|per|from|with|half|zero|double|twice|until)\b", re.I
)
_ABSTRACT = re.compile(
    r"\b(?:awareness|culture|mindset|quality|reliability|robustness|stability|diligence|discipline|communication"
    r"|collaboration|visibility|hygiene|rigou?r|vigilance|ownership|care|caution|attention|understanding|excellence|trust"
    r"|everything|things|stuff|issues|problems|mistakes?|(?:the|this) bar"
    r"|the (?:system|process|architecture|situation|agent|retriever)(?=[.!]?$)"
    r"|tech(?:nical)? debt|more (?:\w+ )?\w+|better (?:\w+ )?\w+|thoroughly|carefully|properly|closely|smarter|at some point"
    r"|going forward|in (?:the )?future)(?=\W|$)",
    re.IGNORECASE,
)
"""Objects that nobody can point at, and comparisons without a measure."""
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
_CONDITION = re.compile(r"\b(?:when|if|unless|until|whenever|so that|instead of|before|after)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b[A-Z]{3,}\b|\b\w+\(\)")
_VERBS = frozenset(
    """abort add adopt alert allow annotate append apply archive ask assert assign attach audit automate backfill backport
    ban block bound budget build cache call cancel cap capture change check clear close collect compare compute configure
    confirm connect convert copy correct count cover create cut decide declare define delete deny deploy deprecate derive
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
    measured = _IDENTIFIER.search(text) or re.search(r"\d", text)
    talk, scalar = _TALK.match(text), _SCALAR.match(text)
    if talk and not measured:
        return f"“{talk['verb']}” changes nothing: say what is to come of it"
    if scalar and not (_IDENTIFIER.search(text) or _AMOUNT.search(text[scalar.end() :])):
        return f"“{scalar['verb']}”: by how much, to what"
    abstract = _ABSTRACT.search(text)
    if abstract and not (measured or _CONDITION.search(text) or '"' in text or "`" in text):
        return f"“{abstract[0]}” cannot be seen to be done"
    words = re.findall(r"[^\W\d_][\w'-]*", text.lower())
    if not any(word in _VERBS for word in words[:6]):
        return "no verb that says what is changed"
    if len(words) < 3 and not _SPECIFIC.search(text):
        return "no object: what is changed, and where"
    return ""
