"""Typed formulas: the right value and derivatives, or a FormulaError with a column; never anything else."""

import ast
import pickle
from pathlib import Path

import numpy as np
import pytest

import optim
from optim.core.errors import FormulaError
from optim.problems.formulas.parse import FUNCTIONS, MAX_LENGTH
from tests.support import reference

POINTS = np.array([[0.613, -1.274, 2.319, 0.457], [0.291, 1.733, -0.418, -1.616]])
"""Points without symmetry, so that a swapped variable or a lost sign shows."""

GOOD = {
    "x**2/20 + y**2": lambda x, y: x * x / 20 + y * y,
    "x^2/20 + y^2": lambda x, y: x * x / 20 + y * y,
    "-x^2": lambda x, y: -(x * x) + 0 * y,
    "2^3^2*x": lambda x, y: 512 * x + 0 * y,
    "2*x^2*y": lambda x, y: 2 * (x * x) * y,
    "x^-2 + y": lambda x, y: 1 / (x * x) + y,
    "x - y - x*y": lambda x, y: (x - y) - x * y,
    "x/y/2": lambda x, y: x / (2 * y),
    "+x - -y": lambda x, y: x + y,
    "  x + y  ": lambda x, y: x + y,
    "((x))*(y + 1e-3) + .5": lambda x, y: x * (y + 0.001) + 0.5,
    "pi*x + e*y + e**x": lambda x, y: np.pi * x + np.e * y + np.exp(x),
    "sin(x*y) + cos(x)**2": lambda x, y: np.sin(x * y) + np.cos(x) ** 2,
    "x**16 + y**17": lambda x, y: x**16 + y**17,
    "(x + y)**3 - (x - y)**7": lambda x, y: (x + y) ** 3 - (x - y) ** 7,
    "(x**2 + y**2 + 1)**-3": lambda x, y: (x**2 + y**2 + 1) ** -3,
    "(x**2 + y**2)**0.3": lambda x, y: (x**2 + y**2) ** 0.3,
    "(x**2 + y**2)**(x*y)": lambda x, y: (x**2 + y**2) ** (x * y),
    "2**x + 3**-y": lambda x, y: np.exp(x * np.log(2)) + np.exp(-y * np.log(3)),
    "1/(1 + exp(-x)) + tanh(y)": lambda x, y: 1 / (1 + np.exp(-x)) + np.tanh(y),
    "3": lambda x, y: 3 + 0 * x,
    "y": lambda x, y: y + 0 * x,
    "0*x": lambda x, y: 0 * x,
    "1e99*x/1e99 + y": lambda x, y: x + y,
}
"""Formula -> what it means, analytic, so that the complex step gives its exact gradient."""

CASES = {
    "abs(x)": lambda x, y: np.abs(x),
    "abs(x)**3 + y": lambda x, y: np.abs(x) ** 3 + y,
    "abs(x)**0.5": lambda x, y: np.sqrt(np.abs(x)),
    "abs(x - y)*abs(y)": lambda x, y: np.abs(x - y) * np.abs(y),
    "abs(abs(x) - 1)": lambda x, y: np.abs(np.abs(x) - 1),
    "sqrt(x**2)": lambda x, y: np.abs(x),
    "((x - y)**2)**0.5": lambda x, y: np.abs(x - y),
    "x*sign(y)": lambda x, y: x * np.sign(y),
    "sign(x)**2 + y": lambda x, y: np.sign(x) ** 2 + y,
    "max(x, y)": np.maximum,
    "min(x, y)": np.minimum,
    "min(x, y)**2": lambda x, y: np.minimum(x, y) ** 2,
    "max(x, y, x*y)": lambda x, y: np.maximum(np.maximum(x, y), x * y),
    "min(x, 0.5, y**2)": lambda x, y: np.minimum(np.minimum(x, 0.5), y**2),
    "max(abs(x), abs(y))": lambda x, y: np.maximum(np.abs(x), np.abs(y)),
    "abs(-3)*x + y": lambda x, y: 3 * x + y,
    "max(1, 2)*x": lambda x, y: 2 * x,
    "x + min(3, 2, 5)": lambda x, y: x + 2,
    "x + sign(-2)": lambda x, y: x - 1,
}
"""Formula with corners -> what it means; away from the corners, central differences give its derivatives."""

