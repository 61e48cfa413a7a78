"""The notebook's `eval_optimizer`: follow an optimizer by the numerical gradient of a function, and draw its path."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from optim.book.optimizers import START, Updates, f, numerical_gradient
from optim.core.errors import SpecError
from optim.core.types import Array
from optim.optimizers.custom import is_own

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What eval_optimizer saw: `trajectory` (count + 1, 2) and `loss` (count + 1,), row 0 the start, and a `figure` of it.

    Unpacks as `trajectory, figure`; a notebook shows the figure.
    """

    trajectory: Array
    loss: Array
    label: str
    apply_func: Callable[[Any], Any]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.trajectory, self.figure))

    @cached_property
    def figure(self) -> "go.Figure":
        """The Plotly figure, drawn when first asked for: contour lines of the function, the path, its start."""
        from optim.figures.single_path import single_path  # noqa: PLC0415 - plotly only when a figure is wanted

        return single_path(self.apply_func, self.trajectory, self.loss, self.label)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.figure._repr_mimebundle_(include, exclude)


def eval_optimizer(
    optimizer: Updates,
    init_pos: Mapping[str, float] = START,
    apply_func: Callable[[Any], Any] = f,
    count: int = 30,
) -> Evaluation:
    """Follow `optimizer` for `count` steps from `init_pos` on `apply_func` ([x, y] -> number), by its numerical gradient.

    The optimizer is used as it is: it keeps its memory, and a second call goes on with it. A run that diverges is returned as
    it is, not finite. Raises SpecError where the optimizer has no `update`, the start is not finite or `count` is negative.
    """
    if not is_own(optimizer):
        raise SpecError("optimizer", optimizer, "an object with update(params, grads), such as SGD(lr=0.95)")
    if not isinstance(count, int | np.integer) or count < 0:
        raise SpecError("count", count, "a whole number of 0 or more")
    trajectory, loss = np.empty((count + 1, 2)), np.empty(count + 1)
    trajectory[0] = _start(init_pos)
    with np.errstate(all="ignore"):
        for step in range(count):
            point = trajectory[step].copy()
            loss[step] = apply_func(point)
            slope = numerical_gradient(apply_func, point)
            pos = {"x": point[0], "y": point[1]}
            optimizer.update(pos, {"x": slope[0], "y": slope[1]})
            trajectory[step + 1] = pos["x"], pos["y"]
        loss[-1] = apply_func(trajectory[-1].copy())
    return Evaluation(trajectory, loss, type(optimizer).__name__, apply_func)


def _start(init_pos: Mapping[str, float]) -> tuple[float, float]:
    try:
        start = float(init_pos["x"]), float(init_pos["y"])
    except (KeyError, TypeError, ValueError):
        start = np.nan, np.nan
    if not np.isfinite(start).all():
        raise SpecError("init_pos", init_pos, 'a mapping that holds finite numbers as "x" and "y"')
    return start
