"""What requests spelt out in arguments do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_actions import call
from tracetui.analysis.actions import action_of
from tracetui.analysis.request import http_request, sql_request


@pytest.mark.parametrize(
    ("command", "effect", "reversibility"),
    [
        ("ls -la | grep x", "read", "reversible"),
        ("cd /tmp && cat a 2>/dev/null", "read", "reversible"),
        ("grep 'rm -rf; x > y' notes.txt", "read", "reversible"),
        ("echo hi > out.txt", "write", "reversible"),
        ("cd x && rm -rf build", "write", "irreversible"),
        ("sudo rm /etc/passwd", "write", "irreversible"),
        ("FOO=1 git push origin main", "write", "external"),
        ("git push --force", "write", "irreversible"),
        ("git status", "read", "reversible"),
        ("git commit -m 'x'", "write", "reversible"),
        ("kubectl get pods", "read", "reversible"),
        ("kubectl delete pod x", "write", "irreversible"),
        ("curl https://a.b/c", "read", "reversible"),
        ("curl -X DELETE https://a.b/c", "write", "irreversible"),
        ("curl -d '{}' https://a.b/c", "write", "external"),
        ("pip install x", "write", "reversible"),
        ("sed -i s/a/b/ f", "write", "reversible"),
        ("./deploy.sh prod", "unknown", "unknown"),
        ("ssh host uptime", "unknown", "unknown"),
        ("cat > f.py <<'EOF'\nimport os; rm = 1\nEOF", "write", "reversible"),
        ("", "read", "reversible"),
        ("echo 'unbalanced", "read", "reversible"),
    ],
)
def test_a_shell_command_is_as_bad_as_its_worst_part(command: str, effect: str, reversibility: str) -> None:
    action = action_of(call("Bash", command=command))
    assert (action.effect, action.reversibility) == (effect, reversibility)


@pytest.mark.parametrize(
    ("statement", "effect", "reversibility", "target"),
    [
        ("SELECT * FROM orders WHERE id = 1", "read", "reversible", "orders"),
        ("  with a as (select 1) select * from a", "read", "reversible", "a"),
        ("with gone as (delete from orders returning *) select * from gone", "write", "irreversible", "orders"),
        ("update orders set x = 1", "write", "external", "orders"),
        ("INSERT INTO logs VALUES (1)", "write", "external", "logs"),
        ("DROP TABLE users", "write", "irreversible", "users"),
    ],
)
def test_sql_reads_changes_or_loses_data(statement: str, effect: str, reversibility: str, target: str) -> None:
    action = action_of(call("run_sql", query=statement))
    assert (action.effect, action.reversibility, action.target) == (effect, reversibility, target)


def test_words_that_are_no_sql_are_left_to_the_name() -> None:
    assert sql_request("cheap flights to Oslo") is None
    assert action_of(call("query_flights", query="cheap flights to Oslo")).effect == "read"


def test_an_http_method_decides() -> None:
    assert action_of(call("http_call", method="get", url="u")).effect == "read"
    assert action_of(call("http_call", method="PATCH", url="u")).reversibility == "external"
    assert action_of(call("http_call", method="DELETE", url="u")).reversibility == "irreversible"
    assert http_request("shout", "u") is None


def test_a_program_computes_unless_it_calls_out() -> None:
    assert action_of(call("python", code="print(2 + 2)")).effect == "read"
    assert action_of(call("run_python", code="import requests\nrequests.post('https://x')")).effect == "unknown"


@given(
    st.text(),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
)
def test_any_arguments_give_an_answer(text: str, value: Any) -> None:
    for tool in ("bash", "sql", "python", "http", "x"):
        assert action_of(call(tool, command=text, method=text, sql=text)).why
        assert action_of(call(tool, command=value)).why