NUMPY = {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")} | {"min": "minimum", "max": "maximum"}
"""Function of a formula -> NumPy's name, where it differs."""

BAD = {
    "": (1, "empty"),
    "   ": (1, "empty"),
    "9**9**9**9": (7, "exponent"),
    "x**65": (4, "exponent"),
    "9**64*9**64": (1, "larger"),
    "1e101*x": (1, "larger"),
    "x*9**64*9**64*9**64*9**64": (None, "larger"),
    "x + 1e400": (5, "larger"),
    "(" * 100 + ")" * 100: (None, "between"),
    "(" * 100 + "x": (None, ""),
    "-" * 100 + "x": (None, "nested"),
    "sin(" * 40 + "x" + ")" * 40: (None, "nested"),
    "sin(" * 18 + "x*y" + ")" * 18: (None, "too large"),
    "+".join(["x"] * 130): (None, "parts"),
    "x" * 10_000: (MAX_LENGTH + 1, "characters"),
    "x+" * 5_000 + "x": (MAX_LENGTH + 1, "characters"),
    "__import__('os')": (1, "__import__"),
    "x.__class__": (2, "dot"),
    "x.real": (2, "dot"),
    "lambda: x": (1, "lambda"),
    "(lambda: x)()": (2, "lambda"),
    "[x for x in y]": (4, "for"),
    "(x for x in y)": (4, "for"),
    "{x: y}": (3, "':'"),
    "f'{x}'": (1, ""),
    "'x'": (1, ""),
    "x if y else 1": (3, "if"),
    "x and y": (3, "and"),
    "x == y": (3, "comparison"),
    "(x := 2)": (None, ""),
    "x, y": (2, "comma"),
    "x[0]": (2, "bracket"),
    "x = y": (None, ""),
    "x; y": (None, ""),
    "x # y": (None, ""),
    "import os": (None, ""),
    "True*x": (1, ""),
    "1j*x": (2, "j"),
    "x + \u0443": (5, "character"),
    "x\x00": (2, "character"),
    "x+z": (3, "z"),
    "x^2+z": (5, "z"),
    "  x + z": (7, "z"),
    "x^2^2 + y^2 + radius": (15, "radius"),
    "sin": (1, "sin(x)"),
    "x + sin y": (None, ""),
    "floor(x)": (1, "floor"),
    "x + round(y)": (5, "round"),
    "gamma(x)": (1, "gamma"),
    "sin()": (1, "argument"),
    "sin(x, y)": (1, "argument"),
    "max(x)": (1, "two"),
    "sin(x=1)": (6, "equals"),
    "sin(*x)": (None, ""),
    "1/0": (3, "zero"),
    "x/(1 - 1)": (4, "zero"),
    "x/(y - y)": (4, "zero"),
    "0**-1": (1, "zero"),
    "sqrt(-1)": (1, "real"),
    "x + log(-2)": (5, "real"),
    "x*asin(2)": (3, "real"),
    "log(0)*x": (None, "real"),
    "x % y": (3, "operator"),
    "x // y": (3, "operator"),
    "x @ y": (3, "operator"),
    "not x": (1, ""),
    "~x": (1, ""),
    "x +": (None, ""),
    "x*(y": (3, ""),
    "x)": (2, ""),
    "x^^y": (3, ""),
    "rosenbrok": (1, "rosenbrock"),
    "f'{x!r:{y}}'": (1, ""),
    "x:=1": (None, ""),
    "b'x'": (1, "b"),
    "nan": (1, "nan"),
    "inf*x": (1, "inf"),
    "1e999": (1, "larger"),
    "1" + "0" * 400: (1, "larger"),
    "10**400*x": (5, "exponent"),
    "x < y < 1": (3, "comparison"),
    "x or y": (3, "or"),
    "x << y": (3, "operator"),
    "sin(**x)": (5, "before"),
    "...": (1, ""),
    "None": (1, ""),
    "await x": (1, ""),
    "\ufb01(x)": (1, "character"),
    "\u0445 + y": (1, "character"),
    "(" * 5_000 + "x" + ")" * 5_000: (MAX_LENGTH + 1, "characters"),
    "(" * 240 + "x" + ")" * 240: (None, "nested"),
    "*".join(f"(x + {i}*y)**0.{i}" for i in range(1, 30)): (1, "too large"),
    "*".join(f"sin(x*{i} + y)" for i in range(1, 13)): (1, "too large"),
}
"""Formula -> the column that its FormulaError points at (None: any column within the text) and a word that it says."""

REFUSED = {
    "x*9**64*9**64*9**64*9**64*9**64*9**64": "a coefficient larger than any float",
    "(9**64*x)**9": "a coefficient larger than any float, by way of a power",
    "(-1)**x": "a negative number to a power that is not constant: not real but at whole x",
    "(0 - 2.5)**(x*y)": "a negative number to a power that is not constant",
}
"""Formula -> why it is no function: it must be refused or give what is not finite, without an error or a warning."""


def evaluated(problem, x=POINTS):
    """Return value, gradient and Hessian at the points, all asked for as a race asks: what is not defined is a NaN."""
    with np.errstate(all="ignore"):
        return problem.value(x), problem.gradient(x), problem.hessian(x)


def assert_derivatives(problem, function, x, step, tolerance):
    """Assert that a problem's derivatives are those of `function` (2, ...) -> (...), which `step` differentiates."""
    value, gradient, hessian = evaluated(problem, x)
    np.testing.assert_allclose(value, function(x), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(gradient, step(function, x), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(hessian, reference.central(problem.gradient, x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("formula", GOOD)
def test_a_formula_is_the_function_it_writes(formula):
    def function(x):
        return GOOD[formula](x[0], x[1])

    assert_derivatives(optim.problem(formula), function, POINTS, reference.complex_step, 1e-10)


@pytest.mark.parametrize("formula", CASES)
def test_a_formula_with_corners_has_their_derivatives_by_cases(formula):
    def function(x):
        return CASES[formula](x[0], x[1])

    assert_derivatives(optim.problem(formula), function, POINTS, reference.central, 1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_list_is_numpy_s(name):
    same, count = getattr(np, NUMPY.get(name, name)), FUNCTIONS[name][1]
    problem = optim.problem(f"{name}({', '.join('xy'[:count])})")
    x = np.array([[0.21, 0.47, 0.83], [0.62, 0.35, 0.94]]) + (1.0 if name == "acosh" else 0.0)
    assert_derivatives(problem, lambda at: same(*at[:count]), x, reference.central, 1e-6)


@pytest.mark.parametrize(
    ("formula", "point", "slope"),
    [
        ("abs(x)", (0.0, 1.0), (0.0, 0.0)),
        ("sign(x)", (0.0, 1.0), (0.0, 0.0)),
        ("sign(x)*y", (2.0, 5.0), (0.0, 1.0)),
        ("max(x, 3*y)", (3.0, 1.0), (0.5, 1.5)),
        ("min(x, 3*y)", (3.0, 1.0), (0.5, 1.5)),
        ("max(x, 3*y)", (4.0, 1.0), (1.0, 0.0)),
        ("min(x, 3*y)", (4.0, 1.0), (0.0, 3.0)),
    ],
)
def test_at_a_corner_the_derivative_is_the_mean_of_both_sides(formula, point, slope):
    assert tuple(optim.problem(formula).gradient(np.array(point))) == slope


@pytest.mark.parametrize("formula", ["abs(x)*y", "sign(x) + y", "max(x, y)", "sqrt(x**2)"])
def test_no_second_derivative_is_a_spike(formula):
    with np.errstate(all="ignore"):
        assert np.isfinite(optim.problem(formula).hessian(np.array([[0.0, 0.5], [0.0, 0.5]]))).all()


@pytest.mark.parametrize("formula", BAD, ids=lambda formula: ascii(formula[:40]))
def test_a_bad_formula_says_what_is_wrong_and_where(formula):
    column, word = BAD[formula]
    with pytest.raises(FormulaError) as raised:
        optim.problem(formula)
    assert word in raised.value.problem
    assert raised.value.column == column if column else 1 <= raised.value.column <= len(formula)
    assert f"(column {raised.value.column})" in str(raised.value)


@pytest.mark.parametrize("formula", [None, 5, b"x", ["x"]], ids=repr)
def test_what_is_not_a_text_is_a_bad_formula(formula):
    with pytest.raises(FormulaError):
        optim.problem(formula)


@pytest.mark.parametrize("formula", REFUSED)
def test_what_is_no_real_function_is_refused_or_not_finite(formula):
    try:
        problem = optim.problem(formula)
    except FormulaError:
        return
    value, gradient, _ = evaluated(problem)
    assert not np.isfinite(value).all()
    assert not np.isfinite(gradient[:, ~np.isfinite(value)]).all()


def test_the_unfinished_end_of_a_formula_is_where_the_column_points():
    with pytest.raises(FormulaError) as raised:
        optim.problem("x**2 + y**2 +")
    assert raised.value.column >= len("x**2 + y**2 ")


def test_a_typed_formula_is_a_whole_problem():
    problem = optim.problem("x**2 + 3*y**2")
    assert problem.name == problem.title == problem.formula == "x**2 + 3*y**2"
    assert problem.latex == "x^{2} + 3 y^{2}"
    assert problem.minima == ((0.0, 0.0),)
    assert problem.lowest == 0
    assert problem.search is not None
    assert problem.starts
    assert problem.dimension == 2


@pytest.mark.parametrize("formula", [*GOOD, *CASES])
def test_every_formula_has_a_latex_form(formula):
    assert optim.problem(formula).latex


@pytest.mark.parametrize("formula", [*GOOD, *CASES, *(problem.formula for problem in optim.PROBLEMS.values())])
def test_derivatives_are_those_of_sympy_s_own_diff(formula):
    import sympy

    from optim.problems.formulas.calculus import derivative
    from optim.problems.formulas.parse import parse
    from optim.problems.formulas.symbols import X, Y

    expression = parse(formula).expression
    for variable in (X, Y):
        ours, theirs = derivative(expression, variable), sympy.diff(expression, variable)
        if ours != theirs:
            functions = [sympy.lambdify([X, Y], item.doit(), modules=["numpy", OPAQUE]) for item in (ours, theirs)]
            with np.errstate(all="ignore"):
                np.testing.assert_allclose(functions[0](*POINTS), functions[1](*POINTS), rtol=1e-12, atol=1e-12)


OPAQUE = {"SignOf": np.sign, "AbsOf": np.abs, "MaxOf": np.maximum, "MinOf": np.minimum}


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("x**2/20 + y**2", r"\frac{x^{2}}{20} + y^{2}"),
        ("max(x, abs(y))", r"\max\left(x, \left|y\right|\right)"),
        ("sqrt(x)*exp(-y**2)", r"\sqrt{x} e^{- y^{2}}"),
        ("sign(x)**2", r"\operatorname{sign}\left(x\right)^{2}"),
    ],
)
def test_latex_is_what_a_book_would_print(formula, latex):
    assert optim.problem(formula).latex == latex


@pytest.mark.parametrize("formula", [*GOOD, *CASES])
def test_no_latex_can_break_out_of_its_dollars(formula):
    latex = optim.problem(formula).latex
    assert not set(latex) & set("$`<>#%&~\n\"'")
    assert latex.count("{") == latex.count("}")


def test_a_formula_is_parsed_derived_and_explored_once():
    assert optim.problem("x**2 + 5*y**2") is optim.problem("x**2 + 5*y**2")


def test_a_formula_error_survives_pickling():
    error = FormulaError("something is wrong", 7)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.problem, again.column, str(again)) == (FormulaError, error.problem, 7, str(error))


@pytest.mark.long
def test_nothing_in_the_library_evaluates_a_text():
    emitted = {"numpy_code.py", "compiled.py", "kernels.py"}  # these run code that they have made of nodes of their own
    forbidden = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "S"}
    files = list(Path(optim.__file__).parent.rglob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            wrong = forbidden - ({"exec", "compile"} if file.name in emitted else set())
            assert not (isinstance(node, ast.Name) and node.id in wrong), f"{file.name}:{node.lineno}"
            assert not (isinstance(node, ast.Attribute) and node.attr in forbidden - {"compile"}), f"{file.name}:{node.lineno}"
            assert not (isinstance(node, ast.alias) and node.name.split(".")[-1] in forbidden), f"{file.name}:{node.lineno}"
