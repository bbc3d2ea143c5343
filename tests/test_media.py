"""Binary content in a message is named, sized and never guessed."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode

import pytest

from tracetui.media import first_payload, payload, without_payloads
from tracetui.model import Message, OtherPart, TextPart
from tracetui.parts import characters_of


def png(width: int = 640, height: int = 480) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + bytes(600)


PNG = b64encode(png()).decode()


def test_an_image_is_known_by_its_first_bytes_with_its_size_and_pixels() -> None:
    found = payload(PNG)
    assert found is not None
    assert (found.what, found.size, found.dimensions) == ("image/png", len(png()), (640, 480))


def test_a_data_url_says_itself_what_it_is() -> None:
    found = payload("data:audio/mpeg;base64," + b64encode(bytes(range(256)) * 4).decode())
    assert found is not None
    assert (found.what, found.size) == ("audio/mpeg", 1024)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 1000, id="letters"),
        pytest.param("0123456789abcdef" * 100, id="hex"),
        pytest.param("The customer asked for a refund of the order. " * 30, id="prose"),
        pytest.param("data:image/png;base64,not base64 at all", id="no base64"),
        pytest.param(PNG[:100], id="short"),
        pytest.param("", id="empty"),
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert payload(text) is None


def test_a_value_is_changed_only_where_it_holds_binary_content() -> None:
    value = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}, "n": [1, "two"]}
    made = without_payloads(value, lambda found: f"<{found.what}>")
    assert made["source"]["data"] == "<image/png>"
    assert value["source"]["data"] == PNG  # type: ignore[index]
    plain = {"a": [1, {"b": "text"}]}
    assert without_payloads(plain, lambda found: "gone") is plain
    assert first_payload(value) == payload(PNG)
    assert first_payload(plain) is None


def test_a_declared_type_is_believed_for_what_has_no_known_start() -> None:
    data = b64encode(bytes(range(256)) * 4).decode()
    found = first_payload({"mime_type": "audio/pcm", "content": data})
    assert found is not None
    assert found.what == "audio/pcm"


def test_an_image_weighs_nothing_as_text() -> None:
    shown = Message("user", (TextPart("look"), OtherPart("image", {"type": "image", "data": PNG})))
    assert characters_of(shown) < 60
