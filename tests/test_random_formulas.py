"""Random formulas and random text: a problem whose gradient is that of its value, or a FormulaError, and nothing else."""

import string

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

import optim
from optim.errors import FormulaError
from optim.problems.formulas.parse import FUNCTIONS, NAMES
from tests import samples

POINTS = np.array([[0.6131717, -1.2743131, 2.3191919, 1.0e-3 / 7], [0.2917171, 1.7331313, -0.4181919, -1.6161717]])
"""Points that no formula made here has a corner at, but by accident."""

STEPS = (1e-3, 1e-4, 1e-5)

NUMBERS = st.sampled_from(["0", "1", "2", "3", "7", "0.5", "1.25", "10", "1e3", ".1", "64", "1e-9"])
LEAVES = st.one_of(st.sampled_from(list(NAMES)), NUMBERS)


def joined(inner):
    """Return formulas one operation deeper than `inner`."""
    operators = st.sampled_from([" + ", "-", "*", "/", "**", "^"])
    binary = st.tuples(inner, operators, inner).map("".join)
    bracketed = st.tuples(st.sampled_from(["", "-", "2*"]), inner).map(lambda parts: f"{parts[0]}({parts[1]})")
    call = st.tuples(st.sampled_from(list(FUNCTIONS)), inner, inner).map(
        lambda parts: f"{parts[0]}({', '.join(parts[1 : 1 + FUNCTIONS[parts[0]][1]])})"
    )
    power = st.builds("({})**{}".format, inner, st.sampled_from(["2", "3", "0.5", "(1/3)", "-1", "-2", "64", "x"]))
    return st.one_of(binary, bracketed, call, power)


FORMULAS = st.recursive(LEAVES, joined, max_leaves=8)
WORDS = st.sampled_from(["x", "y", "z", "sin", "max", "lambda", "if", "else", "for", "__", "e", "1e5", "**", "//", ":=", "f'", " "])
GARBAGE = st.one_of(st.text(max_size=40), st.text(string.printable, max_size=60), st.lists(WORDS, max_size=12).map("".join))


def smooth(problem, x, axis):
    """Return the central difference along an axis and where it can be trusted: shorter steps agree, and rounding is small."""
    differences, noise = [], 0.0
    for h in STEPS:
        step = np.zeros_like(x)
        step[axis] = h
        above, below = problem.value(x + step), problem.value(x - step)
        differences.append((above - below) / (2 * h))
        noise = np.spacing(np.abs(above) + np.abs(below)) / h
    size = 1 + np.abs(differences[-1])
    steady = np.abs(differences[0] - differences[-1]) + np.abs(differences[1] - differences[-1]) < 1e-3 * size
    return differences[-1], steady & (noise < 1e-4 * size)


def attempt(text):
    """Return a text's problem, or its FormulaError."""
    try:
        return optim.problem(text), None
    except FormulaError as error:
        return None, error


def check(text):
    """Assert that a text is a FormulaError that points into it, or a problem: its own gradient, the same bits for a point alone."""
    problem, error = attempt(text)
    if error:
        assert 1 <= error.column <= len(text) + 1
        assert error.problem
        return
    with np.errstate(all="ignore"):
        value, gradient, hessian = problem.value(POINTS), problem.gradient(POINTS), problem.hessian(POINTS)
        for array, shape in ((value, (4,)), (gradient, (2, 4)), (hessian, (2, 2, 4))):
            assert array.shape == shape
            assert array.dtype == float
        for function, array in ((problem.value, value), (problem.gradient, gradient), (problem.hessian, hessian)):
            alone = np.concatenate([function(POINTS[:, i : i + 1].copy()) for i in range(4)], axis=-1)
            assert samples.bits(alone) == samples.bits(array)
        for axis in (0, 1):
            difference, trusted = smooth(problem, POINTS, axis)
            # A difference of exactly zero may only mean that the value is too coarse to show the step.
            trusted &= (difference != 0) | (gradient[axis] == 0)
            np.testing.assert_allclose(gradient[axis][trusted], difference[trusted], rtol=1e-2, atol=1e-2)
    assert problem.latex


@settings(max_examples=150, derandomize=True, deadline=None)
@given(FORMULAS)
@example("sqrt(x**2)")
@example("abs(x)**3")
@example("(-1)**x")
@example("x*9**64*9**64*9**64*9**64*9**64*9**64")
@example("acosh(-1 - x**2)")
@example("x + sin(9**64)")
@example("(-exp(y))**(1/3)")
@example("((e/pi)**64)**64*x")
@example("1e99*x + 9**64*y")
def test_a_random_formula_is_a_problem_or_a_formula_error(text):
    check(text)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(GARBAGE)
@example("'\\d'")
@example("1if x else y")
@example("\\")
@example("(" * 250)
@example("x\ud800")
def test_a_random_text_is_a_problem_or_a_formula_error(text):
    check(text)
