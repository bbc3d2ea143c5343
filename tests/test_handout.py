"""The pictures of the walkthrough's HTML file are of what the program writes now, a sheet of paper a page."""

from __future__ import annotations

import importlib.util
import json

from tests.shared import REPOSITORY


def test_the_pictures_are_current_and_each_page_is_one_sheet() -> None:
    spec = importlib.util.spec_from_file_location("handout", REPOSITORY / "benchmarks" / "handout.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    facts = json.loads((REPOSITORY / "docs" / "screens" / "handout.json").read_text(encoding="utf-8"))
    assert facts["sha256"] == program.digest(), "python benchmarks/handout.py makes the pictures anew; look at them"
    assert facts["sheets"] == facts["pages"]
