"""A formula is computed as it was typed: what simplification would define stays undefined, and no digit of a number is lost."""

import numpy as np
import pytest

import optim
from optim.core.errors import FormulaError
from optim.export import numpy_script
from optim.problems.formulas.derive import derive
from optim.problems.formulas.numpy_code import compiled
from optim.problems.formulas.parse import FUNCTIONS, parse
from optim.problems.formulas.typed import defined
from tests.export.test_scripts import deviation, printed

UNDEFINED = {
    "sqrt(x)**2": -1.0,
    "(x**0.5)**2": -1.0,
    "(x**(1/4))**4 + y": -1.0,
    "exp(log(x))": -1.0,
    "exp(2*log(x)) + y": -1.0,
    "e**log(x)": -1.0,
    "0*log(x)": -1.0,
    "log(x)**0 + y": -1.0,
    "1**log(x) + y": -1.0,
    "log(x) - log(x)": -1.0,
    "log(x)/log(x)": -1.0,
    "x/x": 0.0,
    "x**2/x": 0.0,
    "x**-1*x": 0.0,
    "(x*y)/x": 0.0,
    "sin(x)/sin(x)": 0.0,
    "acos(x)*0": 2.0,
    "sin(asin(x))": 2.0,
    "cos(acos(x)) + y": -1.5,
    "cosh(acosh(x))": 0.5,
    "tanh(atanh(x))": 2.0,
    "x**2 + log(y - 5)": 0.0,
    "min(x, 0*sqrt(x))": -1.0,
}
"""Formula -> an x at which it has no value as typed; y is 1."""

WHERE_IT_IS = {
    "sqrt(x)**2": lambda x, y: x,
    "exp(log(x))": lambda x, y: x,
    "0*log(x) + y": lambda x, y: y,
    "x/x + y**2": lambda x, y: 1 + y**2,
    "x**2/x": lambda x, y: x,
    "sin(asin(x/10))": lambda x, y: x / 10,
}
"""Formula -> what it is at the points where it is anything."""

EXACT = [
    ("1e15*(x-0.1234567890123456)", 0.1234567890123456, 0.0),
    ("1e15*(x - 0.1234567890123456)**2 + 0*y", 0.1234567890123456, 0.0),
    ("3*(x - 0.1)", 0.1, 0.0),
    ("9007199254740992.0*x", 1.0, 9007199254740992.0),
    ("9007199254740993*x", 1.0, 9007199254740992.0),
    ("12345678901234567890*x", 1.0, 12345678901234567890.0),
    ("x*0.30000000000000004", 1.0, 0.1 + 0.2),
    ("1.7976931348623157*x", 1.0, 1.7976931348623157),
    ("2.2250738585072014e-100*x", 1.0, 2.2250738585072014e-100),
    ("x + 1e16 - 1e16", 1.0, 0.0),
    ("(x + 0.1) + 0.2", 0.3, (0.3 + 0.1) + 0.2),
    ("x + (0.1*y + 0.2)", 0.3, 0.3 + (0.1 + 0.2)),
    ("e**x", 100.0, np.exp(100.0)),
]
"""Formula, x (y is 1), and the value to the last bit."""


def at(*x):
    return np.array([x, np.ones(len(x))])


@pytest.mark.parametrize("formula", UNDEFINED)
def test_no_simplification_defines_what_is_undefined_as_typed(formula):
    problem = optim.problem(formula)
    with np.errstate(all="ignore"):
        assert np.isnan(problem.value(at(UNDEFINED[formula]))).all()
        assert np.isnan(problem.gradient(at(UNDEFINED[formula]))).all()
        assert np.isnan(problem.hessian(at(UNDEFINED[formula]))).all()


