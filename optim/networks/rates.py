"""Which learning rates train a network: every entry over one grid of them, with few steps each, on the same batches."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optim.core.types import Array, Mask
from optim.i18n.phrases import steps as in_words
from optim.networks.result import NetworkResult
from optim.networks.run import train
from optim.networks.spec import NetworkSpec
from optim.races.entry import Entry
from optim.races.labels import labels

RATES, STEPS = 9, 100
"""How many rates are tried by default, and with how many steps each."""
WORKS = 0.9
"""A rate works whose training loss ends below this share of the first one."""

Progress = Callable[[int, int, Callable[[], "RateSweep"]], None]


@dataclass(frozen=True, eq=False)
class RateSweep:
    """What a sweep over learning rates found: `loss` (entries, rates), the training loss in the end, infinite where it was lost.

    It is NaN where nothing was run: not yet, or because the entry has no learning rate. `start` is the loss before the first step.
    """

    spec: NetworkSpec
    rates: tuple[float, ...]
    steps: int
    start: float
    loss: Array

    @property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry."""
        return labels(self.spec.entries)

    @property
    def complete(self) -> bool:
        """Whether every entry that has a learning rate was tried."""
        rated = ["lr" in {parameter.name for parameter in entry.rule.parameters} for entry in self.spec.entries]
        return not np.isnan(self.loss[rated]).any()

    @cached_property
    def works(self) -> Mask:
        """Which rates train, (entries, rates)."""
        return np.asarray(self.loss < WORKS * self.start)

    @property
    def windows(self) -> tuple[tuple[float, float] | None, ...]:
        """Per entry the smallest and the largest rate that train, or None where none does."""
        found = [[rate for rate, good in zip(self.rates, row, strict=True) if good] for row in self.works]
        return tuple((min(good), max(good)) if good else None for good in found)

    @property
    def suggested(self) -> tuple[float | None, ...]:
        """Per entry the rate whose training loss is lowest, or None where none trains."""
        return tuple(
            self.rates[int(np.nanargmin(loss))] if good.any() else None for loss, good in zip(self.loss, self.works, strict=True)
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries with their suggested rates, to be trained; their origin says how these were found."""
        origin = f"tuned: lr of {len(self.rates)} values, {in_words(self.steps)}"
        return tuple(
            entry if rate is None else replace(entry, values={**dict(entry.values), "lr": rate}, origin=origin)
            for entry, rate in zip(self.spec.entries, self.suggested, strict=True)
        )


def sweep_rates(
    spec: NetworkSpec,
    rates: tuple[float, ...] = (),
    steps: int = STEPS,
    *,
    progress: Progress | None = None,
    cancel: Any = None,
) -> RateSweep:
    """Train every entry that has a learning rate with each of `rates`, by default RATES from 1e-4 to 10, for `steps` steps.

    `progress(done, total, snapshot)` is called after each entry; `cancel` as in `train`, and what is cancelled is NaN.
    """
    chosen = tuple(float(rate) for rate in (rates or np.geomspace(1e-4, 10.0, RATES)))
    loss, start = np.full((len(spec.entries), len(chosen)), np.nan), np.nan
    for i, entry in enumerate(spec.entries):
        if "lr" in {parameter.name for parameter in entry.rule.parameters}:
            tried = tuple(replace(entry, values={**dict(entry.values), "lr": rate}) for rate in chosen)
            run = train(replace(spec, entries=tried, steps=steps, every=steps, weights="same"), cancel=cancel)
            if not run.complete:
                break
            start = float(run.train_loss[0, 0])
            loss[i] = _ends(run)
        if progress:
            now = RateSweep(spec, chosen, steps, start, loss.copy())
            progress(i + 1, len(spec.entries), lambda now=now: now)  # type: ignore[misc]  # the sweep as it is now
    return RateSweep(spec, chosen, steps, start, loss)


def _ends(run: NetworkResult) -> Array:
    last = run.train_loss[:, -1]
    return np.where(np.isfinite(last), last, np.inf)
