"""What the app makes of 10 000 hostile inputs, printed: `python -m tests.benchmarks.fuzz --count 10000 --seed 0`. No test.

A part goes to pages of a running server, as links and as what is typed there; the rest to what pages call. Of each input is said
what was wrong: a traceback in place of a sentence, an answer after more than two seconds of processor time, a file or an address
that was asked for, or a part of the input that the browser would take for markup.
"""

import argparse
import asyncio
import logging
import re
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from random import Random
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.load import Server
from tests.conftest import ROOT
from tests.support import hostile
from tests.support.receive import receive
from tests.support.visitor import VisitError, Visitor, opened
from tests.support.watch import Watch

LIMIT = 2.0
"""Seconds of processor time in which everything must be answered."""
ON_PAGES = 20
"""Every how many-th input goes to a page."""
MOST = 1_000_000
LIVE = re.compile(
    rf"(?<!\\)\]\((?:http://{hostile.CANARY}|javascript:|file:)|(?<!\\)<(?:img|script|link|iframe)[^>]*{hostile.CANARY}"
)
"""What a browser takes for a picture, a link or a program, made of what was sent."""
INERT = {"code", "bidi_component", "json", "arrow_data_frame", "plotly_chart", "download_button"}
"""Elements whose texts a browser shows as they are, or hands to a program of ours."""


def direct(sent, watch, limit=LIMIT):
    """Hand something that was sent to what pages call; return what was wrong, or ""."""
    watch.start()
    begin = time.thread_time()
    try:
        said = receive(sent)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        took = time.thread_time() - begin
        watch.stop()
    seen = watch.read()
    if took > limit:
        return f"{took:.1f} s"
    if any("Traceback" in sentence for sentence in said):
        return "a traceback among the sentences"
    return f"{seen}"[:300] if seen else ""


class Reader(Visitor):
    """A visitor who looks at every text of the page, and types into its fields."""

    def __init__(self, *args):
        super().__init__(*args)
        self.live, self._fields = [], set()

    def _take(self, delta):
        super()._take(delta)
        if not delta.HasField("new_element"):
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind in {"text_input", "text_area"}:
            self._fields.add(element.id)
        if kind not in INERT:
            self.live += [text for text in texts(element) if LIVE.search(text)]

    async def type(self, part, text):
        """Type a text into the field whose name ends so, and wait for the page."""
        name = next(name for name in self._fields if name.endswith(part))
        self._inputs[name] = WidgetState(id=name, string_value=text)
        self._elements[name] = None
        await self._rerun()


def texts(message):
    """Yield every text of a message that is shown: not what a field holds."""
    for field, value in message.ListFields():
        if field.name in {"default", "value", "raw_value", "id", "form_id"}:
            continue
        many = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING:
            yield from many
        elif field.type == field.TYPE_MESSAGE and not (field.message_type and field.message_type.GetOptions().map_entry):
            for one in many:
                yield from texts(one)


async def on_page(server, seed, limit=LIMIT):
    """Open a page with one hostile link, or type something hostile into a race; return what was wrong, or ""."""
    chance = Random(f"page {seed}")
    before = watched(server)["cpu"]
    what = chance.choice(("link", "link", "link", "formula", "rule", "JSON"))
    content = hostile.drawn(what, seed).content
    try:
        async with opened(server.address) as socket:
            if what in {"link", "JSON"}:
                query = {"race": content} if what == "JSON" else content
                visitor = Reader(socket, urlencode(hostile.clean(query)), chance.choice(hostile.pages()))
                await visitor.open()
            else:
                begin, part = {"formula": ("fn=own", "-f"), "rule": ("o1=own", "-o1.rule")}[what]
                visitor = Reader(socket, begin)
                await visitor.open()
                await visitor.type(part, content.encode("utf-8", "replace").decode())
    except VisitError as error:
        return f"{type(error).__name__}: {error}"[:200]
    after = watched(server)
    if after["cpu"] - before > limit:
        return f"{after['cpu'] - before:.1f} s"
    if after["seen"]:
        return f"{after['seen']}"[:300]
    return f"live: {visitor.live}"[:300] if visitor.live else ""


async def look_around(server):
    """Open every page once, so that everything is loaded."""
    for page in hostile.pages():
        async with opened(server.address) as socket:
            await Visitor(socket, "net.n=2", page).open()


def watched(server):
    """Return what a server has spent, and what it did to the world since it was last asked."""
    return server.ask("watch")


def on_pages(seeds, limit=LIMIT):
    """Yield each seed with what was wrong with it on a page of a server of its own."""
    # In a thread of its own: a browser test in the same process has an event loop running in this one.
    with Server(ROOT) as server, ThreadPoolExecutor(1) as thread:
        watched(server)
        thread.submit(lambda: asyncio.run(look_around(server))).result()
        watched(server)  # what is done when something is loaded is no answer to a link
        for seed in seeds:
            yield seed, thread.submit(lambda seed=seed: asyncio.run(on_page(server, seed, limit))).result()


def main():
    """Print every fault, and how many inputs there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    if not 0 < asked.count <= MOST:
        parser.error("out of bounds")
    logging.disable(logging.WARNING)
    pages = asked.count // ON_PAGES
    each = -(-(asked.count - pages) // len(hostile.FORMS))
    sent, wrong, begin = Counter(), [], time.perf_counter()
    watch = Watch(ROOT, sys.prefix, sys.base_prefix)
    warnings.simplefilter("error")
    for kind, seed in product(hostile.FORMS, range(asked.seed, asked.seed + each)):
        fault = direct(hostile.drawn(kind, seed), watch)
        sent[kind] += 1
        wrong += [(kind, seed, fault)] if fault else []
    for seed, fault in on_pages(range(asked.seed, asked.seed + pages)):
        sent["page"] += 1
        wrong += [("page", seed, fault)] if fault else []
    for kind, seed, fault in wrong:
        print(f"{kind} {seed}: {fault}")
    print(f"{sum(sent.values())} inputs {dict(sent)}, {len(wrong)} faults, {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
