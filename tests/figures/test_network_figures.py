"""Pictures of a training show its numbers: curves, the plane, what it hides, layers; the smoothing is the book's."""

import numpy as np
import plotly.graph_objects as go
import pytest

import optim
from optim.figures import styles
from optim.figures.network import activations, batch_losses, decision, measured, plane_map, plane_truth, rate_losses
from optim.figures.smoothing import smoothed
from optim.networks.rates import sweep_rates
from optim.networks.views.inside import inside
from optim.networks.views.landscape import surfaces, truth
from optim.networks.views.plane import joint_plane
from optim.networks.views.regions import regions

FOUR = tuple(optim.Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adagrad", "adam"))
SPEC = optim.NetworkSpec("two_moons", FOUR, layers=(6, 5), batch=16, steps=40)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


def books(values):
    """The book's smoothing, done as its own few lines do it: both ends mirrored, convolved with a window, cut again."""
    wide = np.r_[values[10:0:-1], values, values[-1:-11:-1]]
    window = np.kaiser(11, 2)
    return np.convolve(window / window.sum(), wide, mode="valid")[5:-5]


def test_the_smoothing_is_the_books_within_the_ends():
    values = np.random.default_rng(3).normal(size=(2, 60)).cumsum(axis=1)
    for row, smooth in zip(values, smoothed(values), strict=True):
        np.testing.assert_allclose(smooth[:-6], books(row)[: len(row) - 6], rtol=1e-12)
    assert smoothed(values).shape == values.shape
    assert np.array_equal(smoothed(values[:, :5]), values[:, :5])
    np.testing.assert_allclose(smoothed(np.full(30, 2.5)), 2.5)


def test_the_curves_are_the_results_numbers_in_the_optimizers_styles(result):
    picture = batch_losses(result)
    for i, look in enumerate(styles(FOUR)):
        raw, smooth = picture.data[2 * i : 2 * i + 2]
        np.testing.assert_array_equal(raw.y, result.loss[i])
        np.testing.assert_array_equal(smooth.y, smoothed(result.loss[i]))
        assert (smooth.line.color, smooth.line.dash, smooth.marker.symbol) == (look.colour, look.dash, look.symbol)
    shares = measured(result, "test_accuracy")
    np.testing.assert_array_equal([trace.y for trace in shares.data], result.test_accuracy)
    assert shares.layout.yaxis.tickformat == ".0%"
    assert measured(result, "test_loss").layout.yaxis.type == "log"


def test_the_plane_has_every_path_on_the_loss_around_it(result):
    plane = joint_plane(result)
    surface = list(surfaces(SPEC, plane, size=11))[-1]
    ground, *lines = plane_map(result, plane, surface).data
    np.testing.assert_allclose(10.0 ** np.array(ground.z), surface.loss)
    heads = [trace for trace in lines if trace.text]
    assert [head.text[0] for head in heads] == list(result.labels)
    for head, path in zip(heads, plane.paths, strict=True):
        assert (head.x[0], head.y[0]) == tuple(path[-1])
    found = truth(result, plane)
    curves = plane_truth(result, found).data
    np.testing.assert_array_equal([curve.y for curve in curves[:4]], found.true)
    np.testing.assert_array_equal([curve.y for curve in curves[4:]], found.projected)


def test_a_histogram_counts_every_activation_once(result):
    states = inside(result, 3, len(result.marks) - 2)
    bars = activations(states).data
    assert len(bars) == 2
    assert [sum(bar.y) for bar in bars] == pytest.approx([1.0, 1.0])


def test_rates_are_drawn_with_the_loss_of_the_start():
    found = sweep_rates(SPEC, rates=(0.01, 0.1, 1e300), steps=5)
    *curves, start = rate_losses(found).data
    assert found.complete
    assert list(start.y) == [found.start, found.start]
    assert np.isnan(curves[0].y[2])  # thrown out of the numbers: nothing is drawn
    np.testing.assert_array_equal(curves[3].y[:2], found.loss[3][:2])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_accepts_every_picture(result, theme):
    plane = joint_plane(result)
    surface = next(iter(surfaces(SPEC, plane, size=11)))
    pictures = (
        batch_losses(result, theme),
        measured(result, "train_loss", theme),
        plane_map(result, plane, surface, theme),
        plane_truth(result, truth(result, plane), theme),
        activations(inside(result, 0, 3), theme),
        rate_losses(sweep_rates(SPEC, rates=(0.1,), steps=2), theme),
    )
    for picture in pictures:
        go.Figure(picture.to_dict())  # checks every property


def test_what_is_decided_has_the_examples_on_it_each_class_with_its_sign(result):
    found = regions(result, len(result.marks) - 1, size=9)
    ground, *marks = decision(result, found, 3).data
    np.testing.assert_allclose(ground.z, found.answers[3, ..., 1], rtol=1e-6)
    data = SPEC.examples
    assert [len(mark.x) for mark in marks] == [int((data.targets[data.test] == number).sum()) for number in (0, 1)]
    assert len({mark.marker.symbol for mark in marks}) == 2
    three = optim.train(optim.NetworkSpec("spirals", FOUR[:1], layers=(4,), batch=16, steps=5))
    found = regions(three, 1, size=9)
    ground, *marks = decision(three, found, 0).data
    np.testing.assert_array_equal(ground.z, found.decided[0])
    assert (ground.zmin, ground.zmax, len(marks)) == (0, 2, 3)
    learned = optim.train(optim.NetworkSpec("x*y", FOUR[:1], layers=(4,), batch=16, steps=5))
    assert len(decision(learned, regions(learned, 1, size=9), 0).data) == 1
