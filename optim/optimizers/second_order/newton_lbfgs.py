"""Rules that use the curvature: Newton's method with the Hessian itself, L-BFGS with what past gradients tell of it."""

import math

import numpy as np

from optim.core.linalg import dot
from optim.core.optimizer import Golden, Optimizer, Torch
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Mask
from optim.i18n.message import message
from optim.optimizers.first_order.shared import LR, case, with_default

_LR = with_default(LR, 1.0)


newton = Optimizer(
    "newton",
    "Newton",
    "Curvature",
    (
        _LR,
        Parameter("damping", "μ", 0.0, 0.0, 100.0, doc="added to every curvature: shorter, safer steps", valid=(0.0, math.inf)),
    ),
    # Without any slope there is nowhere to go, even where the curvature vanishes too and the system has no single solution.
    Lines(
        "g = gradient(x)",
        "curvature = hessian(x)",
        "x = x if steepest(g) == 0 else x - lr * solve(curvature + damping * identity, g)",
        symbols={"curvature": "H"},
        usual={"g": 1},
    ),
    reference="Newton's method (17th century); damped by Levenberg, A method for the solution of certain non-linear problems in "
    "least squares (1944)",
    idea="jumps to the flat point of the local parabola; this can be a saddle or a maximum.",
    cases=(
        case(
            message(
                "adds μ to every curvature, and goes lr times the way to the flat point of the parabola with those curvatures."
            ),
            lambda hp: hp["damping"] > 0,
        ),
        case(
            message("goes lr times the way to the flat point of the local parabola."),
            lambda hp: hp["lr"] != 1,
        ),
    ),
    golden=tuple(Golden(f"mpmath_newton/{function}", {}, "digits") for function in ("quad", "rosenbrock", "beale")),
    form="The plain method, with no line search and no repair of negative curvature; damping adds to the diagonal as Levenberg "
    "did, and is not adapted. Where the damped Hessian is singular and the slope is not zero, no step exists and the run ends.",
    exempt={
        "still": "no step is defined along a direction that has neither slope nor curvature",
        "modifiers": "the step is the ratio of slope and curvature: a changed slope no longer fits the curvature",
    },
)

_ENOUGH_BEND, _FLAT, _NO_PROGRESS = 1e-10, 1e-7, 1e-9
"""PyTorch's constants: least y's of a pair that is kept; the two stops, tolerance_grad and tolerance_change."""


def _pushed(memory: Array, new: Array, kept: Mask, pairs: Array) -> Array:
    """Return the memory (k, d, ...) with `new` in front and the oldest gone in the runs `kept`, of which each holds `pairs`."""
    used = min(len(memory), int(np.max(pairs)) + 1)
    result = np.zeros_like(memory)
    result[0] = np.where(kept, new, memory[0])
    result[1:used] = np.where(kept, memory[: used - 1], memory[1:used])
    return result


def _two_loops(q: Array, moves: Array, changes: Array, pairs: Array, scale: Array) -> Array:
    """Return the inverse Hessian that the pairs stand for, times `q` (d, B), never having formed it."""
    used = int(np.max(pairs))
    whole = bool(np.all(pairs == used))
    weight = 1.0 / dot(np.moveaxis(changes[:used], 1, 0), np.moveaxis(moves[:used], 1, 0))
    shares = []
    for age in range(used):
        share = dot(moves[age], q) * weight[age]
        shares.append(share)
        less = q - share * changes[age]
        q = less if whole else np.where(age < pairs, less, q)
    q = q * scale
    for age in reversed(range(used)):
        more = q + moves[age] * (shares[age] - dot(changes[age], q) * weight[age])
        q = more if whole else np.where(age < pairs, more, q)
    return q


def _lbfgs_rests(problem: Problem, point: Array, noisy: bool) -> str:
    flat = not noisy and np.max(np.abs(problem.gradient(point[:, None]))) <= _FLAT
    return message("its own rule stops it where no coordinate's slope exceeds {flat:g}", flat=_FLAT) if flat else ""


lbfgs = Optimizer(
    "lbfgs",
    "L-BFGS",
    "Curvature",
    (_LR, Parameter("history", "k", 100, 1, 100, kind="int", structural=True, doc="how many past moves are remembered")),
    Lines(
        "g = gradient(x)",
        "moves starts at room(x, history)",
        "changes starts at room(x, history)",
        "scale starts at 1",
        f"flat := steepest(g) <= {_FLAT}",
        "change := g - gradient",
        "bend := dot(change, step)",
        f"kept := started and not flat and bend > {_ENOUGH_BEND}",
        "moves := pushed(moves, step, kept, pairs)",
        "changes := pushed(changes, change, kept, pairs)",
        "pairs := min(pairs + 1, history) if kept else pairs",
        "scale := bend / dot(change, change) if kept else scale",
        "direction = two_loops(-g, moves, changes, pairs, scale)",
        "length = lr if started else lr * min(1, 1 / norm1(g))",
        f"step = step if steepest(g) <= {_FLAT} else length * direction",
        f"x = x if steepest(g) <= {_FLAT} or dot(g, direction) > -{_NO_PROGRESS} else x + step",
        "gradient := gradient if flat else g",
        "started := started if flat else 1",
        symbols={"direction": "d", "length": r"\alpha", "step": "s", "gradient": r"g_{\text{prev}}"},
        calls={
            "room": Call(lambda x, history: np.zeros((int(history), *x.shape), dtype=x.dtype), "0", "array"),
            "pushed": Call(_pushed, "{1}", "array"),
            "two_loops": Call(_two_loops, r"\mathcal H_k\, {0:(}", "vector"),
        },
        usual={"started": 1, "g": 1, "direction": -1},
    ),
    reference="Liu & Nocedal, On the limited memory BFGS method for large scale optimization (1989), after Nocedal (1980)",
    idea="learns the curvature from how the gradient changed along its last moves, without ever seeing a Hessian.",
    meanings={
        "gradient": "the last gradient",
        "step": "the last move",
        "moves": "past moves s, newest first",
        "changes": "what each of them changed in the gradient, y",
        "pairs": "how many of these pairs are in use",
        "scale": "size of the first guess of the inverse Hessian, s·y / y·y",
        "started": "1 once the first step is taken",
    },
    demo={"lr": 0.5},
    torch=Torch("torch.optim.LBFGS(lr={lr}, max_iter=1, history_size={history}, line_search_fn=None)"),
    golden=tuple(
        Golden(f"torch_LBFGS_fixed/{function}", {"lr": lr, "history": 10}, "path")
        for function, lr in (("quad", 0.5), ("rosenbrock", 0.1), ("beale", 0.1))
    ),
    form="PyTorch's fixed-step form, torch.optim.LBFGS(max_iter=1, line_search_fn=None), its two stops included: a run rests "
    "where no slope exceeds 10⁻⁷ or where its step would gain less than 10⁻⁹ times lr; a pair is kept where s·y > 10⁻¹⁰, and "
    "the first step is at most lr long. Nocedal's own form has a line search.",
    rests=_lbfgs_rests,
    exempt={
        "modifiers": "it learns the curvature from how the slope changes along its own moves: a clipped slope shows none, and the "
        "next step goes much too far"
    },
)
