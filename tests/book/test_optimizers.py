"""The book's API: its own runs, parameters of any shape, its numerical gradient, the notebook's utility, and races."""

import math
import subprocess
import sys

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

import optim
from optim.book import notebook, optimizers
from tests.support import reference

GOLDEN = {
    "book_sgd": optimizers.SGD,
    "book_momentum": optimizers.Momentum,
    "book_nesterov": optimizers.Nesterov,
    "book_adagrad": optimizers.AdaGrad,
    "book_rmsprop": optimizers.RMSprop,
    "book_adam": optimizers.Adam,
}
BUILT_IN = {
    optimizers.SGD: ("sgd", {}),
    optimizers.Momentum: ("momentum", {"momentum": 0.9}),
    optimizers.Nesterov: ("nesterov", {"momentum": 0.9}),
    optimizers.AdaGrad: ("adagrad", {"eps": 1e-7}),
    optimizers.RMSprop: ("rmsprop", {"alpha": 0.99, "eps": 1e-7}),
}
"""The book's class -> the built-in rule and the settings that mean the same at a constant learning rate."""
PROBLEMS = {"quad": "elongated_bowl", "rosenbrock": "rosenbrock", "beale": "beale"}
CLASSES = pytest.mark.parametrize("optimizer", GOLDEN.values(), ids=lambda cls: cls.__name__)
RUNS = pytest.mark.parametrize(("run", "function"), [(run, function) for run in GOLDEN for function in PROBLEMS])


def golden(run, function):
    """Return the book's optimizer of a golden run, the run's path and its tolerance."""
    facts = reference.MANIFEST["runs"][run]
    return (
        GOLDEN[run](lr=facts["lr"][function]),
        reference.golden_path(run, function),
        facts["per_function"][function]["tol"],
    )


def test_every_run_of_the_book_has_its_class():
    assert {run for run in reference.MANIFEST["runs"] if run.startswith("book_")} == set(GOLDEN)


@RUNS
@pytest.mark.parametrize("kind", ["numbers", "array"])
def test_a_class_walks_the_path_of_the_book_s_module(run, function, kind):
    own, path, tolerance = golden(run, function)
    params = {"x": float(path[0, 0]), "y": float(path[0, 1])} if kind == "numbers" else {"W1": path[0].copy()}
    walked = [path[0]]
    for _ in path[1:]:
        slope = reference.golden_gradient(function, walked[-1])
        own.update(params, {"x": slope[0], "y": slope[1]} if kind == "numbers" else {"W1": slope})
        walked.append(np.array([params["x"], params["y"]]) if kind == "numbers" else params["W1"].copy())
    np.testing.assert_allclose(walked, path, rtol=0, atol=tolerance)


def test_the_defaults_are_the_book_s():
    assert vars(optimizers.SGD()) == {"lr": 0.01}
    assert vars(optimizers.Momentum()) == {"lr": 0.01, "momentum": 0.9, "v": None}
    assert vars(optimizers.Nesterov()) == {"lr": 0.01, "momentum": 0.9, "v": None}
    assert vars(optimizers.AdaGrad()) == {"lr": 0.01, "h": None}
    assert vars(optimizers.RMSprop()) == {"lr": 0.01, "decay_rate": 0.99, "h": None}
    assert vars(optimizers.Adam()) == {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "iter": 0, "m": None, "v": None}


SHAPES = {"bias": (3,), "weights": (2, 3), "number": (), "filter": (2, 1, 3, 2), "empty": (0, 4)}


@CLASSES
def test_parameters_of_any_shape_move_as_each_number_would_alone(optimizer):
    rng = np.random.default_rng(0)
    start = {key: rng.normal(size=shape) for key, shape in SHAPES.items()}
    gradients = [{key: rng.normal(size=shape) for key, shape in SHAPES.items()} for _ in range(5)]
    params, together = {key: value.copy() for key, value in start.items()}, optimizer(lr=0.1)
    for grads in gradients:
        together.update(params, grads)
    for key, shape in SHAPES.items():
        assert params[key].shape == shape
        for index in np.ndindex(shape):
            one, alone = {"p": float(start[key][index])}, optimizer(lr=0.1)
            for grads in gradients:
                alone.update(one, {"p": float(grads[key][index])})
            assert params[key][index] == pytest.approx(one["p"], rel=1e-15, abs=1e-15)


