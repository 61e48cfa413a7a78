"""What goes wrong around the app: its server restarts, visitors vanish, the clock jumps, nothing can be written."""

import json
import resource
import time
from urllib.parse import parse_qsl, urlencode

import pytest

import optim
from optim.sweeps.jobs import Jobs
from pages.shared.inputs.link_codec import decode, encode, spec_of
from tests.benchmarks.fuzz import Reader
from tests.benchmarks.load import Server
from tests.conftest import ROOT
from tests.support.reference import DATA
from tests.support.visitor import Visitor, fetch, opened, together

EXAMPLES = "x,y,label\n" + "\n".join(f"{i % 7},{i % 5},{i % 2}" for i in range(60))
RACE = optim.RaceSpec("himmelblau", [optim.Entry("adam", {"lr": 0.3}), optim.Entry("sgd", {"lr": 0.01})], (-1.2, 1.0), 40)


class Looker(Visitor):
    """A visitor who reads what the inputs hold."""

    @property
    def address(self):
        return self._query

    def held(self, key):
        return next(state for name, state in self._inputs.items() if name.endswith(f"-{key}"))


async def looked(server, query, page=""):
    """Open a link; return the visitor, whose connection is closed by then."""
    async with opened(server.address) as socket:
        visitor = Looker(socket, query, page)
        await visitor.open()
        return visitor


@pytest.mark.long
def test_visitors_of_a_server_that_restarts_return_to_their_experiment_through_their_link():
    async def before():
        async with opened(server.address) as socket:
            visitor = Looker(socket, urlencode(encode(RACE)))
            await visitor.open()
            await visitor.move("o1.lr slider", 0.7)
            return visitor

    with Server(ROOT) as server:
        left = together(before)
    link = encode(RACE) | dict(parse_qsl(left.address))  # a browser adds to its address what the server sets
    with Server(ROOT) as server:
        back = together(lambda: looked(server, urlencode(link)))
    values, notes = decode(link)
    assert notes == []
    assert spec_of(values).entries[0].hyper["lr"] == back.held("o1.lr").double_value != 0.3
    for key in ("fn", "x", "y", "n", "k", "o1", "o2", "o2.lr"):
        assert back.held(key) == left.held(key)


@pytest.mark.long
def test_a_browser_that_goes_in_mid_sweep_ends_the_work_and_the_next_one_finds_the_server_well():
    async def visits():
        async with opened(server.address) as socket:
            visitor = Looker(socket, urlencode(encode(RACE) | {"n": "10000"}), "rates")
            await visitor.open()
            await socket.close()  # as a browser that is killed: no word of leaving
        await looked(server, "", "starts")
        return await fetch(f"{server.address}_stcore/health")

    with Server(ROOT) as server:
        assert together(visits) is not None


def test_work_that_no_visitor_looks_at_any_more_is_called_off(monkeypatch):
    ended = []

    def work(spec, report, stop, resume):
        while not stop():
            time.sleep(0.01)
        ended.append(spec)
        return optim.sweep(spec, cancel=lambda: True)

    jobs, spec = Jobs(work), optim.SweepSpec(RACE, {"lr": (0.01, 0.1)})
    assert jobs.ask(spec, "somebody").running
    monkeypatch.setattr("optim.sweeps.jobs.time.monotonic", lambda now=time.monotonic: now() + 3600)
    deadline = time.time() + 60
    while not ended and time.time() < deadline:
        time.sleep(0.02)
    assert ended == [spec]


@pytest.mark.parametrize("hours", [-24, 24, 24 * 365])
def test_a_clock_that_jumps_changes_no_answer(monkeypatch, hours):
    here = time.time

    def jumping():
        return here() + 3600 * hours

    expected = optim.race(RACE)
    spec = optim.SweepSpec(RACE, {"lr": (0.01, 0.1)})
    jobs = Jobs(lambda spec, report, stop, resume: optim.sweep(spec, report, stop, None, resume))
    jobs.ask(spec, "somebody")
    monkeypatch.setattr("time.time", jumping)
    assert (optim.race(RACE).path == expected.path).all()
    deadline = time.monotonic() + 60
    while not (status := jobs.ask(spec, "somebody")).complete and time.monotonic() < deadline:
        time.sleep(0.02)
    assert status.complete
    assert status.spent < 60  # of a clock that cannot be set
    assert optim.RaceSpec.from_json(RACE.to_json()) == RACE


@pytest.mark.long
def test_the_app_runs_where_nothing_can_be_written():
    """`tests.benchmarks.fuzz` has the same: once it is watched, a server finds no place for files."""

    async def visits():
        for page in ("", "rates", "starts", "fair", "network"):
            await looked(server, "net.n=2&net.data=two_moons", page)

    with Server(ROOT) as server:
        server.ask("watch")
        together(visits)
        seen = server.ask("watch")["seen"]
    assert [event for event in seen if event.startswith(("writes", "os.", "shutil."))] == []


@pytest.mark.long
def test_the_app_runs_and_takes_files_where_the_disk_is_full():
    """Files of the server may have no more bytes: what fails is what fails on a full disk, writing, and not opening."""

    async def visits():
        for page in ("", "rates", "network"):
            await looked(server, "net.n=2&net.data=two_moons", page)
        cookies = await fetch(f"{server.address}_stcore/health")
        async with opened(server.address, cookies) as socket:
            visitor = Reader(socket, "net.data=file&net.n=2", "network", cookies)
            await visitor.open()
            await visitor.bring("-net upload", EXAMPLES.encode(), "examples.csv")
            await visitor.watch(lambda kind: None)
            return visitor.read

    with Server(ROOT) as server:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, 0))
        assert any("right after 2 steps" in text for text in together(visits))


def test_links_of_every_released_version_are_recorded():
    recorded = json.loads((DATA / "links.json").read_text())
    assert len(recorded) >= 10  # tests/pages/shared/inputs/test_link_codec.py opens them
    log = (ROOT / "CHANGELOG.md").read_text()
    released = {line[4:].partition("]")[0] for line in log.splitlines() if line.startswith("## [") and "unreleased" not in line}
    assert {link.get("version", "0.1.0") for link in recorded} >= released
