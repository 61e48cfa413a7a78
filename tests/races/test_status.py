"""How a run ended: every kind of status where theory says it must be so, and the stability bounds behind the reasons."""

import dataclasses
import math
import re

import mpmath
import numpy as np
import pytest

import optim
from tests.support import samples
from tests.support.numerals import number, raised

CLAIM = re.compile(r"lr × curvature = (\S+) × (\S+) = (\S+) > (\S+),")


def status(problem, lr, start, steps, name="sgd", values=None, **more):
    entry = optim.Entry(name, {"lr": lr, **(values or {})})
    return optim.race(optim.RaceSpec(problem, entry, start, steps, **more)).status[0]


def test_converged_in_the_one_step_that_a_sphere_takes_at_one_over_its_curvature():
    ended = status("sphere", 0.5, (3.0, 1.0), 30)
    assert (ended.kind, ended.step) == ("converged", 1)
    assert "(0, 0)" in ended.reason
    assert "step 1" in ended.reason


def test_converged_names_the_minimum_that_was_found():
    for minimum in optim.PROBLEMS["himmelblau"].minima:
        start = (minimum[0] + 0.1, minimum[1] - 0.1)
        ended = status("himmelblau", 0.01, start, 200)
        assert ended.kind == "converged"
        assert f"({minimum[0]:.4g}, {minimum[1]:.4g})" in ended.reason


def test_a_local_minimum_of_rastrigin_is_not_the_lowest():
    ended = status("rastrigin", 0.002, (1.1, 0.9), 200)
    assert ended.kind == "local minimum"
    assert "(0.995, 0.995)" in ended.reason
    assert "not the lowest" in ended.reason
    assert 0 < ended.step < 30


def test_the_minimum_of_a_typed_formula_is_the_lowest_found_not_the_lowest():
    ended = status("(x - 1)**2 + (y - 2)**2", 0.3, (3.0, 1.0), 100)
    assert ended.kind == "converged"
    assert ended.reason.endswith("at the minimum (1, 2), the lowest found in the window")


def test_a_minimum_of_a_typed_formula_that_has_a_lower_one_says_so():
    ended = status("x**4/4 - x**2/2 + x/10 + y**2", 0.1, (1.5, 1.0), 300)
    assert ended.kind == "local minimum"
    assert "(0.9456," in ended.reason
    assert ended.reason.endswith("a minimum, not the lowest one found in the window")


def test_a_minimum_of_a_function_that_falls_without_end_says_so():
    ended = status("x**3 - 3*x + y**2", 0.05, (2.0, 1.0), 300)
    assert ended.kind == "local minimum"
    assert ended.reason.endswith(
        "a minimum, but the function keeps falling outside the window, as far as was looked (10¹² window widths)"
    )


def test_a_minimum_above_what_is_seen_at_the_window_s_edge_says_so():
    ended = status("-exp(-(x + 6)**2/4) - exp(-(x - 1)**2)/2 + y**2/100", 0.2, (1.5, 0.1), 2000)
    assert ended.kind == "local minimum"
    assert "lower at the window's edge" in ended.reason or "not the lowest one found" in ended.reason


def test_a_ring_of_minima_names_the_place_where_the_run_is():
    ended = status("(x**2 + y**2 - 1)**2", 0.02, (-4.0, 3.0), 100)
    assert ended.kind == "converged"
    assert "at (-0.8, 0.6), one of many minima, the lowest found in the window" in ended.reason


def test_a_pole_is_no_minimum():
    spec = optim.RaceSpec("1/x + y**2", optim.Entry("adam", {"lr": 0.1}), (-4.0, 3.0), 200)
    result = optim.race(spec)
    assert result.lowest is None
    assert result.status[0].kind not in {"converged", "local minimum"}


