"""Claims about a run that lost its numbers: where it has no finite value any more, and what was divided or undefined there."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optim.core import metrics
from optim.core.claim import Claim
from optim.core.derivatives import hessian
from optim.core.linalg import solve
from optim.core.types import Array
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.races.claims.run import DIVERGED_WIDTHS, Run


@dataclass(frozen=True)
class Lost:
    """The step to which a run lost its numbers: `step` is the first row that is not finite."""

    run: Run
    step: int

    @property
    def before(self) -> Array:
        """The last point moved that was finite, (d,)."""
        before: Array = self.run.moved[self.step - 1]
        return before

    @property
    def point(self) -> Array:
        """Where the step led, (d,): the point moved, or the reported one where only that was lost."""
        run, step = self.run, self.step
        moved_is_lost = not (np.isfinite(run.moved[step]).all() and np.isfinite(run.moved_loss[step]))
        point: Array = run.moved[step] if moved_is_lost else run.path[step]
        return point

    @property
    def value(self) -> float:
        """The function at that point."""
        return float(self.run.problem.value(self.point[:, None])[0])

    @cached_property
    def overflows(self) -> bool:
        """Whether a number on the way to that value is larger than floats are: then no value says what the function is there."""
        try:
            with np.errstate(all="ignore", over="raise"):
                self.run.problem.value(self.point[:, None])
        except (FloatingPointError, OverflowError):  # NumPy's, and that of Python's own floats
            return True
        return False

    @property
    def near(self) -> bool:
        """Whether the run was not yet far away before that step."""
        return bool(metrics.window_widths(self.before, self.run.problem) <= DIVERGED_WIDTHS)

    @cached_property
    def slope(self) -> Array:
        """The gradient before that step, (d,)."""
        slope: Array = self.run.problem.gradient(self.before[:, None])[:, 0]
        return slope

    @cached_property
    def newton_matrix(self) -> Array | None:
        """The damped Hessian before that step, (d, d, 1), of a rule that solves with it; None for other rules."""
        if "hessian" not in self.run.entry.rule.uses:
            return None
        matrix = hessian(self.run.problem, self.before[:, None])
        return matrix + self.run.entry.hyper.get("damping", 0.0) * np.eye(len(self.before))[:, :, None]

    @cached_property
    def without_slope(self) -> list[int]:
        """The coordinates in which there has been no slope at all before that step."""
        slopes = self.run.problem.gradient(np.ascontiguousarray(self.run.moved[: self.step].T))
        return [axis for axis, row in enumerate(slopes) if not row.any()]


def _became_nan(lost: Lost) -> bool:
    return bool(np.isnan(lost.point).any()) and lost.near


def _singular(lost: Lost) -> bool:
    matrix = lost.newton_matrix
    if matrix is None or not (np.isfinite(matrix).all() and np.isfinite(lost.slope).all()):
        return False
    return _became_nan(lost) and not np.isfinite(solve(matrix, lost.slope[:, None])).all()


def _divided_by_zero(lost: Lost) -> bool:
    return _became_nan(lost) and lost.run.entry.hyper.get("eps") == 0 and not lost.run.noise and bool(lost.without_slope)


def _axis(lost: Lost) -> str:
    axis = lost.without_slope[0]
    return "xy"[axis] if len(lost.before) == 2 else f"x{axis + 1}"


NOT_FINITE: tuple[Claim[Lost], ...] = (
    Claim(
        lambda lost: message(
            "the function is not defined at {place}, where step {step} led", place=place(lost.point), step=lost.step
        ),
        lambda lost: bool(np.isfinite(lost.point).all()) and np.isnan(lost.value) and not lost.overflows,
    ),
    Claim(
        lambda lost: message("the function is infinite at {place}, where step {step} led", place=place(lost.point), step=lost.step),
        lambda lost: (
            bool(np.isfinite(lost.point).all())
            and np.isinf(lost.value)
            and not lost.overflows
            and bool(metrics.window_widths(lost.point, lost.run.problem) <= DIVERGED_WIDTHS)
        ),
    ),
    Claim(
        lambda lost: message(
            "the function has no finite slope at {place}, from where step {step} starts", place=place(lost.before), step=lost.step
        ),
        lambda lost: _became_nan(lost) and not np.isfinite(lost.slope).all(),
    ),
    Claim(
        lambda lost: message(
            "the function has no finite Hessian at {place}, from where step {step} starts", place=place(lost.before), step=lost.step
        ),
        lambda lost: _became_nan(lost) and lost.newton_matrix is not None and not np.isfinite(lost.newton_matrix).all(),
    ),
    Claim(
        lambda lost: message(
            "the Hessian is singular at {place}, so step {step} is not defined", place=place(lost.before), step=lost.step
        ),
        _singular,
    ),
    Claim(
        lambda lost: message(
            "step {step} from {place} divides 0 by 0: there is no slope in {axis}, and ε is 0",
            step=lost.step,
            place=place(lost.before),
            axis=_axis(lost),
        ),
        _divided_by_zero,
    ),
    Claim(lambda lost: message("step {step} from {place} produced NaN", step=lost.step, place=place(lost.before)), _became_nan),
)
"""Why a run has no finite numbers any more, where it did not run away and nothing overflowed."""