@CLASSES
def test_arrays_change_in_place_and_numbers_are_replaced(optimizer):
    weights, single = np.ones((2, 3)), np.ones(2, dtype=np.float32)
    params = {"W1": weights, "b1": single, "x": 1.0, "y": np.float64(1.0), "n": 1, "list": [1.0, 1.0]}
    own = optimizer(lr=0.5)
    for _ in range(2):
        own.update(params, {key: np.ones_like(value, dtype=float)[()] for key, value in params.items()})
    assert params["W1"] is weights
    assert params["b1"] is single
    assert single.dtype == np.float32
    moved = params["x"]
    assert moved < 1
    assert {"y": moved, "n": moved}.items() <= params.items()
    np.testing.assert_allclose(params["W1"], moved)
    np.testing.assert_allclose(params["b1"], moved, rtol=0, atol=1e-6)
    np.testing.assert_allclose(params["list"], [moved, moved])


@CLASSES
def test_nothing_is_shared_between_parameters_gradients_and_memory(optimizer):
    shared = np.ones((2, 3))
    params, own = {"W1": shared, "W2": shared.copy()}, optimizer(lr=0.1)
    grads = {"W1": shared, "W2": np.ones((2, 3))}  # f(W1) = |W1|^2 / 2: the gradient is the very array
    own.update(params, grads)
    np.testing.assert_array_equal(params["W1"], params["W2"])
    np.testing.assert_array_equal(grads["W2"], 1.0)
    memory = [part for part in vars(own).values() if isinstance(part, dict)]
    arrays = [*params.values(), grads["W2"], *(array for part in memory for array in part.values())]
    for i, one in enumerate(arrays):
        assert not any(np.shares_memory(one, other) for other in arrays[i + 1 :])


def test_every_parameter_has_a_velocity_of_its_own():
    own = optimizers.Momentum(lr=1.0, momentum=0.5)
    params = {"W1": np.zeros((2, 3)), "b1": np.zeros(3), "x": 0.0}
    for _ in range(2):
        own.update(params, {"W1": np.full((2, 3), 1.0), "b1": np.full(3, 2.0), "x": 3.0})
    assert {key: np.shape(v) for key, v in own.v.items()} == {"W1": (2, 3), "b1": (3,), "x": ()}
    for key, slope in {"W1": 1.0, "b1": 2.0, "x": 3.0}.items():
        np.testing.assert_array_equal(own.v[key], -1.5 * slope)
        np.testing.assert_array_equal(params[key], -2.5 * slope)


@CLASSES
def test_an_array_that_cannot_hold_a_step_is_refused_before_anything_moves(optimizer):
    params, own = {"W1": np.ones(2), "W2": np.array([1, 2])}, optimizer()
    with pytest.raises(TypeError, match=r"params\['W2'\].*int64.*astype\(float\)"):
        own.update(params, {"W1": np.ones(2), "W2": np.ones(2)})
    np.testing.assert_array_equal(params["W1"], 1.0)
    assert getattr(own, "iter", 0) == 0
    assert not np.any([part["W1"] for part in vars(own).values() if isinstance(part, dict)])


@CLASSES
def test_whole_numbers_are_no_trap(optimizer):
    params, own, twin = {"x": -7, "y": 2}, optimizer(lr=0.1), optimizer(lr=0.1)
    floats = {"x": -7.0, "y": 2.0}
    for _ in range(3):
        own.update(params, {"x": -1, "y": 4})
        twin.update(floats, {"x": -1.0, "y": 4.0})
    assert params == floats


def test_the_numerical_gradient_gives_the_numbers_that_the_notebook_prints():
    own, x, y = optimizers.SGD(lr=0.95), -7.0, 2.0
    seen = {"x": [], "y": []}
    for _ in range(30):
        grads_temp = optimizers.numerical_gradient(optimizers.f, np.array([x, y]))
        pos = {"x": x, "y": y}
        own.update(pos, {"x": grads_temp[0], "y": grads_temp[1]})
        x, y = pos["x"], pos["y"]
        seen["x"].append(x)
        seen["y"].append(y)
    for axis, printed in seen.items():
        expected = reference.NOTEBOOK[axis]
        np.testing.assert_allclose(printed[: len(expected)], expected, rtol=0, atol=1e-11)


