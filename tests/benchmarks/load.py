"""How long many visitors wait for one server, printed: `python -m tests.benchmarks.load --visitors 1 10 50 100`. No test.

They come within ten seconds, each moves one slider of the Race page every ten seconds, and all leave; then the same comes once
more. `--app` names the folder of another checkout to compare with, `--address` a server that is running already, such as nginx
before several. The server's memory is read from /proc, so this runs on Linux.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException

import optim
from pages.shared.inputs.link_codec import encode
from tests.conftest import ROOT, free_port, wait_until_healthy
from tests.support.visitor import VisitError, Visitor, fetch, opened

PAUSE = 10
"""Seconds between two changes of one visitor; as long takes their arrival, one after the other, before anybody changes anything."""
SLIDERS = ("o1.lr slider", "o2.lr slider", "o3.lr slider", "o4.lr slider")
RACERS = [optim.Entry(name, {"lr": 0.01}) for name in ("sgd", "momentum", "adagrad", "adam")]
PROBLEMS = ("elongated_bowl", "himmelblau", "rosenbrock", "sin(x)*cos(y) + (x**2 + y**2)/20")
"""What the visitors look at, in turn: functions that are built in, and a formula as one may type it."""
RACES = [optim.RaceSpec(problem, RACERS, (-1.2, 1.0), 100) for problem in PROBLEMS]
LOW, PLACES = 0.3, 53
"""Where the sliders' places begin, and how many there are: so many that a visitor seldom asks for what another has asked for."""
MOST_VISITORS, MOST_SECONDS = 200, 1800
LEFT = 5
"""Seconds after the last has left when memory is read; a session may come back within two minutes, and is kept so long."""


@dataclass
class Waits:
    """Seconds that visitors waited, and what went wrong."""

    first: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Server:
    """The app in a process of its own, on a free port of this machine, with a meter."""

    def __init__(self, app):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}/"
        options = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
        command = [sys.executable, str(ROOT / "tests" / "support" / "metered_server.py"), "run", "streamlit_app.py", *options]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=app, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self):
        wait_until_healthy(self._process, self.address)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.communicate(timeout=20)
        finally:
            self._process.kill()

    def read(self):
        """Return what the server has spent so far."""
        return self.ask("")

    def ask(self, line):
        """Return what the server's meter answers to a line."""
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return json.loads(next(line for line in self._process.stdout if line.startswith("{")))

    @property
    def pid(self):
        """The number of the server's process."""
        return self._process.pid

    def memory(self):
        """Return the server's resident memory in megabytes."""
        resident = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return round(resident * os.sysconf("SC_PAGE_SIZE") / 1e6)


@dataclass(frozen=True)
class Running:
    """A server that somebody else has started; it has no meter."""

    address: str

    def read(self):
        """Return nothing: what it has spent is not known."""
        return {}


@contextmanager
def timed(times, errors):
    """Note how long an answer takes, or what comes in its place."""
    begin = time.perf_counter()
    try:
        yield
    except (VisitError, WebSocketException, OSError) as error:  # a TimeoutError is an OSError
        errors.append(repr(error))
    else:
        times.append(time.perf_counter() - begin)


async def arrive(address, after, race, doors, waits):
    """Come some seconds from now; return the visitor once the page is there, or None if it does not come."""
    await asyncio.sleep(after)
    with timed(waits.first, waits.errors):
        cookies = await fetch(address)
        visitor = Visitor(await doors.enter_async_context(opened(address, cookies)), urlencode(encode(race)), cookies=cookies)
        await visitor.open()
        return visitor


async def change(visitor, slider, places, due, waits):
    """Move a slider to one place after another, each when it is due or as soon after as the page is there, until time is up."""
    up = due + PAUSE * len(places)
    for place in places:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if time.perf_counter() > up:
            return
        with timed(waits.change, waits.errors):
            await visitor.move(slider, place)
        due += PAUSE


async def crowd(server, count, seconds):
    """Return what visitors waited, what the server read when all had arrived and at the end, and the seconds in between."""
    waits, changes, apart = Waits(), seconds // PAUSE, PAUSE / count
    async with AsyncExitStack() as doors:
        arrivals = (arrive(server.address, number * apart, RACES[number % len(RACES)], doors, waits) for number in range(count))
        visitors = [visitor for visitor in await asyncio.gather(*arrivals) if visitor]
        before, begin = await asyncio.to_thread(server.read), time.perf_counter()
        moves = []
        for number, visitor in enumerate(visitors):
            places = [LOW + (1 - LOW) * ((number * changes + turn) * 7 % PLACES) / PLACES for turn in range(changes)]
            moves.append(change(visitor, SLIDERS[number % len(SLIDERS)], places, begin + number * apart, waits))
        await asyncio.gather(*moves)
        took = time.perf_counter() - begin
        return waits, before, await asyncio.to_thread(server.read), took


def described(times):
    """Return median and 95th percentile as text."""
    if not times:
        return "0 answers"
    most = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"median {statistics.median(times):.2f} s, 95th percentile {most:.2f} s, {len(times)} answers"


def tell(count, seconds, waits):
    """Print what visitors waited for, and what went wrong."""
    print(f"  first answer: {described(waits.first)} of {count}")
    print(f"  slider change: {described(waits.change)} of {count * (seconds // PAUSE)}")
    print(f"  errors: {len(waits.errors)} {sorted(set(waits.errors))}")


def measure(app, count, seconds):
    """Print everything for one server and one number of visitors, who come twice."""
    with Server(app) as server:
        asyncio.run(crowd(server, 1, PAUSE))  # so that what is loaded once is loaded
        memory = [server.memory()]
        for wave in ("first", "second"):
            waits, before, after, took = asyncio.run(crowd(server, count, seconds))
            memory.append(server.memory())
            time.sleep(LEFT)
            memory.append(server.memory())
            spent = {name: after[name] - before[name] for name in after}
            print(f"{count} visitors, a change each per {PAUSE} s, {wave} wave")
            tell(count, seconds, waits)
            collecting = spent["collecting"] / spent["cpu"]
            print(f"  server: {spent['cpu'] / took:.0%} of a core, {collecting:.1%} of it in garbage collection,")
            each = 1e3 * spent["cpu"] / max(1, len(waits.change))
            print(f"    {each:.0f} ms of processor time per change, {spent['full']} full collections")
    here, gone, again, gone_again = memory[1:]
    print(f"  memory: {memory[0]} MB before, {here} with them, {(here - memory[0]) / count:.1f} each, {gone} when they had left,")
    print(f"    {again} with the second wave, {gone_again} when that had left")


def main():
    """Print every measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--visitors", type=int, nargs="+", default=[1, 10, 50, 100], help=f"how many at once, up to {MOST_VISITORS}"
    )
    parser.add_argument("--seconds", type=int, default=30, help=f"how long they change sliders, up to {MOST_SECONDS}")
    parser.add_argument("--app", type=Path, default=ROOT, help="the folder of the app, this one by default")
    parser.add_argument("--address", help="of a server that is running already: it is not stopped, nor is its memory read")
    asked = parser.parse_args()
    if not (all(0 < count <= MOST_VISITORS for count in asked.visitors) and PAUSE <= asked.seconds <= MOST_SECONDS):
        parser.error("out of bounds")
    for count in asked.visitors:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        if asked.address:
            print(f"{count} visitors, a change each per {PAUSE} s")
            tell(count, asked.seconds, asyncio.run(crowd(Running(asked.address), count, asked.seconds))[0])
        else:
            measure(asked.app, count, asked.seconds)


if __name__ == "__main__":
    main()
