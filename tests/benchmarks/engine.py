"""Speed, printed: `python -m tests.benchmarks.engine`. Ratios are taken in one run on one machine; nothing here is a test."""

import functools
import importlib
import importlib.util
import itertools
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import optim
from optim.book.optimizers import Adam
from optim.core.simulate import Conditions, blocks, simulate_blocks
from optim.sweeps.fused.block import Block, fused
from optim.sweeps.reductions import Criteria
from pages.shared.inputs.link_codec import encode
from tests.benchmarks.baseline_adam import baseline_adam

RUNS, STEPS, ROUNDS, REPEATS = 10_000, 300, 11, 40
OWN = ", a rate per run"
SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def seconds(action):
    """Return how long one call takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def spread(values):
    """Return median, lowest and highest as text."""
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def in_turn(actions):
    """Return by name the seconds that calls take, in interleaved rounds, each called once before."""
    for action in actions.values():
        action()
    rounds = [{name: seconds(action) for name, action in actions.items()} for _ in range(ROUNDS)]
    return {name: [one[name] for one in rounds] for name in actions}


@contextmanager
def one_core():
    """Run everything on one core, where the system can: Optax would spread its loop over all of them."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        if cores:
            os.sched_setaffinity(0, cores)


@one_core()
def engine_by_size():
    """Print the engine's Adam beside other loops for batches of any size: ratio 1 would be as fast, 2 twice as fast.

    Where numba is installed a sweep's loop in machine code is there too; it looks at the loss of every step besides.
    """
    print(f"Adam, {STEPS} steps on the elongated bowl, one core, {ROUNDS} rounds in turn: our speed over theirs")
    for runs in SIZES:
        start = np.random.default_rng(0).uniform(-5.0, 5.0, (2, runs))
        own = {**PLAIN, "lr": np.geomspace(0.01, 1.0, runs)}
        ours = {"engine": engine, **({"machine code": machine_code} if importlib.util.find_spec("numba") else {})}
        actions = {
            **{name: lambda run=run, start=start: run(start, STEPS, PLAIN) for name, run in ours.items()},
            **{name + OWN: lambda run=run, start=start, own=own: run(start, STEPS, own) for name, run in ours.items()},
            "bare in-place loop": lambda start=start: baseline_adam(start.copy(), STEPS),
            "bare in-place loop" + OWN: lambda start=start, own=own: baseline_adam(start.copy(), STEPS, own["lr"]),
            "the book's loop": lambda start=start: book_adam(start, STEPS),
            **{name: lambda start=start, loop=loop: loop(start, STEPS) for name, loop in others().items()},
        }
        apart = [np.max(np.abs(actions[name]() - actions["bare in-place loop"]())) for name in ours]
        took = in_turn(actions)
        for name, far in zip(ours, apart, strict=True):
            rate = runs * STEPS / statistics.median(took[name])
            print(f"  {runs} runs, {name}: {rate:.3g} run-steps per second; ends differ from the bare loop's by {far:.1g} at most")
            for other in list(actions)[2 * len(ours) :]:
                mine = took[name + OWN * other.endswith(OWN)]
                print(f"    {other}: {spread([theirs / own for theirs, own in zip(took[other], mine, strict=True)])}")


def engine(start, steps, hp):
    """Return where the engine's Adam ends."""
    return simulate_blocks(optim.OPTIMIZERS["adam"], hp, start, Conditions(BOWL, steps), [0] * start.shape[1])


def machine_code(start, steps, hp):
    """Return where a sweep's loop in machine code ends, compiled before, block by block as the engine."""
    rule, criteria = optim.OPTIMIZERS["adam"], Criteria(BOWL, steps, BOWL.lowest, None, None)
    ends = []
    for part in blocks(start.shape[1]):
        own = {name: value[part] if isinstance(value, np.ndarray) else value for name, value in hp.items()}
        x = start[:, part]
        block = fused(Block(rule, rule, (), own, x, Conditions(BOWL, steps), criteria, [0] * x.shape[1]))
        ends.append(block.run(block.compiled()).end)
    return np.concatenate(ends, axis=1)


def book_adam(start, steps):
    """Run the loop of the book over dicts of arrays."""
    optimizer, params = Adam(lr=0.3), {"x": start[0].copy(), "y": start[1].copy()}
    for _ in range(steps):
        optimizer.update(params, {"x": params["x"] / 10.0, "y": 2.0 * params["y"]})


def others():
    """Return the loops of other libraries that are installed, by name."""
    return {name: loop for name, package, loop in OTHERS if importlib.util.find_spec(package)}


