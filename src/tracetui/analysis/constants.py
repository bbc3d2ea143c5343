"""Values that need no source: what everybody knows or would come upon."""

from __future__ import annotations

import re

from tracetui.analysis.identity import number_of

_HOSTS = re.compile(
    r"//(?:localhost|127\.0\.0\.1|0\.0\.0\.0|(?:[\w-]+\.)*example\.(?:com|org|net)|[\w.-]+)(?::\d+)?(?:/(?:index\.html)?)?\Z"
)

_IN_CENTS = re.compile(r"\d\d\.\d\d\Z")
_ADDRESSES = re.compile(
    r"(?:127\.|0\.|255\.|169\.254\.)[\d.]+\Z|(?:\d+\.){3}(?:0|255)\Z|(?:8\.8\.8\.8|8\.8\.4\.4|1\.1\.1\.1)\Z"
)


def constant_of_the_world(kind: str, text: str, key: str) -> str:
    """Why a value needs no source, or "": small and round numbers, years, bare hosts, the addresses of examples."""
    if kind == "number" or kind == "amount":
        value = number_of(key)
        exact = (
            value is not None and value != value.to_integral_value() and (kind == "amount" or _IN_CENTS.search(text))
        )
        if value is None or (value <= 100 and not exact) or (value == value.to_integral_value() and value % 50 == 0):
            return "a small or round number"
        if kind == "number" and value == value.to_integral_value() and 1900 <= value <= 2100:
            return "a year"
        return "a percentage" if text.endswith("%") else ""
    if kind == "url" and _HOSTS.match(key):
        return "the address of a site, not of a page"
    if kind == "id" and _ADDRESSES.match(text):
        return "an address that machines have by convention"
    if kind == "email" and key.partition("@")[2] in ("example.com", "example.org", "example.net"):
        return "an address reserved for examples"
    return ""
