"""The walkthrough's HTML file as a browser and a printer show it, for docs/: `python benchmarks/handout.py`.

Needs Chromium, and pdftoppm of poppler-utils. Writes a picture of a page at 1280×720, one of a sheet of paper, and
`handout.json`, which says of which HTML they are and how many sheets it takes; a test holds that against the program.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCREENS = ROOT / "docs" / "screens"
sys.path.insert(0, str(ROOT / "src"))

from tracetui.analysis.divergence import compare  # noqa: E402
from tracetui.analysis.triage import triage  # noqa: E402
from tracetui.export import tour_html  # noqa: E402
from tracetui.export.tour import redacted_pages  # noqa: E402
from tracetui.ingest.open import open_trace  # noqa: E402
from tracetui.postmortem.prefill import prefill  # noqa: E402
from tracetui.tour.build import shown, tour_of  # noqa: E402
from tracetui.tour.material import Material  # noqa: E402

SHOWN = 4
"""Position of the page in the pictures: the divergence, the fullest one."""
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium")
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-quic"]
_WHEN = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)


def handout(position: int | None = None) -> str:
    """The HTML of the sample incident beside its good run: every page, or the one at `position`."""
    samples = ROOT / "sample_traces"
    trace = open_trace(str(samples / "incident_content.jsonl"))
    good = open_trace(str(samples / "good_same_customer.jsonl")).sessions[0]
    session = trace.sessions[0]
    found, comparison = triage(session, baselines=[good]), compare(session, [good])
    held = prefill(session, found, comparison, now=_WHEN, trace=trace, good=good)
    material = Material(session=session, triage=found, postmortem=held, comparison=comparison, good=good)
    pages, redactions = redacted_pages(shown(tour_of(material)))
    return tour_html.render(pages if position is None else pages[position : position + 1], redactions)


def digest() -> str:
    return hashlib.sha256(handout().encode()).hexdigest()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, single, paper = (Path(folder, name) for name in ("all.html", "one.html", "all.pdf"))
        whole.write_text(handout(), encoding="utf-8")
        single.write_text(handout(SHOWN), encoding="utf-8")
        _chromium(f"--screenshot={SCREENS / 'handout.png'}", "--window-size=1280,720", single.as_uri())
        _chromium("--no-pdf-header-footer", f"--print-to-pdf={paper}", whole.as_uri())
        number = str(SHOWN + 1)
        sheet = ["-f", number, "-l", number, "-singlefile", "-r", "60", "-png", str(paper)]
        subprocess.run(["pdftoppm", *sheet, str(SCREENS / "handout-paper")], check=True)
        told = subprocess.run(["pdfinfo", str(paper)], check=True, capture_output=True, text=True).stdout
    sheets = int(next(line for line in told.splitlines() if line.startswith("Pages:")).split()[1])
    facts = {"sha256": digest(), "sheets": sheets, "pages": handout().count('<section class="page"')}
    (SCREENS / "handout.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(facts))


def _chromium(*words: str, flags: Sequence[str] = tuple(_FLAGS)) -> None:
    subprocess.run([_CHROMIUM, *flags, *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
