"""Credentials of recorded requests are masked by where they stand; what the model saw is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tracetui.credentials import masked, masked_attributes, masked_text

KEY = "sk-a-key-that-opens-doors"
MASK = f"[masked: {len(KEY)} characters]"

HELD: list[tuple[Any, Any]] = [
    ({"headers": {"Authorization": KEY, "accept": "*/*"}}, {"headers": {"Authorization": MASK, "accept": "*/*"}}),
    ({"headers": [{"name": "X-Api-Key", "value": KEY}]}, {"headers": [{"name": "X-Api-Key", "value": MASK}]}),
    ({"headers": [["cookie", KEY], ["host", "x"]]}, {"headers": [["cookie", MASK], ["host", "x"]]}),
    ({"headers": {"set-cookie": [KEY]}}, {"headers": {"set-cookie": [MASK]}}),
    ({"cookies": [{"name": "session", "value": KEY}]}, {"cookies": [{"name": "session", "value": MASK}]}),
    ({"queryString": [{"name": "key", "value": KEY}]}, {"queryString": [{"name": "key", "value": MASK}]}),
    ({"url": f"https://x.test/v1?alt=sse&key={KEY}#a"}, {"url": f"https://x.test/v1?alt=sse&key={MASK}#a"}),
    ({"http.request.header.authorization": [KEY]}, {"http.request.header.authorization": [MASK]}),
    ({"llm.headers": json.dumps({"api-key": KEY})}, {"llm.headers": json.dumps({"api-key": MASK})}),
    ({"pair.request": {"headers": {"cookie": KEY}}}, {"pair.request": {"headers": {"cookie": MASK}}}),
]


@pytest.mark.parametrize(("held", "shown"), HELD)
def test_a_credential_is_masked_where_it_stands_and_nothing_else(held: Any, shown: Any) -> None:
    found: list[str] = []
    assert masked(held, found) == shown
    assert found == [KEY]
    assert masked_attributes({"other": 1} | held) == {"other": 1} | shown
    text, count = masked_text(json.dumps(held, indent=1))
    assert (json.loads(text), count) == (shown, 1)


INNOCENT: list[Any] = [
    {"headers": {"authorization": "Bearer [REDACTED]"}},
    {"messages": [{"role": "user", "content": f"is {KEY} the authorization?"}], "headers": {}},
    {"arguments": {"name": "token", "value": KEY}, "authorization": KEY},
    {"url": "https://x.test/items?page=2"},
]


@pytest.mark.parametrize("held", INNOCENT)
def test_what_is_no_header_or_masked_already_is_left_alone(held: Any) -> None:
    assert masked(held) == held
    assert masked_text(json.dumps(held)) == (json.dumps(held), 0)


DAMAGED = [held for held, _ in HELD if not {"llm.headers", "cookies"} & set(held)]
"""Only a whole document tells that a name of the site's own choice is a cookie's."""


@pytest.mark.parametrize("held", DAMAGED)
def test_a_line_that_is_cut_short_shows_no_credential_either(held: Any) -> None:
    text, count = masked_text(json.dumps(held | {"rest": 1}, indent=1)[:-3])
    assert (KEY in text, MASK in text, count) == (False, True, 1)
    assert masked_text(json.dumps({"headers": held})[:-1].replace(KEY, "[REDACTED]"))[1] == 0


def test_text_that_is_no_json_is_left_as_it_is() -> None:
    assert masked_text(f'"headers": {KEY}') == (f'"headers": {KEY}', 0)
