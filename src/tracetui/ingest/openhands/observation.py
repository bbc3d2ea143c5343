"""What a model is shown of an observation of OpenHands' agent SDK, by the SDK's own rule (`to_llm_content`): an error has
a line before it, and what a terminal put out is followed by where it ran and how it ended."""

from __future__ import annotations

from typing import Any

from tracetui.ingest.fields import object_field, text_field

_FAILED = "[An error occurred during execution.]\n"
_STILL_RUNS = -1


def outcome(observation: dict[str, Any]) -> dict[str, Any]:
    """Fields of the tool's step: whether it failed, and with what."""
    code = object_field(observation.get("metadata")).get("exit_code", observation.get("exit_code"))
    if observation.get("is_error") is True:
        said = _plain(_content(observation))
        return {"status": "error", "error": said if isinstance(said, str) else "the tool reported an error"}
    if type(code) is int and code > 0:
        return {"status": "error", "error": f"exit code {code}"}
    return {"status": "ok"}


def shown(observation: dict[str, Any]) -> Any:
    """The content that is sent: text where it is one, else blocks."""
    content = _plain(_content(observation))
    metadata = object_field(observation.get("metadata"))
    if isinstance(content, str) and "suffix" in metadata:
        content = f"{metadata.get('prefix') or ''}{content}{metadata.get('suffix') or ''}{_ending(metadata)}"
    if observation.get("is_error") is not True:
        return content
    if isinstance(content, str):
        return _FAILED + content
    return [{"type": "text", "text": _FAILED}, *content] if isinstance(content, list) else content


def _ending(metadata: dict[str, Any]) -> str:
    found = ""
    if folder := text_field(metadata.get("working_dir")):
        found += f"\n[Current working directory: {folder}]"
    if interpreter := text_field(metadata.get("py_interpreter_path")):
        found += f"\n[Python interpreter: {interpreter}]"
    code = metadata.get("exit_code")
    return (
        found if type(code) is not int or code == _STILL_RUNS else f"{found}\n[Command finished with exit code {code}]"
    )


def _content(observation: dict[str, Any]) -> Any:
    return observation.get("content", observation.get("output", observation))


def _plain(content: Any) -> Any:
    """One text block as its text."""
    if isinstance(content, list) and len(content) == 1:
        text = object_field(content[0]).get("text")
        return text if isinstance(text, str) else content
    return content
