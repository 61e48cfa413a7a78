"""What people type: read as they mean it where that is certain, or a FormulaError of ours with the column and what to write."""

import ast
import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import optim
from optim.core.errors import FormulaError
from optim.problems.formulas.derive import derive
from optim.problems.formulas.notation import read
from optim.problems.formulas.parse import FUNCTIONS, MAX_LENGTH, NAMES

ARITIES = {name: least for name, (_, least) in FUNCTIONS.items()}
POINTS = np.array([[0.613, 1.274, 0.319, 0.457], [0.291, 0.733, 0.818, 0.616]])
"""Where every function of the table is defined."""

MEANT = {
    "2x": lambda x, y: 2 * x,
    "x + 3sin(y)": lambda x, y: x + 3 * np.sin(y),
    "2(x+y)": lambda x, y: 2 * (x + y),
    "100(y-x^2)^2 + (1-x)^2": lambda x, y: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    "x y": lambda x, y: x * y,
    "xy": lambda x, y: x * y,
    "x(y)": lambda x, y: x * y,
    "x(y+1)": lambda x, y: x * (y + 1),
    "(x+1)(y-1)": lambda x, y: (x + 1) * (y - 1),
    "(x+1)y": lambda x, y: (x + 1) * y,
    "2pi x": lambda x, y: 2 * np.pi * x,
    "x sin(y)": lambda x, y: x * np.sin(y),
    "2sin(x)cos(y)": lambda x, y: 2 * np.sin(x) * np.cos(y),
    "2x^2 + 3y^2 - xy": lambda x, y: 2 * x * x + 3 * y * y - x * y,
    "xy^2": lambda x, y: x * y * y,
    "-2x": lambda x, y: -2 * x,
    "(1/2)x": lambda x, y: x / 2,
    "x/2*y": lambda x, y: x * y / 2,
    "x^(2)y": lambda x, y: x * x * y,
    "x^{2} + y^{2}": lambda x, y: x * x + y * y,
    "2e3x": lambda x, y: 2000 * x,
    "1e-3x": lambda x, y: 0.001 * x,
    "1e\u22123x": lambda x, y: 0.001 * x,
    "2e^x": lambda x, y: 2 * np.exp(x),
    "010*x + 1_000y": lambda x, y: 10 * x + 1000 * y,
    "x**2\u2212y**2": lambda x, y: x * x - y * y,
    "x \u2013 y \u2014 1": lambda x, y: x - y - 1,
    "\uff58\uff0a\uff12\uff08\uff59\uff0b\uff11\uff09": lambda x, y: x * 2 * (y + 1),
    "sin(\uff58)": lambda x, y: np.sin(x),
    "\uff4d\uff41\uff58(x\uff0cy)": np.maximum,
    "x\u00d7y + x\u00b7y + x\u22c5y + x\u2219y": lambda x, y: 4 * x * y,
    "x\u00f7y \u2212 x\u2215y + x": lambda x, y: x,
    "x\u00b2 + y\u00b3": lambda x, y: x * x + y * y * y,
    "x\u00b9\u2070": lambda x, y: x**10,
    "x\u207b\u00b9": lambda x, y: 1 / x,
    "x\u00b2y": lambda x, y: x * x * y,
    "-x\u00b2": lambda x, y: -x * x,
    "e^-x\u00b2": lambda x, y: np.exp(-x * x),
    "e\u207b\u02e3": lambda x, y: np.exp(-x),
    "(x\u00b2)\u00b3": lambda x, y: x**6,
    "\u03c0x": lambda x, y: np.pi * x,
    "PI x + E": lambda x, y: np.pi * x + np.e,
    "\u221ax": lambda x, y: np.sqrt(x),
    "\u221a(x+y)": lambda x, y: np.sqrt(x + y),
    "2\u221ax + 1": lambda x, y: 2 * np.sqrt(x) + 1,
    "\u221ax/2": lambda x, y: np.sqrt(x) / 2,
    "\u221a\u221ax": lambda x, y: x**0.25,
    "\u221a|x|": lambda x, y: np.sqrt(x),
    "\u221asin(x)": lambda x, y: np.sqrt(np.sin(x)),
    "\u221b(x-1)": lambda x, y: np.cbrt(x - 1),
    "|x| + |y-1|": lambda x, y: x + 1 - y,
    "\uff5cy-1\uff5c": lambda x, y: 1 - y,
    "||x|-2|": lambda x, y: 2 - x,
    "|x-2|*|y|": lambda x, y: (2 - x) * y,
    "|x-2||y|": lambda x, y: (2 - x) * y,
    "2|x|+3|y|": lambda x, y: 2 * x + 3 * y,
    "|x-2|\u00b2": lambda x, y: (2 - x) ** 2,
    "|x-2|(y+1)": lambda x, y: (2 - x) * (y + 1),
    "ln(x)": lambda x, y: np.log(x),
    "log10(x) + log2(y)": lambda x, y: np.log10(x) + np.log2(y),
    "cbrt(x - 1)": lambda x, y: np.cbrt(x - 1),
    "arctan(x) + arcsin(y) - arccos(y)": lambda x, y: np.arctan(x) + np.arcsin(y) - np.arccos(y),
    "arsinh(x) + arcosh(y+1) + artanh(y)": lambda x, y: np.arcsinh(x) + np.arccosh(y + 1) + np.arctanh(y),
    "np.sin(x) + math.pi + numpy.maximum(x, y)": lambda x, y: np.sin(x) + np.pi + np.maximum(x, y),
    "SIN(X) + Sqrt(Y)": lambda x, y: np.sin(x) + np.sqrt(y),
    "Sin[x] + {y}[x + 1]": lambda x, y: np.sin(x) + y * (x + 1),
    "sin^2(x) + cos\u00b2(y)": lambda x, y: np.sin(x) ** 2 + np.cos(y) ** 2,
    "x.^2 + y.*x": lambda x, y: x * x + y * x,
    "max(1,5*x)": lambda x, y: np.maximum(1, 5 * x),
    "z = x + y": lambda x, y: x + y,
    "f(x, y) := x + y": lambda x, y: x + y,
    "F(X,Y)=X^2": lambda x, y: x * x,
    "loss=x": lambda x, y: x,
    "\ufeffx + y": lambda x, y: x + y,
    "x\u200b + y": lambda x, y: x + y,
    "\u00a0x\u2009+\u3000y\t": lambda x, y: x + y,
    "x +\r\ny": lambda x, y: x + y,
}
"""What is typed -> what it means, written down by hand."""

