"""What a start costs, printed: importing the library, a server from nothing to its first answer, the bytes of a first visit.

`python -m tests.benchmarks.start --times 5`; medians, and no test. Bytes are compressed as the server sends them; of the browser's
side, only what the page names: of Streamlit, the programs that it begins with; it fetches more piece by piece.
"""

import argparse
import asyncio
import gzip
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import streamlit

from tests.benchmarks.load import Server
from tests.conftest import ROOT
from tests.support.visitor import Visitor, opened

MODULES = ("numpy", "pandas", "optim", "streamlit", "plotly.graph_objects")
MOST = 50


def imported(module):
    """Return the seconds that a fresh interpreter takes to import a module, less those that it takes to start."""

    def run(code):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        return time.perf_counter() - begin

    return run(f"import {module}") - run("pass")


def started():
    """Return the seconds from starting a server until it is healthy, and until a first visitor has the whole page."""
    begin = time.perf_counter()
    with Server(ROOT) as server:
        healthy = time.perf_counter() - begin

        async def visit():
            async with opened(server.address) as socket:
                await Visitor(socket).open()

        asyncio.run(visit())
        return healthy, time.perf_counter() - begin


async def frames(address):
    """Return the bytes of a first visit and of one change over the connection."""
    sizes = []
    async with opened(address) as socket:

        class Meter:
            """The connection, which counts what it hands on."""

            remote_address = socket.remote_address
            send = staticmethod(socket.send)

            async def __aiter__(self):
                async for frame in socket:
                    sizes[-1] += len(frame)
                    yield frame

        visitor = Visitor(Meter())
        sizes.append(0)
        await visitor.open()
        await visitor.move("o1.lr slider", 0.6)
        sizes.append(0)
        await visitor.move("o1.lr slider", 0.7)
    return sizes


def fetched(address):
    """Return the bytes of an answer, compressed where the server compresses it, and its headers."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return len(answer.read()), answer.headers


def main():
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help=f"how often each is measured, up to {MOST}")
    times = parser.parse_args().times
    if not 0 < times <= MOST:
        parser.error("out of bounds")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for module in MODULES:
        print(f"import {module}: {statistics.median(imported(module) for _ in range(times)):.2f} s")
    healthy, whole = (statistics.median(column) for column in zip(*(started() for _ in range(times)), strict=True))
    print(f"server: healthy after {healthy:.2f} s, first page whole after {whole:.2f} s")
    with Server(ROOT) as server:
        page, headers = fetched(server.address)
        ours = [fetched(server.address + path)[0] for path in re.findall(r"<(assets/[^>]+)>", headers["link"])]
        first, change = asyncio.run(frames(server.address))
    entry = Path(streamlit.__file__).parent / "static" / "static" / "js"
    begins = sum(len(gzip.compress(path.read_bytes())) for path in entry.glob("index.*.js"))
    print(f"first visit: page {page / 1e3:.0f} kB, our files and Plotly's {sum(ours) / 1e3:.0f} kB in {len(ours)} files,")
    print(f"  the programs that its page begins with {begins / 1e3:.0f} kB, over the connection {first / 1e3:.0f} kB")
    print(f"change of a slider: {change / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
