"""What a point is: closed cases of every kind, and hundreds of random functions with kinks judged by brute force on fine rings."""

import numpy as np
import pytest

import optim
from optim.problems.from_formula import from_formula
from optim.problems.points import Surface, encloses_minimum, judged

KNOWN = [
    ("abs(x)+abs(y)+exp(-x**2-y**2)", (0, 0), "minimum", "kink", True),
    ("abs(x)+cos(x)/2+y**2", (0, 0), "minimum", "kink", True),
    ("abs(x)+abs(y)+x*y/10", (0, 0), "minimum", "kink", True),
    ("abs(x)+abs(y)-x**2/9", (4.5, 0), "saddle", "kink", True),
    ("abs(y)-abs(x)/1000", (0, 0), "saddle", "kink", True),
    ("x**2/9-abs(x)-abs(y)", (4.5, 0), "saddle", "kink", True),
    ("-max(abs(x), abs(y-1))", (0, 1), "maximum", "kink", True),
    ("sqrt(abs(x))+sqrt(abs(y))", (0, 0), "minimum", "cusp", True),
    ("sqrt(x)+y**2", (0, 0), "minimum", "edge", True),
    ("x**4+y**4", (0, 0), "minimum", "smooth", True),
    ("x**2+1e-8*y**2", (0, 0), "minimum", "smooth", True),
    ("x**2-1e-8*y**2", (0, 0), "saddle", "smooth", True),
    ("x**2+y**2-3*abs(x*y)", (0, 0), "saddle", "smooth", True),
    ("x**3-3*x*y**2", (0, 0), "saddle", "smooth", True),
    ("-x**4-y**6", (0, 0), "maximum", "smooth", True),
    ("x**3+y**2", (0, 0), "inflection", "smooth", True),
    ("1e8+x**2+y**2", (0, 0), "minimum", "smooth", True),
    ("1e-12*(x**2+y**2)", (0, 0), "minimum", "smooth", True),
    ("abs(x-2*y)", (2, 1), "minimum", "kink", False),
    ("x**2", (0, 1), "minimum", "smooth", False),
    ("(x**2+y**2-1)**2", (0.6, 0.8), "minimum", "smooth", False),
    ("max(x, 0)", (0, 0), "minimum", "kink", False),
    ("3+0*x", (1, 1), "plateau", "smooth", False),
    ("max(x**2+y**2-1, 0)", (0.1, 0.1), "plateau", "smooth", False),
    ("1e-7*x+y**2", (1, 0), "slope", "smooth", True),
]


@pytest.mark.parametrize(("formula", "point", "kind", "form", "isolated"), KNOWN, ids=[case[0] for case in KNOWN])
def test_the_kind_of_a_point_whose_surroundings_are_known(formula, point, kind, form, isolated):
    told = judged(Surface.of(from_formula(formula, formula)), np.array([point], dtype=float).T)[0]
    assert (told.kind, told.form, told.isolated) == (kind, form, isolated)


def test_in_many_dimensions_values_ahead_and_behind_tell_a_saddle():
    center = np.zeros((5, 1))
    signs = np.array([1.0, 1.0, -1.0, 1.0, 1.0])[:, None]
    bent = optim.Problem("bent", lambda x: np.sum(signs * x**4, axis=0), lambda x: 4 * signs * x**3, dimension=5)
    bowl = optim.Problem("bowl", lambda x: np.sum(np.abs(x), axis=0), np.sign, dimension=5)
    assert judged(Surface.of(bent), center)[0].kind == "saddle"
    assert judged(Surface.of(bowl), center)[0].kind == "minimum"


def test_a_ring_of_higher_values_encloses_a_minimum_and_a_slope_has_none():
    sharp = from_formula("sharp", "abs(x) + 3*abs(y) - x/2")
    points = np.array([[1e-3, 0.5, 0.0], [-1e-4, 0.5, 2.0]])
    assert encloses_minimum(Surface.of(sharp), points).tolist() == [True, False, False]


SMOOTH = ["1-cos(9*(x-y))", "cos(5*x*y)", "cos(x**2+y**2)", "cos(9*x)", "sin(20*x)**2+y**2", "1.68*exp(-(0.62*x+0.43*y+0.14)**2)"]
"""Analytic functions with lines of minima, over which they wave, or fall to nothing, within a few hundredths of the window."""


@pytest.mark.parametrize("formula", SMOOTH)
def test_a_smooth_function_has_neither_kinks_nor_cusps(formula):
    found = optim.problem(formula).stationary
    assert len(found) > 10
    assert {one.form for one in found} == {"smooth"}


def smooth_formula(seed):
    """Return a random sum of analytic functions."""
    random = np.random.default_rng(seed)
    a, b, c, d, e = (round(float(number), 2) for number in random.uniform(-3, 3, 5))
    line, square = f"({a}*x + {b}*y + {c})", f"({a}*x**2 + {b}*y**2 + {c}*x*y)"
    parts = [
        f"{d}*cos{line}",
        f"{d}*cos(9*{line})",
        f"{d}*sin{square}",
        f"{d}*exp(-{line}**2)",
        f"{d}*{line}**3",
        f"cos{line}**2*{line}",
        f"{d}*cos(3*x)*sin(4*y)",
    ]
    return " + ".join([parts[random.integers(len(parts))], f"{e}*cos(3*{line})"][: random.integers(1, 3)])


