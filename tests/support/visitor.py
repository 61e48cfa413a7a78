"""A visitor without a browser: speaks Streamlit's protocol over a websocket and keeps what a browser keeps."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedOK

PATIENCE = 120
"""Seconds after which an answer counts as missing."""


NEWCOMER = re.compile(rb'"newcomer": ?"([0-9a-f]+)"')
"""The name by which a browser tells that it has painted the first race."""


class VisitError(Exception):
    """What a browser would show as an error."""


class Visitor:
    """One open page: its address, the values of its inputs, and the large messages that need not be sent again.

    `page` is the name that the address has after the host, if any.
    """

    def __init__(self, socket, query="", page="", cookies=""):
        self._socket, self._query, self._name, self._cookies = socket, query, page, cookies
        self._page = ""
        self._timers, self._running = {}, False
        self._inputs = {}
        self._elements = {}
        self._cache = MessageCache()
        self._telling = None

    async def open(self):
        """Ask for the page and wait until it is whole."""
        await self._rerun()

    async def move(self, key, share):
        """Move the slider whose key begins so to a share of its way and wait until the page is whole again."""
        slider = next(element for name, element in self._elements.items() if f"-{key} " in name)
        place = slider.options[round(share * (len(slider.options) - 1))]
        self._inputs[slider.id] = WidgetState(id=slider.id, string_array_value={"data": [place]})
        await self._rerun()

    async def watch(self, hear):
        """Rerun the parts of the page that ask for it, each when it is due, until none does; `hear` hears each element's kind."""
        due = dict.fromkeys(self._timers, 0.0)
        while self._timers or self._running:
            now = time.monotonic()
            due = {part: due.get(part, now + every) for part, every in self._timers.items()}
            late = min(due, key=due.get, default=None)
            try:
                message = await asyncio.wait_for(self._message(), PATIENCE if late is None else max(0.0, due[late] - now))
            except TimeoutError:
                if late is None:
                    raise
                await self._ask(late)
                due[late] = now + self._timers[late]
                continue
            self._heard(message)
            if message.WhichOneof("type") == "delta":
                hear(message.delta.new_element.WhichOneof("type"))

    async def _rerun(self):
        await self._ask()
        async with asyncio.timeout(PATIENCE):
            await self._listen()

    async def _ask(self, part=None):
        """Ask for a run of the script, or of a part of the page."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self._query, self._page
        if not self._page:
            state.page_name = self._name
        if part:
            state.fragment_id, state.is_auto_rerun = part, True
        state.widget_states.widgets.extend(self._inputs.values())
        state.cached_message_hashes.extend(self._cache.hashes())
        state.context_info.timezone, state.context_info.locale, state.context_info.color_scheme = "UTC", "en-US", "light"
        await self._socket.send(message.SerializeToString())

    async def _listen(self):
        """Take in messages until the run that was asked for has ended; one that ends early for another is followed by it."""
        begun = False
        while not begun or self._running:
            self._heard(await self._message())
            begun = begun or self._running

    async def _message(self):
        """Return the next message."""
        try:
            return self._cache.whole(ForwardMsg.FromString(await self._socket.recv()))
        except ConnectionClosedOK:
            raise VisitError("the connection was closed") from None

    def _heard(self, message):
        """Take in a message."""
        match message.WhichOneof("type"):
            case "new_session" if not message.metadata.run.fragment_ids:
                self._running, self._elements, self._timers = True, {}, {}
                self._page = message.new_session.page_script_hash
                self._cache.longest = message.new_session.config.max_cached_message_age
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "auto_rerun":
                self._timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "delta":
                self._take(message.delta)
            case "script_finished" if self._running and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._inputs = {name: state for name, state in self._inputs.items() if name in self._elements}
                self._cache.end_run()
                self._running = False

    def _take(self, delta):
        """Keep an input that is shown, and its value where it is new or set by the page."""
        kind = delta.new_element.WhichOneof("type") if delta.HasField("new_element") else None
        if kind == "exception":
            raise VisitError(delta.new_element.exception.message)
        if kind == "bidi_component" and self._telling is None:
            name = NEWCOMER.search(delta.SerializeToString())
            self._telling = name and asyncio.ensure_future(self._tell(name[1].decode()))
        if kind in VALUES:
            element = getattr(delta.new_element, kind)
            self._elements[element.id] = element
            if element.set_value or element.id not in self._inputs:
                self._inputs[element.id] = WidgetState(id=element.id, **VALUES[kind](element))

    async def _tell(self, name):
        """Tell the server that the race has been painted, at once: without it the rest of the page waits."""
        host, port = self._socket.remote_address[:2]
        await fetch(f"http://{host}:{port}/seen?newcomer={name}", self._cookies)


class MessageCache:
    """The large messages that a browser keeps, so that the server may send a hash in their place."""

    def __init__(self):
        self.longest = 2
        self._runs = 0
        self._kept = {}

    def whole(self, message):
        """Return the message, or the one that it stands for."""
        if message.WhichOneof("type") == "ref_hash":
            if message.ref_hash not in self._kept:
                raise VisitError("a message was left out that this visitor does not have")
            kept = self._kept[message.ref_hash][0]
        elif message.metadata.cacheable:
            kept = message
        else:
            return message
        self._kept[kept.hash] = kept, self._runs
        return kept

    def end_run(self):
        """Forget what was not wanted for a few runs."""
        self._runs += 1
        self._kept = {name: (message, run) for name, (message, run) in self._kept.items() if self._runs - run <= self.longest}

    def hashes(self):
        """Return the hashes of what is kept."""
        return list(self._kept)


async def fetch(address, cookies=""):
    """Ask for a page or a file as a browser does, with its cookies; return those that come with the answer."""
    there = urlsplit(address)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    path = f"{there.path or '/'}{there.query and '?'}{there.query}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {there.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    lines = answer.partition(b"\r\n\r\n")[0].decode().splitlines()
    given = (line.partition(":")[2].partition(";")[0].strip() for line in lines if line.lower().startswith("set-cookie:"))
    return "; ".join(given)


def together(visit):
    """Run a visit in a thread of its own: a browser test in the same process has an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(visit())).result()


