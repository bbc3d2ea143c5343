"""The eval case of an incident as a pytest file that asks any callable agent, and checks how it behaves.

The program is `eval_program.py` with the case written into it; it needs nothing but pytest.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from typing import Any

from tracetui.export import eval_json
from tracetui.export.redact import Redaction, account
from tracetui.text import visible_line

NAME = "eval"
TITLE = "Eval case, as a pytest file that takes any agent"
SUFFIX = "_test.py"
FROM = "case"
_NAME = "CASE: dict"
_HOLE = 'r"""{}"""'


def render(case: dict[str, Any], redactions: Iterable[Redaction]) -> str:
    """The program with its case. In the case every quote is an escape of JSON, so that none ends the literal."""
    program = (resources.files(__package__) / "eval_program.py").read_text(encoding="utf-8")
    told = account(redactions, place=visible_line)
    program = program.replace(_NAME, f"# Taken out of the case: {told or 'nothing'}.\n{_NAME}", 1)
    before, _, after = program.partition(_HOLE)
    return f"{before}r'''\n{eval_json.written(case, redactions).replace(chr(39), chr(92) + 'u0027')}\n'''{after}"