@pytest.mark.parametrize("chunk", range(2))
@pytest.mark.long
def test_no_sum_of_analytic_functions_has_kinks_or_cusps(chunk):
    for seed in range(20 * chunk, 20 * chunk + 20):
        formula = smooth_formula(seed)
        assert {one.form for one in optim.problem(formula).stationary} <= {"smooth"}, formula


ANGLES = np.linspace(0, 2 * np.pi, 3601)[:-1]
CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


class Drawn:
    """A random function with kinks: its formula, and the same function written with NumPy beside it.

    Following values downhill gets stuck in a ravine with infinite slopes: whether all minima were found is not asked of `cusps`.
    """

    def __init__(self, seed):
        self.random, self.ways = np.random.default_rng(seed), [CIRCLE]
        parts = [self.bowl(), *(self.part() for _ in range(self.random.integers(1, 4)))]
        self.cusps = any("sqrt(abs" in text for text, _ in parts)
        self.formula = " + ".join(text for text, _ in parts)
        self.value = lambda x, y: sum(function(x, y) for _, function in parts)

    def number(self):
        return round(float(self.random.uniform(-2, 2)), 2) or 0.5

    def line(self):
        a, b, c = self.number(), self.number(), self.number()
        # The way along a kink is narrower than any ring is fine.
        along = np.array([[b, -b], [-a, a]]) / np.hypot(a, b)
        self.ways.append(along)
        return f"({a}*x + {b}*y + {c})", lambda x, y: a * x + b * y + c

    def bowl(self):
        a, b, c, d = abs(self.number()) / 3 + 0.1, abs(self.number()) / 3 + 0.1, self.number(), self.number()
        return f"{a}*(x - {c})**2 + {b}*(y - {d})**2", lambda x, y: a * (x - c) ** 2 + b * (y - d) ** 2

    def part(self):
        (one, f), (two, g), factor = self.line(), self.line(), self.number()
        return [
            (f"{factor}*abs{one}", lambda x, y: factor * abs(f(x, y))),
            (f"{factor}*min({one}, {two})", lambda x, y: factor * np.minimum(f(x, y), g(x, y))),
            (f"{factor}*max({one}, {two})", lambda x, y: factor * np.maximum(f(x, y), g(x, y))),
            (f"{abs(factor)}*sqrt(abs{one})", lambda x, y: abs(factor) * np.sqrt(abs(f(x, y)))),
            (f"{factor}*sqrt(abs{one} + {two}**2)", lambda x, y: factor * np.sqrt(abs(f(x, y)) + g(x, y) ** 2)),
            (f"{factor}*cos{one}", lambda x, y: factor * np.cos(f(x, y))),
        ][self.random.integers(6)]


def ring(drawn, point, radius):
    """Return the lowest and the highest difference on a fine ring that has the ways along every line of the function."""
    x, y = np.array(point)[:, None] + radius * np.concatenate(drawn.ways, axis=1)
    around = drawn.value(x, y) - drawn.value(*point)
    return around.min(), around.max()


def beside(drawn, point):
    """Return how much the value differs at the neighbouring numbers: in a ravine with infinite slopes as a root of rounding."""
    x, y = (np.nextafter(c, [-np.inf, c, np.inf]) for c in point)
    return np.max(np.abs(drawn.value(x[:, None], y) - drawn.value(*point)))


def lowest_places(drawn, view, cells=81):
    """Return the strict local minima of a grid, each followed downhill by values alone; ways along kinks are among those tried."""
    axes = [np.linspace(low, high, cells) for low, high in view]
    grid = np.stack(np.meshgrid(*axes))
    values = drawn.value(*grid)
    inner = values[1:-1, 1:-1]
    near = [values[1 + i : cells - 1 + i, 1 + j : cells - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    rows, columns = np.nonzero(np.all([inner < other for other in near], axis=0))
    ways = np.concatenate([CIRCLE[:, ::40], *drawn.ways[1:]], axis=1)
    for row, column in zip(rows, columns, strict=True):
        point, radius = grid[:, row + 1, column + 1], (view[0][1] - view[0][0]) / cells
        for _ in range(300):
            around = point[:, None] + radius * ways
            there = drawn.value(*around)
            best = np.argmin(there)
            point, radius = (around[:, best], radius) if there[best] < drawn.value(*point) else (point, radius / 2)
        yield point


@pytest.mark.parametrize("chunk", range(25))
@pytest.mark.long
def test_random_functions_with_kinks_are_judged_as_brute_force_does(chunk):
    for seed in range(20 * chunk, 20 * chunk + 20):
        drawn = Drawn(seed)
        problem = optim.problem(drawn.formula)
        size = min(problem.widths)
        for found in problem.stationary:
            rings = [ring(drawn, found.point, share * size) for share in (1e-6, 1e-5, 1e-4, 1e-3)]
            rounding = max(1e-13 * size, 10 * beside(drawn, found.point))
            if all(low > rounding for low, _ in rings):
                assert found.kind == "minimum", (seed, drawn.formula, found)
            if all(low < -rounding for low, _ in rings):
                assert found.kind != "minimum", (seed, drawn.formula, found)
            if all(high < -rounding for _, high in rings):
                assert found.kind == "maximum", (seed, drawn.formula, found)
        if drawn.cusps:
            continue
        known = [one.point for one in problem.stationary if one.kind == "minimum"]
        for point in lowest_places(drawn, problem.view):
            lows = [ring(drawn, point, share * size)[0] for share in (1e-4, 1e-3)]
            if min(lows) > 1e-6 * size:
                away = min(np.hypot(*np.subtract(point, one)) for one in known) if known else np.inf
                assert away < 1e-3 * size, (seed, drawn.formula, point)