WEIGHTS = np.arange(1.0, 7.0).reshape(2, 3)
POINT = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, -3.0]])


@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (lambda x: np.sum(WEIGHTS * x**2), lambda x: 2 * WEIGHTS * x),
        (lambda x: np.sum(np.sin(x)) * 3 + x[1, 0] * x[0, 2], lambda x: 3 * np.cos(x) + [[0, 0, x[1, 0]], [x[0, 2], 0, 0]]),
        (lambda x: np.prod(x[0]), lambda x: np.array([[x[0, 1] * x[0, 2], x[0, 0] * x[0, 2], x[0, 0] * x[0, 1]], [0, 0, 0]])),
    ],
)
def test_the_numerical_gradient_is_near_the_exact_one(function, exact):
    np.testing.assert_allclose(optimizers.numerical_gradient(function, POINT.copy()), exact(POINT), rtol=0, atol=1e-7)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3, 2), (0,)])
def test_the_numerical_gradient_has_the_shape_of_the_point(shape):
    point = np.random.default_rng(1).normal(size=shape)
    before = point.copy()
    np.testing.assert_allclose(optimizers.numerical_gradient(lambda x: np.sum(x**3), point), 3 * point**2, rtol=0, atol=1e-7)
    np.testing.assert_array_equal(point, before)


