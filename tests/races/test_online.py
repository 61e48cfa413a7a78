"""Problems that change from step to step: the counterexample to Adam's convergence, against the reference's simulation."""

import dataclasses

import numpy as np
import pytest

import optim
from optim.races.online import OnlineRun, entry_for, play
from tests.support import reference

EACH = pytest.mark.parametrize("name", optim.ONLINE_PROBLEMS)
THEOREM = optim.ONLINE_PROBLEMS["amsgrad_online"]


@EACH
def test_the_problem_is_the_reference_s(name):
    problem, record = optim.ONLINE_PROBLEMS[name], reference.ONLINE[name]
    names = {"np": np, "C": 3.0, "x": 1.0}
    slopes = [float(eval(record["grad"][0], {**names, "t": t})) for t in range(1, 400)]
    assert [problem.slope(t) for t in range(1, 400)] == slopes
    assert problem.box == tuple(record["domain"][0])
    assert [problem.start] == record["starts"][0]
    assert [problem.comparator] == record["minima"][0]["x"]
    stored = record["params"]
    assert problem.settings["lr"] == stored["alpha"]
    assert problem.rate(7) == pytest.approx(eval(stored["lr"], {"np": np, "alpha": 1.0, "t": 7}))
    for parameter in ("beta1", "beta2", "eps"):
        value = stored[parameter]
        assert problem.settings[parameter] == (eval(value, names) if isinstance(value, str) else value)


@EACH
def test_the_problem_says_what_it_shows(name):
    problem = optim.ONLINE_PROBLEMS[name]
    for words in (problem.title, problem.teaches, problem.reference):
        assert words.strip() == words != ""
    assert problem.teaches.endswith(".")


def test_the_registry_knows_what_the_reference_knows():
    assert set(optim.ONLINE_PROBLEMS) == set(reference.ONLINE)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "amsgrad"])
def test_adam_ends_at_the_worst_place_and_sgd_and_amsgrad_at_the_best(optimizer):
    stored = reference.ONLINE["amsgrad_online"]["verified"]
    run = play(THEOREM, entry_for(THEOREM, optimizer), stored["T"])
    assert run.points[-1] == pytest.approx(stored[optimizer], abs=1e-7)
    assert np.all((run.points >= -1.0) & (run.points <= 1.0))
    if optimizer == "adam":
        # At the worst place a period costs 3 - 1 - 1 = 1 more than zero, at the best one less: 2/3 per step.
        assert run.average_regret[-1] == pytest.approx(2 / 3, abs=1e-2)
    else:
        assert abs(run.average_regret[-1]) < 2e-2


def test_regret_is_counted_before_the_step_and_against_the_best_fixed_point():
    run = play(THEOREM, optim.Entry("sgd", {"lr": 0.1}), 3)
    lr = 0.1 / np.sqrt([1, 2, 3])
    x1, x2 = 0.0 - lr[0] * 3, 0.0 - lr[0] * 3 + lr[1]
    np.testing.assert_allclose(run.points, [0.0, x1, x2, x2 + lr[2]], rtol=1e-12)
    np.testing.assert_allclose(run.average_regret, np.cumsum([3 * (0 + 1), -(x1 + 1), -(x2 + 1)]) / [1, 2, 3], rtol=1e-12)


def test_a_point_beyond_the_box_is_put_back_onto_its_border():
    run = play(THEOREM, optim.Entry("sgd", {"lr": 5.0}), 2)
    assert run.points.tolist() == [0.0, -1.0, 1.0]


@pytest.mark.parametrize("optimizer", optim.OPTIMIZERS)
def test_every_optimizer_can_play(optimizer):
    run = play(THEOREM, entry_for(THEOREM, optimizer), 30)
    assert isinstance(run, OnlineRun)
    assert run.points.shape == (31,)
    assert run.average_regret.shape == (30,)
    assert np.array_equal(run.points, play(THEOREM, entry_for(THEOREM, optimizer), 30).points, equal_nan=True)


def test_a_schedule_and_modifiers_count():
    plain = optim.Entry("sgd", {"lr": 0.1})
    halved = play(THEOREM, dataclasses.replace(plain, schedule=("exponential", {"gamma": 0.5})), 3)
    lr = 0.1 / np.sqrt([1, 2, 3]) * [1, 0.5, 0.25]
    np.testing.assert_allclose(halved.points, np.cumsum([0.0, -3 * lr[0], lr[1], lr[2]]), rtol=1e-12)
    clipped = play(THEOREM, dataclasses.replace(plain, modifiers=[("clip_value", {"clip_value": 0.5})]), 1)
    np.testing.assert_allclose(clipped.points, [0.0, -0.05], rtol=1e-12)


def test_settings_that_an_optimizer_has_not_are_left_out_and_the_origin_is_said():
    entry = entry_for(THEOREM, "sgd")
    assert dict(entry.values) == {"lr": 0.5}
    assert entry.origin == "the theorem's settings"
    with pytest.raises(optim.SpecError):
        entry_for(THEOREM, "nobody")