UNCLEAR = {
    "1/2x": (4, "1/(2*x) or 1/2*x"),
    "x/2y": (4, "x/(2*y) or x/2*y"),
    "1/2(x+y)": (4, "1/(2*(…)) or 1/2*(…)"),
    "1/xy": (4, "1/(x*y) or 1/x*y"),
    "1/2\u03c0": (4, "1/(2*pi) or 1/2*pi"),
    "3 + x*y/2 x": (11, "x*y/(2*x) or x*y/2*x"),
    "1/sin(x)cos(y)": (9, "1/(sin(x)*cos(…))"),
    "e^2x": (4, "e**(2*x) or e**2*x"),
    "x^2y": (4, "x**(2*y) or x**2*y"),
    "e^xy": (4, "e**(x*y) or e**x*y"),
    "e^-x y": (6, "e**(-x*y) or e**-x*y"),
    "x**2 y**2": (6, "x**(2*y) or x**2*y"),
    "sin^-1(x)": (1, "asin(x) or sin(x)**(-1)"),
    "sin\u207b\u00b9(x)": (1, "asin(x) or sin(x)**(-1)"),
    "sin x": (1, "sin(x)"),
    "x + sin 2x": (5, "sin(x)"),
    "x + sinx": (5, "sin(x)"),
    "xsin(y)": (1, "x*sin("),
    "sine(x)": (1, "sin"),
    "\u221a2x": (3, "\u221a(\u2026)"),
    "\u221ax\u00b2": (3, "\u221a(\u2026)"),
    "x\u00b2^3": (3, "brackets"),
    "|x|y|x|": (5, "abs("),
    "x2": (1, "x and y"),
    "x 2": (3, "x and 2"),
    "(x+1)2": (6, "sign"),
    "x\ny": (3, "sign"),
    "1,5*x": (2, "1.5 for 1,5"),
    "x + sin(2,5*x)": (10, "2.5 for 2,5"),
    "x, y": (2, "comma"),
    "x[0]**2": (2, "x and y for x[0]"),
    "x**2 = y": (6, "equals"),
    "y = x**2": (3, "equals"),
    "x === y": (3, "comparison"),
    "\\frac{x}{y}": (1, "LaTeX is not read; write (x)/(y) for \\frac"),
    "x \\cdot y": (3, "LaTeX is not read; write x*y"),
    "$x^2$": (1, "LaTeX"),
    "\u00bdx": (1, "(1/2)"),
    "x*((y + 1)": (3, "( is not closed"),
    "|x": (1, "| is not closed"),
    "x + y)": (6, "closes nothing"),
    "(x]": (3, "another bracket"),
    "x + * y": (5, "in a row"),
    "x*/y": (3, "in a row"),
    "x^^y": (3, "in a row"),
    "x + ": (3, "missing after +"),
    "*x": (1, "missing before *"),
    "x*()": (4, "nothing stands between"),
    "z =": (1, "empty"),
    "pow(x, 2)": (1, "x**2"),
    "'x'": (1, "quotation marks"),
    "x\u20d7": (2, "character"),
}
"""What is typed -> the column that is pointed at, and what the sentence names."""


def attempt(make, *given):
    """Return what is made, and the FormulaError instead of it where there is one."""
    try:
        return make(*given), None
    except FormulaError as error:
        return None, error


