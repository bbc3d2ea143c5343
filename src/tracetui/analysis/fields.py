"""What the names of JSON fields say: which hold ids, whose ids, amounts, prose or code."""

from __future__ import annotations

from functools import cache, lru_cache

from tracetui.analysis.actions import name_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ID_WORDS = _words(
    "id ids uuid guid key ref reference number no num code sku handle ticket zip zipcode postcode ssn isbn iban vin pnr imei "
    "arn urn nummer nr numero número numéro codigo código"
)
_OWNERS = _words(
    "user customer client account member patient tenant subscriber employee student merchant seller buyer guest holder "
    "cardholder organization organisation org company borrower payee payer passenger traveler traveller driver resident "
    "applicant claimant policyholder insured beneficiary donor shopper purchaser requester requestor reporter household "
    "consumer citizen taxpayer lessee renter kunde kunden kundennummer patientennummer mitglied mitgliedsnummer cliente usuario "
    "paciente utilisateur klant utente"
)
_ADDRESSES = _words("email mail phone")
"""What stands in for an id where a record names its owner."""
_ANY_OWNER = _words("owner belongs owned")
_AMOUNTS = _words("amount price total cost fee balance refund payment sum subtotal charge tax budget")
_PROSE = _words(
    "query q search text content contents body message messages code script command cmd sql prompt description title name "
    "summary note notes reason reasoning thought thoughts plan expression pattern regex input instruction instructions "
    "comment question answer subject task goal todo todos old new string html markdown data value values json payload "
    "filter filters arguments args template explanation justification keywords keyword term terms topic label labels tag "
    "tags language format unit units option options"
)
_OWN_MAKING = _words("idempotency nonce correlation dedup deduplication")
_FILLERS = _words("details detail info information data record full")
_RELATIVES = _words(
    "next previous prev parent child children similar related replacement replaced alternative linked duplicate duplicates "
    "original last latest first sibling successor predecessor recommended recommend merged counterpart"
)
"""Of a tool that is asked with one thing for another."""
_COUNTERS = _words(
    "page offset cursor skip start limit attempt retry retries try timestamp ts time nonce seed iteration step"
)


@lru_cache(maxsize=4096)
def last_name(pointer: str) -> str:
    """The field that a pointer ends in; for an item of a list, the list's field."""
    names = [part for part in pointer.split("/") if part and not part.isdigit()]
    return names[-1].replace("~1", "/").replace("~0", "~") if names else ""


@cache
def words_of(name: str) -> tuple[str, ...]:
    return name_words(name)


@cache
def is_id(name: str) -> bool:
    """order_id, orderId, id, ticketNumber, sku, …"""
    words = words_of(name)
    return bool(words) and words[-1] in _ID_WORDS


@cache
def is_own_id(name: str) -> bool:
    """The id of the object itself, not of another that it refers to."""
    return len(words_of(name)) == 1 and is_id(name)


@cache
def owner_noun(name: str) -> str:
    """Whose id the field holds: "customer" of customer_id, "owner" where any owner may stand there; "" of other fields."""
    words = tuple(word for word in words_of(name) if word not in _ID_WORDS)
    if len(words) == 2 and words[1] in _ADDRESSES:
        words = words[:1]
    if words and words[0] in _ANY_OWNER and len(words) <= 2:
        return "owner"
    return words[0] if len(words) == 1 and words[0] in _OWNERS else ""


@lru_cache(maxsize=4096)
def owner_at(pointer: str) -> str:
    """Whose id a pointer ends at: as `owner_noun` of its field, or of the object around an own id (`/customer/id`)."""
    names = [part for part in pointer.split("/") if part and not part.isdigit()]
    if not names:
        return ""
    return owner_noun(names[-1]) or (owner_noun(names[-2]) if len(names) > 1 and is_own_id(names[-1]) else "")


@cache
def own_id_paths(name: str, tool: str) -> tuple[str, ...]:
    """Pointers at which the answer of a tool that was asked with an id in the field `name` holds that record's own id."""
    words = words_of(tool)
    about = [word for word in words[: words.index("by") if "by" in words else None] if word not in _FILLERS]
    noun = about[-1] if len(about) == 2 else ""
    if not noun or (not is_own_id(name) and words_of(name)[0] != noun):
        return (f"/{name}",)
    return (f"/{name}", *(f"{around}/{own}" for own in ("id", f"{noun}_id") for around in ("", f"/{noun}", "/data")))


@cache
def asks_for_another(tool: str) -> bool:
    """get_parent_account: what comes back is not what it was asked with."""
    return bool(_RELATIVES.intersection(words_of(tool)))


@cache
def noun_of_tool(tool: str) -> str:
    """The owner that a tool is about, from its name: "customer" of get_customer, "user" of find_user_id_by_email."""
    nouns = [owner_noun(word) for word in words_of(tool)]
    return next((noun for noun in nouns if noun and noun != "owner"), "")


@cache
def is_own_making(name: str) -> bool:
    """A value that the caller makes up for the call: a key that tells a repeated request from a new one."""
    return bool(_OWN_MAKING.intersection(words_of(name)))


@cache
def is_amount(name: str) -> bool:
    return bool(_AMOUNTS.intersection(words_of(name)))


@cache
def is_prose(name: str) -> bool:
    """Free text, code or a value to be written: where new words are in place."""
    words = words_of(name)
    return bool(words) and not is_id(name) and bool(_PROSE.intersection(words))


@cache
def is_counter(name: str) -> bool:
    """Moves on from call to call although the call is the same: a page, an attempt, a time."""
    return bool(_COUNTERS.intersection(words_of(name)))
