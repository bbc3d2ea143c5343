"""How long commands take from start to end, in milliseconds and as multiples of starting Python. Prints JSON."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "sample_traces"
RUNS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "--help": [sys.executable, "-m", "tracetui", "--help"],
    "triage --help": [sys.executable, "-m", "tracetui", "triage", "--help"],
    "formats": [sys.executable, "-m", "tracetui", "formats"],
    "triage": [sys.executable, "-m", "tracetui", "triage", "--json", str(SAMPLES / "incident_content.jsonl")],
    "context": [sys.executable, "-m", "tracetui", "context", "--step", "3", str(SAMPLES / "incident_content.jsonl")],
    "diff": [
        sys.executable,
        "-m",
        "tracetui",
        "diff",
        str(SAMPLES / "incident_content.jsonl"),
        str(SAMPLES / "good_same_customer.jsonl"),
    ],
}


def main() -> None:
    median_ms = {name: round(_median_ms(command), 1) for name, command in COMMANDS.items()}
    python = median_ms["python -c pass"]
    print(
        json.dumps(
            {
                "runs": RUNS,
                "median_ms": median_ms,
                "times_python": {name: round(ms / python, 2) for name, ms in median_ms.items()},
            },
            indent=1,
        )
    )


def _median_ms(command: list[str]) -> float:
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
