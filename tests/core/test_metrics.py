"""Measures of a recorded run, on runs short enough to check by hand."""

import math

import numpy as np
import pytest

import optim
from optim.core import metrics

SQUARE = ((-1.0, 1.0), (0.0, 2.0))


@pytest.mark.parametrize(("steps", "last"), [(1, 1), (9, 1), (10, 1), (19, 1), (20, 2), (30, 3), (199, 19), (200, 20), (9999, 20)])
def test_kept_is_judged_over_a_tenth_of_the_steps_twenty_at_most(steps, last):
    assert metrics.tail(steps) == last


@pytest.mark.parametrize(
    ("one", "other", "size", "tie"),
    [
        (1.0, 1.0 + 1e-10, 0.0, True),
        (1.0, 1.0 + 1e-8, 0.0, False),
        (1e-20, 2e-20, 0.0, False),
        (1e-20, 2e-20, 1e-6, True),
        (math.inf, math.inf, 0.0, True),
        (math.inf, 1.0, 0.0, False),
        (math.nan, math.nan, 0.0, False),
        (2.0, 2.0, math.nan, True),
    ],
)
def test_a_tie_is_what_rounding_cannot_order(one, other, size, tie):
    assert metrics.same(one, other, size) == metrics.same(other, one, size) == tie


@pytest.mark.parametrize(
    ("scores", "places"),
    [
        ((), ()),
        ((5,), (1,)),
        ((3, 1, 2), (3, 1, 2)),
        ((1, 1, 2), (1, 1, 3)),
        ((2, 1, 2, 1, 0), (4, 2, 4, 2, 1)),
        ((7, 7, 7), (1, 1, 1)),
    ],
)
def test_those_that_tie_share_a_place_and_the_next_counts_them_all(scores, places):
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    assert metrics.places(order, lambda i, j: scores[i] == scores[j]) == places


def test_many_small_steps_are_no_tie_of_the_ends():
    scores = [0.0, 0.6, 1.2, 1.8]
    assert metrics.places(range(4), lambda i, j: scores[j] - scores[i] < 1) == (1, 1, 3, 3)


def gaps(*parts):
    return np.concatenate([np.full(count, gap) for count, gap in parts])


@pytest.mark.parametrize(
    ("gap", "step"),
    [
        (gaps((10, 1.0), (21, 0.1)), 10),
        (gaps((31, 0.1)), 0),
        (gaps((10, 0.1), (5, 1.0), (16, 0.1)), 15),
        (gaps((28, 1.0), (3, 0.1)), 28),
        (gaps((29, 1.0), (2, 0.1)), None),
        (gaps((10, 0.1), (20, 0.0), (1, 1.0)), None),
        (gaps((27, 0.1), (1, 1.0), (3, 0.1)), 28),
        (gaps((10, 0.1), (21, np.nan)), None),
        (gaps((28, np.inf), (3, 0.5)), 28),
        (gaps((28, np.inf), (3, 0.5 + 1e-9)), None),
        (gaps((31, -1.0)), None),
        (gaps((20, -1.0), (11, -0.2)), 0),
    ],
)
def test_reached_is_the_step_from_which_the_gap_stays_within_the_target_to_the_end(gap, step):
    assert len(gap) == 31
    assert metrics.reached(gap, 0.5) == step


def test_without_a_target_nothing_is_reached():
    assert metrics.reached(np.zeros(31), float("nan")) is None


@pytest.mark.parametrize(
    ("good", "step"),
    [([1, 1, 1], 0), ([0, 1, 1], 1), ([1, 0, 1], 2), ([1, 1, 0], None), ([0], None), ([1], 0)],
)
def test_kept_from_is_the_first_step_of_the_last_stretch(good, step):
    assert metrics.kept_from(np.array(good, dtype=bool)) == step


def test_inside_includes_the_border_and_nothing_that_is_not_a_number():
    points = np.array([[0.0, 1.0], [-1.0, 0.0], [1.0, 2.0], [1.0001, 1.0], [0.0, -0.1], [np.nan, 1.0], [0.0, np.inf]])
    assert metrics.inside(points, SQUARE).tolist() == [True, True, True, False, False, False, False]


def test_distance_is_to_the_nearest_target():
    points = np.array([[3.0, 4.0], [9.0, 10.0], [np.nan, 0.0]])
    np.testing.assert_allclose(metrics.distance(points, [(0.0, 0.0), (9.0, 11.0)]), [5.0, 1.0, np.nan])
    assert np.isnan(metrics.distance(points, ())).all()


def test_window_widths_count_from_the_middle_of_the_view_in_the_farthest_coordinate():
    bowl = optim.PROBLEMS["elongated_bowl"]
    points = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, -25.0], [0.0, 1000.0]])
    np.testing.assert_allclose(metrics.window_widths(points, bowl), [0.0, 1.0, 2.5, 100.0])


def test_travel_of_a_straight_way():
    way = metrics.travel(np.array([[4.0, 0.0], [3.0, 0.0], [1.0, 0.0]]), [(0.0, 0.0)])
    assert way == metrics.Travel(length=3.0, detour=1.0, reversals=0.0, covered=0.75)


def test_travel_of_a_zigzag():
    way = metrics.travel(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]), [(4.0, 0.0)])
    assert (way.length, way.detour, way.covered) == (4.0, 2.0, 0.5)
    assert way.reversals == pytest.approx(2 / 3)


def test_travel_of_a_circle_a_standstill_and_an_overflow():
    circle = metrics.travel(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]), [(0.0, 0.0)])
    assert circle.detour == math.inf
    assert math.isnan(circle.covered)
    still = metrics.travel(np.zeros((3, 2)), [(1.0, 0.0)])
    assert (still.length, still.detour, still.reversals, still.covered) == (0.0, 1.0, 0.0, 0.0)
    broken = metrics.travel(np.array([[0.0, 0.0], [3.0, 4.0], [np.nan, np.nan]]), [(3.0, 4.0)])
    assert (broken.length, broken.covered) == (5.0, 1.0)


def test_the_largest_curvature_is_the_largest_eigenvalue():
    rng = np.random.default_rng(8)
    half = rng.normal(size=(2, 2, 6))
    matrices = half + np.swapaxes(half, 0, 1)
    matrices[0, 1, 3] = np.nan
    expected = [np.nan if i == 3 else np.max(np.linalg.eigvalsh(matrices[:, :, i])) for i in range(6)]
    np.testing.assert_allclose(metrics.largest_curvature(matrices), expected)
