"""msgpack as LangGraph's checkpoints hold it. Extension types name Python constructors: they are described, never called."""

from __future__ import annotations

from typing import Any

import msgspec

_DEPTH = 40
_METHOD = 3
_NAMED = (0, 1, 2, _METHOD, 4, 5)
"""Extension codes whose data is `(module, name, argument, …)`: a constructor, a method or a model."""


def decode_msgpack(data: bytes) -> Any:
    """A value in which each object is `{"lc": 1, "type": "constructor", "id": […module, name], "kwargs": …}`.

    Raises ValueError for anything that is no msgpack.
    """
    try:
        return _decode(data, 0)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, TypeError) as problem:
        raise ValueError(f"no msgpack: {problem}") from problem


def _decode(data: bytes, depth: int) -> Any:
    def described(code: int, inner: memoryview) -> Any:
        if code not in _NAMED or depth >= _DEPTH:
            return {"extension": code, "bytes": len(inner)}
        held = _decode(bytes(inner), depth + 1)
        if not isinstance(held, (list, tuple)) or len(held) < 2 or not isinstance(held[0], str):
            return {"extension": code, "value": held}
        module, name, *rest = held
        argument = rest[0] if rest else None
        kwargs = argument if isinstance(argument, dict) else {"value": argument}
        return {"lc": 1, "type": "constructor", "id": [*module.split("."), str(name)], "kwargs": kwargs}

    # Keys of a map may be anything in msgpack, also what Python cannot hash: such a map is refused as a whole.
    return msgspec.msgpack.decode(data, ext_hook=described)
