"""Starts, hyper-parameters and whole specs drawn from what the registries say about themselves."""

import numpy as np
from hypothesis import strategies as st

import optim
from optim.races.entry import no_modifier, no_schedule
from optim.races.spec import GRADIENTS, MAX_ENTRIES, MAX_SEED, MAX_STEPS

SOME = tuple(optim.PROBLEMS[name] for name in ("elongated_bowl", "rosenbrock", "ackley", "eggholder", "cliff"))
"""What every rule meets where a claim is about the rule: a bowl, a bent valley, and what arithmetic may stumble over: a mended tip,
corners, slopes that overflow. That a claim does not hang on the function is shown by SGD and Adam, which meet all of them."""

SHOWN = (*(problem.name for problem in SOME), "saddle")
"""Functions that pages are looked at with: SOME, and one that falls without end. What pages say of a function is the library's, and
checked there for all of them."""


def meetings(rules=None):
    """Return (optimizer, problem) pairs: each of `rules`, all by default, with SOME, SGD and Adam with every problem."""
    return [
        (rule, problem)
        for rule in rules or optim.OPTIMIZERS.values()
        for problem in (optim.PROBLEMS.values() if rule.name in ("sgd", "adam") else SOME)
    ]


def named(items):
    """Return readable ids of optimizers, problems, or pairs of them."""
    return ["-".join(one.name for one in (item if isinstance(item, tuple) else (item,))) for item in items]


def defaults(rule):
    """Return the default hyper-parameters of a rule, as an entry would hold them."""
    return {parameter.name: parameter.canonical(parameter.default) for parameter in rule.parameters}


def dressed(rule, steps):
    """Return a rule with a schedule over `steps` steps and every modifier that it takes, or None where it takes nothing."""
    modifiers = []
    for name in optim.MODIFIERS:
        if not no_modifier(rule, name, modifiers):
            modifiers.append(name)
    schedule = "constant" if no_schedule(rule) else "warmup_cosine"
    if schedule == "constant" and not modifiers:
        return None
    return optim.Entry(rule.name, schedule=schedule, modifiers=modifiers).assembled(steps)[0]


def entry(rule, **values):
    """Return an entry of a rule with `values`, those that it has no parameter for left out."""
    return optim.Entry(rule.name, {name: value for name, value in values.items() if name in {p.name for p in rule.parameters}})


def heats(entries):
    """Return entries in fields of the largest race there may be."""
    return [tuple(entries[i : i + MAX_ENTRIES]) for i in range(0, len(entries), MAX_ENTRIES)]


def points(box, count, rng):
    """Return points (2, count) spread evenly over a box."""
    return np.stack([rng.uniform(low, high, count) for low, high in box])


def grid(box, size=45):
    """Return a grid (2, n) over a box, its border and the axes included."""
    edges = [np.union1d(np.linspace(low, high, size), [0.0] if low < 0 < high else []) for low, high in box]
    return np.stack(np.meshgrid(*edges)).reshape(2, -1)


def drawn(parameter, rng):
    """Return a value of a hyper-parameter from the range that its slider spans."""
    if parameter.kind != "float":
        return int(rng.integers(parameter.low, parameter.high, endpoint=True))
    if parameter.log:
        return float(10 ** rng.uniform(np.log10(parameter.low), np.log10(parameter.high)))
    return float(rng.uniform(parameter.low, parameter.high))


def hyper(optimizer, rng, **fixed):
    """Return a whole set of hyper-parameters as an entry would hold it: `fixed` where named there, else drawn."""
    values = {parameter.name: fixed.get(parameter.name, drawn(parameter, rng)) for parameter in optimizer.parameters}
    return {parameter.name: parameter.canonical(values[parameter.name]) for parameter in optimizer.parameters}


def structural(optimizer, rng):
    """Return one drawn value for each structural hyper-parameter: runs of one block share it."""
    return {parameter.name: drawn(parameter, rng) for parameter in optimizer.parameters if parameter.structural}


def bits(array):
    """Return an array's bytes; every NaN is the same NaN."""
    array = np.asarray(array)
    return np.where(np.isnan(array), np.nan, array).tobytes() if array.dtype.kind == "f" else array.tobytes()


def numbers(low, high):
    """Return a strategy: finite floats of a range, its ends and awkward ones included."""
    return st.floats(low, min(high, 1e300), allow_nan=False, allow_infinity=False)


def value_of(parameter):
    """Return a strategy: every value that a hyper-parameter accepts."""
    low, high = parameter.bounds
    return {"float": numbers(low, high), "int": st.integers(int(low), int(min(high, 10**6))), "bool": st.booleans()}[parameter.kind]


def entry_of(rule):
    """Return a strategy: entries of an optimizer with any settings."""
    values = st.fixed_dictionaries({}, optional={parameter.name: value_of(parameter) for parameter in rule.parameters})
    text = st.text(st.characters(codec="utf-8"), max_size=80)
    schedules = st.just("constant") if no_schedule(rule) else st.sampled_from(list(optim.SCHEDULES.values())).flatmap(_with_values)
    allowed = [modifier for modifier in optim.MODIFIERS.values() if not no_modifier(rule, modifier.name)]
    decays = st.lists(
        st.sampled_from(allowed or [None]), max_size=3 if allowed else 0, unique_by=lambda m: (*m.parameters, m)[0].name
    )
    modifiers = decays.flatmap(lambda chosen: st.tuples(*map(_with_values, chosen)))
    return st.builds(
        optim.Entry,
        st.just(rule.name),
        values,
        schedule=schedules,
        modifiers=modifiers,
        label=st.none() | text,
        origin=text,
    )


def _with_values(item):
    """Return a strategy: a schedule or modifier by name, with any values of its own."""
    values = st.fixed_dictionaries({}, optional={parameter.name: value_of(parameter) for parameter in item.parameters})
    return st.tuples(st.just(item.name), values)


COORDINATES = numbers(-1e300, 1e300)
POINTS = st.tuples(COORDINATES, COORDINATES)
SPECS = st.builds(
    optim.RaceSpec,
    problem=st.sampled_from([*optim.PROBLEMS, *optim.PROBLEM_FAMILIES, "x**2 + y", "abs(x) - y^2"]),
    entries=st.lists(st.sampled_from(list(optim.OPTIMIZERS.values())).flatmap(entry_of), min_size=1, max_size=MAX_ENTRIES),
    start=POINTS,
    steps=st.integers(1, MAX_STEPS),
    gradient=st.sampled_from(GRADIENTS),
    noise=numbers(0, 1e300),
    seed=st.integers(0, MAX_SEED),
    rotate=numbers(-360, 360),
    stretch=numbers(1e-6, 1e6),
    shift=POINTS,
    target=st.none() | numbers(0, 1e300),
    budget=st.none() | st.integers(0, 10**12),
)
