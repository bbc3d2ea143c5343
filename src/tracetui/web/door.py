"""Who may come in: whoever has the link, once, from this machine; after that the browser that used it.

A page of another site can reach a port on loopback too: it may guess the address, make the browser send a request
there, or give its own name the address 127.0.0.1. So each request names our host, carries the cookie that the link was
traded for, and a WebSocket comes from our own page.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

HOST = "127.0.0.1"
_COOKIE = "tracetui"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """One server's secrets. `link` lets one browser in; the cookie that it gets then lasts as long as the server."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://{HOST}:{port}"
        self._token = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._spent = False

    @property
    def link(self) -> str:
        return f"{self.origin}/?token={self._token}"

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Middleware for every route. Raises HTTPForbidden, HTTPFound."""
        if f"http://{request.host}" != self.origin:
            raise web.HTTPForbidden(text="not the address of this server\n")
        if request.headers.get("Origin", self.origin) != self.origin:
            raise web.HTTPForbidden(text="not from another page\n")
        if "token" in request.query:
            self._trade(request.query["token"])
        if not hmac.compare_digest(request.cookies.get(_COOKIE, "").encode(), self._cookie.encode()):
            raise web.HTTPForbidden(text="open the link that `tracetui serve` printed\n")
        return await handler(request)

    async def seal(self, request: web.Request, response: web.StreamResponse) -> None:
        """Headers of every response: nothing is loaded from elsewhere, kept, or told to another site."""
        response.headers.update(_HEADERS)

    def _trade(self, token: str) -> None:
        """The token for the cookie, once; always raises."""
        if self._spent or not hmac.compare_digest(token.encode(), self._token.encode()):
            raise web.HTTPForbidden(text="this link was used, or is not ours; start `tracetui serve` again\n")
        self._spent = True
        inside = web.HTTPFound("/")
        inside.set_cookie(_COOKIE, self._cookie, httponly=True, samesite="Strict", path="/")
        raise inside
