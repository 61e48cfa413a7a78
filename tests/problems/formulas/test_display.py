"""Formulas written by hand: shorter to read, and still the same function to whoever reads them."""

import numpy as np
import pytest

import optim
from optim.problems.formulas.display import handwritten

AT = np.random.default_rng(0).uniform(0.1, 2.0, (2, 40))


def test_powers_are_raised_and_products_are_dots():
    assert handwritten("x**2/20 + y**2") == handwritten("x^2/20 + y^2") == "x²/20 + y²"
    assert handwritten("x^2^3 + x**2**3") == "x^2³ + x^2³"
    assert handwritten("2*x**10 - x**2.5*y**-3") == "2·x¹⁰ - x^2.5·y^-3"


@pytest.mark.parametrize("name", [name for name, problem in optim.PROBLEMS.items() if problem.formula])
@pytest.mark.long
def test_what_is_written_reads_as_the_same_function(name):
    problem = optim.PROBLEMS[name]
    again = optim.problem(handwritten(problem.formula))
    np.testing.assert_array_equal(again.value(AT), optim.problem(problem.formula).value(AT))
