"""Where an abs, sign, min or max changes: a smooth function has its derivatives there, a corner those of its branches' mean."""

import numpy as np
import pytest

from optim.problems.formulas.derive import derive
from tests.support import samples

SMOOTH = {
    "abs(x)**2 + y**2": ("x**2 + y**2", (0.0, 1.0)),
    "abs(x)*abs(x) + y": ("x**2 + y", (0.0, -2.0)),
    "abs(x)**4 + abs(y)**2": ("x**4 + y**2", (0.0, 0.0)),
    "abs(x - y)**2": ("(x - y)**2", (1.5, 1.5)),
    "abs(3*x)*abs(x/7)": ("3*x**2/7", (0.0, 2.0)),
    "abs(x)*sign(x) + y": ("x + y", (0.0, 2.0)),
    "abs(x)**3*sign(x)": ("x**3", (0.0, 2.0)),
    "min(x, y)*max(x, y)": ("x*y", (1.0, 1.0)),
    "min(x, y)*max(y, x)": ("x*y", (-2.0, -2.0)),
    "max(x, y) + min(x, y)": ("x + y", (1.0, 1.0)),
    "max(x, y)**2 + min(x, y)**2": ("x**2 + y**2", (0.5, 0.5)),
    "max(x, -x)**2": ("x**2", (0.0, 1.0)),
    "max(x**2, x**2 + 0*y)": ("x**2", (0.7, 1.0)),
    "max(2*x, 2*y)*min(x, y)": ("2*x*y", (1.0, 1.0)),
    "sqrt(x**2)**2 + y": ("x**2 + y", (0.0, 1.0)),
    "abs(x*y)**2": ("x**2*y**2", (0.0, 3.0)),
    "abs(sin(x))**2": ("sin(x)**2", (0.0, 3.0)),
    "abs(abs(x) - 1)**2*(abs(x) + 1)**2": ("(x**2 - 1)**2", (1.0, 0.0)),
    "abs(x)**2 + abs(y)": ("x**2 + y", (0.0, 3.0)),
}
"""Formula -> the smooth function that it is, at least near the point; and the point."""

CORNERS = [
    ("abs(x)*y", (0.0, 2.0), (0.0, 0.0), ((0.0, 0.0), (0.0, 0.0))),
    ("x*abs(x)", (0.0, 2.0), (0.0, 0.0), ((0.0, 0.0), (0.0, 0.0))),
    ("abs(x) + y**2 - x**2", (0.0, 2.0), (0.0, 4.0), ((-2.0, 0.0), (0.0, 2.0))),
    ("max(x, y)**2", (1.0, 1.0), (1.0, 1.0), ((1.0, 0.0), (0.0, 1.0))),
    ("max(x, 3*y)", (3.0, 1.0), (0.5, 1.5), ((0.0, 0.0), (0.0, 0.0))),
    ("max(x, y, 0)", (0.0, 0.0), (0.25, 0.25), ((0.0, 0.0), (0.0, 0.0))),
]
"""Formula, point, gradient (sign(0) = 0) and Hessian (the mean of those around)."""


@pytest.mark.parametrize("formula", SMOOTH)
def test_a_smooth_function_written_with_corners_has_its_own_derivatives(formula):
    same, point = SMOOTH[formula]
    x = np.array(point)
    ours, theirs = derive(formula), derive(same)
    np.testing.assert_allclose(ours.gradient(x), theirs.gradient(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ours.hessian(x), theirs.hessian(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("formula", "point", "gradient", "hessian"), CORNERS)
def test_at_a_corner_the_gradient_is_by_cases_and_the_hessian_the_mean(formula, point, gradient, hessian):
    derived = derive(formula)
    assert derived.gradient(np.array(point)).tolist() == list(gradient)
    assert derived.hessian(np.array(point)).tolist() == [list(row) for row in hessian]


@pytest.mark.parametrize("formula", [*SMOOTH, *(case[0] for case in CORNERS)])
def test_a_point_at_a_corner_has_the_same_bits_alone_and_among_others(formula):
    derived = derive(formula)
    x = np.array([[0.0, 0.3, 1.0, 0.0, -2.0], [0.0, 0.4, 1.0, 2.0, -2.0]])
    for function in (derived.gradient, derived.hessian):
        alone = np.concatenate([function(x[:, i : i + 1].copy()) for i in range(x.shape[1])], axis=-1)
        assert samples.bits(alone) == samples.bits(function(x))


@pytest.mark.parametrize(
    "formula", ["sqrt(x**2 + y**2)", "log(x**2 + y**2)", "abs(x)**0.5 + abs(y)**0.5*x", "sqrt(abs(x*y)) + abs(x - y)**1.5"]
)
def test_a_hessian_is_symmetric_even_where_it_is_mended(formula):
    x = np.array([[0.0, 1e-9, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1e-7, 1.0]])
    with np.errstate(all="ignore"):
        hessian = derive(formula).hessian(x)
    np.testing.assert_array_equal(hessian, np.swapaxes(hessian, 0, 1))
