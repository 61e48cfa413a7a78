"""Many minima in any dimension: their number explodes with it, and yet some functions get easier."""

import math

import numpy as np

from optim.core.types import Array, Point
from optim.problems.family import ProblemFamily, added, diagonal, numbered, repeated

_TINY = 1e-300
"""Stands in for a distance of zero: the slope at a tip is then 0 and not 0/0."""


def _rastrigin(x: Array) -> Array:
    return 10.0 * len(x) + added(x * x - 10.0 * np.cos(2.0 * np.pi * x))


def _rastrigin_gradient(x: Array) -> Array:
    return 2.0 * x + 20.0 * np.pi * np.sin(2.0 * np.pi * x)


def _rastrigin_hessian(x: Array) -> Array:
    return diagonal(2.0 + 40.0 * np.pi * np.pi * np.cos(2.0 * np.pi * x))


rastrigin_n = ProblemFamily(
    "rastrigin_n",
    "Rastrigin",
    value=_rastrigin,
    gradient=_rastrigin_gradient,
    hessian=_rastrigin_hessian,
    side=(-5.12, 5.12),
    minimum=repeated(0.0),
    start=repeated(-3.3, 2.7),
    latex=r"10 n + \sum_i x_i^2 - 10 \cos 2 \pi x_i",
    tags=("multimodal", "regular", "separable"),
    teaches="About 11 wells per coordinate make 11 to the power of n of them: in 10 dimensions some 26 billion. The chance that a "
    "random start lies in the best one falls to nothing.",
    reference="after Rastrigin, Systems of extremal control (1974)",
)


def _ackley_parts(x: Array) -> tuple[Array, Array, Array]:
    """Return the distance scale and the two exponentials, each (...)."""
    scale = np.sqrt(added(x * x) / len(x))
    return scale, np.exp(-0.2 * scale), np.exp(added(np.cos(2.0 * np.pi * x)) / len(x))


def _ackley(x: Array) -> Array:
    _, funnel, ripple = _ackley_parts(x)
    return -20.0 * funnel - ripple + 20.0 + math.e


def _ackley_gradient(x: Array) -> Array:
    scale, funnel, ripple = _ackley_parts(x)
    return 4.0 * funnel / np.maximum(scale, _TINY) / len(x) * x + 2.0 * np.pi * ripple / len(x) * np.sin(2.0 * np.pi * x)


ackley_n = ProblemFamily(
    "ackley_n",
    "Ackley",
    value=_ackley,
    gradient=_ackley_gradient,
    side=(-32.768, 32.768),
    minimum=repeated(0.0),
    start=repeated(-3.2, 2.6),
    latex=r"-20\, e^{-0.2 \sqrt{\frac{1}{n} \sum_i x_i^2}} - e^{\frac{1}{n} \sum_i \cos 2 \pi x_i} + 20 + e",
    tags=("multimodal", "funnel", "conical minimum"),
    teaches="The value is made of means over the coordinates, so each slope shrinks as their number grows: a learning rate that "
    "suits 2 dimensions is too small in 100.",
    reference="after Ackley, A Connectionist Machine for Genetic Hillclimbing (1987)",
)


def _griewank_waves(x: Array) -> tuple[Array, Array]:
    """Return the cosines (d, ...) and, per coordinate, the product of all others (d, ...), in an order that never changes."""
    cosine = np.cos(x / np.sqrt(numbered(x)))
    before, after = np.ones(x.shape), np.ones(x.shape)
    for i in range(1, len(x)):
        before[i] = before[i - 1] * cosine[i - 1]
        after[-i - 1] = after[-i] * cosine[-i]
    return cosine, before * after


def _griewank(x: Array) -> Array:
    cosine, others = _griewank_waves(x)
    product: Array = others[-1] * cosine[-1]
    return 1.0 + added(x * x) / 4000.0 - product


def _griewank_gradient(x: Array) -> Array:
    root = np.sqrt(numbered(x))
    return x / 2000.0 + np.sin(x / root) / root * _griewank_waves(x)[1]


griewank_n = ProblemFamily(
    "griewank_n",
    "Griewank",
    value=_griewank,
    gradient=_griewank_gradient,
    side=(-600.0, 600.0),
    minimum=repeated(0.0),
    start=repeated(-300.0, 250.0),
    latex=r"1 + \sum_i \frac{x_i^2}{4000} - \prod_i \cos \frac{x_i}{\sqrt{i}}",
    tags=("multimodal", "scale-dependent"),
    teaches="It gets easier as the dimension grows: the product of many cosines vanishes almost everywhere, and what is left is a "
    "bowl. More dimensions are not always harder.",
    reference="after Griewank, Generalized descent for global optimization (1981)",
)


def _schwefel(x: Array) -> Array:
    return 418.98288727243369 * len(x) - added(x * np.sin(np.sqrt(np.abs(x))))


def _schwefel_gradient(x: Array) -> Array:
    root = np.sqrt(np.abs(x))
    return -np.sin(root) - root * np.cos(root) / 2.0


