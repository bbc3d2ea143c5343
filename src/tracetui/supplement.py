"""What a format has no field for, carried beside its own fields, so that a converted trace opens as the same session.

A writer says what a reader will get from the format's own fields (`told`); only what differs from it is carried. So
nothing that the format can say is said twice, and what it cannot say is never guessed. A step is known by its index.
A message of a window is written once: where a step gave it, or where it is first written out, others point at it:

- `{"step": 3}`: the message of step 3
- `{"added": [3, 0]}`: the first of the messages that the format itself lists with step 3 as added to its window
- `{"seen": [3, 0]}`: the first message that the supplement of step 3 writes out
- `{"role", "parts", "name"}`: written out, in the model's own parts
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from tracetui.model import (
    ContextEdit,
    Gap,
    Message,
    Part,
    RecordedPrompt,
    Scope,
    Session,
    SourceRef,
    Step,
    ToolDefinition,
)

VERSION = 1
_DEFAULTS: dict[str, Any] = {
    "kind": "other",
    "number": None,
    "scope": "main",
    "agent": None,
    "parent": None,
    "depth": 0,
    "model": None,
    "tool": None,
    "call_id": None,
    "arguments": None,
    "result": None,
    "has_result": False,
    "summary": "",
    "goal": None,
    "status": "unknown",
    "error": None,
    "usage": None,
    "cost_usd": None,
    "start_ns": None,
    "duration_ns": None,
    "recorded_flags": (),
    "attributes": {},
}
"""By field of `Step` what it is where neither the format nor the supplement says anything; a number is then the index + 1."""
_TYPES = {field.name: field.type for field in msgspec.structs.fields(Step)}
_CHECKED = _TYPES.keys() - {"arguments", "result", "attributes", "message"}
"""Fields of `Step` that a format's own field is put into as it is: whoever edited the file may have put anything there."""
_EDIT_FIELDS = ("phase", "scope", "kind", "start", "delete", "keep", "from_step", "evidence")
_EDIT_DEFAULTS = ContextEdit(at=0)


