"""Blame in prose: people as causes. Systems may fail, should have caught something, and did not; people are not causes.

Precision comes first: a lint that cries at innocent sentences is switched off. A sentence is only named when a person
(a role, a pronoun, a name known to the document) stands as the subject of a judgement. What a judgement is, is told by
kinds of words: duties that were not done, perceptions that went wrong, rules that were broken, haste, and care left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple


class Blame(NamedTuple):
    quote: str
    why: str
    suggestion: str


_ROLE_NOUNS = (
    r"(?:engineer|developer|programmer|operator|reviewer|annotator|administrator|admin|manager|intern|analyst|contractor"
    r"|consultant|colleague|teammate|tester|author|maintainer|employee|staff member|human|person|dev|sre|pm|lead|labell?er"
    r"|moderator|supervisor|scientist|designer|trainee|newcomer|responder|commander|architect|technician|owner)s?"
)
_ROLES = rf"(?:on-?call )?(?:[\w-]+ )?{_ROLE_NOUNS}|support agents?|people|staff|folks|guys?"
_TEAMS = r"(?:[\w-]+ )?(?:teams?|shift|crew|department)|management|leadership"
_BARE = r"(?-i:QA|Ops|DevOps|Support|Product|Engineering|Management|Leadership|Security|Operations|Sales|Marketing|IT)"
"""Departments stand without an article where they act, and with a capital."""
_PRONOUNS = r"I|we|he|she|you|somebody|someone|nobody|no one|none of us|anybody|anyone|everybody|everyone"
_ARTICLE = (
    r"(?:(?:the|a|an|our|your|their|his|her|its|some|one|another|this|that|these|those|two|three|both|\w+['’]s?)\s+)"
)
_AFTER_ROLE = (
    r"(?:\s+(?:who|that)(?:\s+[\w'’-]+){1,6}?|\s+on (?:call|duty|shift)|\s+(?:in charge|on the side) of(?:\s+[\w'’-]+){1,3}?"
    r"|\s+of(?:\s+[\w'’-]+){1,4}?)?"
)
_ADVERB = r"(?:(?:\w+ly|just|then|also|even|again|at all|clearly|still|both|all|always)\s+)*"
_AND = r"(?:(?:[\w'’-]+ ){1,7}?(?:and|but|yet) (?:then )?)?(?:ha(?:s|ve|d) (?:been )?)?"
"""What the same person did before, and auxiliaries: "saw the page and has been ignoring it"."""
_HINDSIGHT = (
    r"(?:(?:should|ought to) (?:not )?have\b|shouldn['’]t have\b|should['’]ve\b|should(?:n['’]t| not)? know better\b"
    r"|ha(?:d|s|ve) no (?:right|business|excuse)\b)"
)
_CARE = (
    r"(?:read|check|test|review|verify|verifi|look|think|ask|wait|double-?check|validate|consult|understand|tell|confirm"
    r"|bother|care|consider|investigate|follow|escalate|question|try|tri|tried|thought|told|understood|paid attention"
    r"|pay attention)"
)
"""What care consists of; the beginning of a verb."""
_CARING = (
    r"(?:(?:read|check|test|review|verify|look|think|ask|wait|double-?check|validat|consult|understand|tell|confirm|bother"
    r"|consider|investigat|follow|escalat|question|try|pay)ing|(?:any |a (?:second )?|the |running )?(?:tests?|reviews?"
    r"|evals?|testing|approval|permission|thought|look|care|due diligence))"
)
_LEFT_UNDONE = (
    r"(?:failed to|forgot(?:ten)?|neglect(?:ed|ing|s)|omitted|dropped the ball|let (?:it|this|that|them|things|everything)?\s?"
    r"(?:\w+ ){0,3}?(?:slide|slip|through|lapse|rot)|(?:waved|nodded) (?:\w+ ){0,3}?through|rubber-?stamp(?:ed|s)?|slept"
    r"(?: through| on)?|turned a blind eye|looked the other way|shrugged|sat on (?:it|this|the)|lost (?:track|interest|focus)"
    r"|did nothing|chose to do nothing|gave up|told (?:no ?one|nobody)|kept (?:it )?(?:quiet|secret)|could not be bothered"
    r"|couldn['’]t be bothered|refus(?:ed|es|ing) to (?:look|help|listen|answer|fix|read|act|escalate|respond|cooperate)"
    r"|cut corners|took (?:a )?shortcuts?|did not bother|didn['’]t bother|never bothered|wasn['’]t paying attention"
    r"|(?:did not|didn['’]t) (?:care|pay attention)|(?:don['’]t|do not|doesn['’]t|does not) (?:care|think|pay attention))\b"
)
_GOT_WRONG = (
    r"(?:mis(?:read|took|understood|judged|interpreted|configured|typed|labell?ed|handled|managed|diagnosed|calculated"
    r"|informed|used)|fat-?fingered|botched|bungled|fumbled|mess(?:ed|es) up|screw(?:ed|s) up|panicked|jumped the gun"
    r"|(?:made|makes|make|making) (?:an?|the|this|that|the same) (?:[\w-]+ ){0,2}?(?:mistake|error|blunder|slip)s?|made mistakes"
    r"|did an? (?:bad|poor|sloppy|terrible|lousy|half-hearted|mediocre) job)\b"
)
_BROKE_RULES = (
    r"(?:(?:violated|breached|flouted|circumvented|disobeyed|defied) (?:the |our |a |every )?\w"
    r"|(?:\w+ ){1,8}?against (?:the |our |all |company )?(?:polic(?:y|ies)|process|rules?|procedures?|protocol|advice)\b)"
)
_HASTE = (
    r"(?:(?:\w+ ){1,8}?(?:out of|in) (?:haste|laziness|carelessness|ignorance)\b|was (?:\w+ )?in (?:a hurry|a rush|haste)\b"
    r"|(?:accidentally|inadvertently|mistakenly|erroneously|wrongly|unthinkingly|blindly|carelessly|hastily|recklessly"
    r"|negligently|lazily|foolishly|thoughtlessly|naively)\s+(?!assigned|accused|told|informed|blamed)\w"
    r"|(?:\w+ ){1,6}?(?:by (?:mistake|accident)|blindly|carelessly|hastily|recklessly|negligently|thoughtlessly)\b)"
)
_TRAITS = (
    r"(?:was|were|is|are|has been|have been|became|got) (?:\w+ )?(?:careless|negligent|sloppy|lazy|inattentive|distracted"
    r"|asleep|complacent|incompetent|inexperienced|irresponsible|reckless|overconfident|unprepared|unqualified|naive|clueless"
    r"|ignorant|hasty|at fault|to blame|to answer for|not paying attention|not careful|(?:too|so) (?:quick|slow|trusting"
    r"|confident|eager|hasty|lenient|lazy|careless|sure) )"
)
_ANSWERABLE = r"(?:was|were) (?:too )?responsible for\b"
_WITHOUT_CARE = (
    r"(?!could|can|cannot|had to|have to|is|are|was|were|has no|have no|had no)(?:(?!and\b|but\b|while\b|when\b|because\b"
    r"|which\b|that\b|as\b|if\b)[\w'’/-]+ ){1,9}?without (?:ever |even |so much as |first |actually |properly )?"
    rf"{_CARING}(?!\w)"
)
_UNREAD = (
    rf"(?:[\w'’-]+ ){{1,6}}?(?:(?:he|she|they|nobody|no one) (?:had not|hadn['’]t|had never|never|did not|didn['’]t) (?:even )?"
    rf"(?:{_CARE}|run|open|seen))"
)
_COULD_HAVE = (
    r"could (?:easily )?have"
    r" (?:checked|noticed|caught|prevented|tested|asked|seen|avoided|verified|reviewed|stopped|known)\b"
)
_PRESSED = (
    r"(?:insisted on (?:shipping|releasing|launching|deploying|merging|skipping)|(?:pushed|pressed) (?:for )?(?:the|a|an)"
    r" (?:\w+ )?(?:deadline|release|launch|date)|(?:knew|had known) (?:\w+ ){1,6}?(?:and|but|yet) (?:did|chose|said|kept|let)\b"
    r"|(?:was|were|had been) (?:warned|told|reminded) (?:twice|repeatedly|several times|many times|again|before)\b"
    r"|took (?:\w+ ){1,6}?to (?:bother|react|wake|care)\b)"
)
_VERDICTS = (
    _HINDSIGHT, _LEFT_UNDONE, _GOT_WRONG, _BROKE_RULES, _HASTE, _TRAITS, _ANSWERABLE, _WITHOUT_CARE, _UNREAD, _PRESSED,
    _COULD_HAVE,
)  # fmt: skip
_VERDICT = rf"(?:{'|'.join(_VERDICTS)})"
_ACT = (
    r"(?:(?:caused|broke|ruined|missed|overlooked|ignored|disregarded|dismissed|skipped) \w"
    rf"|(?:did not|didn['’]t|never|has not|had not|hadn['’]t) (?:(?:\w+ly|even|ever|bother to) )?(?:{_CARE}|notice|correct"
    r"|respond|react|answer|warn|document|update)(?:ed|d)?\b)"
)
"""Blame where a role or a name does it; where "we" does it, a plain report of one's own work."""
_MISDEED = (
    r"(?:mistake|fault|failure|error|negligence|oversight|carelessness|haste|laziness|sloppiness|lapse|incompetence)"
)
_CARELESS = re.compile(
    r"\b(?:(?<!\")(?:human|operator|user|pilot) error(?!\"| (?:handling|rate|budget|code|categor|message|log|report))"
    r"|careless(?:ly|ness)?|negligen(?:t|tly|ce)|incompeten(?:t|ce)|inattenti(?:ve|on)|complacen(?:t|cy)|reckless(?:ly|ness)?"
    r"|irresponsib(?:le|ly)|unprofessional(?:ly)?|half-hearted(?:ly)?|thoughtless(?:ly|ness)?|ineptitude|inept"
    r"|sloppy|sloppiness|lazy(?! (?:load|evaluation|init|import|connect|fetch))|laziness|stupid(?:ly|ity)?|idiot(?:ic)?"
    r"|at fault|to blame|blame[ds] (?:on|for)|we blame|blame lies with|common sense(?! (?:check|test|rule|reasoning|knowledge))"
    r"|(?:lack|want) of (?:care|discipline|diligence|attention|experience|rigou?r|competence|skill|effort|professionalism"
    r"|thought|foresight|seriousness|interest)|(?:poor|bad|weak) (?:discipline|judge?ment|attitude|work ethic)"
    r"|(?:lapse|error) (?:of|in) (?:judge?ment|attention|concentration)|rookie mistake)(?!\w)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:nobody|no one|no-one|none of (?:us|them))\s+(?:[\w-]+\s+){0,4}?"
    r"(?:checked|tested|noticed|bothered|cared|reviewed|thought|questioned|corrected|took the time|made the effort|stopped to"
    r"|asked (?!for\b)|raised|objected|spoke up|paid attention|(?:was|were) paying attention)\b",
    re.IGNORECASE,
)
_NOT_MET = re.compile(r"[^.!?;\n]*\b(?:because|since|as there|until)\b", re.I)
"""After "nobody noticed": why it could not be noticed, which tells of the system."""
_NEGATED = re.compile(
    r"(?:\bno(?:body|t|r| one| person)?\b(?:\s+\w+){0,2}|\bwithout|\binstead of|\brather than|\bless|\bn't"
    r"|\bwho (?:is|was|were))\s*$",
    re.IGNORECASE,
)
_COULD = re.compile(r"\bcould (?:easily )?have\b", re.IGNORECASE)
_NO_ONE = re.compile(r"(?:nobody|no one|no-one|none of us) could\b", re.IGNORECASE)
_SUPPOSING = re.compile(r"(?:^|[.!?;:]\s+|\n)(?:had|with|if|given|were)\b[^.!?\n]*$", re.IGNORECASE)
"""What nobody could have done, or what could have been done had the system been another one, tells of the system."""
_DONE = (
    r"(?:\w+ly |only |just )?(?!had\b|seen\b|known\b|been (?!awake|more|less)|received\b|got\b)"
    r"(?:been (?:awake|more|less)|\w+(?:ed|en|d|t)|read|done|run)\b"
)
"""After "if the reviewer had". What a person had, or was shown, is the system's: "had seen the rendered prompt"."""
_FIX = "say what the system allowed: which check was absent, which information was not shown"


