"""Values that need no source: what everybody knows or would come upon."""

from __future__ import annotations

import re

from tracetui.analysis.identity import number_of

_HOSTS = re.compile(
    r"//(?:localhost|127\.0\.0\.1|0\.0\.0\.0|(?:[\w-]+\.)*example\.(?:com|org|net)|[\w.-]+)(?::\d+)?(?:/(?:index\.html)?)?\Z"
)


def constant_of_the_world(kind: str, text: str, key: str) -> str:
    """Why a value needs no source, or "": small and round numbers, years, bare hosts, the addresses of examples."""
    if kind == "number" or kind == "amount":
        value = number_of(key)
        exact = kind == "amount" and value is not None and value != value.to_integral_value()
        if value is None or (value <= 100 and not exact) or (value == value.to_integral_value() and value % 50 == 0):
            return "a small or round number"
        if kind == "number" and value == value.to_integral_value() and 1900 <= value <= 2100:
            return "a year"
        return "a percentage" if text.endswith("%") else ""
    if kind == "url" and _HOSTS.match(key):
        return "the address of a site, not of a page"
    if kind == "email" and key.partition("@")[2] in ("example.com", "example.org", "example.net"):
        return "an address reserved for examples"
    return ""