def test_a_value_lower_than_any_minimum_found_takes_its_place():
    found = optim.problem("x**2 + y**2")
    wrong = dataclasses.replace(found, value=lambda x: found.value(x) - 5.0 * (np.abs(x[0] - 2.0) < 0.01))
    result = optim.race(optim.RaceSpec(wrong, optim.Entry("sgd", {"lr": 0.1}), (2.0, 0.0), 30))
    assert result.lowest == -1
    assert result.status[0].kind != "converged"
    claimed = optim.race(optim.RaceSpec(dataclasses.replace(wrong, search=None), optim.Entry("sgd", {"lr": 0.1}), (2.0, 0.0), 30))
    assert claimed.lowest == -1
    assert claimed.reached == (None,)


def test_a_saddle_catches_a_run_that_starts_on_its_ridge():
    ended = status("saddle", 0.1, (-1.5, 0.0), 100)
    assert ended.kind == "saddle"
    assert "-2 one way and 2 the other" in ended.reason


@pytest.mark.parametrize(
    ("problem", "start", "maximum"),
    [
        ("himmelblau", (-0.3, -0.9), (-0.2708446, -0.9230386)),
        ("cos(x) + cos(y)", (0.3, -0.2), (0.0, 0.0)),
        ("5 - x**2 - y**2", (1.0, 2.0), (0.0, 0.0)),
    ],
)
def test_newton_stalls_at_a_maximum_and_is_said_to(problem, start, maximum):
    result = optim.race(optim.RaceSpec(problem, optim.Entry("newton"), start, 40))
    ended = result.status[0]
    np.testing.assert_allclose(result.path[0, -1], maximum, atol=1e-7)
    assert ended.kind == "stalled"
    assert 1 <= ended.step < 20
    assert "downward curvature" in ended.reason
    assert ended.reason.count("maximum") == 1


def test_a_run_that_leaves_a_maximum_is_not_said_to_stay_there():
    assert status("cos(x) + cos(y)", 0.1, (0.01, 0.0), 25).kind == "moving"
    assert "maximum" not in status("himmelblau", 1e-3, (-0.27, -0.92), 30).reason
    assert "maximum" not in status("cos(x) + cos(y)", 0.1, (1e-4, 0.0), 20).reason


def test_at_exactly_the_bound_a_run_cycles():
    ended = status("sphere", 1.0, (3.0, 1.0), 60)
    assert ended.kind == "cycling"
    assert "the loss stays at 10" in ended.reason
    assert "lr × curvature = 1 × 2 = 2, exactly the most this method can take" in ended.reason


def test_a_cone_keeps_a_fixed_step_cycling_around_its_tip():
    ended = status("ackley", 0.1, (0.03, 0.02), 200)
    assert ended.kind == "cycling"


def test_a_short_step_is_still_moving():
    ended = status("elongated_bowl", 0.01, (-7.0, 2.0), 50)
    assert (ended.kind, ended.step) == ("moving", 50)
    assert "improving" in ended.reason


def test_swings_that_shrink_are_still_moving():
    ended = status("elongated_bowl", 0.999, (0.0, 2.0), 200)
    assert ended.kind == "moving"


def test_a_step_of_length_zero_has_stalled():
    ended = status("elongated_bowl", 0.0, (-7.0, 2.0), 40)
    assert (ended.kind, ended.step) == ("stalled", 40)
    assert f"{math.hypot(0.7, 4.0):.3g}" in ended.reason


def test_noise_keeps_a_run_hovering():
    ended = status("sphere", 0.1, (3.0, 1.0), 400, noise=1.0)
    assert ended.kind == "stalled"
    assert "noise" in ended.reason


def test_leaving_the_window_is_told_with_the_step():
    ended = status("saddle", 0.1, (-1.5, 0.001), 50)
    first = math.ceil(math.log(2 / 0.001) / math.log(1.2))
    assert (ended.kind, ended.step) == ("left the window", first)
    assert f"step {first}" in ended.reason
    assert "curvature" not in ended.reason


