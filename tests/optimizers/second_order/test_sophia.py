"""Sophia-H: the price of its looks at the Hessian, and how long its steps are."""

import numpy as np
import pytest

import optim

LR = 0.05


def raced(problem, start, steps=30, **settings):
    return optim.race(optim.RaceSpec(problem, optim.Entry("sophia_h", {"lr": LR, **settings}), start, steps))


@pytest.mark.parametrize(("every", "looks"), [(1, 30), (7, 5), (10, 3), (40, 1)])
def test_the_hessian_is_paid_for_in_every_kth_step_alone(every, looks):
    paid = np.diff(raced("rosenbrock", (-1.2, 1.0), every=every).evaluations[0])
    assert paid.tolist() == [3 if step % every == 0 else 1 for step in range(30)]  # a gradient, and the Hessian's two columns
    assert np.sum(paid == 3) == looks


def test_no_coordinate_moves_farther_than_lr_and_far_from_a_minimum_each_moves_as_far():
    path = raced("himmelblau", (-4.0, -1.0), steps=200).path[0]
    assert np.max(np.abs(np.diff(path, axis=0))) <= LR * (1 + 1e-12)
    np.testing.assert_allclose(np.abs(path[1] - path[0]), LR)


def test_where_the_function_curves_downwards_it_follows_the_sign_of_its_average():
    path = raced("x**2 - y**2", (1.0, 0.01), steps=20).path[0]
    np.testing.assert_allclose(np.diff(path[:, 1]), LR)


def test_on_a_bowl_it_takes_the_step_of_the_paper():
    """After one look h is (1 - β₂) times the curvature 2, and m is (1 - β₁) times the slope 2x: γ h divides m."""
    settings = {"beta1": 0.9, "beta2": 0.5, "gamma": 1.0}
    path = raced("x**2 + y**2", (1.0, -0.5), steps=1, **settings).path[0]
    np.testing.assert_allclose(path[1], path[0] * (1 - LR * 0.1 / 0.5), rtol=1e-12)
