from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from tests.postmortem.example import sample_postmortem
from tracetui.export.redact import PERSONAL, SECRETS, Redactor, account, redacted
from tracetui.postmortem.document import Conflict, Entry, encode
from tracetui.postmortem.edits import SetText, apply

# Put together here, so that no scanner takes this file for a leak.
KEYS = [
    ("AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("AWS secret key", "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"),
    ("GitHub token", "ghp_" + "a1B2" * 9),
    ("GitHub token", "github_pat_" + "a1B2c3" * 5),
    ("GitLab token", "glpat-" + "x1y2z3w4v5" * 2),
    ("Anthropic key", "sk-ant-" + "api03-" + "aB3_" * 10),
    ("Langfuse key", "sk-lf-" + "12345678-1234-1234-1234-123456789012"),
    ("OpenAI key", "sk-" + "proj-" + "aB3d" * 10),
    ("OpenAI key", "sk-" + "aB3d" * 12),
    ("Google API key", "AIza" + "B" * 35),
    ("Google OAuth token", "ya29." + "a0B" * 12),
    ("Slack token", "xoxb-" + "123456789012-abcdef"),
    ("Slack webhook", "https://hooks.slack.com/services/" + "T000/B000/" + "X" * 24),
    ("Stripe key", "sk_live_" + "4eC39HqLyjWDarjtT1zd"),
    ("Hugging Face token", "hf_" + "aB" * 17),
    ("npm token", "npm_" + "aB3d" * 9),
    ("PyPI token", "pypi-" + "AgEIcHlwaS5vcmc" + "a1" * 30),
    ("SendGrid key", "SG." + "a" * 22 + "." + "b" * 43),
    ("Twilio key", "SK" + "0123456789abcdef" * 2),
    ("JSON web token", "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + "abcDEF123-_abcDEF"),
    ("bearer token", "Authorization: Bearer " + "abcdef0123456789abcdef"),
    ("basic credentials", '"Authorization": "Basic ' + 'dXNlcjpwYXNz"'),
    ("password in a URL", "postgres://app:" + "hunter22@db:5432/orders"),
    ("password", '{\\"password\\": \\"' + 'correct-horse\\"}'),
    ("password", "client_secret=" + "abc123def"),
    ("private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE" + "abc\n-----END RSA PRIVATE KEY-----"),
    ("private key", "-----BEGIN PRIVATE KEY-----\nMIIE" + "cut off here"),
]
INNOCENT = [
    "cust_789 ord_555 sk-learn pk_customer",
    "the password reset mail was sent to the customer",
    "the tool wants a password: string, required",
    '{"token_count": 1123, "max_tokens": 4096}',
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "the bearer of this letter",
    "https://example.test/a:b@c",
    "a basic plan with enterprise support",
    "task-ant-colony-optimisation-in-the-warehouse",
    "disk-space-is-running-low-on-the-primary-node",
    "call_abc123def456ghi789jkl012",
    "0b6e8a52-6b4e-4c0a-9f2e-0d2b8f0f6a11",
    '{"password": null}',
    '"api_key": "<your key>"',
]


@pytest.mark.parametrize(("kind", "text"), KEYS)
def test_secrets_are_taken_out_and_counted_by_kind(kind: str, text: str) -> None:
    redactor = Redactor()
    clean = redactor(f"before {text} after", "here")
    assert [(found.kind, found.count, found.places) for found in redactor.report] == [(kind, 1, ("here",))]
    assert f"[redacted {kind} #1]" in clean
    assert clean.startswith("before ")


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_stays(text: str) -> None:
    redactor = Redactor()
    assert redactor(text) == text
    assert redactor.report == ()


def test_one_secret_keeps_one_number() -> None:
    redactor = Redactor()
    first, second = "AKIA" + "A" * 16, "AKIA" + "B" * 16
    clean = redactor(f"{first} {second} {first}")
    assert clean == "[redacted AWS access key #1] [redacted AWS access key #2] [redacted AWS access key #1]"
    assert account(redactor.report) == "3 × AWS access key"


def test_redacting_twice_changes_nothing() -> None:
    text = "\n".join(secret for _, secret in KEYS)
    clean = Redactor()(text)
    assert Redactor()(clean) == clean


def test_a_postmortem_loses_its_secrets_and_says_where_they_were() -> None:
    key = "AKIA" + "A" * 16
    draft = apply(sample_postmortem(), SetText("lessons.wrong", f"it printed {key}", "dana", "2026-07-01T02:15:00Z"))
    draft = apply(draft, SetText("actions/r1/text", f"revoke {key}", "dana", "2026-07-01T02:15:00Z"))
    clean, report = redacted(draft)
    assert clean.text("lessons.wrong") == "it printed [redacted AWS access key #1]"
    assert [(found.count, set(found.places)) for found in report] == [(2, {"lessons.wrong", "actions/r1/text"})]
    assert draft.text("lessons.wrong") == f"it printed {key}"
    assert redacted(sample_postmortem()) == (sample_postmortem(), ())


def test_addresses_of_people_only_on_request() -> None:
    assert Redactor()("alice@example.test") == "alice@example.test"
    assert Redactor(SECRETS + PERSONAL)("alice@example.test") == "[redacted e-mail address #1]"


@pytest.mark.parametrize("text", ["a" * 200_000, "aws" * 60_000, "password" * 20_000, "sk-" * 60_000, "a.b@" * 50_000])
def test_no_text_makes_a_rule_hang(text: str) -> None:
    before = time.process_time()
    Redactor(SECRETS + PERSONAL)(text)
    assert time.process_time() - before < 5


def test_what_nobody_has_chosen_from_yet_is_redacted_too() -> None:
    key = "AKIA" + "A" * 16
    conflict = Conflict("lessons.well", Entry(text=f"mine {key}"), Entry(text=f"theirs {key}"))
    cleaned, report = redacted(replace(sample_postmortem(), undecided=(conflict,)))
    assert key not in encode(cleaned).decode()
    assert [found.count for found in report] == [2]
