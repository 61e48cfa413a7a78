"""Claims about the last steps of a run that is in no minimum: whether it improves, hovers, circles or stands still."""

from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np

from optim.core import metrics
from optim.core.claim import Claim, always
from optim.core.linalg import point_norms
from optim.core.types import Array
from optim.i18n.message import message
from optim.i18n.phrases import apart, between, place
from optim.races.claims.run import Run

SETTLING = 20
"""Number of steps before which no run is said to hover."""
SHRUNK = 0.98
"""Share of a swing below which the next one counts as smaller."""
STILL = 1e-6
"""A way shorter than this share of the window is no way."""


@dataclass(frozen=True)
class LastSteps:
    """The last steps of a run: those that its end is judged by, and as many before them."""

    run: Run

    @cached_property
    def few(self) -> int:
        """How many last rows are compared with as many before them."""
        return max(metrics.tail(self.run.last), min(5, (self.run.last + 1) // 2))

    @cached_property
    def rows(self) -> int:
        """How many steps the last rows and those before them are."""
        return min(2 * self.few, self.run.last)

    @cached_property
    def earlier(self) -> float:
        """The median loss of the rows before the last few."""
        return float(median(self.run.loss[-2 * self.few : -self.few].tolist()))

    @cached_property
    def later(self) -> float:
        """The median loss of the last few rows."""
        return float(median(self.run.loss[-self.few :].tolist()))

    @property
    def lowest(self) -> float:
        """The value that progress is measured from."""
        return self.run.lowest if self.run.lowest is not None else float(np.min(self.run.loss))

    @property
    def best_before(self) -> float:
        """The lowest loss before all these rows."""
        return float(np.min(self.run.loss[: -2 * self.few], initial=self.run.loss[0]))

    @cached_property
    def moves(self) -> Array:
        """The last steps, (rows, d)."""
        return np.diff(self.run.path[-self.rows - 1 :], axis=0)

    @cached_property
    def length(self) -> float:
        """How long their way was."""
        return self.mean * self.rows

    @cached_property
    def mean(self) -> float:
        """How long one of them was, on average."""
        return float(np.mean(point_norms(self.moves)))

    @property
    def net(self) -> float:
        """How far they led."""
        return float(point_norms(np.sum(self.moves, axis=0)))

    @property
    def still(self) -> bool:
        """Whether they led nowhere because they are so short."""
        return self.length <= STILL * float(np.mean(self.run.problem.widths))

    @property
    def circling(self) -> bool:
        """Whether they led nowhere because they undo each other; who comes down from where it was thrown is led somewhere."""
        return self.length >= 3 * self.net and not self.coming_down

    @property
    def coming_down(self) -> bool:
        """Whether no step of the run's second half led higher, and the last ones led lower."""
        return self.fell and bool(np.all(np.diff(self.run.loss[self.run.last // 2 :]) <= 0.0))

    @property
    def growing(self) -> bool:
        """Whether each of them is longer than the one before."""
        return bool(np.all(np.diff(point_norms(self.moves)) > 0.0))

    @property
    def losses(self) -> str:
        """The range of the loss along them, in words."""
        return between(self.run.loss[-self.rows - 1 :])

    @property
    def hovering(self) -> bool:
        """Whether the run's second half shows no trend: the steps undo each other, and the loss of its halves is the same.

        The same is: their medians differ by less than the middle half of the losses of either spreads.
        """
        half = self.run.path[self.run.last // 2 :]
        way = np.diff(half, axis=0)
        if self.run.last < SETTLING or np.sum(point_norms(way)) < 3 * point_norms(np.sum(way, axis=0)):
            return False
        quarters = np.array_split(self.run.loss[self.run.last // 2 :], 2)
        spread = float(np.mean([np.subtract(*np.percentile(quarter, (75, 25))) for quarter in quarters]))
        return abs(float(np.median(quarters[0]) - np.median(quarters[1]))) <= spread

    @property
    def outweighed(self) -> bool:
        """Whether the noise in a gradient is larger than the median slope along them."""
        slopes = point_norms(self.run.problem.gradient(np.ascontiguousarray(self.run.moved[-self.rows - 1 :].T)).T)
        return bool(self.run.noise * np.sqrt(self.run.problem.dimension) >= np.median(slopes))

    @property
    def slope(self) -> float:
        """How steep the function is at the last point."""
        return float(point_norms(self.run.problem.gradient(self.run.path[-1][:, None])[:, 0]))

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The losses that they begin and end with."""
        return float(self.run.loss[-self.rows - 1]), float(self.run.loss[-1])

    @property
    def one_way(self) -> bool:
        """Whether the loss went the way from their first to their last that its medians went."""
        return (self.ends[1] - self.ends[0]) * (self.later - self.earlier) > 0.0

    @property
    def fell(self) -> bool:
        """Whether the loss fell by a share of what is left that counts."""
        return self.earlier - self.later > 1e-3 * abs(self.earlier - self.lowest)


def _falls(last: LastSteps) -> bool:
    new_ground = last.later - last.lowest <= 1.5 * (last.best_before - last.lowest)
    back = last.coming_down and float(last.run.loss[-1]) < last.best_before  # lower than before it was thrown up
    return last.fell and (new_ground or back) and not (last.run.noise and last.hovering)


def _swings_shrink(last: LastSteps) -> bool:
    """Whether the loss rises and falls, less and less."""
    return not last.run.noise and (_highest_fall(last) or _peaks_fall(last))


def _highest_fall(last: LastSteps) -> bool:
    """Whether the loss rises and falls in each of the last three stretches, and its highest there falls."""
    run, size = last.run, max(metrics.tail(last.run.last), (last.run.last + 1) // 8)
    if 3 * size > run.last:
        return False
    stretches = [run.loss[len(run.loss) - k * size :][:size] for k in (3, 2, 1)]
    first, second, third = (np.max(stretch) - last.lowest for stretch in stretches)
    swings = all(np.any(np.diff(stretch) > 0) and np.any(np.diff(stretch) < 0) for stretch in stretches)
    return swings and bool(second < SHRUNK * first and third < SHRUNK * second)


def _peaks_fall(last: LastSteps) -> bool:
    """Whether the peaks of the loss in the run's second half, its last three at least, are each lower than the one before.

    A short run swings slower than the stretches are long in which its highest is compared.
    """
    loss = last.run.loss - last.lowest
    rows = 1 + np.flatnonzero((loss[1:-1] >= loss[:-2]) & (loss[1:-1] > loss[2:]))
    peaks = loss[rows[-max(3, int(np.sum(rows >= last.run.last // 2))) :]]
    return len(peaks) >= 3 and bool(np.all(peaks[1:] < SHRUNK * peaks[:-1]))


def _change(last: LastSteps) -> dict[str, str]:
    """Return the losses that the last steps begin and end with, as told apart; their medians where those go another way."""
    before, after = apart(*last.ends) if last.one_way else apart(last.earlier, last.later)
    return {"what": message("the loss") if last.one_way else message("the median loss"), "before": before, "after": after}


def _swings(last: LastSteps) -> str:
    losses = last.run.loss[-last.rows - 1 :]
    low, high = apart(float(np.min(losses)), float(np.max(losses)))
    return message("the loss goes up and down between {low} and {high}", low=low, high=high)


IMPROVING: tuple[Claim[LastSteps], ...] = (
    Claim(lambda last: message("still improving: {what} fell from {before} to {after} in its last steps", **_change(last)), _falls),
    Claim(
        lambda last: message(
            "still improving: it oscillates, less each time; the loss is {loss:.3g}", loss=float(last.run.loss[-1])
        ),
        _swings_shrink,
    ),
)
"""That a run is getting lower."""


def _without_rate(last: LastSteps) -> bool:
    rates = last.run.entry.rates(last.run.steps)[: last.run.last][-last.rows :]
    return bool(rates) and not any(rates) and not last.moves.any()


def _rests(last: LastSteps) -> str:
    """Return why the rule itself stands still at the last point, or "" where it does not stand still or does not say."""
    run = last.run
    if run.entry.rule.rests is None or np.any(last.moves != 0.0):
        return ""
    return run.entry.rule.rests(run.problem, run.path[-1], bool(run.noise))


STANDSTILL: tuple[Claim[LastSteps], ...] = (
    Claim(
        lambda last: message("there is no slope at {place}", place=place(last.run.path[-1])),
        lambda last: last.slope == 0.0,
    ),
    Claim(
        lambda last: message("the function has no finite slope at {place}", place=place(last.run.path[-1])),
        lambda last: not np.isfinite(last.slope),
    ),
    Claim(
        lambda last: message("its learning rate is 0, while the slope is {slope:.3g}", slope=last.slope),
        _without_rate,
    ),
    Claim(
        lambda last: message("{why}; it stands still at {place}", place=place(last.run.path[-1]), why=_rests(last)),
        lambda last: bool(_rests(last)),
    ),
    Claim(
        lambda last: message(
            "its last steps are {length:.2g} long, while the slope is {slope:.3g}", length=last.mean, slope=last.slope
        ),
        always,
    ),
)
"""Why a run stands still where there is a slope."""
HOVERS: Claim[LastSteps] = Claim(
    lambda last: message(
        "gradient noise outweighs the slope: it hovers in steps of {length:.2g}, and {range}", length=last.mean, range=last.losses
    ),
    lambda last: last.hovering and last.outweighed,
)
"""That noise keeps a run from settling."""
CIRCLES: tuple[Claim[LastSteps], ...] = (
    Claim(
        lambda last: message(
            "it oscillates in ever larger steps: {what} rose from {before} to {after} in its last steps", **_change(last)
        ),
        lambda last: last.circling and last.growing and last.later > last.earlier,
    ),
    Claim(
        lambda last: message("it oscillates in steps of {length:.2g}: {range}", length=last.mean, range=last.losses),
        lambda last: last.circling,
    ),
)
"""That a run oscillates."""
ON_ITS_WAY: tuple[Claim[LastSteps], ...] = (
    Claim(
        lambda last: message(
            "coming down again: {what} fell from {before} to {after} in its last steps, but it has been at {best:.3g}",
            **_change(last),
            best=last.best_before,
        ),
        lambda last: last.fell and last.best_before < min(last.later, float(last.run.loss[-1])),
    ),
    Claim(_swings, lambda last: not last.one_way and last.later != last.earlier),
    Claim(
        lambda last: message("falling slowly: {what} went from {before} to {after} in its last steps", **_change(last)),
        lambda last: last.later < last.earlier,
    ),
    Claim(
        lambda last: message("{what} rose from {before} to {after} in its last steps", **_change(last)),
        lambda last: last.later > last.earlier,
    ),
    Claim(
        lambda last: message(
            "it moves in steps of {length:.2g}, but the loss stays at {loss:.3g}", length=last.mean, loss=last.later
        ),
        always,
    ),
)
"""Where a run that neither settles nor improves is going."""
