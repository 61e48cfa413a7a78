"""Newcomers first get the race: the rest of the page waits until their browser has painted it."""

import secrets
import threading
from functools import cache

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATIENCE = 1.5
"""Most seconds that the rest of a first page waits. On a quiet machine the race is painted 0.45 s after it was sent; together with
the rest, 60 inputs and the 1.2 MB of the table's program, it took 2 s."""
NEWCOMER = "newcomer"
MOST = 1000
"""Newcomers that are listened for at a time."""


class Newcomers:
    """Those whose browser has not painted a race yet, by a name that only their own browser and this server know."""

    def __init__(self) -> None:
        self._waiting: dict[str, threading.Event] = {}

    def expect(self, name: str) -> None:
        """Listen for `name` from now on: on a busy server a browser may have painted before anybody waits for it."""
        self._waiting[name] = threading.Event()
        while len(self._waiting) > MOST:  # sessions that ended in between
            self._waiting.pop(next(iter(self._waiting)), None)

    def wait(self, name: str, seconds: float) -> bool:
        """Wait until the browser of `name` tells that it has painted, at most `seconds`; return whether it has."""
        told = self._waiting.setdefault(name, threading.Event())
        try:
            return told.wait(seconds)
        finally:
            self._waiting.pop(name, None)

    def painted(self, name: str) -> None:
        """Let go on who waits for `name`; a name that nobody waits for means nothing."""
        told = self._waiting.get(name)
        if told is not None:
            told.set()


@cache
def newcomers() -> Newcomers:
    """Return the newcomers of this server."""
    return Newcomers()


def name() -> str:
    """Return the name of this session's newcomer, which stays as it is."""
    return str(st.session_state.setdefault(NEWCOMER, secrets.token_hex(8)))


def expect() -> None:
    """Listen for this session's browser, before it is sent the race."""
    newcomers().expect(name())


def let_see() -> None:
    """Wait until this session's browser has painted the race that it was sent."""
    newcomers().wait(name(), PATIENCE)


def routes() -> list[Route]:
    """Return the route on which browsers tell that they have painted, for the app object."""
    return [Route("/seen", _seen)]


async def _seen(request: Request) -> Response:
    newcomers().painted(request.query_params.get(NEWCOMER, ""))
    return Response(status_code=204)
