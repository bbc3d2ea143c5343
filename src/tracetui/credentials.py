"""Credentials in recorded HTTP requests: masked wherever a trace is shown. The file keeps them.

They stand in headers and cookies (by name, or a name beside its value as HAR files and proxies write it), and as keys in
addresses. What a request's body says is never touched: it is what the model saw.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Literal

_SECRET = frozenset(
    """authorization proxy-authorization cookie set-cookie x-api-key api-key apikey x-goog-api-key x-auth-token
    x-amz-security-token openai-api-key anthropic-api-key key api_key access_token token sig signature
    x-amz-signature""".split()  # noqa: SIM905
)
"""Names of headers, and of parameters of addresses."""
_PARAMETER = re.compile(r"([?&](?:key|api[_-]?key|access_token|token|sig|x-amz-signature)=)([^&#\s]+)", re.IGNORECASE)
_NAMED = "|".join(map(re.escape, sorted(_SECRET, key=len, reverse=True)))
_WRITTEN = re.compile(
    rf'("(?:(?:name"\s*:\s*"|[\w.]*header\.)?(?:{_NAMED})")\s*(?:,\s*"value"\s*)?[:,]\s*\[?\s*")((?:[^"\\]|\\.)+)',
    re.IGNORECASE | re.DOTALL,
)
"""A name beside its value, as JSON writes them: for text that is cut or damaged."""
_MASKED_ALREADY = re.compile(r"redacted|masked|\*{3}", re.IGNORECASE)
_SHORTEST = 8
"""Shorter values are not looked for in text, where they might be anything."""
Place = Literal["elsewhere", "headers", "cookies", "address", "secret"]


def masked(value: Any, found: list[str] | None = None) -> Any:
    """Plain data with every credential masked; `found` gets them."""
    return _masked(value, "elsewhere", [] if found is None else found)


def masked_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes of a step, or a pair's request and response, with every credential masked."""
    held = {key: attributes[key] for key in attributes if key.startswith("pair.") or _place(key) != "elsewhere"}
    return attributes | masked(held) if held else attributes


def masked_text(text: str) -> tuple[str, int]:
    """JSON as it is written, also damaged or cut short, with its credentials masked, and how many; other text as it is."""
    found: list[str] = []
    if any(word in text for word in ("eader", "ookie", "url", "query")):
        try:
            masked(json.loads(text), found)
        except (ValueError, RecursionError):
            return _masked_damaged(text)
    secrets = sorted({secret for secret in found if len(secret) >= _SHORTEST}, key=len, reverse=True)
    for secret in secrets:
        for written in {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
            text = text.replace(written, _mask(secret))
    return text, len(secrets)


def _masked_damaged(text: str) -> tuple[str, int]:
    found: list[str] = []
    for written in (_WRITTEN, _PARAMETER):
        text = written.sub(lambda named: named[1] + _hidden(named[2], found), text)
    return text, len(found)


@lru_cache(maxsize=4096)
def _place(key: str) -> Place:
    """What stands under a key, by its name; conventions write a header as `http.request.header.NAME`."""
    name = key.lower()
    if "header" in name:
        return "secret" if name.rpartition("header.")[2] in _SECRET else "headers"
    if name == "cookies":
        return "cookies"
    if name in ("querystring", "query_string"):
        return "headers"
    return "address" if name.rpartition(".")[2] in ("url", "full", "target") else "elsewhere"


def _masked(value: Any, place: Place, found: list[str]) -> Any:
    if isinstance(value, str):
        return _masked_string(value, place, found)
    if isinstance(value, list):
        is_pair = place == "headers" and len(value) == 2 and _is_secret(value[0])
        return [_masked(item, "secret" if is_pair and at else place, found) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if place in ("headers", "cookies") and "name" in value and "value" in value:
        secret = place == "cookies" or _is_secret(value["name"])
        return {**value, "value": _masked(value["value"], "secret", found)} if secret else value
    return {key: _masked(inner, _inner_place(str(key), place), found) for key, inner in value.items()}


def _inner_place(key: str, outer: Place) -> Place:
    if outer == "cookies":
        return "secret"
    return ("secret" if _is_secret(key) else outer) if outer == "headers" else _place(key)


def _is_secret(name: Any) -> bool:
    return isinstance(name, str) and name.lower() in _SECRET


def _masked_string(value: str, place: Place, found: list[str]) -> str:
    if place == "secret":
        return _hidden(value, found)
    if place == "address":
        return _PARAMETER.sub(lambda parameter: parameter[1] + _hidden(parameter[2], found), value)
    if place == "headers" and value[:1] in ("{", "["):
        try:
            return json.dumps(_masked(json.loads(value), place, found), ensure_ascii=False)
        except (ValueError, RecursionError):
            return value
    return value


def _hidden(value: str, found: list[str]) -> str:
    if not value or _MASKED_ALREADY.search(value):
        return value
    found.append(value)
    return _mask(value)


def _mask(value: str) -> str:
    return f"[masked: {len(value)} characters]"
