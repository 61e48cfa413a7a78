"""CMA-ES: a cloud of samples that learns the shape of the landscape from their ranking alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from optim.core.linalg import roots, times
from optim.core.optimizer import Golden, Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Call, Lines
from optim.core.types import Array


@dataclass(frozen=True)
class Constants:
    """The tutorial's settings for a dimension: samples per generation, weights of the better half, and rates of learning."""

    samples: int
    weights: tuple[float, ...]
    parents: float
    path_rate: float
    length_rate: float
    rank_one: float
    rank_mu: float
    damping: float


@cache
def constants(d: int) -> Constants:
    """Return the settings for `d` coordinates, without negative weights."""
    samples = 4 + int(3 * math.log(d))
    raw = [math.log(samples / 2 + 0.5) - math.log(i + 1) for i in range(samples // 2)]
    weights = tuple(weight / sum(raw) for weight in raw)
    parents = 1.0 / sum(weight**2 for weight in weights)
    length_rate = (parents + 2) / (d + parents + 5)
    rank_one = 2 / ((d + 1.3) ** 2 + parents)
    return Constants(
        samples,
        weights,
        parents,
        path_rate=(4 + parents / d) / (d + 4 + 2 * parents / d),
        length_rate=length_rate,
        rank_one=rank_one,
        rank_mu=min(1 - rank_one, 2 * (parents - 2 + 1 / parents) / ((d + 2) ** 2 + parents)),
        damping=2 * parents / samples + 0.3 + length_rate,
    )


def _weighted(moves: Array, weights: tuple[float, ...]) -> Array:
    total: Array = weights[0] * moves[0]
    for weight, move in zip(weights[1:], moves[1:], strict=True):
        total = total + weight * move
    return total


def _learned(covariance: Array, path: Array, moves: Array, calm: Array) -> Array:
    """Return the covariance (d, d, B) drawn towards the path, rank one, and towards the better samples, rank mu."""
    c, new = constants(len(path)), np.empty_like(covariance)
    lost = np.where(calm, 0.0, c.rank_one * c.path_rate * (2.0 - c.path_rate))
    for i in range(len(path)):
        for j in range(i + 1):
            kept = (1.0 - c.rank_one - c.rank_mu + lost) * covariance[i, j]
            spread = _weighted(moves[:, i] * moves[:, j], c.weights)
            new[i, j] = new[j, i] = kept + c.rank_one * (path[i] * path[j]) + c.rank_mu * spread
    return new


def _better(cloud: Array, heights: Array) -> Array:
    """Return the better half (mu, d, B) of samples (lambda, d, B), best first."""
    order = np.argsort(heights, axis=0, kind="stable")
    return np.take_along_axis(cloud, order[: len(constants(cloud.shape[1]).weights), None, :], axis=0)


def _constant(what: Callable[[Constants], float], latex: str) -> Call:
    return Call(lambda x: what(constants(len(x))), latex, "constant", as_number=True)


_CALLS = {
    "samples": _constant(lambda c: c.samples, r"\lambda"),
    "length_rate": _constant(lambda c: c.length_rate, r"c_\sigma"),
    "length_push": _constant(lambda c: math.sqrt(c.length_rate * (2 - c.length_rate) * c.parents), r"\kappa_\sigma"),
    "length_speed": _constant(lambda c: c.length_rate / c.damping, r"\tfrac{{c_\sigma}}{{d_\sigma}}"),
    "path_rate": _constant(lambda c: c.path_rate, "c_c"),
    "path_push": _constant(lambda c: math.sqrt(c.path_rate * (2 - c.path_rate) * c.parents), r"\kappa_c"),
    "dimension": Call(len, "d", "constant", as_number=True),
    "shaped": Call(lambda c, draws: np.stack([times(roots(c)[0], z) for z in draws]), r"{0:^}^{{1/2}}\, {1:*}", "array"),
    "rounded": Call(lambda c, move: times(roots(c)[1], move), r"{0:^}^{{-1/2}}\, {1:*}", "vector"),
    "better": Call(_better, r"\text{{better half of}}\, {0:(}", "array"),
    "weighted": Call(lambda moves: _weighted(moves, constants(moves.shape[1]).weights), r"\textstyle\sum_i w_i\, {0:*}", "vector"),
    "learned": Call(_learned, r"(1 - c_1 - c_\mu)\, {0:*} + c_1\, {1:*} {1:*}^\top + c_\mu \textstyle\sum_i w_i\, y_i y_i^\top"),
}

cma_es = Optimizer(
    "cma_es",
    "CMA-ES",
    "Without gradients",
    (Parameter("sigma", "σ", 0.5, 0.01, 10.0, log=True, doc="spread of the first samples", valid=(1e-100, math.inf)),),
    Lines(
        "size starts at sigma",
        "covariance starts at identity",
        "fading starts at 1",
        "draws = normal(samples(x))",
        "cloud = x + size * shaped(covariance, draws)",
        "heights = value(cloud)",
        "moves = (better(cloud, heights) - x) / size",
        "move = weighted(moves)",
        "length_path = (1 - length_rate(x)) * length_path + length_push(x) * rounded(covariance, move)",
        "excess = dot(length_path, length_path) / dimension(x)",
        "fading := fading * (1 - length_rate(x))**2",
        "calm := excess / (1 - fading) < 2 + 4 / (dimension(x) + 1)",
        "path = (1 - path_rate(x)) * path + path_push(x) * move if calm else (1 - path_rate(x)) * path",
        "covariance = learned(covariance, path, moves, calm)",
        "x = x + size * move",
        "size = size * exp(min(1, length_speed(x) * (excess - 1) / 2))",
        symbols={
            "size": r"\sigma",
            "draws": "z",
            "cloud": r"\theta_i",
            "heights": "f_i",
            "moves": "y_i",
            "move": "y",
            "length_path": r"p_\sigma",
            "excess": r"\ell",
            "path": "p_c",
            "covariance": "C",
        },
        calls=_CALLS,
        usual={"calm": 1},
    ),
    reference="Hansen & Ostermeier, Completely derandomized self-adaptation in evolution strategies (2001); Hansen's tutorial, "
    "arXiv:1604.00772",
    varies=True,
    idea="draws a cloud of samples, moves to the weighted middle of the better half, and stretches the cloud along such moves.",
    meanings={
        "size": "overall size of the cloud",
        "covariance": "its shape, as a covariance",
        "path": "running sum of the cloud's moves, which stretches it",
        "length_path": "the same in round coordinates, whose length sets the size",
        "fading": "how much of the first path is left",
    },
    demo={"sigma": 1.0},
    golden=tuple(Golden(f"purecma/{function}", {"sigma": 0.5}, "samples") for function in ("quad", "rosenbrock", "beale")),
    form="Hansen's tutorial with its default settings, without negative weights, and with the root of the covariance taken anew "
    "in every generation, as purecma does with lazy_gap_evals=0. A step is one generation, 4 + floor(3 ln d) values (six in the "
    "plane), and the point shown is the mean. Samples come from the covariance's symmetric root: another way of drawing from the "
    "same distribution. No stop, no restart.",
    exempt={
        "still": "it compares values around the point and does not look at the slope there",
        "mirror": "its samples are drawn at random",
        "swap": "its samples are drawn at random",
        "lr": "it sets the size of its steps itself",
        "schedule": "there is no learning rate to change",
        "script": "its lines name how samples are drawn and weighed, but do not write it out",
        "modifiers": "it looks at values, not at gradients",
    },
)
