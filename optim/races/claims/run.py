"""A run as statuses and claims judge it: one entry's rows and the race's conditions."""

from dataclasses import dataclass

from optim.core.problem import Problem
from optim.core.types import Array
from optim.races.entry import Entry

DIVERGED_WIDTHS = 100.0
"""Window widths beyond which a finite run counts as diverged."""


@dataclass(frozen=True)
class Run:
    """One entry's rows up to the last step it took, and the race's conditions: what statuses and claims are judged by.

    `path` (steps + 1, d) with `loss` is the point it reports, `moved` with `moved_loss` the point it moves; for most
    optimizers they are the same.
    """

    entry: Entry
    problem: Problem
    path: Array
    loss: Array
    lowest: float | None
    noise: float
    steps: int
    moved: Array
    moved_loss: Array

    @property
    def last(self) -> int:
        """The number of the last step taken."""
        return len(self.loss) - 1
