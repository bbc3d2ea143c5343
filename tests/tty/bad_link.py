"""A TCP link on this machine that is slow, and that can be cut."""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from contextlib import suppress

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing resets the connection, as a link that dies does."""


class BadLink:
    """Carries connections to `target` (a port) with `delay` seconds each way, at `rate` bytes a second (0: any)."""

    def __init__(self, target: int, *, delay: float = 0.0, rate: int = 0) -> None:
        self._target, self._delay, self._rate = target, delay, rate
        self._ends: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Reset every connection, on both sides."""
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                end.shutdown(socket.SHUT_RD)
            with suppress(OSError):
                end.close()
        self._ends = []

    def close(self) -> None:
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()
                    threading.Thread(target=self._take, args=(source, pieces), daemon=True).start()
                    threading.Thread(target=self._give, args=(pieces, sink), daemon=True).start()

    def _take(self, source: socket.socket, pieces: queue.Queue[tuple[float, bytes]]) -> None:
        data = b"-"
        while data:
            try:
                data = source.recv(1400)
            except OSError:
                data = b""
            pieces.put((time.monotonic() + self._delay, data))

    def _give(self, pieces: queue.Queue[tuple[float, bytes]], sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := pieces.get():
                due, data = piece
                time.sleep(max(due - time.monotonic(), 0))
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(data)
                if self._rate:
                    time.sleep(len(data) / self._rate)
