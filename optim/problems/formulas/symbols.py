"""The symbols x and y, and abs, sign, min, max as small opaque SymPy functions with derivatives by cases.

SymPy's own Max canonicalises nested arguments in exponential time, and the second derivative of its Abs is a DiracDelta.
Here sign' = 0 and sign(0) = 0, so every derivative is a plain function of the point.
"""

from typing import Any

import sympy

X, Y = sympy.symbols("x y", real=True)


def _raised(latex: str, exponent: str | None) -> str:
    return latex if exponent is None else f"{latex}^{{{exponent}}}"


class SignOf(sympy.Function):
    """-1, 0 or 1 by the sign of the argument; its derivative is 0 everywhere."""

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, argument: sympy.Expr) -> sympy.Expr | None:
        return sympy.sign(argument) if argument.is_number else None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return sympy.Integer(0)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return _raised(rf"\operatorname{{sign}}\left({printer._print(self.args[0])}\right)", exp)


class AbsOf(sympy.Function):
    """The absolute value."""

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, argument: sympy.Expr) -> sympy.Expr | None:
        return sympy.Abs(argument) if argument.is_number else None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return SignOf(self.args[0])

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return _raised(rf"\left|{printer._print(self.args[0])}\right|", exp)


class _Choice(sympy.Function):
    nargs = 2
    is_real = True
    _side = 0
    _word = ""

    @classmethod
    def eval(cls, a: sympy.Expr, b: sympy.Expr) -> sympy.Expr | None:
        if not (a.is_number and b.is_number):
            return None
        return a if cls._side * (float(a) - float(b)) >= 0 else b

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        a, b = self.args
        towards_a = self._side * SignOf(a - b)
        return (1 + (towards_a if argindex == 1 else -towards_a)) / 2

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return _raised(rf"\{self._word}\left({', '.join(printer._print(a) for a in self.args)}\right)", exp)


class MaxOf(_Choice):
    """The larger of two; where they are equal the derivative is the mean of theirs."""

    _side = 1
    _word = "max"


class MinOf(_Choice):
    """The smaller of two; where they are equal the derivative is the mean of theirs."""

    _side = -1
    _word = "min"


class _AsItsArgument:
    """Real where the argument is known to be, and no further questions.

    SymPy's hyperbolic functions split an argument of which it does not know that, such as log(x), into its real and imaginary
    parts, and multiply its powers out for that: with a power of 64 it took minutes.
    """

    args: tuple[sympy.Expr, ...]

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real else None

    _eval_is_finite = _eval_is_real


class sinh(_AsItsArgument, sympy.sinh):  # noqa: N801 - SymPy's printers go by the name of the class
    """The hyperbolic sine."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return cosh(self.args[0])


class cosh(_AsItsArgument, sympy.cosh):  # noqa: N801
    """The hyperbolic cosine, which is positive where it is real."""

    _eval_is_positive = _eval_is_nonnegative = _AsItsArgument._eval_is_real

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return sinh(self.args[0])


class tanh(_AsItsArgument, sympy.tanh):  # noqa: N801
    """The hyperbolic tangent."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return 1 - tanh(self.args[0]) ** 2


def plain(expression: sympy.Expr) -> sympy.Expr:
    """Return the expression with our abs and sign in place of SymPy's own, which it puts in by itself for sqrt(x**2)."""
    return expression.replace(sympy.Abs, AbsOf).replace(sympy.sign, SignOf)
