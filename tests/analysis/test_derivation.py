"""Every kind of value × every way to come by it: as it stood, spelt otherwise, computed or put together, from nowhere."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.analysis.runs import call, run, say, user
from tracetui.analysis.provenance import Provenance

EXACT = [
    ("id", "order ord_48213", "ord_48213"),
    ("id with a sign", "order #W2378156", "#W2378156"),
    ("uuid", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("code", "flight HAT136", "HAT136"),
    ("number", "there are 4821 rows", "4821"),
    ("number with a unit", "a load of 347 kg", "347 kg"),
    ("percentage", "up by 12.75%", "12.75%"),
    ("amount", "a fee of $1,284.35", "$1,284.35"),
    ("date", "due 2025-11-23", "2025-11-23"),
    ("date of a stamp", "due 2025-11-23T10:00:00Z", "2025-11-23"),
    ("time", "at 14:35", "14:35"),
    ("e-mail", "to zoe.kim@acme.io", "zoe.kim@acme.io"),
    ("link", "https://acme.io/orders/48213?x=1", "https://acme.io/orders/48213?x=1"),
    ("path", "in /srv/data/report_7.csv", "/srv/data/report_7.csv"),
    ("name", "by Amara Okafor", "Amara Okafor"),
    ("quoted words", 'called "the blue ledger of May"', '"the blue ledger of May"'),
    ("phone", "call +49 30 1234 5678", "+49 30 1234 5678"),
    ("IBAN", "DE89370400440532013000", "DE89370400440532013000"),
]
NORMALISED = [
    ("id: case", "order ORD-48213", "ord-48213"),
    ("id: separators", "order W12345-67", "w12345 67".replace(" ", "")),
    ("uuid: case", "550E8400-E29B-41D4-A716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("number: thousands", "there are 48210 rows", "48,210"),
    ("number: unit apart", "a load of 347kg", "347 kg"),
    ("amount: no sign", "a fee of $1,284.35", "1284.35"),
    ("amount: zeros", "a fee of $1,284.5", "$1284.50"),
    ("amount: currency as a word", "a fee of 1284.35 USD", "$1,284.35"),
    ("date: month in words", "due 2025-11-23", "November 23, 2025"),
    ("date: day first", "due 23 November 2025", "2025-11-23"),
    ("date: slashes", "due 11/23/2025", "2025-11-23"),
    ("time: half of the day", "at 2:35 PM", "14:35"),
    ("e-mail: case", "to Zoe.Kim@Acme.io", "zoe.kim@acme.io"),
    ("link: scheme and www", "http://www.acme.io/orders/48213/", "https://acme.io/orders/48213"),
    ("path: separators", r"in C:\data\report_7.csv", "C:/data/report_7.csv"),
    ("path: here", "in ./data/report_7.csv", "data/report_7.csv"),
    ("phone: separators", "call +49 30 1234 5678", "+49-30-1234-5678"),
    ("IBAN: groups of four", "to DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
    ("IBAN: groups of four, seen", "to DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("card: groups of four", "card 4929123456781234", "4929 1234 5678 1234"),
]
DERIVED = [
    ("number: sum", "412 in May and 655 in June", "1067"),
    ("number: sum of three", "412, 655 and 786", "1853"),
    ("number: difference", "from 1283 to 655", "628"),
    ("number: product", "123 rows of 7 each", "861"),
    ("number: share", "a total of 1284 of which half", "642"),
    ("number: quotient", "1728 over 12 months", "144"),
    ("amount: sum", "$412.35 and $655.20", "$1,067.55"),
    ("amount: difference", "$1,283.10 less $655.35", "$627.75"),
    ("amount: times", "3 at $115.25", "$345.75"),
    ("amount: tax", "$412.00 plus 19% tax", "$490.28"),
    ("amount: rounded", "a fee of $1,284.3549", "$1,284.35"),
    ("date: next day", "due 2025-11-23", "2025-11-24"),
    ("date: days later", "due 2025-11-23, 90 days", "2026-02-21"),
    ("date: a year later", "due 2025-11-23", "2026-11-23"),
    ("date: without a year", "due 2025-11-23", "November 23"),
    ("id: cut from text", "see ord_48213_b7", "48213_b7"),
    ("id: prefix and number", "order 48213", "ord_48213"),
    ("id: spelt apart", "my code is MSKU 204 885", "MSKU204885"),
    ("id: joined", "parts K77 and 4821", "K77-4821"),
    ("e-mail: joined", "Zoe Kim of acme.io", "zoe.kim@acme.io"),
    ("link: joined", "host https://acme.io, page orders, order 48213", "https://acme.io/orders/48213"),
    ("link: cut", "https://acme.io/orders/48213?page=2", "https://acme.io/orders/48213"),
    (
        "link: the file itself",
        "https://github.com/acme/site/blob/main/docs/setup48.md",
        "https://raw.githubusercontent.com/acme/site/main/docs/setup48.md",
    ),
    ("path: joined", "folder /srv/data has report_7.csv", "/srv/data/report_7.csv"),
    ("path: its folder", "in /srv/data/report_7.csv", "/srv/data"),
    ("path: another type", "in /srv/data/report_7.csv", "/srv/data/report_7.pdf"),
    ("name: turned", "by Okafor, Amara", "Amara Okafor"),
    ("name: cut", "Dr. Amara Ngozi Okafor", "Amara Okafor"),
    ("quoted words: cut", 'called "the blue ledger of May"', '"blue ledger of May"'),
]
NOWHERE = [
    ("id", "order ord_48213", "ord_55501"),
    ("code", "flight HAT136", "HAT947"),
    ("number", "there are 4821 rows", "7719"),
    ("number with a unit", "a load of 347 kg", "883 kg"),
    ("amount", "a fee of $1,284.35", "$977.13"),
    ("small amount", "a fee of $1,284.35", "$45.37"),
    ("date", "due 2025-11-23", "2031-04-08"),
    ("e-mail", "to zoe.kim@acme.io", "piet.vos@beta.io"),
    ("link", "https://acme.io/orders/48213", "https://beta.io/claims/771"),
    (
        "link: another file",
        "https://github.com/acme/site",
        "https://raw.githubusercontent.com/acme/site/main/key771.md",
    ),
    ("path", "in /srv/data/report_7.csv", "/opt/other/ledger_9.csv"),
    ("name", "by Amara Okafor", "Piet Vos"),
    ("quoted words", 'called "the blue ledger of May"', '"a red book of June"'),
    ("phone", "call +49 30 1234 5678", "+49 40 8765 4321"),
    ("IBAN", "to DE89370400440532013000", "NL91 ABNA 0417 1643 00"),
]
CONSTANT = [
    ("a small number", "go", "42"),
    ("a round sum", "go", "$500"),
    ("a year", "go", "2024"),
    ("a bare host", "go", "https://www.python.org"),
    ("an address for examples", "go", "jo@example.com"),
]


def how(seen: str, written: str) -> str:
    """How a value that a model wrote after a user's text can be had; of the longest value in `written`."""
    session = run(user(seen), call("note", "ok", text=written), say("Done."))
    provenance = Provenance.of(session)
    own = [a for a in provenance.at(2) if a.role == "argument"]
    longest = max(own, key=lambda appearance: len(appearance.text))
    assert len(longest.text) >= len(written.strip('"')) - 3, f"{written!r} is not one value: {own}"
    return provenance.source_of(longest).how


