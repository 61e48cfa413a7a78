"""Playing an online problem: an optimizer of the registry against a loss that changes from step to step."""

from dataclasses import dataclass

import numpy as np

from optim.core.oracle import Oracle
from optim.core.parameter import one_of, takes, whole
from optim.core.types import Array, Mask
from optim.optimizers import OPTIMIZERS
from optim.problems import ONLINE_PROBLEMS
from optim.problems.functions.online import OnlineProblem
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.races.spec import entries_of

MAX_ONLINE_STEPS = 1_000_000
"""Steps of a game at most: half a minute. An average regret takes long to go to zero."""


@dataclass(frozen=True, eq=False)
class OnlineRun:
    """What happened: `points` (steps + 1,), the start first, and `average_regret` (steps,), per step so far.

    The regret of a step is the loss at the point before it less the loss at the comparator; its average goes to zero, or below,
    for a method that learns.
    """

    points: Array
    average_regret: Array


@dataclass(frozen=True)
class OnlineSpec:
    """Several optimizers on one online problem of the registry, as plain data; SpecError names a field that cannot be used."""

    problem: str
    entries: tuple[Entry, ...]
    steps: int

    def __post_init__(self) -> None:
        one_of("problem", self.problem, ONLINE_PROBLEMS)
        object.__setattr__(self, "entries", entries_of(self.entries))
        object.__setattr__(self, "steps", whole("steps", self.steps, 1, MAX_ONLINE_STEPS))


@dataclass(frozen=True, eq=False)
class OnlineResult:
    """What happened: one run per entry, in their order."""

    spec: OnlineSpec
    runs: tuple[OnlineRun, ...]

    @property
    def problem(self) -> OnlineProblem:
        """The problem that was played."""
        return ONLINE_PROBLEMS[self.spec.problem]

    @property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry."""
        return labels(self.spec.entries)


def entry_for(problem: OnlineProblem, optimizer: str) -> Entry:
    """Return the entry that plays `optimizer` with the source's settings, those that it has; SpecError where it is unknown."""
    known = {parameter.name for parameter in OPTIMIZERS[optimizer].parameters} if optimizer in OPTIMIZERS else set()
    values = {name: value for name, value in problem.settings.items() if name in known}
    return Entry(optimizer, values, origin="the theorem's settings")


@takes(problem=OnlineProblem, entry=Entry)
def play(problem: OnlineProblem, entry: Entry, steps: int) -> OnlineRun:
    """Return the run of `entry` over `steps` steps, its lr, where it has one, times the problem's rate at every step."""
    steps = whole("steps", steps, 1, MAX_ONLINE_STEPS)
    rule, hyper = entry.assembled(steps)
    low, high = problem.box
    oracle = _SlopeOracle(problem)
    x = np.full((1, 1), problem.start)
    points = np.empty(steps + 1)
    points[0] = problem.start
    with np.errstate(all="ignore"):
        state = rule.init(oracle, x, hyper)
        for t in range(1, steps + 1):
            oracle.begin(t)
            now = {**hyper, "lr": hyper["lr"] * problem.rate(t)} if "lr" in hyper else hyper
            x, state = rule.step(oracle, x, state, now)
            x = np.minimum(np.maximum(x, low), high)
            points[t] = x[0, 0]
    slopes = np.array([problem.slope(t) for t in range(1, steps + 1)])
    regret = np.cumsum(slopes * (points[:-1] - problem.comparator))
    return OnlineRun(points, regret / np.arange(1, steps + 1))


@takes(spec=OnlineSpec)
def play_all(spec: OnlineSpec) -> OnlineResult:
    """Return every entry's run, each against the same losses."""
    return OnlineResult(spec, tuple(play(ONLINE_PROBLEMS[spec.problem], entry, spec.steps) for entry in spec.entries))


class _SlopeOracle(Oracle):
    """The loss of one step, slope * x; nothing is charged, because nothing is compared by price here."""

    def __init__(self, problem: OnlineProblem) -> None:
        self._problem = problem
        self.begin(1)

    def begin(self, t: int) -> None:
        """Move to step t, counted from 1."""
        self._t, self._drawn, self._slope = t, 0, self._problem.slope(t)

    def value(self, x: Array, where: Mask | None = None) -> Array:  # noqa: ARG002
        value: Array = self._slope * x[0]
        return value

    def gradient(self, x: Array, where: Mask | None = None) -> Array:  # noqa: ARG002
        return np.full_like(x, self._slope)

    def hessian(self, x: Array, where: Mask | None = None) -> Array:  # noqa: ARG002
        return np.zeros((len(x), *x.shape))

    def normal(self, k: int) -> Array:
        self._drawn += 1
        return np.random.default_rng((self._t, self._drawn)).standard_normal((k, 1, 1))
