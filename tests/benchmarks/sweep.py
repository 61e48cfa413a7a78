"""How fast sweeps are, printed: `python -m tests.benchmarks.sweep`. Ratios are taken in one run; nothing here is a test."""

import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import optim
from optim.sweeps.fused.kernels import installed
from optim.sweeps.process_pool import process_pool
from tests.benchmarks.baseline_adam import baseline_adam
from tests.benchmarks.engine import SIX, STEPS, race_page, seconds, spread
from tests.support.fused import warm

TEN = (*SIX, "adamax", "nadam", "amsgrad", "adabelief")
ROUNDS, PROBES = 9, 30
PROBLEM = "himmelblau"


def sweep_against_baseline():
    """Print a sweep's Adam, a rate per run, its loss looked at every step, beside the bare loop that does neither."""
    rates, starts = optim.spaced(optim.OPTIMIZERS["adam"].parameter("lr")), 103
    race = optim.RaceSpec("elongated_bowl", optim.Entry("adam"), (-7.0, 2.0), STEPS)
    spec = optim.SweepSpec(race, {"lr": rates}, optim.Jittered(starts))
    begin, own = np.tile(spec.start_points, len(rates)), np.repeat(rates, starts)
    print(f"Adam, {len(rates)} rates x {starts} starts x {STEPS} steps, one core: with all that a sweep keeps")
    for way in ("NumPy", *(["machine code"] if installed() else [])):
        if way != "NumPy":
            warm(spec)
        optim.sweep(spec)
        with np.errstate(all="ignore"):
            rounds = [
                (seconds(lambda: baseline_adam(begin.copy(), STEPS, own)), seconds(lambda: optim.sweep(spec)))
                for _ in range(ROUNDS)
            ]
        print(f"  {way}: speed relative to the baseline {spread([bare / ours for bare, ours in rounds])}")


def many_rates(executor):
    """Print how long a comparison over rates takes until its first picture and until it is whole."""
    race = optim.RaceSpec(PROBLEM, [optim.Entry(name) for name in TEN], (1.0, 1.0), STEPS)
    spec = optim.SweepSpec(race, {"lr": optim.spaced(optim.OPTIMIZERS["adam"].parameter("lr"))}, optim.Jittered())
    optim.sweep(spec, executor=executor)
    firsts, wholes = [], []
    for _ in range(ROUNDS):
        first, begin = [], time.perf_counter()
        optim.sweep(spec, lambda *_, first=first: first.append(time.perf_counter()), executor=executor)
        firsts.append(first[0] - begin)
        wholes.append(time.perf_counter() - begin)
    print(f"{len(TEN)} optimizers x 97 rates x 24 starts x {STEPS} steps: {spec.run_steps:,} run-steps")
    print(f"  first result after {spread(firsts)} s, whole after {spread(wholes)} s")


def map_of_starts():
    """Return the largest map of starts that the pages offer."""
    race = optim.RaceSpec(PROBLEM, [optim.Entry(name) for name in SIX], (1.0, 1.0), STEPS)
    return optim.SweepSpec(race, starts=optim.Lattice(200, 200))


def many_starts(executor):
    """Print how long a map of starts takes and how much memory it needs."""
    spec, held = map_of_starts(), [memory()]
    times = [seconds(lambda: optim.sweep(spec, lambda *_: held.append(memory()), executor=executor)) for _ in range(3)]
    print(f"200 x 200 starts x {len(SIX)} optimizers x {STEPS} steps: {spec.run_steps:,} run-steps")
    print(f"  whole after {spread(times)} s; memory grew by {max(held) - held[0]:.0f} MB, workers included")


def memory():
    """Return the megabytes that this process and its children hold, shared pages counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if os.getpid() in (int(folder.name), parent):
                total += sum(
                    int(line.split()[1]) for line in (folder / "smaps_rollup").read_text().splitlines() if line[:4] == "Pss:"
                )
        except OSError:
            continue
    return total / 1024


def page_meanwhile(executor, name):
    """Print how much longer a slider on the Race page takes to answer while a map of starts is computed in `executor`."""
    move, stop = race_page(), threading.Event()
    spec = map_of_starts()

    def work():
        while not stop.is_set():
            optim.sweep(spec, cancel=stop, executor=executor)

    def probe():
        return [1e3 * seconds(move) for _ in range(PROBES)]

    before = probe()
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    during = probe()
    stop.set()
    called_off = seconds(thread.join)
    after = probe()
    ratio = statistics.median(during) / statistics.median(before + after)
    print(f"  in {name}: {spread(during)} ms, when idle {spread(before + after)} ms: ratio of medians {ratio:.2f}")
    print(f"    called off, the map had ended {called_off:.2f} s later")


def main():
    """Print every measurement."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    sweep_against_baseline()
    with process_pool() as processes, ThreadPoolExecutor(os.cpu_count()) as threads:
        for name, executor in (("processes", processes), ("threads", threads)):
            print(name)
            many_rates(executor)
            many_starts(executor)
        print("a slider on the Race page while a map of starts is computed")
        page_meanwhile(processes, "processes")
        page_meanwhile(threads, "threads")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