@pytest.mark.parametrize("text", MEANT, ids=ascii)
def test_what_people_type_is_read_as_they_mean_it(text):
    x, y = POINTS
    np.testing.assert_allclose(derive(text).value(POINTS), MEANT[text](x, y) + 0 * x, rtol=1e-12)


@pytest.mark.parametrize("text", MEANT, ids=ascii)
def test_what_is_read_has_the_derivatives_of_its_value(text):
    h = 1e-6
    derived = derive(text)
    for axis in (0, 1):
        step = np.zeros_like(POINTS)
        step[axis] = h
        difference = (derived.value(POINTS + step) - derived.value(POINTS - step)) / (2 * h)
        np.testing.assert_allclose(derived.gradient(POINTS)[axis], difference, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("text", UNCLEAR, ids=ascii)
def test_what_is_unclear_is_pointed_at_with_what_to_write(text):
    column, words = UNCLEAR[text]
    _, error = attempt(optim.problem, text)
    assert words in error.problem
    assert error.column == column


@pytest.mark.parametrize(
    ("text", "column"), [("|x| + 1/0", 9), ("\u03c0 + 2xy + x^99", 13), ("z = \uff58\u00b2 + (1/0)", 13), ("\u221ax + sqrt(-1)", 6)]
)
def test_a_column_is_that_of_the_text_as_typed(text, column):
    _, error = attempt(optim.problem, text)
    assert error.column == column


def test_a_formula_stays_as_it_was_typed():
    text = "2x\u00b2 + |y| \u2212 \u03c0"
    problem = optim.problem(text)
    assert problem.name == problem.formula == text
    assert problem.latex == r"2 x^{2} + \left|y\right| - \pi"
    assert optim.RaceSpec.from_json(optim.RaceSpec(text, [optim.Entry("sgd")], (1.0, 1.0)).to_json()).problem == text


def test_a_cube_root_has_a_slope_left_of_zero():
    at = np.array([[-8.0, 8.0], [1.0, 1.0]])
    np.testing.assert_allclose(derive("cbrt(x)").value(at), [-2.0, 2.0])
    np.testing.assert_allclose(derive("cbrt(x)").gradient(at)[0], [1 / 12, 1 / 12])
    np.testing.assert_allclose(derive("cbrt(x)").hessian(at)[0, 0], [1 / 144, -1 / 144])


PYTHON_WORDS = re.compile(
    r"invalid|syntax|expected|unexpected|token|unmatched|parenthes|EOL|EOF|literal|never closed|perhaps|decimal int|codec",
    re.IGNORECASE,
)
NASTY = [
    *"xyzeEXY0159.,;:+-*/^()[]{}|=<>!@%&~_#$?'\"`\\ \t\n\r\0",
    *"\u2212\u00b2\u207b\u00b9\u03c0\u221a\u221b\uff58\uff08\uff5c\u00d7\u00f7\u200b\ufeff\u3000\u0663\u202e\ud800\U0001d465",
    *("sin", "max", "abs(", "**", "//", "1e", "0x", "0_", "lambda ", " if ", "z=", "f'", "np.", "pi", "log10"),
]


@settings(max_examples=4000, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(NASTY), max_size=60).map(lambda parts: "".join(parts)[:60]))
@example("0777")
@example("1_")
@example("1__0")
@example("x\\")
@example("0b1")
@example("1if x else y")
@example("2" * 60)
@example("\u221a" * 60)
@example("|" * 60)
@pytest.mark.long
def test_any_text_is_a_whole_formula_or_an_error_of_ours(text):
    for blank in "*+":
        reading, error = attempt(read, text, ARITIES, blank)
        if error:
            assert 1 <= error.column <= max(1, len(text))
            assert not PYTHON_WORDS.search(error.problem.replace(repr(text), ""))
            continue
        assert len(reading.columns) == len(reading.source)
        assert all(1 <= column <= len(text) for column in reading.columns)
        assert len(reading.source) <= 10 * len(text)
        allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.operator, ast.unaryop, ast.Load)
        for node in ast.walk(ast.parse(reading.source, mode="eval")):
            assert isinstance(node, allowed)
            if isinstance(node, ast.Name):
                assert node.id in NAMES or node.id in FUNCTIONS


@pytest.mark.parametrize(
    "text", [*UNCLEAR, "x ** ** y", "\\", "x)", "(" * 60, "1__0", "1.2.3", "x\0", "0x1F", "1if x else y"], ids=ascii
)
def test_python_s_own_words_never_reach_anybody(text):
    _, error = attempt(derive, text)
    assert not PYTHON_WORDS.search(error.problem)


@pytest.mark.parametrize(
    "part", ["\u221a", "|", "(", "xy", "2x ", "-", "x^2", "\u00b2", "sin(", "x\u00b2", "\u221ax ", "|x|"], ids=ascii
)
def test_the_longest_text_is_read_within_the_bounds(part):
    text = (part * MAX_LENGTH)[:MAX_LENGTH]
    _, error = attempt(derive, text)
    assert error is None or 1 <= error.column <= MAX_LENGTH