def test_diverged_far_away_is_told_with_the_step():
    ended = status("elongated_bowl", 1.5, (-7.0, 2.0), 30)
    first = math.ceil(math.log2(100 * 10 / 2))
    assert (ended.kind, ended.step) == ("diverged", first)
    assert f"{raised(f'{2 * 2**30 / 10:.3g}')} window widths" in ended.reason


def test_diverged_to_an_overflow_is_told_with_the_step():
    ended = status("elongated_bowl", 1.5, (-7.0, 2.0), 2000)
    first = next(step for step in range(2000) if math.log2(2) + step >= 512)
    assert (ended.kind, ended.step) == ("diverged", first)
    assert "overflowed" in ended.reason


def test_diverged_where_the_function_is_not_defined():
    start = status("log(x) + y**2", 0.1, (-1.0, 1.0), 5)
    assert (start.kind, start.step) == ("diverged", 0)
    assert "start (-1, 1)" in start.reason
    later = status("x**2 - log(x) + y**2", 1.0, (2.0, 1.0), 5)
    assert (later.kind, later.step) == ("diverged", 1)
    assert "not defined at (-1.5, -1)" in later.reason


OVERFLOWN = [
    ("x**4 - x**2*y**2 + y**2", (-1.0, 1.5), 10.0),  # a polynomial, which is defined everywhere: inf - inf
    ("x**4 - x**2*y**2 + y**2", (-1.0, 1.5), 100.0),
    ("goldstein_price", (-1.0, 1.5), 0.1),
    ("cosh(x) - exp(x) + y**2", (-4.0, 1.0), 30.0),
    ("exp(1/x) + y**2", (-0.2, 1.0), 1.1932),  # e**1000 is no pole
]
"""Functions that have a value, larger than any float, where a step with this learning rate leads."""


@pytest.mark.parametrize(("problem", "start", "lr"), OVERFLOWN)
def test_a_function_is_not_said_to_have_no_value_where_its_numbers_only_overflow(problem, start, lr):
    result = optim.race(optim.RaceSpec(problem, optim.Entry("sgd", {"lr": lr}), start, 60))
    ended = result.status[0]
    last = result.path[0, result.taken[0]]
    formula = optim.problem(problem).formula.replace("cosh", "mpmath.cosh").replace("exp", "mpmath.exp")
    x, y = (mpmath.mpf(float(c)) for c in last)
    exact = eval(formula, {"x": x, "y": y, "mpmath": mpmath})
    assert mpmath.isfinite(exact)
    assert abs(exact) > np.finfo(float).max
    assert ended.kind == "diverged"
    assert f"the numbers overflowed at step {ended.step}" in ended.reason


NOT_OVERFLOWN = [
    ("elongated_bowl", (-7.0, 0.0), "adam", {"eps": 0.0}),
    ("elongated_bowl", (-7.0, 0.0), "rmsprop", {"eps": 0.0}),
    ("elongated_bowl", (-7.0, 0.0), "adagrad", {"eps": 0.0}),
    ("x + y", (0.0, 0.0), "rmsprop", {"centered": True, "alpha": 0.3, "eps": 0.1, "lr": 1e-4}),
]
"""Runs in which zero is divided by zero, or rounding makes a spread negative, while the point is where it started."""


@pytest.mark.parametrize(("problem", "start", "name", "values"), NOT_OVERFLOWN)
def test_a_run_that_hardly_moved_is_not_said_to_have_been_carried_away(problem, start, name, values):
    result = optim.race(optim.RaceSpec(problem, optim.Entry(name, values), start, 60))
    last = result.path[0, result.taken[0] - 1]
    assert np.max(np.abs(last - start)) < 1
    assert "overflowed" not in result.status[0].reason
    assert "carried" not in result.status[0].reason


def matrix_of_sgd(a, lr, hp):
    return np.array([[1 - lr * a]])


def matrix_of_momentum(a, lr, hp):
    mu = hp["momentum"]
    share = 1 - hp["dampening"] if mu else 1.0  # PyTorch dampens only what it remembers
    return np.array([[1 - lr * share * a, -lr * mu], [share * a, mu]])


