"""One race with many seeds: under noise a single run says little, so the median and the range of many are shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optim.core import metrics
from optim.core.types import Array
from optim.races.record import concatenated, record
from optim.races.run import lowest_value, truncate_and_measure
from optim.races.spec import MAX_SEED, RaceSpec

SEEDS = 20


@dataclass(frozen=True)
class SeedResults:
    """Final losses, and 1 where the target was reached and kept else 0, both (entries, seeds), in the spec's order of entries."""

    seeds: tuple[int, ...]
    final: Array
    reached: Array


def run_seeds(spec: RaceSpec, seeds: int = SEEDS, progress: Callable[[float], object] | None = None) -> SeedResults:
    """Run the race with `seeds` seeds, the spec's own and those after it, each entry's runs in one block.

    `progress` gets the share that is done, from 0 to 1, after every entry; what it raises ends the work.
    """
    numbers = tuple((spec.seed + i) % (MAX_SEED + 1) for i in range(seeds))
    problem = spec.dialled_problem
    records = []
    for done, entry in enumerate(spec.entries, start=1):
        records.append(record(replace(spec, entries=(entry,)), numbers))
        if progress:
            progress(done / len(spec.entries))
    rows = truncate_and_measure(concatenated(records), problem, spec.budget)
    lowest = lowest_value(problem, rows)
    gap = rows.answer_loss - (np.nan if lowest is None else lowest)
    target = spec.target_from(lowest)
    kept = np.array([metrics.reached(own[: last + 1], target) is not None for own, last in zip(gap, rows.taken, strict=True)])
    kept &= metrics.inside(rows.answer[:, -1], problem.domain)
    shape = (len(spec.entries), seeds)
    return SeedResults(numbers, rows.answer_loss[:, -1].reshape(shape), kept.reshape(shape).astype(float))
