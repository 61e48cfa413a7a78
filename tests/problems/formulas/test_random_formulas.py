"""Random formulas and random text: a problem whose gradient is that of its value, or a FormulaError, and nothing else."""

import string

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import optim
from optim.core.errors import FormulaError
from optim.problems.formulas.derive import derive
from optim.problems.formulas.parse import FUNCTIONS, NAMES
from optim.problems.from_formula import from_formula
from optim.reports.functions import lowest_in_words, search_in_words
from optim.reports.protocol import protocol
from optim.reports.verdict import verdict
from tests.support import samples

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


def smooth(function, axis, x=POINTS):
    """Return the central difference along an axis and where it can be trusted: shorter steps agree, and rounding is small."""
    differences, noise = [], 0.0
    for h in STEPS:
        step = np.zeros_like(x)
        step[axis] = h
        above, below = function(x + step), function(x - step)
        differences.append((above - below) / (2 * h))
        noise = np.spacing(np.abs(above) + np.abs(below)) / h
    size = 1 + np.abs(differences[-1])
    steady = np.abs(differences[0] - differences[-1]) + np.abs(differences[1] - differences[-1]) < 1e-3 * size
    return differences[-1], steady & (noise < 1e-4 * size)


def attempt(text, make):
    """Return what `make` makes of a text, or its FormulaError."""
    try:
        return make(text), None
    except FormulaError as error:
        return None, error


def derived(text):
    """Return the problem of a formula, parsed and derived, its window not looked at: that takes a hundred times as long."""
    derive(text)
    return from_formula(text, text)


def check(text, make=derived):
    """Assert that a text is a FormulaError that points into it, or a problem: its own derivatives, the same bits alone."""
    problem, error = attempt(text, make)
    if error:
        assert 1 <= error.column <= len(text) + 1
        assert error.problem
        return None
    with np.errstate(all="ignore"):
        value, gradient, hessian = problem.value(POINTS), problem.gradient(POINTS), problem.hessian(POINTS)
        for array, shape in ((value, (4,)), (gradient, (2, 4)), (hessian, (2, 2, 4))):
            assert array.shape == shape
            assert array.dtype == float
        for function, array in ((problem.value, value), (problem.gradient, gradient), (problem.hessian, hessian)):
            alone = np.concatenate([function(POINTS[:, i : i + 1].copy()) for i in range(4)], axis=-1)
            assert samples.bits(alone) == samples.bits(array)
        for axis in (0, 1):
            agree(gradient[axis], *smooth(problem.value, axis))
            for other in (0, 1):
                agree(hessian[axis, other], *smooth(lambda x, other=other: problem.gradient(x)[other], axis))
    return problem


def agree(derivative, difference, trusted):
    """Assert that a derivative is the central difference wherever that can be trusted."""
    # A difference of exactly zero may only mean that the value is too coarse to show the step.
    trusted = trusted & ((difference != 0) | (derivative == 0))
    np.testing.assert_allclose(derivative[trusted], difference[trusted], rtol=1e-2, atol=1e-2)


def mutated(text, edits):
    """Return a formula after edits: a character put in, taken out, doubled or exchanged with the next."""
    for kind, place, character in edits:
        i = place % (len(text) + 1)
        if kind == "insert":
            text = text[:i] + character + text[i:]
        elif kind == "delete":
            text = text[:i] + text[i + 1 :]
        elif kind == "double":
            text = text[:i] + text[i : i + 1] + text[i:]
        else:
            text = text[:i] + text[i + 1 : i + 2] + text[i : i + 1] + text[i + 2 :]
    return text


SLIPS = st.sampled_from([*"xyz0159.+-*/^()[]{},:=<>!@%&|~_ 'e\\\n\u0445\uff58"])
EDITS = st.tuples(st.sampled_from(["insert", "delete", "double", "swap"]), st.integers(0, 200), SLIPS)
KINKED = st.builds(
    "{}({}, {}) + {}*{}".format,
    st.sampled_from(["max", "min"]),
    st.sampled_from(["abs(x)", "x*y", "sign(y)*x", "-y**2", "sqrt(x)", "log(y)", "1/x", "x**y"]),
    st.sampled_from(["abs(y - x)", "1", "abs(abs(x) - 1)", "acosh(x)", "sin(x)", "sign(x - y)"]),
    st.sampled_from(["1", "x", "abs(y)", "exp(-x)", "tan(y)"]),
    LEAVES,
)


@settings(max_examples=1200, derandomize=True, deadline=None)
@given(st.one_of(FORMULAS, KINKED), st.lists(EDITS, min_size=1, max_size=3))
@pytest.mark.long
def test_a_formula_with_slips_of_the_finger_is_a_problem_or_a_formula_error(text, edits):
    check(mutated(text, edits))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.one_of(FORMULAS, KINKED))
@example("sign(x)*1e99")
@example("1e99*x**2 - 1e99*y**2")
@example("tan(x*y)/y")
@example("0*x/y")
@example("x**64*y**64")
@example("1/sqrt(-x)")
@example("exp(exp(exp(x)))")
@example("-exp(exp(exp(x)))")
@example("abs(x)**-0.5")
@pytest.mark.long
def test_a_random_formula_is_explored_without_a_warning_and_nothing_found_is_untrue(text):
    problem = check(text, optim.problem)
    if problem is None:
        return
    assert lowest_in_words(problem)
    assert search_in_words(problem)
    with np.errstate(all="ignore"):
        for found in problem.stationary:
            point = np.array(found.point)
            assert np.isfinite(point).all()
            assert problem.value(point) == found.value
        if problem.minima:
            values = problem.value(samples.grid(problem.view, 61))
            lowest = np.min(values[np.isfinite(values)], initial=np.inf)
            assert lowest >= problem.lowest - 1e-6 * max(1.0, abs(problem.lowest))
    result = optim.race(optim.RaceSpec(text, [optim.Entry("sgd"), optim.Entry("adam")], problem.starts[0], 10))
    assert len(result.standings()) == 2
    assert verdict(result).headline
    assert protocol(result)


@settings(max_examples=1000, derandomize=True, deadline=None)
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
@pytest.mark.long
def test_a_random_formula_is_a_problem_or_a_formula_error(text):
    check(text)


@settings(max_examples=1500, derandomize=True, deadline=None)
@given(GARBAGE)
@example("'\\d'")
@example("1if x else y")
@example("\\")
@example("(" * 250)
@example("x\ud800")
@pytest.mark.long
def test_a_random_text_is_a_problem_or_a_formula_error(text):
    check(text)