def matrix_of_nesterov(a, lr, hp):
    mu = hp["momentum"]
    return np.array([[1 - lr * (1 + mu) * a, -lr * mu * mu], [a, mu]])


MATRICES = {"sgd": matrix_of_sgd, "momentum": matrix_of_momentum, "nesterov": matrix_of_nesterov}
"""Optimizer -> the matrix that one step multiplies (point, velocity) by on a quadratic whose slope is a times the point."""

SETTINGS = [
    {"momentum": momentum, "dampening": dampening, "weight_decay": decay, "lr": lr}
    for momentum in (0.0, 0.3, 0.9, 0.99)
    for dampening in (0.0, 0.5, 0.9)
    for decay in (0.0, 0.2)
    for lr in (0.02, 1.5)
]
BOUNDED = [rule for rule in optim.OPTIMIZERS.values() if rule.stable_bound]
UNBOUNDED = [rule for rule in optim.OPTIMIZERS.values() if not rule.stable_bound]


def settings_of(rule, **fixed):
    """Return every different setting that a rule has the parameters for, `fixed` where named there."""
    names = [parameter.name for parameter in rule.parameters]
    return {optim.Entry(rule.name, {name: {**setting, **fixed}[name] for name in names}) for setting in SETTINGS}


def bowl(curvature):
    """Return a bowl that is nearly flat in x and has this curvature in y."""
    along = np.array([0.002, curvature])

    def across(x):
        return along.reshape(2, *[1] * (x.ndim - 1))

    return optim.Problem(
        "bowl",
        lambda x: np.sum(across(x) * x * x, axis=0) / 2,
        lambda x: across(x) * x,
        lambda x: np.diag(along).reshape(2, 2, *[1] * (x.ndim - 1)) + np.zeros(x.shape[1:]),
        minima=((0.0, 0.0),),
    )


def test_every_bound_has_a_matrix():
    assert {rule.name for rule in BOUNDED} == set(MATRICES)
    assert UNBOUNDED


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
def test_the_bound_is_where_the_spectral_radius_passes_one(rule):
    settings = settings_of(rule)
    assert len(settings) >= 4
    for entry in settings:
        hp = entry.hyper
        for factor, stable in ((0.2, True), (0.9999, True), (1.0001, False), (3.0, False)):
            curvature = factor * rule.stable_bound(hp) / hp["lr"]
            matrix = MATRICES[rule.name](curvature + hp["weight_decay"], hp["lr"], hp)
            radius = np.max(np.abs(np.linalg.eigvals(matrix)))
            assert bool(radius < 1) is stable


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
@pytest.mark.long
def test_a_race_on_the_two_sides_of_the_bound_shrinks_and_grows(rule):
    for entry in settings_of(rule, lr=0.1):
        for factor, stable in ((0.95, True), (1.05, False)):
            problem = bowl(factor * rule.stable_bound(entry.hyper) / 0.1)
            path = optim.race(optim.RaceSpec(problem, entry, (0.0, 1.0), 1500)).path[0, :, 1]
            assert bool(np.abs(path[-1]) < 1) is stable


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
def test_the_reason_for_diverging_shows_the_numbers(rule):
    for entry in settings_of(rule, lr=1.25):
        bound = rule.stable_bound(entry.hyper)
        ended = optim.race(optim.RaceSpec(bowl(2 * bound / 1.25), entry, (2.0, 1.0), 1500)).status[0]
        assert ended.kind == "diverged"
        shown = [number(text) for text in CLAIM.search(ended.reason).groups()]
        np.testing.assert_allclose(shown, [1.25, 2 * bound / 1.25, 2 * bound, bound], rtol=1e-3)


