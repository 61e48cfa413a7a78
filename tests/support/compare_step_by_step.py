"""How optimizers are compared, step by step, with recorded runs of other implementations."""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

import optim
from optim.core.oracle import Oracle
from tests.support import reference
from tests.support.reference import DATA, MANIFEST

FLOOR = 1e-12
"""Where rounding alone moves a run farther than this, no implementation can follow it."""

OWN, FED = "each on its own path", "both on the same gradients"
"""The two ways of comparing step by step."""

PROBLEMS = {"quad": "elongated_bowl", "rosenbrock": "rosenbrock", "beale": "beale"}
"""Function of the first golden runs -> our problem."""

SETTINGS = json.loads((DATA / "settings.json").read_text())


@dataclass(frozen=True, eq=False)
class Case:
    """A recorded run: our entry that means the same, on which problem, its path, and the gradients it was given, in order.

    `floor` is how far rounding alone moves it, `tolerance` how far a race may be from it, `fed_tolerance` how far the rule may be
    when fed the run's gradients. `answer` is the averaged point and `rates` the learning rates, where the run has them.
    """

    name: str
    entry: optim.Entry
    problem: str
    path: np.ndarray
    gradients: np.ndarray | None
    library: str
    call: str
    floor: float
    tolerance: float
    answer: np.ndarray | None = None
    rates: np.ndarray | None = None
    fed_tolerance: float = FLOOR

    @property
    def chaotic(self):
        """Whether rounding alone moves the run farther than FLOOR."""
        return self.floor > FLOOR


class Recorded(Oracle):
    """An oracle that gives recorded gradients, one per call, wherever it is asked."""

    def __init__(self, gradients):
        self._gradients = iter(gradients)

    def gradient(self, x, where=None):
        return next(self._gradients)[:, None]

    def value(self, x, where=None):
        raise NotImplementedError("only gradients were recorded")

    hessian = value

    def normal(self, k):
        raise NotImplementedError("golden runs have no randomness")


@cache
def cases():
    """Return every recorded run that some optimizer is held against step by step: those its object names, then other settings."""
    named = [
        _named(rule, golden, function)
        for rule in optim.OPTIMIZERS.values()
        for golden in rule.golden
        if golden.compare == "steps"
        for function in PROBLEMS
    ]
    with np.load(DATA / "settings.npz") as paths:
        return (*named, *(_set(name, run, paths) for name, run in SETTINGS["runs"].items()))


def _named(rule, golden, function):
    run = MANIFEST["runs"][golden.run]
    path, measured = reference.golden_path(golden.run, function), run["per_function"][function]
    return Case(
        name=f"{golden.run}/{function}",
        entry=optim.Entry(rule.name, {"lr": run["lr"][function], **golden.values}),
        problem=PROBLEMS[function],
        path=path,
        gradients=None if "open loop" in rule.exempt else _gradients(path[:-1], lambda p: reference.golden_gradient(function, p)),
        library=_library(run),
        call=run["call"].replace("lr=lr", f"lr={run['lr'][function]:g}"),
        floor=measured.get("floor200", 0.0),
        tolerance=measured["tol"],
        fed_tolerance=measured.get("fed_tol", FLOOR),
    )


def _set(name, run, paths):
    function = SETTINGS["functions"][run["function"]]
    path = paths[f"{name}/{run['function']}"]
    unfed = "open loop" in optim.OPTIMIZERS[run["optimizer"]].exempt and f"{name}/points" not in paths
    points = paths[f"{name}/points"] if f"{name}/points" in paths else path[:-1]
    return Case(
        name=f"{name}/{run['function']}",
        entry=optim.Entry(run["optimizer"], run["values"], _schedule(run), _modifiers(run)),
        problem=function["problem"],
        path=path,
        gradients=None
        if unfed
        else _gradients(
            points, lambda p: [eval(reference.compiled(text), {"x": float(p[0]), "y": float(p[1])}) for text in function["grad"]]
        ),
        library=_library(run),
        call=" with ".join([run["call"], *([run["scheduler"]] if "scheduler" in run else []), *run.get("modifier_calls", ())]),
        floor=run["floor"],
        tolerance=max(FLOOR, 20 * run["floor"]),
        answer=paths.get(f"{name}/answer"),
        rates=paths.get(f"{name}/lr"),
    )


LIBRARIES = {
    "torch": "PyTorch",
    "optax": "Optax",
    "koz": "pytorch_optimizer",
    "book": "The book's code",
    "mpmath": "mpmath, 50 digits,",
}


def _library(run):
    """Return who made a run, with the version: "PyTorch 2.13.0"."""
    version = run["version"].split()[0].partition("+")[0].rpartition("@")[2]
    return f"{LIBRARIES.get(run['lib'], run['lib'])} {version}"


def _gradients(points, gradient):
    return np.array([gradient(point) for point in points])


def _schedule(run):
    """Return our schedule for the one that PyTorch was given: what it gives as a learning rate, we give as a share."""
    given = dict(run.get("schedule", {"name": "constant"}))
    own = {name: given[name] for name in ("step_size", "gamma", "warmup_steps") if name in given}
    if given.get("eta_min"):
        own["floor"] = given["eta_min"] / run["values"]["lr"]
    if "start_factor" in given:
        own["start"] = given["start_factor"]
    return given["name"], own


def _modifiers(run):
    return [(one["name"], {key: value for key, value in one.items() if key != "name"}) for one in run.get("modifiers", ())]


def closed_loop(case):
    """Return how far our race goes from the recorded path, each on its own gradients, and how far its answer does."""
    result = optim.race(optim.RaceSpec(case.problem, case.entry, tuple(case.path[0]), len(case.path) - 1))
    apart = float(np.max(np.abs(result.path[0] - case.path)))
    return apart if case.answer is None else max(apart, float(np.max(np.abs(result.answer[0] - case.answer))))


def open_loop(case):
    """Return how far our rule goes from the recorded path when fed its gradients, relative to the larger of 1 and the path."""
    steps = len(case.path) - 1
    rule, hyper = case.entry.assembled(steps)
    oracle, x = Recorded(case.gradients), case.path[0][:, None]
    state, path = rule.init(oracle, x, hyper), [x]
    for _ in range(steps):
        x, state = rule.step(oracle, x, state, hyper)
        path.append(x)
    return float(np.max(np.abs(np.stack(path)[:, :, 0] - case.path) / np.maximum(1.0, np.abs(case.path))))
