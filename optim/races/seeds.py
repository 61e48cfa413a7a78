"""Many seeds of one race: with noise a single run says little, so the middle and the range of many are shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optim.core import metrics
from optim.core.types import Array
from optim.i18n.message import message
from optim.problems.transforms import dialled
from optim.races.record import record
from optim.races.result import RaceResult
from optim.races.run import lowest_value
from optim.races.settle import settled
from optim.races.spec import MAX_SEED, RaceSpec

SEEDS = 20


@dataclass(frozen=True)
class Spread:
    """Final losses, and 1 where the target was reached and kept else 0, both (entries, seeds), in the spec's order of entries."""

    seeds: tuple[int, ...]
    final: Array
    reached: Array


def spread(spec: RaceSpec, seeds: int = SEEDS) -> Spread:
    """Run the race with `seeds` seeds, the spec's own and those after it, each entry's runs in one block."""
    numbers = tuple((spec.seed + i) % (MAX_SEED + 1) for i in range(seeds))
    problem = dialled(spec.base_problem, spec.rotate, spec.stretch, spec.shift)
    rows = settled(record(spec, numbers), problem, spec.budget)
    lowest = lowest_value(problem, rows)
    gap = rows.answer_loss - (np.nan if lowest is None else lowest)
    target = np.nan if lowest is None else spec.target if spec.target is not None else metrics.default_target(lowest)
    kept = np.array([metrics.reached(own[: last + 1], target) is not None for own, last in zip(gap, rows.taken, strict=True)])
    kept &= metrics.inside(rows.answer[:, -1], problem.domain)
    shape = (len(spec.entries), seeds)
    return Spread(numbers, rows.answer_loss[:, -1].reshape(shape), kept.reshape(shape).astype(float))


def spread_table(result: RaceResult, many: Spread) -> pd.DataFrame:
    """Return one row per entry, lowest median first: median, lowest and highest final loss over the seeds, share at the target.

    A run that diverged counts as infinitely high.
    """
    final = np.where(np.isfinite(many.final), many.final, np.inf)
    frame = pd.DataFrame(
        {
            "optimizer": list(result.labels),
            "median_loss": np.median(final, axis=1),
            "lowest_loss": np.min(final, axis=1),
            "highest_loss": np.max(final, axis=1),
            "reached": np.mean(many.reached, axis=1),
        }
    )
    return frame.sort_values("median_loss", kind="stable", ignore_index=True)


def spread_sentence(result: RaceResult, many: Spread) -> str:
    """Return in words how far one run can be trusted: who is ahead in the middle of all seeds."""
    final = np.where(np.isfinite(many.final), many.final, np.inf)
    best = spread_table(result, many).iloc[0]
    if not np.isfinite(best.median_loss):
        return message("Over {seeds} seeds no racer stays finite in most runs.", seeds=len(many.seeds))
    first = result.labels.index(best.optimizer)
    own = int(np.sum(final[first] == np.min(final, axis=0)))
    return message(
        "One noisy run proves little. Over {seeds} seeds {name} has the lowest median loss, {loss:.3g}, "
        "and is lowest in {own} of them.",
        seeds=len(many.seeds),
        name=result.labels[first],
        loss=float(best.median_loss),
        own=own,
    )
