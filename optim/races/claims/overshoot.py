"""Claims about overshooting: a learning rate times the curvature above the optimizer's own bound, where the run turns back."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optim.core import metrics
from optim.core.claim import Claim, always
from optim.core.derivatives import hessian
from optim.core.linalg import norm
from optim.core.types import Array
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.races.claims.run import DIVERGED_WIDTHS, Run

TURNING = 0.5
"""Share of the steps that must turn back before overshooting is called the cause."""
ALONG = 0.7
"""Least cosine between a step and a direction from which the step is said to go that way."""
_SAMPLED = 200
"""Rows of a stretch at which curvature is measured, at most."""


@dataclass(frozen=True, eq=False)
class Stability:
    """The learning rate and curvature of one step that overshoots, the bound on their product, and the direction (d,).

    All NaN where overshooting is not the rule.
    """

    lr: float
    curvature: float
    bound: float
    way: Array

    @property
    def shown(self) -> tuple[float, float, float, float]:
        """Learning rate, curvature, their product and the bound, each as printed: the product is that of the printed factors."""
        lr, curvature, bound = (float(f"{value:.4g}") for value in (self.lr, self.curvature, self.bound))
        return lr, curvature, float(f"{lr * curvature:.4g}"), bound

    @property
    def product(self) -> str:
        """The product with its factors, in words."""
        lr, curvature, product, _ = self.shown
        return message("lr × curvature = {lr:.4g} × {curvature:.4g} = {product:.4g}", lr=lr, curvature=curvature, product=product)

    @property
    def exact(self) -> bool:
        """Whether the product is the bound itself."""
        return bool(np.isclose(self.lr * self.curvature, self.bound, rtol=1e-9))

    @property
    def broken(self) -> bool:
        """Whether the product is above the bound, as printed too; a bound below zero is broken by the weight decay alone."""
        return not self.exact and self.shown[2] > self.shown[3] > 0


@dataclass(frozen=True)
class Stretch:
    """The rows of a run from `start` to `end`: what a clause is about."""

    run: Run
    start: int
    end: int

    @cached_property
    def points(self) -> Array:
        """The finite rows of the point moved, (rows, d)."""
        rows = self.run.moved[self.start : self.end + 1]
        finite: Array = rows[np.isfinite(rows).all(axis=-1)]
        return finite

    @cached_property
    def moves(self) -> Array:
        """The steps between those rows, (rows - 1, d)."""
        return np.diff(self.points, axis=0)

    @cached_property
    def lengths(self) -> Array:
        """The lengths of those steps, (rows - 1,)."""
        return norm(self.moves.T)

    @cached_property
    def stability(self) -> Stability:
        """The median of the steps that overshoot, by lr times curvature.

        A step overshoots where it turns back along the direction in which the function curves most at the row between it
        and the step before. The curvature is measured at those rows alone: elsewhere it says nothing about the turning.
        """
        rule, none = self.run.entry.rule, Stability(np.nan, np.nan, np.nan, np.full(self.points.shape[1], np.nan))
        inner = np.arange(1, len(self.moves))
        near = metrics.window_widths(self.points[inner], self.run.problem) <= DIVERGED_WIDTHS
        inner = inner[near & (self.lengths[inner] > 0)]
        inner = inner[:: max(1, len(inner) // _SAMPLED)]
        matrices = np.moveaxis(hessian(self.run.problem, np.ascontiguousarray(self.points[inner].T)), (0, 1), (-2, -1))
        finite = np.isfinite(matrices).all(axis=(-2, -1))
        if rule.stable_bound is None or self.run.entry.modifiers or not finite.any():
            return none
        inner, (values, vectors) = inner[finite], np.linalg.eigh(matrices[finite])
        steepest = vectors[:, :, -1]
        before, after = (np.sum(self.moves[rows] * steepest, axis=-1) for rows in (inner - 1, inner))
        turned = np.flatnonzero(np.sign(before) * np.sign(after) < 0)
        if len(turned) < TURNING * len(inner):
            return none
        rates = np.array(self.run.entry.rates(self.run.steps))[self.start + inner]
        middle = turned[np.argsort((rates * values[:, -1])[turned], kind="stable")][(len(turned) - 1) // 2]
        lr = float(rates[middle])
        bound = rule.stable_bound({**self.run.entry.hyper, "lr": lr})
        return Stability(lr, float(values[middle, -1]), bound, steepest[middle])


def _breach(stretch: Stretch) -> str:
    stability = stretch.stability
    return message("{product} > {bound:.4g}, the most this method can take", product=stability.product, bound=stability.shown[3])


def _exact(stretch: Stretch) -> str:
    return message("{product}, exactly the most this method can take", product=stretch.stability.product)


OVERSHOOTS: tuple[Claim[Stretch], ...] = (
    Claim(_exact, lambda stretch: stretch.stability.exact),
    Claim(_breach, lambda stretch: stretch.stability.broken),
)
"""Why a run oscillates."""


def _carried_by_overshooting(stretch: Stretch) -> bool:
    """Whether the steps broke the bound, grew, and the last one went the way that they overshot in."""
    if not stretch.stability.broken:
        return False
    along = abs(float(np.sum(stretch.moves[-1] * stretch.stability.way)))
    return along >= ALONG * float(stretch.lengths[-1]) and bool(stretch.lengths[-1] > stretch.lengths[0])


def _ever_farther(stretch: Stretch) -> bool:
    turns = np.sum(stretch.moves[1:] * stretch.moves[:-1], axis=-1) < 0
    return _carried_by_overshooting(stretch) and bool(turns.all() and np.all(np.diff(stretch.lengths) > 0))


def _one_long_step(stretch: Stretch) -> bool:
    """Whether one step, by itself, is nearly all of the way from the stretch's first row to its last."""
    away = float(norm(stretch.points[-1] - stretch.points[0])) if len(stretch.points) else 0.0
    return bool(len(stretch.lengths) and away > 0 and np.max(stretch.lengths) >= 0.9 * away and _slope_before(stretch) > 0)


def _slope_before(stretch: Stretch) -> float:
    before = stretch.points[int(np.argmax(stretch.lengths))]
    slope = float(norm(stretch.run.problem.gradient(before[:, None]))[0])
    return slope if np.isfinite(slope) else 0.0


def _jumped(stretch: Stretch) -> str:
    longest = int(np.argmax(stretch.lengths))
    return message(
        "step {step}, from {place} where the slope is {slope:.3g}, was {length:.3g} long",
        step=stretch.start + longest + 1,
        place=place(stretch.points[longest]),
        slope=_slope_before(stretch),
        length=float(stretch.lengths[longest]),
    )


LEFT: tuple[Claim[Stretch], ...] = (Claim(_breach, _carried_by_overshooting),)
"""Why a run left the window, where that can be told."""
CARRIED_AWAY: tuple[Claim[Stretch], ...] = (
    Claim(lambda stretch: message("{cause}: each step overshoots more than the last", cause=_breach(stretch)), _ever_farther),
    *LEFT,
    Claim(_jumped, _one_long_step),
    Claim(lambda _: message("its steps carried it away"), always),
)
"""Why a run ended far away."""
