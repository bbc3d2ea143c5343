"""The words around an id by which it is told to be one: in running text, in many languages, and in queries."""

from __future__ import annotations

import re

_ID = re.compile(
    r"#\d{3,}\Z|(?=.{0,64}\d)(?:[A-Za-z]+_)+\w*\d{2,}\w*\Z|\d{8,}\Z|(?=.{0,64}[A-Z])(?=.{0,64}\d.{0,64}\d)[A-Z0-9-]{5,40}\Z"
    r"|[A-Z]{2}\d{2}(?: [A-Z0-9]{1,4}){3,8}\Z"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z|(?=.{0,32}\d)(?=.{0,32}[a-f])[0-9a-f]{16,64}\Z"
)
"""Ids in running text: unlike ranges, sizes, versions and model names."""
_NOUN = re.compile(
    r"\b(?:order|reservation|confirmation|booking|ticket|tracking|invoice|transaction|reference|account|case|code|number|"
    r"id|ids|identifier|customer|user|item|product|payment|refund|claim|policy|record|session|flight|shipment|contract|"
    r"serial|receipt|card|iban|\w{0,20}(?:nummer|auftrag|bestellung|buchung|rechnung)|pedido|reserva|factura|cliente|cuenta|"
    r"c[oó]digo|n[uú]m[eé]ro|commande|r[eé]servation|facture|client|compte|dossier|ordine|prenotazione|fattura|fatura|encomenda|"
    r"bestelling|factuur|klant|boeking)s?\b\W{0,4}"
    r"(?:(?:is|are|was|of|for|with|number|id|code|no|n[uú]mero|num[eé]ro|lautet|ist|es|est|de|del|di)\W{1,3}){0,3}"
    r"[(\[\"'`*]{0,3}$"
    r"|(?:订单|訂單|单号|單號|编号|編號|预订|預訂|账号|帳號|注文|予約|番号|会員|주문|예약|번호)\w{0,4}\W{0,3}[为為是は]?\W{0,3}$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?=.{0,10}\d)(?=.{0,10}[A-Z])[A-Z0-9]{5,10}\Z")
_CODE_NOUN = re.compile(
    r"\b(?:confirmation|booking|reservation|tracking|voucher|pnr)(?: (?:code|number|id|reference))?(?: is)?\W{1,4}\Z",
    re.IGNORECASE,
)
"""Right before a code too short to be told by its form."""
_SQL = re.compile(
    r"\s*(?:select|update|delete|insert|with|alter|create|drop)\b[\s\S]{0,2000}?\b(?:from|set|into|table|as)\b",
    re.IGNORECASE,
)
"""Where columns and aliases have names of their own."""
_SQL_ID = re.compile(
    r"\b(?:where|and|or)\s{1,4}(?:\w{1,20}\.)?(?:\w{1,30}_)?id\s{0,2}(?:=|in\s?\()\s{0,2}['\"]?\Z", re.IGNORECASE
)
"""Before an id that a query asks for; in code, ids of all sorts are made up."""
_BEFORE = 60
"""Characters before a value in which such words stand."""


def is_told_as_id(text: str, before: str) -> bool:
    """Whether a value in running text is an id: by its form, and by the noun that `before` ends in."""
    return _ID.match(text) is not None and (text[0] == "#" or _NOUN.search(before) is not None)


def is_told_as_code(text: str, before: str) -> bool:
    """Whether a short code in running text is somebody's: K7WTCA after “confirmation code is”."""
    return _CODE.match(text) is not None and _CODE_NOUN.search(before) is not None


def is_sql(text: str) -> bool:
    return _SQL.match(text) is not None


def is_asked_for(text: str, start: int) -> bool:
    """Whether what stands at `start` is the id that a query in `text` asks for."""
    return _SQL_ID.search(text[max(0, start - _BEFORE) : start]) is not None
