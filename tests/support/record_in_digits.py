"""Write runs of newer rules, in 50 decimal digits, into the golden data: `python -m tests.support.record_in_digits`.

Each rule is written here coordinate by coordinate from its paper, with mpmath, and shares nothing with the library but the gradient
expressions of `settings.json`. A run made again in 53 bits says how far rounding moves it: that is its floor.
"""

import itertools
import json

import mpmath
import numpy as np

from tests.support.reference import DATA

STEPS, TOLERANCE = 200, 1e-12
VERSION = mpmath.__version__
NADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01, "momentum_decay": 4e-3}
LAPROP = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-15}
MINI = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}
ADAGRAD = {"eps": 1e-6}
SOAP = {"beta1": 0.95, "beta2": 0.95, "memory": 0.95, "every": 10, "weight_decay": 0.0, "eps": 1e-8}
SOPHIA = {"beta1": 0.96, "beta2": 0.99, "gamma": 0.01, "every": 10, "eps": 1e-12, "weight_decay": 0.0}
RANGER = {"beta1": 0.95, "beta2": 0.999, "eps": 1e-5, "weight_decay": 0.0, "sync_period": 6, "slow_step": 0.5}
RUNS = {
    "nadamw": (NADAM, ({}, {"momentum_decay": 0.05}, {"eps": 1e-3, "weight_decay": 0.1}, {"beta1": 0.8, "beta2": 0.98})),
    "laprop": (LAPROP, ({}, {"beta1": 0.7}, {"beta2": 0.95, "eps": 1e-3})),
    "adam_mini": (MINI, ({}, {"beta1": 0.7, "eps": 1e-3}, {"beta2": 0.95, "weight_decay": 0.1})),
    "ranger": (RANGER, ({}, {"beta1": 0.8, "beta2": 0.98, "eps": 1e-3}, {"sync_period": 4, "slow_step": 0.8, "weight_decay": 0.1})),
    "adagrad_full": (ADAGRAD, ({"eps": 1e-3}, {"eps": 1.0}, {"eps": 1e-2}, {})),
    "sophia_h": (
        SOPHIA,
        (
            {"beta1": 0.8, "gamma": 0.5},
            {"beta2": 0.9, "every": 3},
            {"every": 1, "weight_decay": 0.1, "gamma": 0.2},
            {"beta1": 0.9, "beta2": 0.8, "eps": 1.0},
        ),
    ),
    "soap_vector": (
        SOAP,
        (
            {"beta1": 0.8, "eps": 1e-3},
            {"beta2": 0.99, "every": 3},
            {"memory": 0.8, "weight_decay": 0.1, "every": 1},
            {"beta1": 0.9, "beta2": 0.98, "memory": 0.99, "every": 25},
        ),
    ),
}
"""Rule -> its settings besides lr, and what is changed of them in its runs."""
GOLDEN = {
    "laprop": (LAPROP, (0.3, 0.05, 0.05)),
    "adam_mini": (MINI, (0.3, 0.05, 0.05)),
    "ranger": (RANGER, (0.3, 0.001, 0.002)),
    "soap_vector": (SOAP, (0.3, 0.05, 0.05)),
}
"""Rules that no recorded run of a library stands for: their runs at the defaults, with lr on each of FUNCTIONS."""
FUNCTIONS = ("quad", "rosenbrock", "beale")
WHERE = (("quad", 0.3), ("rosenbrock", 0.02), ("himmelblau", 0.05), ("three_hump_camel", 0.01))
"""Where the runs are made in turn, and with which lr."""
GENTLER = {"ranger": 0.05, "sophia_h": 0.25}
"""Rules that need a lower lr, as a factor: RAdam's first steps are plain momentum, and Sophia at its clip turns every step."""


