"""Speed, printed: `python -m tests.benchmarks.engine`. Ratios are taken in one run on one machine; nothing here is a test."""

import itertools
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import optim
from optim.core.simulate import Conditions, simulate_blocks
from pages.shared.inputs.link_codec import encode
from tests.benchmarks.baseline_adam import baseline_adam

RUNS, STEPS, ROUNDS, REPEATS = 10_000, 300, 11, 40
SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def seconds(action):
    """Return how long one call takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def spread(values):
    """Return median, lowest and highest as text."""
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def engine_against_baseline():
    """Print the engine's Adam beside a bare in-place loop, in interleaved rounds: ratio 1 would be as fast."""
    start = np.random.default_rng(0).uniform(-5.0, 5.0, (2, RUNS))
    conditions, seeds, rule = Conditions(optim.PROBLEMS["elongated_bowl"], STEPS), [0] * RUNS, optim.OPTIMIZERS["adam"]
    plain = optim.Entry("adam", {"lr": 0.3}).hyper
    own = {**plain, "lr": np.geomspace(0.01, 1.0, RUNS)}

    def baseline(lr=0.3):
        return baseline_adam(start.copy(), STEPS, lr)

    def engine(hp):
        return simulate_blocks(rule, hp, start, conditions, seeds)

    print(f"Adam, {RUNS} runs x {STEPS} steps on the elongated bowl, {ROUNDS} rounds, median [lowest, highest]")
    for name, hp in (("float hyper-parameters", plain), ("a learning rate per run", own)):
        apart = np.max(np.abs(engine(hp) - baseline(hp["lr"])))
        rounds = [(seconds(baseline), seconds(lambda hp=hp: engine(hp))) for _ in range(ROUNDS)]
        rate = RUNS * STEPS / statistics.median(ours for _, ours in rounds)
        print(f"  {name}: speed relative to the baseline {spread([bare / ours for bare, ours in rounds])}")
        print(f"    {rate:.3g} run-steps per second; ends differ by {apart:.1g} at most")


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
    engine_against_baseline()
    race_of_six()
    page_rerun()
    first_use()


if __name__ == "__main__":
    main()
