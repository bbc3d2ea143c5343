"""The programs that ours is measured beside, where they are installed: on PATH, or in the folders that TRACETUI_PEERS names."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

PEERS = {
    "less": ("less", "-S"),
    "lnav": ("lnav", "-q"),
    "toolong": ("tl",),
    "mini-swe-agent's inspector": ("mini-extra", "inspect"),
}
"""Command lines, to which the file is added."""
LINE_READERS = ("less", "lnav", "toolong")
"""Those that open any file of lines; the inspector takes trajectories of mini-swe-agent alone."""
INSPECTOR = "mini-swe-agent's inspector"


def installed(names: Sequence[str] = tuple(PEERS)) -> dict[str, list[str]]:
    """The command lines of those that are there; of the others it is said on standard error that they are left out."""
    folders = os.pathsep.join(filter(None, [os.environ.get("TRACETUI_PEERS"), os.environ.get("PATH")]))
    found = {}
    for name in names:
        program, *arguments = PEERS[name]
        place = shutil.which(program, path=folders)
        if place is None:
            print(f"{name} is left out: no {program} on PATH or in TRACETUI_PEERS", file=sys.stderr)
        else:
            found[name] = [place, *arguments]
    return found


def write_trajectory(path: Path, calls: int = 100) -> Path:
    """Of mini-swe-agent."""
    messages = [{"role": "system", "content": "You can use a shell."}, {"role": "user", "content": "Mend the parser."}]
    for number in range(calls):
        said = f"THOUGHT: look at part {number}.\n\n```bash\nsed -n {number},{number + 20}p parser.py\n```"
        seen = "\n".join(f"{line}: value = parse(tokens[{line}])" for line in range(number, number + 20))
        messages.append({"role": "assistant", "content": said})
        messages.append({"role": "user", "content": f"<returncode>0</returncode>\n<output>\n{seen}\n</output>"})
    info = {"exit_status": "Submitted", "submission": "", "model_stats": {"instance_cost": 0.5, "api_calls": calls}}
    path.write_text(json.dumps({"info": info, "messages": messages, "trajectory_format": "mini-swe-agent-1"}))
    return path
