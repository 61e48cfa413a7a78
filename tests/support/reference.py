"""The reference data as Python objects: test functions, golden runs and the notebook's coordinates."""

import json
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "data"
_STORED = json.loads((DATA / "functions.json").read_text())
FUNCTIONS, FAMILIES, ONLINE = (
    {record["name"]: record for record in _STORED[part]} for part in ("functions_2d", "functions_nd", "online")
)
MANIFEST = json.loads((DATA / "manifest.json").read_text())
NOTEBOOK = json.loads((DATA / "seed_notebook_sgd.json").read_text())
NOTEBOOK_CELLS = {int(number): lines for number, lines in json.loads((DATA / "seed_notebook_cells.json").read_text()).items()}


@cache
def compiled(text):
    """Return a reference expression as code: compiling it anew for each of 146 000 looks took most of a collection's time."""
    return compile(text.strip(), "<reference>", "eval")


class _ComplexSafe:
    """NumPy, with what is not analytic decided by the real part: piece by piece, such a function is analytic again."""

    def __getattr__(self, name):
        return getattr(np, name)

    def abs(self, z):
        return np.where(np.real(z) < 0, -z, z)

    def sign(self, z):
        return np.sign(np.real(z))

    def maximum(self, a, b):
        return np.where(np.real(a) >= np.real(b), a, b)


def evaluate(record, expression, x):
    """Return a reference expression of the function `record` at the points `x` (2, ...), in the shape of one coordinate."""
    names = {"np": _ComplexSafe() if np.iscomplexobj(x) else np, "x": x[0], "y": x[1]}
    for name, text in record["let"].items():
        names[name] = eval(compiled(text), names)
    return eval(compiled(expression), names) + 0.0 * x[0]


def value(record, x):
    """Return the reference values (...) at `x` (2, ...)."""
    return evaluate(record, record["formula"], x)


def gradient(record, x):
    """Return the reference gradients (2, ...) at `x` (2, ...)."""
    return np.stack([evaluate(record, part, x) for part in record["grad"]])


def hessian(record, x):
    """Return the reference Hessians (2, 2, ...) at `x` (2, ...): those stored, else the complex step of the stored gradient."""
    if not record["hess"]:
        return complex_step(lambda at: gradient(record, at), x)
    xx, xy, yy = (evaluate(record, part, x) for part in record["hess"])
    return np.stack([np.stack([xx, xy]), np.stack([xy, yy])])


def family(record, expression, x):
    """Return a reference expression in X of the family `record` at the points `x` (d, ...); X has the coordinates last."""
    safe = _ComplexSafe() if np.iscomplexobj(x) else np
    return eval(compiled(expression), {"np": safe, "X": np.moveaxis(x, 0, -1), "n": len(x)})


def complex_step(function, x, h=1e-30):
    """Return the derivatives of an analytic `function` (d, ...) -> (...), (d, ...): exact to rounding, no difference is taken."""
    steps = np.eye(len(x)).reshape(len(x), len(x), *[1] * (x.ndim - 1)) * 1j * h
    return np.stack([function(x + step).imag / h for step in steps])


def central(function, x, h=1e-5):
    """Return the central differences of `function` (2, ...) -> (k, ...) or (...), the new axis first."""
    steps = np.eye(2).reshape(2, 2, *[1] * (x.ndim - 1)) * h
    return np.stack([(function(x + step) - function(x - step)) / (2 * h) for step in steps])


def golden_path(run, function):
    """Return the golden path (201, 2) of `run` on `function`."""
    with np.load(DATA / "first_order.npz") as paths:
        return paths[f"{run}/{function}"]


def golden_gradient(function, point):
    """Return the gradient (2,) at a point, in the operation order that the golden runs were made with."""
    *lets, _, derivative = MANIFEST["functions"][function].split(" ; ")
    names = {"x": float(point[0]), "y": float(point[1])}
    for assignment in ";".join(lets).split(";") if lets else ():
        name, text = assignment.split("=")
        names[name] = eval(compiled(text), names)
    return np.array(eval(compiled(derivative.removeprefix("grad ")), names))


def seed_path():
    """Return the notebook's run with the exact gradient, (41, 2)."""
    return np.loadtxt(DATA / "seed_sgd_quad_lr0.95.csv", delimiter=",", skiprows=1)[:, 1:]
