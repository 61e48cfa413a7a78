"""The learning rate up to which a rule is stable: against closed forms, and against races on its two sides."""

import numpy as np
import pytest

import optim
from optim.problems.from_formula import is_quadratic
from optim.reports.stability import stability_limits

BOWL = "elongated_bowl"
BOUNDED = [rule for rule in optim.OPTIMIZERS.values() if rule.stable_bound]


def limit(problem, name, start=(-7.0, 2.0), schedule="constant", modifiers=(), dials=None, **values):
    entry = optim.Entry(name, values, schedule=schedule, modifiers=modifiers)
    return stability_limits(optim.RaceSpec(problem, entry, start, **(dials or {})))[0]


def test_sgd_on_the_book_s_bowl_stops_settling_at_one():
    found = limit(BOWL, "sgd")
    assert (found.rate, found.label) == (2 / 2, "2/λ")
    assert found.meaning == "SGD settles on this function only below lr = 2/λ = 1: λ = 2 is its largest curvature."


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_momentum_and_nesterov_have_limits_of_their_own(beta):
    assert limit(BOWL, "momentum", momentum=beta).rate == pytest.approx(2 * (1 + beta) / 2, rel=1e-15)
    assert limit(BOWL, "nesterov", momentum=beta).rate == pytest.approx(2 * (1 + beta) / (1 + 2 * beta) / 2, rel=1e-15)
    assert limit(BOWL, "momentum", momentum=beta).label == f"{2 * (1 + beta):.4g}/λ"


def test_weight_decay_is_curvature_too():
    assert limit(BOWL, "sgd", weight_decay=0.5).rate == pytest.approx(2 / (2 + 0.5), rel=1e-15)


def test_dials_change_the_curvature_and_a_turn_does_not():
    assert limit("rotated_ellipse", "sgd").rate == pytest.approx(2 / 100, rel=1e-12)
    assert limit(BOWL, "sgd", dials={"stretch": 4.0}).rate == pytest.approx(2 / max(0.1 * 4, 2 / 4), rel=1e-12)
    assert limit(BOWL, "sgd", dials={"rotate": 33.0, "shift": (1.0, -2.0)}).rate == pytest.approx(1.0, rel=1e-12)
    assert limit("x**2", "sgd").rate == 1.0  # flat along y, where nothing moves


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.name)
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_races_on_the_two_sides_of_a_limit_settle_and_diverge(rule, decay):
    rate = limit(BOWL, rule.name, weight_decay=decay).rate
    for factor, settles in ((0.98, True), (1.02, False)):
        entry = optim.Entry(rule.name, {"lr": factor * rate, "weight_decay": decay})
        path = np.abs(optim.race(optim.RaceSpec(BOWL, entry, (-7.0, 2.0), 2000)).path[0, :, 1])
        assert bool(np.all(path[-50:] < 1e-3)) is settles, factor


def test_where_the_curvature_changes_the_label_says_where_it_was_measured():
    found = limit("rosenbrock", "sgd", (-1.2, 1.0))
    largest = 501 + np.sqrt(501**2 - 400)  # of the Hessian ((802, -400), (-400, 200)) at (1, 1)
    assert found.rate == pytest.approx(2 / largest, rel=1e-12)
    assert found.label == "2/λ at (1, 1)"
    assert "SGD can settle at the minimum (1, 1) only below" in found.meaning
    assert "Elsewhere the curvature is another." in found.meaning


@pytest.mark.parametrize("name", sorted(set(optim.OPTIMIZERS) - {rule.name for rule in BOUNDED}))
def test_no_limit_is_claimed_for_a_rule_without_a_bound(name):
    assert limit(BOWL, name) is None


@pytest.mark.parametrize("formula", ["x**2 - y**2", "-x**2 - y**2", "x + y", "3", "abs(x) + y**2", "x**4 + y**4", "exp(x) + y**2"])
def test_no_limit_is_claimed_where_nothing_curves_up_to_a_minimum(formula):
    assert limit(formula, "sgd", (1.0, 1.0)) is None


def test_no_limit_is_claimed_where_the_rate_or_the_gradient_is_changed():
    assert limit(BOWL, "sgd", schedule="cosine") is None
    assert limit(BOWL, "sgd", modifiers=(next(iter(optim.MODIFIERS)),)) is None
    assert limit(BOWL, "momentum", dampening=1.0) is None


@pytest.mark.parametrize(
    ("formula", "quadratic"),
    [
        ("x**2/20 + y**2", True),
        ("(x + 2*y - 7)**2 + x", True),
        ("x*y", True),
        ("x**2 + y**2 + exp(-1000*(x - 3)**2)/1000", False),
        ("abs(x)*abs(x) + y**2", False),
        ("x**3 + y**2", False),
        ("1/x", False),
    ],
)
def test_a_formula_is_quadratic_where_its_hessian_is_the_same_everywhere(formula, quadratic):
    assert is_quadratic(formula) is quadratic
