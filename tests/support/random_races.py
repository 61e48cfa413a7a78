"""Random races, the same for the same number: every optimizer, every function and typed formulas, dials, noise, any settings."""

import numpy as np

import optim
from optim.races.entry import no_modifier, no_schedule
from tests.support import samples

FORMULAS = (
    *("log(x) + y**2", "sin(100*x) + y**2", "1e-7*x + y**2", "x + y**2", "x**3 + y**2", "abs(x) + abs(y)", "abs(x - 2*y)"),
    *("sqrt(x**2 + y**2)", "sqrt(abs(x)) + y**2", "1/x + y**2", "x**2 - y**2", "exp(x)*cos(y)", "-log(x) + y**2", "x*y"),
    *("abs(x)**1.5 + y**4", "max(x, y)**2 + x**2/10", "(x**2 + y**2 - 1)**2", "exp(-x**2 - y**2)", "log(1 + x**2) + abs(y)"),
    *("x**2/20 + y**2", "sin(x) + y**2/50 + x/9", "5 - x**2 - y**2", "x**4 - x**2 + y**2", "sqrt(x) + y**2", "1e6*(x**2 + y**2)"),
)  # fmt: skip
"""What people type: bowls, kinks, poles, logarithms, functions that fall without end, are flat, wavy or not defined everywhere."""
ENTRIES = 6
"""Entries of one race."""


def number(race):
    """Return the spec of random race number `race`."""
    rng = np.random.default_rng([20261129, race])
    typed = rng.random() < 0.4
    name = FORMULAS[rng.integers(len(FORMULAS))] if typed else list(optim.PROBLEMS)[rng.integers(len(optim.PROBLEMS))]
    problem = optim.problem(name)
    steps = int(rng.choice([1, 2, 5, 10, 30, 60, 100, 200]))
    dials = {} if rng.random() < 0.7 else _dials(rng)
    return optim.RaceSpec(
        name,
        [_entry(rng) for _ in range(ENTRIES)],
        _start(problem, rng),
        steps,
        gradient="central" if rng.random() < 0.1 else "exact",
        noise=float(10 ** rng.uniform(-3, 1)) if rng.random() < 0.25 else 0.0,
        seed=race,
        budget=int(rng.integers(1, 3 * steps + 2)) if rng.random() < 0.05 else None,
        **dials,
    )


def _dials(rng):
    return {
        "rotate": float(rng.choice([0, 30, 45, rng.uniform(-180, 180)])),
        "stretch": float(10 ** rng.uniform(-1, 1)),
        "shift": tuple(float(part) for part in rng.choice([0.0, 1.0, -0.5, 6.0], 2)),
    }


def _start(problem, rng):
    """Return a start: one of the function's own, one in its view, on an axis, or now and then outside."""
    kind = rng.random()
    if kind < 0.25 and problem.starts:
        return problem.starts[rng.integers(len(problem.starts))]
    width = 1.5 if kind > 0.95 else 1.0
    point = [rng.uniform(low - (width - 1) * (high - low), high + (width - 1) * (high - low)) for low, high in problem.view]
    if 0.85 < kind < 0.9:
        point[rng.integers(2)] = 0.0
    return tuple(round(float(part), 3) for part in point)


def _entry(rng):
    """Return an entry: any optimizer, with settings drawn from its sliders, its defaults, or its sliders' ends."""
    rule = list(optim.OPTIMIZERS.values())[rng.integers(len(optim.OPTIMIZERS))]
    values = {}
    for parameter in rule.parameters:
        kind = rng.random()
        if parameter.name == "lr" and kind < 0.9:
            values["lr"] = float(10 ** rng.uniform(-4, 1))
        elif kind < 0.35:
            values[parameter.name] = samples.drawn(parameter, rng)
        elif kind < 0.5:
            values[parameter.name] = parameter.canonical(rng.choice([parameter.low, parameter.high]))
    schedule, modifiers = "constant", ()
    if rng.random() < 0.1 and not no_schedule(rule):
        schedule = str(rng.choice(list(optim.SCHEDULES)))
    if rng.random() < 0.1:
        modifiers = tuple(name for name in rng.permutation(list(optim.MODIFIERS))[:1] if not no_modifier(rule, name))
    return optim.Entry(rule.name, values, schedule=schedule, modifiers=tuple(str(name) for name in modifiers))