def torch_adam(start, steps):
    """Run PyTorch's Adam, gradients given, on one thread as the engine is."""
    torch = importlib.import_module("torch")

    torch.set_num_threads(1)
    point, scale = torch.nn.Parameter(torch.from_numpy(start.copy())), torch.tensor([[0.1], [2.0]], dtype=torch.float64)
    optimizer = torch.optim.Adam([point], lr=0.3)
    with torch.no_grad():
        for _ in range(steps):
            point.grad = scale * point
            optimizer.step()


@functools.cache
def optax_loop(steps):
    """Return Optax's Adam over that many steps as one jitted function."""
    jax, optax = importlib.import_module("jax"), importlib.import_module("optax")

    jax.config.update("jax_enable_x64", True)
    rule, scale = optax.adam(0.3), np.array([[0.1], [2.0]])

    def one(_, carried):
        point, state = carried
        move, state = rule.update(scale * point, state)
        return optax.apply_updates(point, move), state

    return jax.jit(lambda point: jax.lax.fori_loop(0, steps, one, (point, rule.init(point)))[0])


def optax_adam(start, steps):
    """Run Optax's Adam, compiled before."""
    optax_loop(steps)(start).block_until_ready()


def optax_adam_compiling(start, steps):
    """Run Optax's Adam and compile it anew."""
    optax_loop.cache_clear()
    optax_adam(start, steps)


SIZES = (1, 100, 1_000, RUNS, 100_000)
BOWL, PLAIN = optim.PROBLEMS["elongated_bowl"], optim.Entry("adam", {"lr": 0.3}).hyper
OTHERS = (
    ("torch.optim, one thread", "torch", torch_adam),
    ("Optax", "optax", optax_adam),
    ("Optax with its compile time", "optax", optax_adam_compiling),
)


def race_of_six():
    """Print how long the race of the book takes, measured, settled and judged."""
    entries = [optim.Entry(name, {"lr": 0.05}) for name in SIX]
    print(f"optim.race, {len(SIX)} optimizers x {STEPS} steps")
    for gradient in ("exact", "central"):
        spec = optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), STEPS, gradient)
        optim.race(spec)
        times = [1e3 * seconds(lambda spec=spec: optim.race(spec)) for _ in range(ROUNDS)]
        print(f"  {gradient} gradient: {spread(times)} ms")


def race_page(key="o6.lr", value=0.002):
    """Return a function that changes one input of the Race page to a value not seen before and runs the page again."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(Path(__file__).parents[2] / "streamlit_app.py"), default_timeout=60)
    entries = [optim.Entry(name, {"lr": 0.001}) for name in SIX]
    for name, text in encode(optim.RaceSpec("rosenbrock", entries, (-1.2, 1.0), STEPS)).items():
        app.query_params[name] = text
    values = itertools.count()
    for _ in range(5):
        app.run()

    def move():
        app.number_input(key=key).set_value(value + 1e-4 * next(values))
        app.run()
        assert not app.exception

    return move


def page_rerun():
    """Print how long the server works on one rerun of the Race page after one input changed to a value not seen before."""
    print(f"Race page, {len(SIX)} optimizers x {STEPS} steps: one rerun on the server, test harness included")
    for name, key, value in (("one racer's lr", "o6.lr", 0.002), ("the start, so that all six run again", "x", -1.1)):
        move = race_page(key, value)
        print(f"  {name}: {spread([1e3 * seconds(move) for _ in range(REPEATS)])} ms")


def first_use():
    """Print how long the first value, gradient and Hessian of every function take, one fresh process each, and where it goes."""
    script = """
import sys, time
import numpy as np
import optim

problem, x = optim.PROBLEMS[sys.argv[1]], np.array([[0.3], [0.7]])
begin = time.process_time()
import optim.problems.formulas.derive
imported = time.process_time()
for again in range(2):
    for function in (problem.value, problem.gradient, problem.hessian):
        function(x)
    print(imported - begin, time.process_time() - imported)
    begin = imported = time.process_time()
"""
    rows = {}
    for name in optim.PROBLEMS:
        run = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=True)
        (imported, first), (_, later) = (map(float, line.split()) for line in run.stdout.splitlines())
        rows[name] = imported, first, later
    slowest = max(rows, key=lambda name: rows[name][1])
    print(f"first use of each of {len(rows)} functions, a fresh process each: median [lowest, highest], in seconds of one core")
    for what, column in (("importing SymPy", 0), ("deriving, compiling and a first look", 1), ("a second look", 2)):
        print(f"  {what}: {spread([row[column] for row in rows.values()])}")
    print(f"  slowest: {slowest}")


def main():
    """Print every measurement."""
    engine_by_size()
    race_of_six()
    page_rerun()
    first_use()


if __name__ == "__main__":
    main()
