"""Speed of training, printed: `python -m tests.benchmarks.network`. Ratios are taken in one run; PyTorch's where it is there."""

import asyncio
import importlib.util
import itertools
import os
import time
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np

import optim
from optim.core.simulate import advance
from optim.networks.oracle import BatchOracle
from optim.networks.spec import DTYPES
from optim.networks.stretch import first_weights
from optim.networks.views.landscape import surfaces
from optim.networks.views.plane import joint_plane
from pages.shared.inputs.link_codec import encode
from tests.benchmarks.engine import in_turn, spread
from tests.benchmarks.load import PLACES, RACES, SLIDERS, Server, described
from tests.conftest import ROOT
from tests.support.visitor import Visitor, opened

STEPS = 60
BOOK = optim.NetworkSpec()
SMALL = optim.NetworkSpec(layers=(50, 50))
STEPS_BESIDE, MOVES = 2000, 20
"""Steps of the training beside which a slider is moved, and how often it is moved before."""
LOW_PLACE = 16
SINGLE = ("sgd", "adam", "muon")
RULES = ("sgd", "momentum", "adagrad", "adam", "prodigy")


def ours(spec, rule):
    """Return a function that takes STEPS steps of a rule on a network, and nothing else."""
    one = replace(spec, entries=[optim.Entry(rule)], steps=STEPS)
    optimizer, hyper = one.entries[0].assembled(STEPS)
    start = first_weights(one)

    def run():
        oracle = BatchOracle(one.network, one.examples, one.seed, one.batch, 1, dtype=one.dtype)
        for _ in itertools.islice(advance(optimizer, hyper, start, oracle, keeps_states=False), STEPS + 1):
            pass

    return run


def pytorchs(spec):
    """Return the functions that take the same steps with PyTorch, by rule, or none where it is not installed."""
    if importlib.util.find_spec("torch") is None:
        return {}
    import torch

    from tests.support.record_network import RULES as THEIRS
    from tests.support.record_network import built

    torch.set_num_threads(1)
    data = spec.examples
    weights = first_weights(spec)[:, 0]

    def run(make):
        network, loss_of = built(spec, weights), torch.nn.CrossEntropyLoss()
        optimizer = make(network.parameters())
        for step in range(STEPS):
            rows = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(3, step))).integers(
                0, data.training, spec.batch
            )
            inputs, targets = data.examples(rows)
            optimizer.zero_grad()
            loss_of(network(torch.from_numpy(inputs)), torch.from_numpy(targets)).backward()
            optimizer.step()

    return {name: lambda make=make: run(make) for name, (_, make) in THEIRS.items() if name in RULES}


def steps():
    """Print what a step costs, how that compares with PyTorch's, and with a step of SGD."""
    for spec in (BOOK, SMALL):
        widths = "-".join(map(str, (spec.examples.features, *spec.layers, spec.examples.outputs)))
        print(f"{widths}, batch {spec.batch}, {spec.network.dimension} weights, float64, one core:")
        theirs = pytorchs(spec)
        took = in_turn({**{rule: ours(spec, rule) for rule in RULES}, **{f"PyTorch's {name}": run for name, run in theirs.items()}})
        for rule in RULES:
            own = took[rule]
            parts = [f"{1e3 * np.median(own) / STEPS:.2f} ms a step", f"{spread(_ratios(own, took['sgd']))} of SGD's"]
            if rule in theirs:
                parts.append(f"{spread(_ratios(own, took[f'PyTorch{chr(39)}s {rule}']))} of PyTorch's")
            print(f"  {rule}: {', '.join(parts)}")


def single():
    """Print what a step with 32 bits costs beside one with 64."""
    for spec in (BOOK, SMALL):
        print(f"{spec.network.dimension} weights, a step with 32 bits beside one with 64:")
        runs = {f"{rule} {dtype}": ours(replace(spec, dtype=dtype), rule) for rule in SINGLE for dtype in DTYPES}
        took = in_turn(runs)
        for rule in SINGLE:
            print(f"  {rule}: {spread(_ratios(took[f'{rule} float32'], took[f'{rule} float64']))}")


def whole():
    """Print what the first point, the book's comparison and a picture of its plane cost."""
    begin, first = time.perf_counter(), []
    result = optim.train(optim.NetworkSpec(steps=2000), lambda *_: first.append(time.perf_counter() - begin))
    print(f"the book's four, 2000 steps: {time.perf_counter() - begin:.1f} s, the first mark after {first[0]:.2f} s")
    begin = time.perf_counter()
    plane = joint_plane(result)
    sizes = [(one.size, time.perf_counter() - begin) for one in surfaces(result.spec, plane)]
    print(f"  {plane.sentence} Its picture: {', '.join(f'{size} x {size} after {seconds:.1f} s' for size, seconds in sizes)}")


def beside():
    """Print what a visitor of the Race page waits for a slider, alone and while another's training goes on in the same server."""
    with Server(ROOT) as server:
        alone, busy, first, took = asyncio.run(_beside(server.address))
    again = sum(busy) / len(busy) / (sum(alone) / len(alone))
    print(f"  load {os.getloadavg()[0]:.1f}; a slider of the Race page answers alone: {described(alone)}")
    print(
        f"  while another visitor's {STEPS_BESIDE} steps go on, {took:.1f} s, first points after {first:.2f} s: {described(busy)}"
    )
    print(f"  {np.median(busy) / np.median(alone):.2f} times as long by the medians, {again:.2f} by the means")


async def _beside(address):
    """Return the seconds of a slider's answers alone and during a training, when its first points came and when it was whole."""
    async with opened(address) as one, opened(address) as other:
        racer, query = Visitor(one, urlencode(encode(RACES[0]))), urlencode({"net.n": STEPS_BESIDE})
        trainer = Visitor(other, query, "network")
        await racer.open()
        places = itertools.cycle(range(LOW_PLACE, PLACES))
        alone = [await _moved(racer, next(places)) for _ in range(MOVES)]
        begin, heard = time.perf_counter(), []
        await trainer.open()
        first = time.perf_counter() - begin

        def hear(kind):
            if kind == "plotly_chart":
                heard.append(time.perf_counter() - begin)

        watching, busy = asyncio.create_task(trainer.watch(hear)), []
        while not watching.done():
            busy.append(await _moved(racer, next(places)))
        await watching
        return alone, busy, first, time.perf_counter() - begin


async def _moved(racer, place):
    """Return how long a slider takes to be answered, after a pause."""
    await asyncio.sleep(0.5)
    begin = time.perf_counter()
    await racer.move(SLIDERS[0], place / PLACES)
    return time.perf_counter() - begin


def _ratios(own, other):
    return [mine / theirs for mine, theirs in zip(own, other, strict=True)]


if __name__ == "__main__":
    steps()
    single()
    whole()
    beside()
