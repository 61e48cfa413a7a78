"""Every learning rate that the app offers works: on each function of the registry, and on formulas as people type them."""

import numpy as np
import pytest

import optim
from optim.core import metrics
from optim.races.claims.run import DIVERGED_WIDTHS
from optim.races.record import record
from optim.sweeps import offered
from optim.sweeps.offered import FEW, LR, STEPS, offered_rate, shipped_rates, tuned_rates
from pages.shared.inputs.presets import BOOK
from tests.support import samples

RATED = [name for name, rule in optim.OPTIMIZERS.items() if any(parameter.name == LR for parameter in rule.parameters)]
TYPED = (
    "x^2 + y^2",
    "x**2/20 + y**2",
    "100*(y - x^2)^2 + (1 - x)^2",
    "abs(x) + abs(y)",
    "max(abs(x), 3*abs(y))",
    "|x - 1| + |y + 2|",
    "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "x^4 + y^4",
    "x^4 - 3*x^2 + y^2",
    "x^2 - x*y + y^2",
    "1000*x^2 + y^2",
    "1e6*(x^2 + y^2)",
    "1e-3*(x^2 + y^2)",
    "sin(x) + cos(y)",
    "sin(x)*sin(y) + 0.1*(x^2 + y^2)",
    "exp(x) + exp(-x) + y^2",
    "exp(-x^2 - y^2) + 0.1*(x^2 + y^2)",
    "-exp(-(x - 1)^2 - (y - 1)^2)",
    "log(1 + x^2 + y^2)",
    "sqrt(1 + x^2 + y^2)",
    "sqrt(x^2 + y^2)",
    "20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
    "(x + 2y - 7)^2 + (2x + y - 5)^2",
    "0.5*x^2 + 3*y^2 + 2*x - y",
    "x^2*y^2 + x^2 + y^2",
    "tanh(x)^2 + y^2",
    "(x - y)^2 + (x + y - 3)^4",
    "abs(x^2 - y) + 0.1*x^2",
    "x^6 + y^2",
    "min((x - 2)^2 + y^2, (x + 2)^2 + y^2 + 1)",
)


def diverged(problem, entries, steps):
    """Return the names of those that diverge from the function's first start; as a race says it, without the other ends."""
    function = optim.problem(problem)
    runs = [record(optim.RaceSpec(problem, heat, function.starts[0], steps)).path for heat in samples.heats(entries)]
    paths = np.concatenate(runs) if runs else np.empty((0, steps + 1, 2))
    with np.errstate(all="ignore"):
        finite = np.isfinite(paths).all(axis=-1) & np.isfinite(function.value(np.moveaxis(paths, -1, 0)))
    lost = ~finite.all(axis=1) | (metrics.window_widths(paths[:, -1], function) > DIVERGED_WIDTHS)
    return [entry.optimizer for entry, gone in zip(entries, lost, strict=True) if gone]


def test_diverged_means_what_a_race_calls_so():
    entries = [optim.Entry("sgd", {LR: rate}) for rate in (0.1, 1.1, 1e300)]
    result = optim.race(optim.RaceSpec("sphere", entries, optim.PROBLEMS["sphere"].starts[0], 300))
    assert [status.kind for status in result.status] == ["converged", "diverged", "diverged"]
    assert diverged("sphere", entries, 300) == ["sgd", "sgd"]


def offered_entries(problem):
    rates = {name: offered_rate(name, problem) for name in RATED}
    return [optim.Entry(name, {LR: rate}) for name, rate in rates.items() if rate is not None]


def none_diverges(problem, steps):
    """No optimizer diverges with the rate that it is offered; one that is offered none diverges with every rate."""
    entries = offered_entries(problem)
    assert diverged(problem, entries, steps) == []
    for name in set(RATED) - {entry.optimizer for entry in entries}:
        tries = [optim.Entry(name, {LR: rate}) for rate in np.geomspace(1e-8, 100, 11)]
        assert diverged(problem, tries, STEPS) == [name] * 11


@pytest.mark.parametrize("problem", optim.PROBLEMS)
@pytest.mark.long
def test_no_optimizer_diverges_with_the_rate_offered_on_a_function(problem):
    none_diverges(problem, 300 if optim.PROBLEMS[problem].bounded else STEPS)


@pytest.mark.parametrize("problem", TYPED)
@pytest.mark.long
def test_no_optimizer_diverges_with_the_rate_offered_on_a_typed_function(problem):
    none_diverges(problem, 300)


@pytest.mark.parametrize("problem", ["rosenbrock", "saddle"])
def test_the_rates_that_ship_are_those_that_the_sweep_finds(problem):
    some = {name: rate for name, rate in shipped_rates()[problem].items() if name in ("sgd", "momentum", "lbfgs", "adam", "lion")}
    assert tuned_rates(problem, some) == some


def test_every_function_of_the_registry_has_its_rates():
    assert list(shipped_rates()) == list(optim.PROBLEMS)
    missing = {(problem, name) for problem, rates in shipped_rates().items() for name in set(RATED) - set(rates)}
    assert missing == {("l1_ravine", "newton")}  # whose Hessian is zero, whatever the rate


@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "adam"])
def test_a_tuned_rate_is_no_guess_it_gets_as_low_as_any_that_is_safe(name):
    problem = optim.PROBLEMS["rosenbrock"]
    rates = [offered_rate(name, "rosenbrock"), *(10.0**power for power in np.arange(-5, 1))]
    entries = [optim.Entry(name, {LR: rate}) for rate in rates]
    loss = optim.race(optim.RaceSpec("rosenbrock", entries, problem.starts[0], STEPS)).loss[:, -1]
    assert loss[0] <= 1.3 * np.nanmin(loss)


def test_what_is_new_in_the_registries_is_swept_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(offered, "shipped_rates", dict)
    swept = offered_rate("sgd", "sphere")
    assert swept is not None
    assert swept != shipped_rates()["sphere"]["sgd"]  # a coarser grid
    assert diverged("sphere", [optim.Entry("sgd", {LR: swept})], 300) == []


def test_no_tuned_rate_is_taken_for_the_books():
    books = {(entry.optimizer, entry.hyper[LR]) for entry in BOOK.spec.entries}
    assert not books & {(name, rate) for rates in shipped_rates().values() for name, rate in rates.items()}
    assert not books & {(name, offered_rate(name, problem)) for problem in TYPED[:6] for name, _ in books}


def test_an_optimizer_without_a_rate_gets_none():
    assert offered_rate("nelder_mead", "sphere") is None
    assert offered_rate("nelder_mead", "x**2 + y**2") is None


def test_a_formula_that_cannot_be_used_is_an_error():
    with pytest.raises(optim.FormulaError):
        offered_rate("sgd", "x +")


@pytest.mark.parametrize("problem", ["himmelblau", "ackley", "schwefel"])
def test_a_racer_that_no_rate_brings_lower_keeps_its_default(problem):
    """The least rate ends lowest where every way leads up: it would stand still, and be called tuned."""
    assert tuned_rates(problem, ("newton",), values=FEW)["newton"] == offered_rate("newton", problem) == 1.0