class Supplements:
    """Makes the supplements of one session: one for the session, one for each step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keys: dict[int, bytes] = {}
        self._places: dict[bytes, dict[str, Any]] = {}
        self._written: dict[int, int] = defaultdict(int)
        self._edits: dict[int, list[ContextEdit]] = defaultdict(list)
        for edit in session.edits:
            self._edits[min(max(edit.at, 0), len(session.steps) - 1)].append(edit)
        for step in session.steps:
            if step.message is not None:
                self._places.setdefault(self._key(step.message), {"step": step.index})

    def adds(self, at: int, place: int, message: Message) -> None:
        """The format itself lists this message, to the letter, with step `at`: supplements made from now on point at it."""
        self._places.setdefault(self._key(message), {"added": [at, place]})

    def of_session(self) -> dict[str, Any]:
        """What is true of the session as a whole; its id is the format's to say."""
        session = self._session
        found = {
            "version": VERSION,
            "goal": session.goal,
            "attributes": session.attributes,
            "scopes": [] if session.scopes == (Scope("main"),) else msgspec.to_builtins(session.scopes),
            "system_prompts": msgspec.to_builtins(session.system_prompts),
            "tools": msgspec.to_builtins(session.tools),
            "gaps": msgspec.to_builtins(session.gaps),
        }
        return {key: value for key, value in found.items() if value}

    def of_step(
        self, step: Step, told: Mapping[str, Any], *, message: bool = False, prompt: bool = False
    ) -> dict[str, Any]:
        """What the format's own fields leave out of a step. `told`: the fields of `Step` that a reader gets from them.

        `message`, `prompt`: whether they say its message and its recorded prompt to the letter.
        """
        rest: dict[str, Any] = {}
        for name, default in _DEFAULTS.items():
            value = getattr(step, name)
            expected = told.get(name, step.index + 1 if name == "number" else default)
            if value != expected or type(value) is not type(expected):
                rest[name] = msgspec.to_builtins(value)
        if (step.arguments_source is not None) != ("arguments" in told):
            rest["called"] = step.arguments_source is not None
        if step.message is not None and not message:
            rest["message"] = _message_json(step.message)
        recorded = self._session.prompts.get(step.index)
        if recorded is not None and not prompt:
            rest["prompt"] = self._prompt(recorded, step.index)
        if step.index in self._edits:
            rest["edits"] = [self._edit(edit, step.index) for edit in self._edits[step.index]]
        return rest

    def _prompt(self, prompt: RecordedPrompt, at: int) -> dict[str, Any]:
        found = {
            "messages": [self._message(message, at) for message in prompt.messages],
            "system": msgspec.to_builtins(prompt.system),
            "tools": msgspec.to_builtins(prompt.tools),
        }
        return {key: value for key, value in found.items() if value or key == "messages"}

    def _edit(self, edit: ContextEdit, at: int) -> dict[str, Any]:
        row: dict[str, Any] = {} if edit.at == at else {"at": edit.at}
        for name in _EDIT_FIELDS:
            if (value := getattr(edit, name)) != getattr(_EDIT_DEFAULTS, name):
                row[name] = msgspec.to_builtins(value)
        if edit.messages:
            row["messages"] = [self._message(message, at) for message in edit.messages]
        if edit.tools:
            row["tools"] = msgspec.to_builtins(edit.tools)
        return row

    def _message(self, message: Message, at: int) -> dict[str, Any]:
        key = self._key(message)
        if key not in self._places:
            self._places[key] = {"seen": [at, self._written[at]]}
            self._written[at] += 1
            return _message_json(message)
        return self._places[key]

    def _key(self, message: Message) -> bytes:
        """Equal for equal messages, whatever their place; kept by object, since the session holds every message."""
        key = self._keys.get(id(message))
        if key is None:
            text = repr((message.role, message.parts, message.name))
            key = self._keys[id(message)] = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return key


class StepRecord(NamedTuple):
    """One step as a file holds it."""

    at: int
    """Index of the step when it was written."""
    source: SourceRef
    told: Mapping[str, Any]
    """Fields of `Step` from the format's own fields, `message` among them; `parent` is an index as written."""
    carried: Mapping[str, Any]
    prompt: RecordedPrompt | None = None
    added: Sequence[Message] = ()
    """The messages that the format lists with the step as added to its window."""


def restored(session_id: str, carried: Mapping[str, Any], records: Iterable[StepRecord]) -> Session:
    """The session that was written. Raises ValueError or TypeError where a supplement is damaged.

    Where steps were taken out of the file the others keep their order, and what pointed at them points at nothing.
    """
    return _Restoring(sorted(records, key=lambda record: record.at)).session(session_id, carried)


