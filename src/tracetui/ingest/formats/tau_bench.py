"""τ-bench runs: a simulated user, an agent and its tools as OpenAI chat messages in `traj`; one run or a list of them."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.arrangement import arrangement, rows
from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message, conversation_gaps, is_message
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import Session

NAME = "tau-bench"
TITLE = "τ-bench run"
RULE = "`task_id` and `traj`, a list of chat messages: one run, a list of runs, or JSON lines of runs."
KEEPS = "Prompts rebuilt from the messages before each answer; tool definitions, tokens and times are not there."
LOSES = "Usage, times and tool definitions."
EXPORT = "The results file of a run, as it is."


def detect(records: Records) -> Detection:
    found = arrangement(records, "traj", is_request=_is_run, is_item=lambda _: False)
    return Detection(0.95 * found.share, "`task_id` beside `traj`, a list of messages") if found else NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    sessions: list[Session] = []
    for run in rows(records, ledger):
        if _is_run(run.value):
            sessions.append(_session(records, run, ledger))
        else:
            ledger.skip(run.source, "no run: `task_id` or `traj` is missing")
    return sessions


def _session(records: Records, run: Record, ledger: Ledger) -> Session:
    value = run.value
    builder = SessionBuilder(f"task {value['task_id']} trial {value.get('trial', 0)}")
    builder.attributes = {key: inner for key, inner in value.items() if key != "traj"}
    conversation = Conversation(builder)
    for item in records.inside(run, "traj"):
        if is_message(item.value):
            conversation.add(chat_message(records, item))
            ledger.claim()
        else:
            ledger.skip(item.source, "no message: role or content is missing")
    conversation_gaps(builder, whole_request=False)
    return builder.build()


def _is_run(value: Any) -> bool:
    return isinstance(value, dict) and "task_id" in value and isinstance(value.get("traj"), list)
