"""What a change of an input costs the server beside the work itself: garbage is collected now and then, not after every run."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.benchmarks.load import SLIDERS, Server
from tests.conftest import ROOT
from tests.support.visitor import Visitor, opened

CHANGES = 30
LEFT = 1300
"""Objects that one change leaves behind in cycles, measured with the collector switched off."""


@pytest.fixture(scope="module")
def spent():
    """What the server had spent before and after one visitor's changes of a slider, each to another place."""

    async def visit():
        async with opened(server.address) as socket:
            visitor = Visitor(socket)
            await visitor.open()
            await visitor.move(SLIDERS[0], 0.3)
            before = server.read()
            for change in range(CHANGES):
                await visitor.move(SLIDERS[0], 0.4 + 0.5 * change / CHANGES)
            return SimpleNamespace(before=before, after=server.read())

    # In a thread of its own: a browser test in the same process has an event loop running in this one.
    with Server(ROOT) as server, ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(visit())).result()


@pytest.mark.long
def test_changes_seldom_stop_everybody_for_a_full_garbage_collection(spent):
    assert spent.after["full"] - spent.before["full"] < CHANGES / 10


@pytest.mark.long
def test_what_changes_leave_behind_is_collected_all_the_same(spent):
    assert spent.after["objects"] - spent.before["objects"] < CHANGES * LEFT / 5