def nadamw(gradient, x, p):
    """Yield the points of NAdam (Dozat 2016) with decoupled weight decay, in PyTorch's form."""
    m, v, product = [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2, mpmath.mpf(1)
    for t in itertools.count(1):
        g = gradient(x)
        mu, later = (p["beta1"] * (1 - mpmath.mpf("0.96") ** (s * p["momentum_decay"]) / 2) for s in (t, t + 1))
        product *= mu
        m = [p["beta1"] * a + (1 - p["beta1"]) * b for a, b in zip(m, g, strict=True)]
        v = [p["beta2"] * a + (1 - p["beta2"]) * b * b for a, b in zip(v, g, strict=True)]
        moved = []
        for here, a, b, slope in zip(x, m, v, g, strict=True):
            below = mpmath.sqrt(b / (1 - p["beta2"] ** t)) + p["eps"]
            ahead = slope * (1 - mu) / (1 - product) + a * later / (1 - product * later)
            moved.append(here - p["lr"] * p["weight_decay"] * here - p["lr"] * ahead / below)
        x = moved
        yield x


def laprop(gradient, x, p):
    """Yield the points of LaProp (Ziyin, Wang & Ueda 2020): the gradient is divided first, and averaged then."""
    m, v = [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2
    for t in itertools.count(1):
        g = gradient(x)
        v = [p["beta2"] * b + (1 - p["beta2"]) * slope**2 for b, slope in zip(v, g, strict=True)]
        scaled = [slope / (mpmath.sqrt(b / (1 - p["beta2"] ** t)) + p["eps"]) for b, slope in zip(v, g, strict=True)]
        m = [p["beta1"] * a + (1 - p["beta1"]) * p["lr"] * one for a, one in zip(m, scaled, strict=True)]
        x = [here - a / (1 - p["beta1"] ** t) for here, a in zip(x, m, strict=True)]
        yield x


def adam_mini(gradient, x, p):
    """Yield the points of Adam-mini (Zhang et al. 2024) with one block: the mean of squares is one number."""
    m, v = [mpmath.mpf(0)] * 2, mpmath.mpf(0)
    for t in itertools.count(1):
        g = gradient(x)
        v = p["beta2"] * v + (1 - p["beta2"]) * sum(slope**2 for slope in g) / len(g)
        m = [p["beta1"] * a + (1 - p["beta1"]) * slope for a, slope in zip(m, g, strict=True)]
        below = mpmath.sqrt(v / (1 - p["beta2"] ** t)) + p["eps"]
        kept = 1 - p["lr"] * p["weight_decay"]
        x = [here * kept - p["lr"] * a / (1 - p["beta1"] ** t) / below for here, a in zip(x, m, strict=True)]
        yield x


def ranger(gradient, x, p):
    """Yield the points of Ranger: RAdam (Liu et al. 2019, in PyTorch's form) in Lookahead (Zhang et al. 2019)."""
    m, v, slow = [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2, x
    longest = 2 / (1 - p["beta2"]) - 1
    for t in itertools.count(1):
        g = [slope + p["weight_decay"] * here for slope, here in zip(gradient(x), x, strict=True)]
        m = [p["beta1"] * a + (1 - p["beta1"]) * slope for a, slope in zip(m, g, strict=True)]
        v = [p["beta2"] * b + (1 - p["beta2"]) * slope**2 for b, slope in zip(v, g, strict=True)]
        length = longest - 2 * t * p["beta2"] ** t / (1 - p["beta2"] ** t)
        moves = [p["lr"] * a / (1 - p["beta1"] ** t) for a in m]
        if length > 5:
            above = (length - 4) * (length - 2) * longest
            trust = mpmath.sqrt(above / ((longest - 4) * (longest - 2) * length) * (1 - p["beta2"] ** t))
            moves = [move * trust / (mpmath.sqrt(b) + p["eps"]) for move, b in zip(moves, v, strict=True)]
        x = [here - move for here, move in zip(x, moves, strict=True)]
        if t % int(p["sync_period"]) == 0:
            x = slow = [old + p["slow_step"] * (new - old) for old, new in zip(slow, x, strict=True)]
        yield x


def adagrad_full(gradient, x, p):
    """Yield the points of full-matrix AdaGrad (Duchi, Hazan & Singer 2011) with the diagonal inside the root, by eigenvalues."""
    total = mpmath.eye(len(x)) * p["eps"]
    while True:
        g = mpmath.matrix(gradient(x))
        total += g * g.T
        values, vectors = mpmath.eigsy(total)
        move = vectors * mpmath.diag([1 / mpmath.sqrt(value) for value in values]) * vectors.T * g
        x = [here - p["lr"] * part for here, part in zip(x, move, strict=True)]
        yield x


def along(axes, g):
    """Return the parts of a vector along axes; those that are nothing but rounding, in as many digits as there are, are zero."""
    parts, length = axes.T * g, mpmath.norm(g)
    return mpmath.matrix([part if abs(part) > 16 * mpmath.eps * length else 0 for part in parts])


def soap_vector(gradient, x, p):
    """Yield the points of SOAP (Vyas et al. 2024) on a vector, in the order of the authors' step; the first call only looks."""
    d = len(x)
    m, v, average, axes = mpmath.zeros(d, 1), mpmath.zeros(d, 1), mpmath.zeros(d, d), None
    for t in itertools.count():
        g = mpmath.matrix(gradient(x))
        if axes is not None:
            m = p["beta1"] * m + (1 - p["beta1"]) * g
            v = mpmath.matrix([p["beta2"] * old + (1 - p["beta2"]) * part**2 for old, part in zip(v, along(axes, g), strict=True)])
            length = p["lr"] * mpmath.sqrt(1 - p["beta2"] ** t) / (1 - p["beta1"] ** t)
            scaled = [part / (mpmath.sqrt(own) + p["eps"]) for part, own in zip(along(axes, m), v, strict=True)]
            x = [here - length * part for here, part in zip(x, axes * mpmath.matrix(scaled), strict=True)]
            x = [here - p["lr"] * p["weight_decay"] * here for here in x]
        average = p["memory"] * average + (1 - p["memory"]) * g * g.T
        if axes is None:
            axes = mpmath.eigsy(average)[1][:, ::-1]
        elif t % int(p["every"]) == 0:
            made = axes.T * average * axes
            order = sorted(range(d), key=lambda i, made=made: -made[i, i])
            v = mpmath.matrix([v[i] for i in order])
            axes = mpmath.qr(average * mpmath.matrix([[axes[row, i] for i in order] for row in range(d)]))[0]
        yield x


def sophia_h(gradient, x, p):
    """Yield the points of Sophia-H (Liu et al. 2023) on the exact diagonal, each entry the derivative of its own slope."""
    m, h = [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2
    for t in itertools.count():
        g = gradient(x)
        m = [p["beta1"] * a + (1 - p["beta1"]) * slope for a, slope in zip(m, g, strict=True)]
        if t % int(p["every"]) == 0:
            along = (lambda u, at=x: gradient([u, at[1]])[0], lambda u, at=x: gradient([at[0], u])[1])
            bends = [mpmath.diff(slope, here) for slope, here in zip(along, x, strict=True)]
            h = [p["beta2"] * a + (1 - p["beta2"]) * bend for a, bend in zip(h, bends, strict=True)]
        moved = [a / max(p["gamma"] * b, p["eps"]) for a, b in zip(m, h, strict=True)]
        kept = 1 - p["lr"] * p["weight_decay"]
        x = [here * kept - p["lr"] * max(min(move, 1), -1) for here, move in zip(x, moved, strict=True)]
        yield x


def path(rule, function, values, digits):
    """Return a run's points (STEPS + 1, 2), computed with that many digits."""
    parts = [compile(text, "<gradient>", "eval") for text in function["grad"]]
    with mpmath.workdps(digits):
        start = [mpmath.mpf(part) for part in function["start"]]
        settings = {name: mpmath.mpf(value) for name, value in values.items()}

        def gradient(point):
            names = {"x": point[0], "y": point[1]}
            return [mpmath.mpf(eval(part, names)) for part in parts]

        points = [start, *itertools.islice(globals()[rule](gradient, start, settings), STEPS)]
        return np.array([[float(part) for part in point] for point in points])


def main():
    """Write the runs; those of these rules that are there already are written anew."""
    settings = json.loads((DATA / "settings.json").read_text())
    with np.load(DATA / "settings.npz") as stored:
        arrays = dict(stored)
    for rule, (common, changes) in RUNS.items():
        for number, (change, (where, lr)) in enumerate(zip(changes, itertools.cycle(WHERE), strict=False), 1):
            values, function = {"lr": lr * GENTLER.get(rule, 1.0), **common, **change}, settings["functions"][where]
            exact, rounded = (path(rule, function, values, digits) for digits in (50, 15))
            arrays[f"{rule}_{number}/{where}"] = exact
            call = f"tests.support.record_in_digits.{rule}({', '.join(f'{name}={value}' for name, value in values.items())})"
            record = {"optimizer": rule, "function": where, "values": values, "lib": "mpmath", "version": VERSION, "call": call}
            settings["runs"][f"{rule}_{number}"] = {**record, "floor": float(f"{np.max(np.abs(exact - rounded)):.2g}")}
    (DATA / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    np.savez_compressed(DATA / "settings.npz", **arrays)
    write_golden(settings["functions"])


def write_golden(functions):
    """Write the runs at the defaults among those of the libraries."""
    manifest = json.loads((DATA / "manifest.json").read_text())
    with np.load(DATA / "first_order.npz") as stored:
        arrays = dict(stored)
    for rule, (common, rates) in GOLDEN.items():
        measured = {}
        for where, lr in zip(FUNCTIONS, rates, strict=True):
            exact, rounded = (path(rule, functions[where], {"lr": lr, **common}, digits) for digits in (50, 15))
            arrays[f"mpmath_{rule}/{where}"] = exact
            floor = float(f"{np.max(np.abs(exact - rounded)):.2g}")
            measured[where] = {"floor200": floor, "tol": max(TOLERANCE, 20 * floor)}
        about = {
            "lib": "mpmath",
            "version": VERSION,
            "call": f"tests.support.record_in_digits.{rule}(lr=lr)",
            "hyper": {},
            "kind": None,
        }
        manifest["runs"][f"mpmath_{rule}"] = {**about, "lr": dict(zip(FUNCTIONS, rates, strict=True)), "per_function": measured}
    (DATA / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    np.savez_compressed(DATA / "first_order.npz", **arrays)


if __name__ == "__main__":
    main()