@pytest.mark.parametrize("formula", WHERE_IT_IS)
def test_where_it_is_defined_a_formula_has_its_value_and_derivatives(formula):
    problem, same = optim.problem(formula), WHERE_IT_IS[formula]
    x = np.array([[0.7, 2.5], [1.3, 0.4]])
    np.testing.assert_allclose(problem.value(x), same(*x), rtol=1e-14)
    step = 1e-30j
    slope = [np.imag(same(x[0] + step, x[1] + 0j)) / 1e-30, np.imag(same(x[0] + 0j, x[1] + step)) / 1e-30]
    np.testing.assert_allclose(problem.gradient(x), slope, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(("formula", "x", "value"), EXACT)
def test_no_digit_of_a_number_is_lost(formula, x, value):
    assert derive(formula).value(at(x))[0] == value


@pytest.mark.parametrize("literal", ["0.1234567890123456", "9007199254740993.0", "1.2345678901234567e-50", "0.1"])
def test_the_derivative_has_all_digits_of_a_number(literal):
    with np.errstate(all="ignore"):
        assert derive(f"{literal}*x + y").gradient(at(0.5))[0, 0] == float(literal)
        assert derive(f"y*(x - {literal})**2").gradient(at(float(literal)))[0, 0] == 0.0
        assert derive(f"{literal}*x**3 + y").hessian(at(1.0))[0, 0, 0] == 6 * float(literal)


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("sqrt(x)**2", r"\left(\sqrt{x}\right)^{2}"),
        ("x/x", r"\frac{x}{x}"),
        ("0.1*x", "0.1 x"),
        ("x*0.1234567890123456", r"x \cdot 0.1234567890123456"),
        ("1e-9*x - -y", r"10^{-9} x - \left(- y\right)"),
        ("-sin(x)*y/2", r"- \frac{\sin{\left(x \right)} y}{2}"),
        ("3*(x - y)", r"3 \left(x - y\right)"),
        ("(1 - x)**2 + 100*(y - x**2)**2", r"\left(1 - x\right)^{2} + 100 \left(y - x^{2}\right)^{2}"),
        ("e**x + pi", r"e^{x} + \pi"),
        ("2**(x/2)*asin(y)", r"2^{\frac{x}{2}} \operatorname{asin}\left(y\right)"),
    ],
)
def test_latex_is_the_formula_as_typed(formula, latex):
    assert derive(formula).latex == latex


@pytest.mark.parametrize("formula", ["1/log(0)", "0*sqrt(-1)", "log(0)*0", "x + 0*acos(2)", "exp(log(0))*x"])
def test_a_constant_that_is_no_number_is_refused_wherever_it_stands(formula):
    with pytest.raises(FormulaError):
        parse(formula)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_counts_as_defined_everywhere_is(name):
    """Not the other way round: cos(x)**2 + sin(x)**2 - 0.5 is positive, and its form does not show it."""
    few = np.linspace(-7.0, 7.0, 29)
    x = np.stack(np.meshgrid(few, few))
    squares = ("x**2", "x**2 + y**2", "1 + x**2", "x*x", "sqrt(1 + y**2)")
    for inner in ("x", *squares, "abs(x)", "exp(y)", "-x", "cos(x)", "x*y", "max(x, 1)"):
        formula = f"{name}({', '.join([inner, 'y'][: FUNCTIONS[name][1]])})"
        for whole in (formula, f"1/{formula}", f"{formula}**0.5", f"{formula}**-1.5", f"log({formula})", f"{formula}**y"):
            typed = parse(whole).typed
            with np.errstate(all="ignore"):
                (value,) = compiled([typed])(*x)
            assert not defined(typed) or not np.isnan(value).any(), whole


def test_a_script_computes_what_was_typed():
    starts = {"sqrt(x)**2 + y**2": (0.02, 1.0), "1e3*(x-0.1234567890123456)**2 + y**2": (0.5, 0.5), "abs(x)**2 + y**2": (0.0, 1.0)}
    entries = [optim.Entry("sgd", {"lr": 0.1}), optim.Entry("newton")]
    specs = [optim.RaceSpec(formula, entries, start, 8) for formula, start in starts.items()]
    scripts = [numpy_script(spec) for spec in specs]
    for spec, table in zip(specs, printed([script.text for script in scripts]), strict=True):
        assert deviation(table, spec) <= 1e-12