class _Restoring:
    """One session while its steps and windows are put together."""

    def __init__(self, records: list[StepRecord]) -> None:
        self._records = records
        self._position = {record.at: position for position, record in enumerate(records)}
        self._steps = [self._step(position, record) for position, record in enumerate(records)]
        self._seen: dict[tuple[int, int], Message] = {}
        for record in records:
            self._collect(record)

    def session(self, session_id: str, carried: Mapping[str, Any]) -> Session:
        prompts = {
            self._position[record.at]: prompt
            for record in self._records
            if (prompt := self._prompt(record)) is not None
        }
        edits = [edit for record in self._records for edit in self._edits(record)]
        return Session(
            session_id=session_id,
            steps=tuple(self._steps),
            scopes=self._scopes(carried.get("scopes")),
            edits=tuple(edits),
            prompts=prompts,
            system_prompts=_convert(carried.get("system_prompts"), dict[str, tuple[Part, ...]]) or {},
            tools=_convert(carried.get("tools"), dict[str, tuple[ToolDefinition, ...]]) or {},
            gaps=_convert(carried.get("gaps"), tuple[Gap, ...]) or (),
            goal=_convert(carried.get("goal"), str),
            attributes=_convert(carried.get("attributes"), dict[str, Any]) or {},
        )

    def _scopes(self, rows: Any) -> tuple[Scope, ...]:
        replace, found = msgspec.structs.replace, _convert(rows, tuple[Scope, ...]) or (Scope("main"),)
        return tuple(
            scope if scope.spawned_by is None else replace(scope, spawned_by=self._position.get(scope.spawned_by))
            for scope in found
        )

    def _step(self, position: int, record: StepRecord) -> Step:
        fields: dict[str, Any] = {"number": record.at + 1, "kind": "other", **record.told}
        for name in _CHECKED & record.told.keys():
            msgspec.convert(msgspec.to_builtins(fields[name]), _TYPES[name])
        for name, value in record.carried.items():
            if name in _DEFAULTS:
                fields[name] = msgspec.convert(value, _TYPES[name])
        if "message" in record.carried:
            said = record.carried["message"]
            fields["message"] = None if said is None else _message_of(said, record.source)
        if fields.get("parent") is not None:
            fields["parent"] = self._position.get(fields["parent"])
        called = record.carried.get("called", "arguments" in record.told)
        return Step(index=position, source=record.source, arguments_source=record.source if called else None, **fields)

    def _collect(self, record: StepRecord) -> None:
        """The messages that a supplement writes out, in the order in which they were written."""
        listed = list((record.carried.get("prompt") or {}).get("messages") or ())
        for edit in record.carried.get("edits") or ():
            listed += edit.get("messages") or ()
        found = [row for row in listed if "role" in row]
        for place, row in enumerate(found):
            self._seen[record.at, place] = _message_of(row, record.source)

    def _message(self, row: Mapping[str, Any], source: SourceRef) -> Message:
        if "step" in row:
            message = self._steps[self._position[row["step"]]].message
        elif "added" in row:
            step, place = row["added"]
            message = self._records[self._position[step]].added[place]
        elif "seen" in row:
            message = self._seen.get((row["seen"][0], row["seen"][1]))
        else:
            message = _message_of(row, source)
        if message is None:
            raise ValueError(f"no message at {dict(row)!r}")
        return message

    def _prompt(self, record: StepRecord) -> RecordedPrompt | None:
        row = record.carried.get("prompt")
        if row is None:
            return record.prompt
        return RecordedPrompt(
            messages=tuple(self._message(message, record.source) for message in row["messages"]),
            system=_convert(row.get("system"), tuple[Part, ...]) or (),
            tools=_convert(row.get("tools"), tuple[ToolDefinition, ...]) or (),
            source=record.source,
        )

    def _edits(self, record: StepRecord) -> Iterable[ContextEdit]:
        for row in record.carried.get("edits") or ():
            fields = {name: msgspec.convert(row[name], _EDIT_TYPES[name]) for name in _EDIT_FIELDS if name in row}
            if fields.get("from_step") is not None:
                fields["from_step"] = self._position.get(fields["from_step"])
            yield ContextEdit(
                at=row.get("at", self._position[record.at]),
                messages=tuple(self._message(message, record.source) for message in row.get("messages") or ()),
                tools=_convert(row.get("tools"), tuple[ToolDefinition, ...]) or (),
                **fields,
            )


_EDIT_TYPES = {field.name: field.type for field in msgspec.structs.fields(ContextEdit)}


def _message_json(message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role, "parts": msgspec.to_builtins(message.parts)}
    return row if message.name is None else {**row, "name": message.name}


def _message_of(row: Any, source: SourceRef) -> Message:
    message = msgspec.convert(row, Message)
    return msgspec.structs.replace(message, source=source)


def _convert(value: Any, type_: Any) -> Any:
    return None if value is None else msgspec.convert(value, type_)
