"""A reader's own optimizer and a reader's own function, raced beside the built-in ones."""

import numpy as np
import pytest

import optim
from tests.support.notebook import AdaGradMy, MomentumMy
from tests.support.reference import DATA


class Mute:
    """Something that is no optimizer."""


@pytest.mark.parametrize(("own", "golden"), [(MomentumMy(0.1, 0.9), "book_momentum"), (AdaGradMy(1.5), "book_adagrad")])
def test_the_notebooks_classes_walk_the_books_path(own, golden):
    path = np.load(DATA / "first_order.npz")[f"{golden}/quad"]
    result = optim.race(optim.RaceSpec("elongated_bowl", optim.Entry(own), (-7.0, 2.0), len(path) - 1))
    np.testing.assert_allclose(result.path[0], path, rtol=0, atol=1e-12)


def test_an_own_optimizer_starts_fresh_in_every_race_and_keeps_to_itself():
    own, twin = MomentumMy(0.1), MomentumMy(0.2)
    entries = [optim.Entry(own), optim.Entry("momentum", {"lr": 0.1, "momentum": 0.95}), optim.Entry(twin), optim.Entry(own)]
    spec = optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 50, noise=0.1)
    first, second = optim.race(spec, states=True), optim.race(spec)
    np.testing.assert_array_equal(first.path, second.path)
    np.testing.assert_array_equal(first.path[0], first.path[3])
    np.testing.assert_allclose(first.path[0], first.path[1], rtol=0, atol=1e-12)
    assert not np.array_equal(first.path[0], first.path[2])
    assert own.v is None
    assert first.labels == ("MomentumMy #1", "Momentum", "MomentumMy #2", "MomentumMy #3")
    assert (first.evaluations[:, -1] == 50).all()
    assert first.states[0] == {}


def test_what_an_own_optimizer_cannot_do_is_said():
    with pytest.raises(optim.SpecError, match="update"):
        optim.Entry(Mute())
    with pytest.raises(optim.SpecError, match="update"):
        optim.Entry(MomentumMy)
    with pytest.raises(optim.SpecError, match="set them on your object"):
        optim.Entry(MomentumMy(), {"lr": 0.1})
    with pytest.raises(optim.SpecError, match="JSON"):
        optim.RaceSpec("sphere", optim.Entry(MomentumMy()), (1.0, 1.0)).to_json()


def test_an_own_optimizer_that_blows_up_ends_in_a_status():
    result = optim.race(optim.RaceSpec("elongated_bowl", optim.Entry(MomentumMy(1e3)), (-7.0, 2.0), 500))
    assert result.status[0].kind == "diverged"


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_an_own_function_races_in_any_dimension(dimension):
    weights = np.arange(1.0, dimension + 1)

    def weighted(x):
        return np.reshape(weights, (-1, *[1] * (x.ndim - 1)))

    bowl = optim.Problem(
        "weighted bowl",
        lambda x: np.sum(weighted(x) * x * x, axis=0),
        lambda x: 2 * weighted(x) * x,
        dimension=dimension,
        minima=((0.0,) * dimension,),
    )
    entries = [optim.Entry("sgd", {"lr": 0.05}), optim.Entry("adam", {"lr": 0.1}), optim.Entry(MomentumMy(0.01))]
    result = optim.race(optim.RaceSpec(bowl, entries, (1.0,) * dimension, 400))
    assert result.path.shape == (3, 401, dimension)
    assert [status.kind for status in result.status] == ["converged"] * 3
    assert len(result.table().columns) == 7 + dimension
    assert result.figure().data
    expected = (1 - 0.1 * weights) ** 10
    np.testing.assert_allclose(result.path[0, 10], expected, rtol=1e-12)