@pytest.mark.parametrize("rule", UNBOUNDED, ids=lambda rule: rule.name)
@pytest.mark.long
def test_a_rule_without_a_bound_claims_none(rule):
    tunable = any(parameter.name == "lr" for parameter in rule.parameters)
    kinds = set()
    for problem in ("elongated_bowl", "rosenbrock", "saddle"):
        for lr in (3.0, 1e3, 1e6, 1e200) if tunable else (None,):
            ended = optim.race(optim.RaceSpec(problem, samples.entry(rule, lr=lr), (-1.5, 1.0), 300)).status[0]
            kinds.add(ended.kind)
            assert "lr ×" not in ended.reason
    assert "diverged" in kinds or not tunable


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
def test_below_the_bound_no_breach_is_claimed(rule):
    """On a slope the curvature is zero: whatever goes wrong, it is not the bound."""
    for lr in (1.0, 1e4, 1e10):
        ended = status("x + 0.5*y", lr, (0.0, 0.0), 100, rule.name)
        assert ended.kind in {"left the window", "diverged"}
        assert "lr ×" not in ended.reason


def test_a_run_that_never_turns_back_is_not_said_to_overshoot():
    """It starts on the ridge of the other coordinate: what is too steep for the step is never met, and it just slides down."""
    spec = optim.RaceSpec("saddle", optim.Entry("sgd", {"lr": 1.2}), (0.0, 0.001), 60)
    result = optim.race(spec)
    assert np.all(np.diff(result.path[0, :, 1]) > 0)
    assert not np.any(result.path[0, :, 0])
    assert "overshoots" not in result.status[0].reason


def spread_out():
    """Return fields of racers by problem: every rule on the representative ones, SGD and Adam on all, each with two lr."""
    for problem in optim.PROBLEMS.values():
        rules = [rule for rule, met in samples.meetings() if met is problem]
        for entries in samples.heats([samples.entry(rule, lr=lr) for rule in rules for lr in (1e-3, 0.3)]):
            yield pytest.param(problem, entries, id=f"{problem.name}-{entries[0].optimizer}...")


@pytest.mark.parametrize(("problem", "entries"), list(spread_out()))
@pytest.mark.long
def test_the_kind_is_the_first_that_applies(problem, entries):
    result = optim.race(optim.RaceSpec(problem.name, entries, problem.starts[0], 150))
    for i, ended in enumerate(result.status):
        assert 0 <= ended.step <= 150
        assert (not np.isfinite(result.loss[i, -1])) <= (ended.kind == "diverged")
        known = result.lowest is not None and problem.minima
        reached = known and result.reached[i] is not None
        assert bool(reached) == (ended.kind == "converged")


def test_a_short_run_whose_swings_shrink_is_moving_as_the_longer_one_says():
    """Adam on Himmelblau's function: the peaks of its loss are 12.5, 6.2 and 3.6 when it stops, and at step 149 it is there."""
    entry, start = optim.Entry("adam", {"lr": 1.35}), optim.PROBLEMS["himmelblau"].starts[0]
    ends = [optim.race(optim.RaceSpec("himmelblau", [entry], start, steps)).status[0] for steps in (30, 60, 300)]
    assert [end.kind for end in ends] == ["moving", "moving", "converged"]
    assert "it oscillates, less each time" in ends[0].reason


def test_a_run_that_was_thrown_far_and_has_come_down_ever_since_is_improving():
    """SGD is thrown to a loss of 8000 in its second step, and falls in every later one; Momentum's peaks are 13, 6, 3.1, 1.4."""
    entries = [optim.Entry("sgd", {"lr": 0.95}), optim.Entry("momentum", {"lr": 0.1})]
    result = optim.race(optim.RaceSpec("x/(y + 3) + x**2 + y**2", entries, (-4.0, 3.0), 30))
    assert result.loss[0].max() > 1000 > 30 > result.loss[0, -1]
    assert [end.kind for end in result.status] == ["moving", "moving"]
    assert "the loss fell from" in result.status[0].reason
    assert "it oscillates, less each time" in result.status[1].reason
