"""Who has just come gets the race first: the rest waits until it is painted, but not long."""

import asyncio
import threading
import time

from starlette.requests import Request

from pages.shared.components.race_view import newcomers
from pages.shared.components.race_view.newcomers import Newcomers


def asked(query):
    (route,) = newcomers.routes()
    request = Request({"type": "http", "method": "GET", "path": route.path, "query_string": query.encode(), "headers": []})
    return asyncio.run(route.endpoint(request)).status_code


def test_the_wait_ends_when_the_browser_has_painted():
    everybody = newcomers.newcomers()
    began = time.perf_counter()
    timer = threading.Timer(0.1, lambda: asked("newcomer=somebody"))
    timer.start()
    assert everybody.wait("somebody", 30)
    assert time.perf_counter() - began < 15
    timer.join()


def test_a_browser_that_never_tells_and_one_that_means_somebody_else_hold_up_nobody():
    everybody = Newcomers()
    threading.Timer(0.05, lambda: everybody.painted("somebody else")).start()
    assert not everybody.wait("somebody", 0.2)


def test_a_browser_that_tells_before_anybody_waits_is_heard():
    everybody = Newcomers()
    everybody.expect("somebody")
    everybody.painted("somebody")
    assert everybody.wait("somebody", 30)
    assert not everybody._waiting


def test_of_sessions_that_end_before_they_wait_only_some_are_kept():
    everybody = Newcomers()
    for i in range(newcomers.MOST + 10):
        everybody.expect(f"{i}")
    assert len(everybody._waiting) == newcomers.MOST
    everybody.painted(f"{newcomers.MOST + 9}")
    assert everybody.wait(f"{newcomers.MOST + 9}", 30)


def test_nothing_is_kept_of_who_has_come_nor_of_names_that_nobody_has():
    everybody = Newcomers()
    for i in range(1000):
        everybody.painted(f"{i}")
        everybody.wait(f"{i}", 0)
    assert not everybody._waiting
    assert asked("") == asked("newcomer=" + "x" * 5000) == 204