def opened(address, cookies=""):
    """Return a connection to the app at an address, as a context."""
    stream = address.replace("http", "ws", 1) + "_stcore/stream"
    sent = {"Cookie": cookies} if cookies else {}
    return connect(
        stream, subprotocols=["streamlit"], additional_headers=sent, max_size=None, ping_interval=None, open_timeout=PATIENCE
    )


def _shown(element):
    return element.value if element.set_value else element.default


def _number(element):
    if not (element.set_value or element.HasField("default")):
        return {}
    value = _shown(element)
    return {"int_value": int(value)} if element.data_type == NumberInput.INT else {"double_value": value}


def _choice(element):
    if element.set_value:
        return {"string_value": element.raw_value}
    return {"string_value": element.options[element.default]} if element.HasField("default") else {}


def _choices(element):
    chosen = element.raw_values if element.set_value else [element.options[index].content for index in element.default]
    return {"string_array_value": {"data": chosen}}


def _place(element):
    return element.raw_value if element.set_value else [element.options[int(index)] for index in element.default]


def _several(element):
    chosen = element.raw_values if element.set_value else [element.options[index] for index in element.default]
    return {"string_array_value": {"data": chosen}}


VALUES = {
    "slider": lambda element: {"string_array_value": {"data": _place(element)}},
    "number_input": _number,
    "checkbox": lambda element: {"bool_value": _shown(element)},
    "selectbox": _choice,
    "button_group": _choices,
    "multiselect": _several,
}
"""Kind of input -> what the browser says of its value; the Race page has no other inputs that it mentions unasked."""
