"""Problems of the caller's own: what no race can use is said in words when a spec is made, before anything runs."""

import numpy as np
import pytest

import optim
from optim import SpecError


def value(x):
    return x[0] ** 2 + x[1] ** 2


def gradient(x):
    return 2.0 * x


def in_place(x):
    x *= 2.0
    return x


def with_list(x):
    return [2.0 * x[0], 2.0 * x[1]]


def failing(x):
    return value(x) if x[0] > 0 else 0.0  # the truth value of an array


WRONG = [
    ("problem.domain", {"domain": ((5.0, -5.0), (5.0, -5.0))}),
    ("problem.domain", {"domain": ((1.0, 1.0), (0.0, 1.0))}),
    ("problem.domain", {"domain": ((float("nan"), 1.0), (0.0, 1.0))}),
    ("problem.domain", {"domain": ((0.0, 1.0),), "view": ((0.0, 1.0),) * 2}),
    ("problem.domain", {"domain": (0.0, 1.0)}),
    ("problem.view", {"view": ((5.0, -5.0), (5.0, -5.0))}),
    ("problem.minima", {"minima": ((0,),)}),
    ("problem.minima", {"minima": (0.0, 0.0)}),
    ("problem.minima", {"minima": ((0.0, "0"),)}),
    ("problem.starts", {"starts": ((0.0, 0.0, 0.0),)}),
    ("problem.value", {"value": lambda x: float(np.sum(x * x))}),
    ("problem.value", {"value": lambda x: np.sum(x * x)}),
    ("problem.value", {"value": lambda x: x}),
    ("problem.value", {"value": lambda x: value(x) + 0j}),
    ("problem.value", {"value": failing}),
    ("problem.value", {"value": None}),
    ("problem.gradient", {"gradient": with_list}),
    ("problem.gradient", {"gradient": lambda x: x[0]}),
    ("problem.gradient", {"gradient": in_place}),
    ("problem.gradient", {"gradient": None}),
    ("problem.hessian", {"hessian": lambda _: 2.0 * np.eye(2)}),
]
"""The field that is named, and what is wrong in a problem that is right but for it."""


@pytest.mark.parametrize(("field", "wrong"), WRONG)
def test_a_problem_that_cannot_be_raced_is_refused_by_its_spec(field, wrong):
    problem = optim.Problem("bowl", **{"value": value, "gradient": gradient, **wrong})
    with pytest.raises(SpecError) as raised:
        optim.RaceSpec(problem, optim.Entry("sgd"), (1.0, 2.0))
    assert raised.value.field == field
    assert raised.value.expected in str(raised.value)


@pytest.mark.parametrize("dimension", [0, -1, 2.5, "2", None, True])
def test_a_problem_has_a_whole_number_of_dimensions(dimension):
    with pytest.raises(SpecError, match="dimension is"):
        optim.Problem("bowl", value, gradient, dimension=dimension)


def test_a_good_problem_is_raced_as_given():
    bowl = optim.Problem(
        "bowl", value, gradient, lambda x: np.eye(2).reshape(2, 2, *[1] * (x.ndim - 1)) * 2 + 0 * x[0], minima=((0, 0),)
    )
    result = optim.race(optim.RaceSpec(bowl, optim.Entry("sgd", {"lr": 0.25}), (1.0, 2.0), 2))
    np.testing.assert_array_equal(result.path[0], [[1.0, 2.0], [0.5, 1.0], [0.25, 0.5]])


def test_what_a_function_raises_is_kept_as_the_cause():
    with pytest.raises(SpecError, match="truth value") as raised:
        optim.RaceSpec(optim.Problem("bowl", failing, gradient), optim.Entry("sgd"), (1.0, 2.0))
    assert isinstance(raised.value.__cause__, ValueError)


@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_every_function_of_the_registry_passes(name):
    problem = optim.PROBLEMS[name]
    assert optim.RaceSpec(problem, optim.Entry("sgd"), problem.starts[0]).problem is problem