def _schwefel_hessian(x: Array) -> Array:
    root = np.sqrt(np.abs(x))
    return diagonal(np.sign(x) * (root * np.sin(root) - 3.0 * np.cos(root)) / (4.0 * np.maximum(root, _TINY)))


schwefel_n = ProblemFamily(
    "schwefel_n",
    "Schwefel 2.26",
    value=_schwefel,
    gradient=_schwefel_gradient,
    hessian=_schwefel_hessian,
    side=(-500.0, 500.0),
    minimum=repeated(420.96874635998203),
    start=repeated(300.0),
    latex=r"418.98288727243369\, n - \sum_i x_i \sin \sqrt{|x_i|}",
    tags=("multimodal", "deceptive", "unbounded outside"),
    lower_outside=True,
    teaches="The best well lies near a corner of a box a thousand wide, far from the next best, and outside the box the function "
    "goes deeper: a run that leaves it has not won.",
    reference="Schwefel, Numerical Optimization of Computer Models (1981)",
)


def _styblinski_tang(x: Array) -> Array:
    square = x * x
    return added(square * square - 16.0 * square + 5.0 * x) / 2.0


styblinski_tang_n = ProblemFamily(
    "styblinski_tang_n",
    "Styblinski-Tang",
    value=_styblinski_tang,
    gradient=lambda x: 2.0 * x * x * x - 16.0 * x + 2.5,
    hessian=lambda x: diagonal(6.0 * x * x - 16.0),
    side=(-5.0, 5.0),
    minimum=repeated(-2.9035340277711771),
    start=repeated(0.5),
    latex=r"\tfrac{1}{2} \sum_i x_i^4 - 16 x_i^2 + 5 x_i",
    tags=("multimodal", "separable"),
    teaches="Each coordinate chooses between a deep well and a shallow one, which makes 2 to the power of n minima. The loss "
    "tells exactly how many coordinates chose well: each wrong one costs 14.1.",
    reference="Styblinski & Tang, Experiments in nonconvex optimization (1990)",
)


def _michalewicz_parts(x: Array) -> tuple[Array, Array, Array, Array]:
    """Return sin and cos of i x^2 / pi, the 18th power of that sine, and the slope of the angle, each (d, ...)."""
    angle = numbered(x) * x * x / np.pi
    sine = np.sin(angle)
    second = sine * sine
    fourth = second * second
    eighth = fourth * fourth
    return sine, np.cos(angle), eighth * eighth * second, 2.0 * numbered(x) * x / np.pi


def _michalewicz(x: Array) -> Array:
    sine, _, power, _ = _michalewicz_parts(x)
    return -added(np.sin(x) * power * sine * sine)


def _michalewicz_gradient(x: Array) -> Array:
    sine, cosine, power, slope = _michalewicz_parts(x)
    return -np.cos(x) * power * sine * sine - np.sin(x) * 20.0 * power * sine * cosine * slope


def _michalewicz_curvature(x: Array) -> Array:
    """Return the diagonal (d, ...) of the Hessian, which has nothing beside it."""
    sine, cosine, power, slope = _michalewicz_parts(x)
    trench, change = power * sine * sine, 20.0 * power * sine * cosine * slope
    bend = 20.0 * power * ((19.0 * cosine * cosine - sine * sine) * slope * slope + sine * cosine * 2.0 * numbered(x) / np.pi)
    return np.sin(x) * trench - 2.0 * np.cos(x) * change - np.sin(x) * bend


def _michalewicz_minimum(dimension: int) -> Point:
    """Return the minimum (d,): in each coordinate the deepest trench, by Newton's method from where its sine is 1 or -1."""
    point = np.empty(dimension)
    for i in range(dimension):
        trenches = np.sqrt((np.arange(i + 1) + 0.5) * np.pi * np.pi / (i + 1))
        start = trenches[np.argmax(np.sin(trenches))]
        point[i] = start
    for _ in range(20):
        point = point - _michalewicz_gradient(point) / _michalewicz_curvature(point)
    return tuple(point.tolist())


michalewicz_n = ProblemFamily(
    "michalewicz_n",
    "Michalewicz",
    value=_michalewicz,
    gradient=_michalewicz_gradient,
    hessian=lambda x: diagonal(_michalewicz_curvature(x)),
    side=(0.0, math.pi),
    minimum=_michalewicz_minimum,
    start=repeated(2.0),
    latex=r"-\sum_i \sin x_i \sin^{20} \frac{i x_i^2}{\pi}",
    tags=("multimodal", "steep ridges", "plateau"),
    lower_outside=True,
    teaches="Coordinate i has i narrow trenches between flat plates, which makes n! crossings; almost everywhere there is no slope "
    "to follow. The lowest value is near -n, and outside the domain it is lower.",
    reference="Michalewicz, Genetic Algorithms + Data Structures = Evolution Programs (1992)",
)