@pytest.mark.parametrize("point", [np.array([3, 4]), [3, 4], (3.0, 4.0), np.broadcast_to(3.5, 2), np.array([3, 4], dtype=np.uint8)])
def test_the_numerical_gradient_takes_whole_numbers_lists_and_what_is_read_only(point):
    gradient = optimizers.numerical_gradient(lambda x: np.sum(x**2), point)
    np.testing.assert_allclose(gradient, 2 * np.asarray(point, dtype=float), rtol=0, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_numerical_gradient_is_as_good_as_the_type_of_the_point(dtype):
    point = np.array([1000.0, 4.0], dtype=dtype)
    np.testing.assert_allclose(optimizers.numerical_gradient(lambda x: np.sum(x**2), point), [2000.0, 8.0], rtol=1e-6)
    rough = 10 * float(np.finfo(dtype).eps) ** (2 / 3) + 1e-7
    np.testing.assert_allclose(optimizers.numerical_gradient(lambda x: np.sin(x[1]), point), [0.0, np.cos(4.0)], atol=rough)
    seen = optimizers.numerical_gradient(lambda _: np.sum(point.astype(float) ** 2), point)
    np.testing.assert_allclose(seen, [2000.0, 8.0], rtol=1e-6)
    assert point.dtype == dtype
    assert point.tolist() == [1000.0, 4.0]


def test_the_numerical_gradient_of_a_number():
    assert optimizers.numerical_gradient(lambda x: x**2, 3.0) == pytest.approx(6.0)
    assert optimizers.numerical_gradient(lambda x: x, np.array(3.0)) == pytest.approx(1.0)
    np.testing.assert_allclose(optimizers.numerical_gradient(lambda x: x[0], np.ones((1, 1))), 1.0)


def test_a_function_may_look_at_the_array_where_it_lies():
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    gradient = optimizers.numerical_gradient(lambda W: np.sum(weights**2), weights)  # noqa: N803 - the book's TwoLayerNet
    np.testing.assert_allclose(gradient, 2 * weights, rtol=0, atol=1e-7)


def test_the_point_is_put_back_when_the_function_fails():
    point = np.array([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        optimizers.numerical_gradient(lambda x: 1 / 0, point)
    np.testing.assert_array_equal(point, [1.0, 2.0])


def test_eval_optimizer_unpacks_and_keeps_the_losses():
    result = notebook.eval_optimizer(optimizers.SGD(lr=0.95))
    trajectory, figure = result
    assert trajectory.shape == (31, 2)
    assert isinstance(figure, go.Figure)
    assert figure is result.figure
    np.testing.assert_array_equal(trajectory[0], [-7.0, 2.0])
    np.testing.assert_array_equal(result.loss, [optimizers.f(point) for point in trajectory])
    for axis, name in enumerate("xy"):
        expected = reference.NOTEBOOK[name]
        np.testing.assert_allclose(trajectory[1 : len(expected) + 1, axis], expected, rtol=0, atol=1e-11)


def test_eval_optimizer_follows_the_gradient_of_the_function_it_is_given():
    def saddle(args):
        return args[0] ** 2 - 3 * args[1]

    trajectory = notebook.eval_optimizer(optimizers.SGD(lr=0.25), {"x": 4.0, "y": 1.0}, saddle, 3).trajectory
    np.testing.assert_allclose(trajectory, [[4.0, 1.0], [2.0, 1.75], [1.0, 2.5], [0.5, 3.25]], rtol=0, atol=1e-8)


def test_eval_optimizer_uses_the_optimizer_as_it_is():
    whole, parts = optimizers.Adam(lr=0.3), optimizers.Adam(lr=0.3)
    path = notebook.eval_optimizer(whole, count=20).trajectory
    first = notebook.eval_optimizer(parts, count=12).trajectory
    second = notebook.eval_optimizer(parts, dict(zip("xy", first[-1], strict=True)), count=8).trajectory
    np.testing.assert_array_equal(path, np.concatenate([first, second[1:]]))
    assert parts.iter == 20


def forked(args):
    if math.log(args[0]) > 1:
        return args[0] * math.sqrt(args[0])
    return float(args @ np.array([[2.0, 0.5], [0.5, 1.0]]) @ args)


@pytest.mark.parametrize(
    "result",
    [
        notebook.eval_optimizer(optimizers.SGD(lr=0.95)),
        notebook.eval_optimizer(optimizers.Momentum(lr=0.1), count=0),
        notebook.eval_optimizer(optimizers.SGD(lr=300.0), count=400),
        notebook.eval_optimizer(optimizers.AdaGrad(lr=1.5), {"x": 900, "y": -3}, count=5),
        notebook.eval_optimizer(optimizers.Adam(lr=0.01), {"x": 1.0, "y": 0.5}, forked, 5),
        notebook.eval_optimizer(optimizers.SGD(), apply_func=lambda args: 1.0),
    ],
    ids=["the notebook's", "no step", "diverging", "far away", "not for grids", "flat"],
)
def test_the_figure_is_valid_and_shows_the_walk(result):
    figure = result.figure
    go.Figure(figure.to_dict())
    assert len(plotly.io.to_json(figure)) < 500_000
    assert "<div" in figure.to_html(include_plotlyjs=False)
    lines, start, casing, line = figure.data[:4]
    assert (lines.type, start.name, line.name) == ("contour", "start", result.label)
    np.testing.assert_array_equal([casing.x, casing.y], [line.x, line.y])
    (x0, x1), (y0, y1) = figure.layout.xaxis.range, figure.layout.yaxis.range
    assert x0 <= min(-10, result.trajectory[0, 0])
    assert x1 >= max(10, result.trajectory[0, 0])
    assert y0 <= -10 < 10 <= y1
    own = ["loss" in text for text in np.broadcast_to(line.hovertemplate, len(line.x))]  # the others lie on the border
    shown, told = np.stack([line.x, line.y], axis=-1)[own], np.asarray(line.customdata)[own]
    near = (np.abs(result.trajectory) <= [max(-x0, x1), max(-y0, y1)]).all(axis=-1)
    np.testing.assert_allclose(shown, result.trajectory[near], rtol=1e-6)
    np.testing.assert_array_equal([start.x[0], start.y[0]], result.trajectory[0])
    np.testing.assert_array_equal(told, np.stack([np.flatnonzero(near), result.loss[near]], axis=-1))


def test_the_contour_lines_are_those_of_the_function():
    lines = notebook.eval_optimizer(
        optimizers.Adam(lr=0.01), {"x": 1.0, "y": 0.5}, lambda args: args[0] - 2 * args[1], 5
    ).figure.data[0]
    x, y = np.meshgrid(lines.x, lines.y)
    np.testing.assert_allclose(lines.z, x - 2 * y, rtol=0, atol=1e-5)


def test_the_picture_grows_with_the_walk():
    figure = notebook.eval_optimizer(optimizers.SGD(lr=1.0), {"x": 0.0, "y": 0.0}, lambda args: 0.5 * args[1] - args[0], 30).figure
    (x0, x1), (y0, y1) = figure.layout.xaxis.range, figure.layout.yaxis.range
    assert (x0, y1) == (-10, 10)
    assert 30 < x1 < 40
    assert -20 < y0 < -15


def test_a_walk_without_end_is_marked_where_it_leaves_the_picture():
    figure = notebook.eval_optimizer(optimizers.SGD(lr=300.0), count=400).figure
    assert max(map(abs, (*figure.layout.xaxis.range, *figure.layout.yaxis.range))) <= 220
    assert figure.data[-1].hovertemplate.startswith("SGD leaves the picture")


def test_a_notebook_shows_the_figure(monkeypatch):
    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    result = notebook.eval_optimizer(optimizers.SGD())
    assert set(result._repr_mimebundle_()) == set(result.figure._repr_mimebundle_())


def test_what_cannot_be_evaluated_is_said():
    with pytest.raises(TypeError, match="optimizer"):
        notebook.eval_optimizer()
    for wrong in (None, optimizers.SGD, "sgd"):
        with pytest.raises(optim.SpecError, match=r"update\(params, grads\)"):
            notebook.eval_optimizer(wrong)
    for wrong in (-1, 2.5, "30"):
        with pytest.raises(optim.SpecError, match="count"):
            notebook.eval_optimizer(optimizers.SGD(), count=wrong)
    for wrong in ({"x": 1.0}, {"x": 1.0, "y": np.inf}, {"x": "a", "y": 1.0}, (1.0, 2.0)):
        with pytest.raises(optim.SpecError, match="init_pos"):
            notebook.eval_optimizer(optimizers.SGD(), wrong)


@pytest.mark.parametrize("function", PROBLEMS)
@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda cls: cls.__name__)
def test_a_class_of_the_book_races_the_path_of_the_built_in_rule(optimizer, function):
    run = next(name for name, cls in GOLDEN.items() if cls is optimizer)
    lr = reference.MANIFEST["runs"][run]["lr"][function]
    name, values = BUILT_IN[optimizer]
    own = optimizer(lr=lr)
    entries = [optim.Entry(own), optim.Entry(name, {**values, "lr": lr})]
    spec = optim.RaceSpec(PROBLEMS[function], entries, tuple(reference.MANIFEST["start"][function]), 200)
    result = optim.race(spec, states=True)
    np.testing.assert_allclose(result.path[0], result.path[1], rtol=0, atol=1e-12)
    assert result.states[0] == {}
    assert vars(own) == vars(optimizer(lr=lr))


def test_the_book_s_adam_has_an_eps_of_its_own_kind():
    """The book adds 1e-7 before v is corrected; the built-in rule adds eps after: its eps at step t is 1e-7 / sqrt(1 - 0.999^t)."""
    steps = 30
    same_eps = optim.Entry("adam", {"lr": 0.3, "eps": 1e-7})
    spec = optim.RaceSpec("elongated_bowl", [optim.Entry(optimizers.Adam(lr=0.3)), same_eps], (-7.0, 2.0), steps)
    path = optim.race(spec).path
    apart = np.abs(path[0] - path[1]).max()
    assert 1e-6 < apart < 1e-4

    m = v = np.zeros(2)
    x = np.array([-7.0, 2.0])
    for t in range(1, steps + 1):
        g = np.array([x[0] / 10, 2 * x[1]])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        eps = 1e-7 / np.sqrt(1 - 0.999**t)
        x = x - 0.3 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + eps)
        np.testing.assert_allclose(path[0, t], x, rtol=0, atol=1e-12)


@pytest.mark.long
def test_the_book_is_at_hand_and_draws_only_when_asked():
    code = "import sys, optim; optim.book.eval_optimizer(optim.book.SGD()); print('plotly' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=reference.DATA.parent.parent, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