def cases(*groups: tuple[str, list[tuple[str, str, str]]]) -> list[object]:
    return [pytest.param(seen, text, way, id=f"{way}: {what}") for way, rows in groups for what, seen, text in rows]


@pytest.mark.parametrize(
    ("seen", "written", "way"),
    cases(
        ("exact", EXACT),
        ("normalised", NORMALISED),
        ("derived", DERIVED),
        ("nowhere", NOWHERE),
        ("constant", CONSTANT),
    ),
)
def test_how_a_value_can_be_had(seen: str, written: str, way: str) -> None:
    assert how(seen, written) == way


def test_a_count_of_what_a_tool_answered_is_derived() -> None:
    rows = call("list_rows", {"rows": [{"n": "x"}] * 117})
    provenance = Provenance.of(run(user("How many?"), rows, say("There are 117 rows, or 119.")))
    said = {a.text: provenance.source_of(a) for a in provenance.at(3)}
    assert (said["117"].how, said["119"].how) == ("derived", "nowhere")
    assert said["117"].why == "as many as the answer of step 3 has"


def test_the_day_of_the_run_needs_no_source() -> None:
    session = run(user("Note it."), call("note", "ok", text="2025-11-23 or November 23; 2025-12-01; 2027-07-03"))
    day = 1_763_856_000 * 10**9
    session = replace(session, steps=tuple(replace(step, start_ns=day) for step in session.steps))
    provenance = Provenance.of(session)
    ways = [provenance.source_of(a).how for a in provenance.at(2) if a.role == "argument"]
    assert ways == ["constant", "constant", "derived", "nowhere"]
