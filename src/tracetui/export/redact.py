"""Secrets taken out of what leaves the machine, with an account of what was taken. The trace itself is never changed.

The rules are anchored at shapes that secrets have; a text without one costs a search for a few letters. The same
secret gets the same number everywhere, so that one can still see that two places hold one value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from tracetui.postmortem.document import Conflict, Entry, Pin, Postmortem, Row


class Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    """Its group "secret", or the whole match where it has none, is taken out."""


class Redaction(msgspec.Struct, frozen=True):
    """One kind of what was taken out."""

    kind: str
    count: int
    places: tuple[str, ...]
    """Where, as given by the caller: addresses of the postmortem with the step, pages, steps."""
    steps: tuple[int, ...] = ()
    """Numbers of the steps among these places, each once, ascending."""


def _rule(kind: str, pattern: str) -> Rule:
    return Rule(kind, re.compile(pattern))


SECRETS: tuple[Rule, ...] = (
    _rule("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)"),
    _rule("AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    _rule(
        "AWS secret key", r"(?i:aws|secret)[\w .\"':=\\-]{0,40}[\"':= ](?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
    ),
    _rule("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})"),
    _rule("GitLab token", r"\bglpat-[\w-]{20,}"),
    _rule("Anthropic key", r"\bsk-ant-[\w-]{20,}"),
    _rule("Langfuse key", r"\b[sp]k-lf-[0-9a-f]{8}-[0-9a-f-]{20,}"),
    _rule("OpenAI key", r"\bsk-(?!ant-|lf-)(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}"),
    _rule("Google API key", r"\bAIza[\w-]{35}"),
    _rule("Google OAuth token", r"\bya29\.[\w-]{20,}"),
    _rule("Slack token", r"\bxox[abeoprs]-[\w-]{10,}"),
    _rule("Slack webhook", r"hooks\.slack\.com/services/(?P<secret>[\w/]{20,})"),
    _rule("Stripe key", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _rule("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    _rule("npm token", r"\bnpm_[A-Za-z0-9]{36}"),
    _rule("PyPI token", r"\bpypi-[\w-]{50,}"),
    _rule("SendGrid key", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _rule("Twilio key", r"\bSK[0-9a-f]{32}\b"),
    _rule("JSON web token", r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    _rule("bearer token", r"(?i:\bbearer)\s+(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)"),
    _rule("basic credentials", r"(?i:\bauthorization)[\"'\s:=\\]+(?i:basic)\s+(?P<secret>[A-Za-z0-9+/]{8,}=*)"),
    _rule("password in a URL", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"']{1,200}:(?P<secret>[^\s/@\"']{1,200})@"),
    _rule(
        "password",
        r"(?i:(?<![a-z])(?:password|passwd|passphrase|client[_-]?secret|secret[_-]?key|api[_-]?key|access[_-]?token"
        r"|auth[_-]?token|refresh[_-]?token))[\"'\\]{0,3}\s{0,3}[:=]\s{0,3}[\"'\\]{0,3}"
        r"(?P<secret>(?!\[redacted|null\b|None\b|true\b|false\b|\*+|<|\$\{|required\b|string\b)[^\s\"',;}\\)\]]{6,200})",
    ),
)
PERSONAL: tuple[Rule, ...] = (
    _rule("e-mail address", r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}\b"),
)
"""Not applied unless asked for: an address is often the evidence."""
_STEP = re.compile(r"\bstep (\d{1,9})\b")
_PLACES = 6
"""So many places of one kind are told in a line for people."""


class Redactor:
    """Takes secrets out of texts, and counts."""

    def __init__(self, rules: Iterable[Rule] = SECRETS) -> None:
        self._rules = tuple(rules)
        self._numbers: dict[tuple[str, str], int] = {}
        self._found: dict[str, list[str]] = {}

    def __call__(self, text: str, place: str = "") -> str:
        """`text` with each secret replaced by `[redacted <kind> #<n>]`."""
        for rule in self._rules:
            text = rule.pattern.sub(lambda found, kind=rule.kind: self._replace(found, kind, place), text)  # type: ignore[misc]
        return text

    @property
    def report(self) -> tuple[Redaction, ...]:
        """What was taken out so far, by kind."""
        return tuple(
            Redaction(
                kind,
                len(places),
                tuple(dict.fromkeys(places)),
                tuple(sorted({int(found[1]) for place in places if (found := _STEP.search(place))})),
            )
            for kind, places in sorted(self._found.items())
        )

    def _replace(self, found: re.Match[str], kind: str, place: str) -> str:
        secret = "secret" if "secret" in found.re.groupindex else 0
        value = found[secret]
        of_kind = sum(known == kind for known, _ in self._numbers)
        number = self._numbers.setdefault((kind, value), of_kind + 1)
        self._found.setdefault(kind, []).append(place)
        start, end = found.start(secret) - found.start(), found.end(secret) - found.start()
        return f"{found[0][:start]}[redacted {kind} #{number}]{found[0][end:]}"


def redacted_value(value: Any, redactor: Callable[[str, str], str], place: str = "") -> Any:
    """Plain data without secrets in any of its texts; a place is the path of keys and positions that leads there."""
    if isinstance(value, str):
        return redactor(value, place)
    if isinstance(value, dict):
        return {key: redacted_value(inner, redactor, f"{place}/{key}") for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted_value(inner, redactor, f"{place}/{at}") for at, inner in enumerate(value)]
    return value


def redacted(postmortem: Postmortem, rules: Iterable[Rule] = SECRETS) -> tuple[Postmortem, tuple[Redaction, ...]]:
    """The postmortem without what `rules` find in any of its texts, and the account."""
    redactor = Redactor(rules)
    fields = {address: _entry(entry, redactor, address) for address, entry in postmortem.fields.items()}
    tables = {name: tuple(_row(name, row, redactor) for row in rows) for name, rows in postmortem.tables.items()}
    pins = tuple(_pin(pin, redactor) for pin in postmortem.pins)
    undecided = tuple(_conflict(conflict, redactor) for conflict in postmortem.undecided)
    return replace(postmortem, fields=fields, tables=tables, pins=pins, undecided=undecided), redactor.report


def account(report: Iterable[Redaction], *, place: Callable[[str], str] | None = None) -> str:
    """The report as a line for people; "" where nothing was taken out. `place` writes where it was; None: not told."""
    return ", ".join(
        f"{redaction.count} × {redaction.kind}" + (f" in {_few(redaction.places, place)}" if place else "")
        for redaction in report
    )


def _few(places: tuple[str, ...], written: Callable[[str], str]) -> str:
    """The first places, and how many more there are."""
    more = len(places) - _PLACES
    return "; ".join(map(written, places[:_PLACES])) + (f"; {more} more" if more > 0 else "")


def _row(table: str, row: Row, redactor: Redactor) -> Row:
    step = f" (step {row.text('step')})" if row.text("step") else ""
    return Row(row.id, {c: _entry(e, redactor, f"{table}/{row.id}/{c}", step) for c, e in row.cells.items()})


def _entry(entry: Entry, redactor: Redactor, address: str, step: str = "") -> Entry:
    """`step`: which one the value is of, where its own source does not tell."""
    told, _, at = entry.source.partition(": step ")
    place = address + (f" (step {at})" if told == "trace" and at else step)
    suggested = entry.suggested
    if suggested is not None:
        suggested = replace(suggested, text=redactor(suggested.text, place))
    return replace(entry, text=redactor(entry.text, place), suggested=suggested)


def _conflict(conflict: Conflict, redactor: Redactor) -> Conflict:
    mine, theirs = (_entry(entry, redactor, conflict.address) for entry in (conflict.mine, conflict.theirs))
    return replace(conflict, mine=mine, theirs=theirs)


def _pin(pin: Pin, redactor: Redactor) -> Pin:
    place = f"evidence ({pin.place})"
    return replace(pin, quote=redactor(pin.quote, place), note=_entry(pin.note, redactor, f"{place}, note"))
