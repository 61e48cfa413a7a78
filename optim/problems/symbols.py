"""The symbols x and y, and abs, sign, min, max as small opaque SymPy functions with derivatives by cases.

SymPy's own Max canonicalises nested arguments in exponential time, and the second derivative of its Abs is a DiracDelta.
Here sign' = 0 and sign(0) = 0, so every derivative is a plain function of the point.
"""

from typing import Any

import sympy

X, Y = sympy.symbols("x y", real=True)


class SignOf(sympy.Function):
    """-1, 0 or 1 by the sign of the argument; its derivative is 0 everywhere."""

    nargs = 1
    is_real = True

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return sympy.Integer(0)

    def _latex(self, printer: Any) -> str:
        return rf"\operatorname{{sign}}\left({printer._print(self.args[0])}\right)"


class AbsOf(sympy.Function):
    """The absolute value."""

    nargs = 1
    is_real = True

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return SignOf(self.args[0])

    def _latex(self, printer: Any) -> str:
        return rf"\left|{printer._print(self.args[0])}\right|"


class _Choice(sympy.Function):
    nargs = 2
    is_real = True
    _side = 0
    _word = ""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        a, b = self.args
        towards_a = self._side * SignOf(a - b)
        return (1 + (towards_a if argindex == 1 else -towards_a)) / 2

    def _latex(self, printer: Any) -> str:
        return rf"\{self._word}\left({', '.join(printer._print(a) for a in self.args)}\right)"


class MaxOf(_Choice):
    """The larger of two; where they are equal the derivative is the mean of theirs."""

    _side = 1
    _word = "max"


class MinOf(_Choice):
    """The smaller of two; where they are equal the derivative is the mean of theirs."""

    _side = -1
    _word = "min"
