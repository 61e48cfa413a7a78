"""What the app makes of 10 000 hostile inputs, printed: `python -m tests.benchmarks.fuzz --count 10000 --seed 0`. No test.

A part goes to pages of a running server: as links, as what is typed there, as values of inputs that no browser would send, and as
files; the rest to what pages call. Of each input is said
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
from contextlib import closing
from http.client import HTTPConnection
from itertools import product
from random import Random
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.load import Server
from tests.conftest import ROOT
from tests.support import hostile
from tests.support.receive import receive
from tests.support.visitor import PATIENCE, VisitError, Visitor, fetch, opened, together
from tests.support.watch import Watch

LIMIT = 2.0
"""Seconds of processor time in which everything must be answered."""
ON_PAGES = 20
"""Every how many-th input goes to a page."""
MOST = 1_000_000
WITH_INPUTS = ("", "step", "rates", "starts", "fair", "network")
"""Pages whose inputs are told to hold what they do not offer."""
XSRF = "_streamlit_xsrf"
"""The cookie without which no file is taken."""
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
        self.live, self.read, self._fields, self._session, self._places = [], [], set(), "", None

    def _take(self, delta):
        super()._take(delta)
        if not delta.HasField("new_element"):
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind in {"text_input", "text_area", "file_uploader"}:
            self._fields.add(element.id)
        if kind == "markdown":
            self.read.append(element.body)
        if kind not in INERT:
            self.live += [text for text in texts(element) if LIVE.search(text)]

    async def type(self, part, text):
        """Type a text into the field whose name ends so, and wait for the page."""
        await self.hold(self._named(part), string_value=text)

    def _named(self, part):
        return next(name for name in self._fields if name.endswith(part))

    async def hold(self, name, **value):
        """Say that an input holds a value, whatever it offers, and wait for the page."""
        self._inputs[name] = WidgetState(id=name, **value)
        self._elements[name] = None
        await self._rerun()

    async def pretend(self, chance):
        """Say that some inputs hold what they do not offer."""
        kinds = {name: state.WhichOneof("value") for name, state in self._inputs.items()}
        for name in chance.sample(sorted(name for name, kind in kinds.items() if kind in hostile.HELD), 3):
            if name in self._inputs:
                await self.hold(name, **{kinds[name]: chance.choice(hostile.HELD[kinds[name]])})

    async def bring(self, part, content, file):
        """Send a file as a browser does, and tell the input whose name ends so that it holds it."""
        asked = BackMsg()
        asked.file_urls_request.request_id, asked.file_urls_request.session_id = "1", self._session
        asked.file_urls_request.file_names.append(file)
        await self._socket.send(asked.SerializeToString())
        while self._places is None:
            self._heard(await self._message())
        place = self._places[0]
        host, port = self._socket.remote_address[:2]
        await asyncio.to_thread(put, f"{host}:{port}", place.upload_url, self._cookies, (file, content))
        held = {"name": file, "size": len(content), "file_id": place.file_id, "file_urls": place}
        await self.hold(self._named(part), file_uploader_state_value={"uploaded_file_info": [held]})

    def _heard(self, message):
        match message.WhichOneof("type"):
            case "new_session":
                self._session = message.new_session.initialize.session_id or self._session
            case "file_urls_response":
                self._places = message.file_urls_response.file_urls
        super()._heard(message)


def put(host, path, cookies, file):
    """Put a file where the server wants it; return its answer's status."""
    name, content = file
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    token = dict(cookie.split("=", 1) for cookie in cookies.split("; ") if "=" in cookie).get(XSRF, "")
    sent = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": cookies, "X-Xsrftoken": token}
    with closing(HTTPConnection(host, timeout=PATIENCE)) as there:
        there.request("PUT", path, head + content + b"\r\n--x--\r\n", sent)
        status = there.getresponse().status
    if status >= 500:
        raise VisitError(f"{status} for a file")
    return status


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
    what = chance.choice(("link", "link", "link", "formula", "rule", "JSON", "input", "file"))
    content = None if what == "input" else hostile.drawn(what, seed).content
    try:
        cookies = await fetch(f"{server.address}_stcore/health")  # gives the cookie that files need
        async with opened(server.address, cookies) as socket:
            if what == "input":
                visitor = Reader(socket, "", chance.choice(WITH_INPUTS))
                await visitor.open()
                await visitor.pretend(chance)
            elif what == "file":
                visitor = Reader(socket, "net.data=file&net.n=2", "network", cookies)
                await visitor.open()
                await visitor.bring("-net upload", content, chance.choice(("a.csv", "a.npz")))
            elif what in {"link", "JSON"}:
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
    with Server(ROOT) as server:
        watched(server)
        together(lambda: look_around(server))
        watched(server)  # what is done when something is loaded is no answer to a link
        for seed in seeds:
            yield seed, together(lambda seed=seed: on_page(server, seed, limit))


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
