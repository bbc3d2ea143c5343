"""SWE-agent trajectories (`.traj`), three generations.

From 1.1 on each step has `query`, the exact prompt. 1.0 has `messages`, which already show the step's own outcome, and
older files neither: there the prompt is rebuilt from `history`, without the elisions that the agent's history
processors made at run time.
"""

from __future__ import annotations

from typing import Any

from tracetui.ingest.build import SessionBuilder
from tracetui.ingest.chat import Conversation, chat_message, session_name
from tracetui.ingest.fields import list_field, seconds_field
from tracetui.ingest.messages import message_of
from tracetui.ingest.prompt_log import PromptLog
from tracetui.ingest.records import Record, Records
from tracetui.ingest.registry import NOT_MINE, Detection
from tracetui.ingest.report import Ledger
from tracetui.model import ContextEdit, Gap, RecordedPrompt, Session, ToolCallPart

NAME = "swe-agent"
TITLE = "SWE-agent trajectories"
RULE = "`trajectory` of steps with `action` and `observation`."
KEEPS = (
    "Prompts recorded from 1.1 on (`query`), rebuilt before, with old outputs as they were shortened where 1.0 tells "
    "(`messages`); no times, tokens only in total."
)
LOSES = "Times, and the cost of single steps; tool definitions."
EXPORT = "The `.traj` files of a run, as they are."

_TOOLS_GAP = Gap(
    "tools_not_recorded",
    "arguments cannot be checked against the tools' schemas",
    "keep the run's config.yaml beside the trajectory",
)
_ELISION_GAP = Gap(
    "history_processors",
    "old observations may have been shortened in the prompts; this generation does not record how",
    "SWE-agent 1.1 and later record the prompt of each step",
)


def detect(records: Records) -> Detection:
    value = records.document if records.shape == "document" else None
    steps = value.get("trajectory") if isinstance(value, dict) else None
    if isinstance(steps, list) and all(
        isinstance(step, dict) and {"action", "observation"} <= set(step) for step in steps[:3]
    ):
        return Detection(0.96, f"trajectory of {len(steps)} steps with action and observation")
    return NOT_MINE


def read(records: Records, ledger: Ledger) -> list[Session]:
    value = records.document
    builder = SessionBuilder(session_name(records))
    builder.attributes = {key: inner for key, inner in value.items() if key not in ("trajectory", "history")}
    steps = list(records.items("trajectory"))
    exact = any(isinstance(step.value, dict) and isinstance(step.value.get("query"), list) for step in steps)
    if exact or not isinstance(value.get("history"), list):
        _read_steps(builder, steps, ledger)
    else:
        _read_history(builder, records, steps, ledger)
    builder.gap(_TOOLS_GAP)
    return [builder.build()] if builder.steps else []


def _read_steps(builder: SessionBuilder, steps: list[Record], ledger: Ledger) -> None:
    log = PromptLog(builder)
    for record in steps:
        step = record.value
        if not isinstance(step, dict):
            ledger.skip(record.source, "a step that is no object")
            continue
        ledger.claim()
        answer = message_of({"role": "assistant", "content": step.get("response")}, source=record.source)
        prompt = tuple(message_of(item, source=record.source) for item in list_field(step.get("query")))
        if prompt:
            recorded = RecordedPrompt(messages=prompt, source=record.source)
            index = log.llm_call(recorded, answer, record.source, call_steps=False)
        else:
            index = builder.llm_call(answer, record.source)
        tool = _add_action(builder, record, step, index)
        if tool is not None:
            log.observed(tool, str(step.get("observation") or ""))
    log.finish()


def _add_action(builder: SessionBuilder, record: Record, step: dict[str, Any], parent: int) -> int | None:
    """The command that the step ran, as a tool call named by its first word."""
    action = str(step.get("action") or "").strip()
    if not action:
        return None
    call = ToolCallPart(None, action.split(None, 1)[0], {"command": action})
    index = builder.tool_call(call, record.source, parent=parent)
    builder.update(
        index,
        result=step.get("observation"),
        has_result=step.get("observation") is not None,
        duration_ns=seconds_field(step.get("execution_time")),
        attributes={"state": step.get("state")},
    )
    return index


def _read_history(builder: SessionBuilder, records: Records, steps: list[Record], ledger: Ledger) -> None:
    """The conversation as it was kept; each action's outcome is the observation that follows it."""
    chat = Conversation(builder)
    actions = iter(steps)
    sent = _SentMessages(builder)
    for record in records.items("history"):
        if not isinstance(record.value, dict):
            ledger.skip(record.source, "a message that is no object")
            continue
        ledger.claim()
        said = chat_message(records, record)
        if said.message.role != "assistant" or record.value.get("is_demo"):
            mine = said.message.role != "assistant"
            sent.kept(record, chat.add(said) if mine else builder.message(said.message, said.source))
            continue
        index = chat.add_answer(said)
        sent.show_at(index)
        sent.kept(record, index)
        step = next(actions, None)
        if step is None:
            continue
        ledger.claim()
        sent.after(step)
        if not said.calls and isinstance(step.value, dict):
            _add_action(builder, step, step.value, index)
    for left in actions:
        ledger.skip(left.source, "a step without a message in the history")
    if not sent.is_whole:
        builder.gap(_ELISION_GAP)


class _SentMessages:
    """What history processors made of old messages: generation 1.0 records with each step the messages after it, which are
    what the next step is sent. The history keeps the originals, message for message."""

    def __init__(self, builder: SessionBuilder) -> None:
        self.is_whole = True
        """Whether the messages sent are recorded for every step after the first."""
        self._builder = builder
        self._window: list[tuple[Any, int]] = []
        """For each message of the window its content as it now stands and the step that it came from."""
        self._next: Record | None = None
        self._calls = 0

    def kept(self, record: Record, step: int) -> None:
        """A message of the history joined the window."""
        self._window.append((record.value.get("content"), step))

    def after(self, step: Record) -> None:
        """A step of the trajectory was taken."""
        self._next = step

    def show_at(self, call: int) -> None:
        """Put into the window, for the call at index `call`, what its messages say otherwise than the history."""
        step, self._next = self._next, None
        self._calls += 1
        if step is None:
            self.is_whole = self.is_whole and self._calls == 1
            return
        messages = step.value.get("messages") if isinstance(step.value, dict) else None
        if not isinstance(messages, list) or len(messages) != len(self._window):
            self.is_whole = False
            return
        for at, (value, (content, origin)) in enumerate(zip(messages, self._window, strict=True)):
            if not isinstance(value, dict) or value.get("content") == content:
                continue
            self._window[at] = value.get("content"), origin
            self._builder.edit(
                ContextEdit(
                    at=call,
                    phase="input",
                    kind="splice",
                    start=at,
                    delete=1,
                    messages=(message_of(value, source=step.source),),
                    from_step=origin,
                    evidence="recorded",
                )
            )