def find_blame(text: str, names: Iterable[str] = ()) -> tuple[Blame, ...]:
    """Every place of `text` where a person is made the cause. `names`: people known to the document."""
    return _blame(text, tuple(sorted(names)))


@lru_cache(maxsize=1000)
def _blame(text: str, names: tuple[str, ...]) -> tuple[Blame, ...]:
    """Kept: while one field is typed, the others are read again with every rest."""
    return tuple(_found(text, names))


def _found(text: str, names: tuple[str, ...]) -> Iterator[Blame]:
    told = -1
    for pattern, why in _patterns(names):
        for found in pattern.finditer(text):
            before = text[: found.start()]
            if _NEGATED.search(before) or _NO_ONE.match(found[0]):
                continue
            if _COULD.search(found[0]) and _SUPPOSING.search(before):
                continue
            if pattern is _NOBODY and _NOT_MET.match(text, found.end()):
                continue
            if found.start() != told:
                told = found.start()
                yield Blame(found[0].strip(), why, _FIX)


@cache
def _patterns(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    named = "|".join(re.escape(name) for name in _name_parts(names)) or "(?!)"
    someone = rf"{_ARTICLE}(?:[\w'’-]+\s+)?(?:{_ROLES}){_AFTER_ROLE}|{_ARTICLE}on-?call|{_ARTICLE}(?:{_TEAMS})"
    role = rf"{someone}|people|developers|engineers|reviewers|operators|whoever(?:\s+\S+){{1,5}}|{_BARE}|{named}"
    cause = r"(?:root cause|cause|reason|mistake|failure|error|fault|blame|outage|incident|problem|oversight)"
    return (
        *(
            (re.compile(pattern, re.IGNORECASE), "a person stands as the cause")
            for pattern in (
                rf"\b(?:{role}|{_PRONOUNS})(?:\s+who)?\s+{_AND}{_ADVERB}{_VERDICT}",
                rf"\b(?:{role}|management|staff|he|she)\s+{_AND}{_ADVERB}{_ACT}",
                rf"\b(?:users|customers)\s+(?:keep|never|don['’]t|do not) (?:{_CARE}|pay)",
                rf"\b(?:caused|introduced|broken|missed|overlooked|committed) by (?:{role})\b",
                rf"\b{cause} (?:(?:was|is|lies|lay) )?(?:made |caused )?(?:by|of|with|down to|due to|because of) (?:{role})\b",
                rf"\b{cause} (?:is|was) (?:{role})(?:['’]s?)?\s",
                rf"\b(?:down to|because of|thanks to|due to) (?:{role})(?!['’\w])",
                rf"\b(?:{role})['’]s? (?:[\w-]+ )?{_MISDEED}\b",
                rf"\b(?:was|were) (?:{role})['’]s? (?:job|duty|responsibility|fault|turn)\b",
                rf"\b(?:it|this|that|the \w+) (?:is|was) (?:all )?on (?:{role}|me|him|her|them|us)\b(?! \w)",
                rf"\bif (?:{role}|{_PRONOUNS}) had {_DONE}",
                rf"(?:^|[.!?;]\s+)had (?:{role}|{_PRONOUNS}) {_DONE}",
            )
        ),
        (_CARELESS, "judges a person"),
        (_NOBODY, "blames everybody for not acting"),
    )


def _name_parts(names: tuple[str, ...]) -> list[str]:
    """Full names and their parts: "Dana Fox" is also written "Dana". Team and role names stay whole."""
    parts = {part.strip() for name in names for part in re.split(r"[,;/&]| and ", name)}
    parts |= {
        word for part in parts for word in part.split() if word[:1].isupper() and word.isalpha() and len(word) > 2
    }
    return sorted((part for part in parts if len(part) > 2), key=len, reverse=True)
