"""Problems from formulas, for built-in functions and for what a visitor types."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from optim.core.problem import Problem
from optim.core.types import Array, Function
from optim.problems.search.explore import explored


def from_formula(name: str, formula: str, **facts: Any) -> Problem:
    """Return the two-dimensional Problem that `formula` in x and y defines; derived at first use, not before.

    `facts` are Problem's other fields. A bad formula raises FormulaError at first use.
    """
    value, gradient, hessian = (_Late(formula, part) for part in ("value", "gradient", "hessian"))
    latex, divisors = (lambda: str(_derived(formula).latex)), _Late(formula, "divisors")
    return Problem(name, value, gradient, hessian, formula=formula, latex=latex, divisors=divisors, **facts)


@lru_cache(maxsize=256)
def typed(formula: str) -> Problem:
    """Return the Problem of a formula that a visitor typed, explored, the same object each time; FormulaError where it is none."""
    _derived(formula)
    return explored(from_formula(formula, formula, family="Typed"))


def is_quadratic(formula: str) -> bool:
    """Return whether the Hessian of a formula is the same everywhere; FormulaError where it is no formula in x and y."""
    return bool(_derived(formula).quadratic)


def polynomial_code(problem: Problem) -> tuple[Callable[..., Sequence[Any]], Callable[..., Sequence[Any]]] | None:
    """Return the compiled value and gradient of a polynomial, functions of x and y that return lists; None for other problems."""
    value, gradient = problem.value, problem.gradient
    if not (isinstance(value, _Late) and isinstance(gradient, _Late) and value.formula == gradient.formula):
        return None
    derived = _derived(value.formula)
    return derived.compiled[:2] if derived.smooth else None


def blanks_filled(formula: str, sign: str) -> str:
    """Return a formula with `sign` in place of every blank that stands between two operands; FormulaError where it is none."""
    from optim.problems.formulas.parse import reading  # noqa: PLC0415 - SymPy takes 0.6 s to import

    filled, end = "", 0
    for start, stop in reading(formula, sign).blanks:
        filled += formula[end:start] + (f" {sign} " if stop - start > 1 else sign)
        end = stop
    return filled + formula[end:]


def as_read(formula: str) -> str:
    """Return how a formula is read, as one writes it by hand; FormulaError where it is none. Nothing is derived or evaluated."""
    from optim.problems.formulas.display import handwritten  # noqa: PLC0415
    from optim.problems.formulas.parse import parse, reading  # noqa: PLC0415 - SymPy takes 0.6 s to import

    parse(formula)
    return handwritten(reading(formula).source)


class _Late:
    """One function of a formula, derived at its first call and cached."""

    def __init__(self, formula: str, part: str) -> None:
        self.formula, self._part = formula, part
        self._function: Function | None = None

    def __call__(self, x: Array) -> Array:
        if self._function is None:
            self._function = getattr(_derived(self.formula), self._part)
        return self._function(x)


def _derived(formula: str) -> Any:
    from optim.problems.formulas.derive import derive  # noqa: PLC0415 - SymPy takes 0.6 s to import

    return derive(formula)
