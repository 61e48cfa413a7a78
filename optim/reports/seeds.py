"""Many seeds of one race as a table and in a sentence: how far one noisy run can be trusted."""

import numpy as np
import pandas as pd

from optim.core import metrics
from optim.i18n.message import plural
from optim.i18n.phrases import listed
from optim.races.result import RaceResult
from optim.races.seeds import SeedResults


def seeds_table(result: RaceResult, many: SeedResults) -> pd.DataFrame:
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


def seeds_sentence(result: RaceResult, many: SeedResults) -> str:
    """Return in words how far one run can be trusted: who is ahead in the middle of all seeds."""
    final = np.where(np.isfinite(many.final), many.final, np.inf)
    table, count = seeds_table(result, many), len(many.seeds)
    best = table.iloc[0]
    if not np.isfinite(best.median_loss):
        return plural(
            "Over {count} seed no racer stays finite in most runs.", "Over {count} seeds no racer stays finite in most runs.", count
        )
    tied = [name for name, loss in zip(table.optimizer, table.median_loss, strict=True) if metrics.same(loss, best.median_loss)]
    if len(tied) > 1:
        return plural(
            "One noisy run proves little. Over {count} seed {names} tie for the lowest median loss, {loss:.3g}.",
            "One noisy run proves little. Over {count} seeds {names} tie for the lowest median loss, {loss:.3g}.",
            count,
            names=listed(tied),
            loss=float(best.median_loss),
        )
    first = result.labels.index(best.optimizer)
    own = int(np.sum(final[first] == np.min(final, axis=0)))
    return plural(
        "One noisy run proves little. Over {count} seed {name} has the lowest median loss, {loss:.3g}, and is lowest in {own} of "
        "them.",
        "One noisy run proves little. Over {count} seeds {name} has the lowest median loss, {loss:.3g}, and is lowest in {own} of "
        "them.",
        count,
        name=result.labels[first],
        loss=float(best.median_loss),
        own=own,
    )
