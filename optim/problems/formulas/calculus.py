"""Derivatives by the sum, product and chain rule, and how large they will be, told before they are made.

SymPy's own `diff` gives the same expressions, but asks each part on the way whether it is even, negative and so on: ten times
the work, and seconds for a product of exponentials that fits on one line.
"""

from dataclasses import dataclass

import sympy


def derivative(expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
    """Return the derivative; each part of the expression is derived once, wherever it occurs."""
    known: dict[sympy.Expr, sympy.Expr] = {variable: sympy.Integer(1)}

    def of(part: sympy.Expr) -> sympy.Expr:
        if part not in known:
            known[part] = rule(part) if part.has(variable) else sympy.Integer(0)
        return known[part]

    def rule(part: sympy.Expr) -> sympy.Expr:
        inner = part.args
        changing = [i for i, argument in enumerate(inner) if of(argument) != 0]
        if part.is_Add:
            return sympy.Add(*[of(inner[i]) for i in changing])
        if part.is_Mul:
            return sympy.Add(*[sympy.Mul(*inner[:i], of(inner[i]), *inner[i + 1 :]) for i in changing])
        if part.is_Pow:
            base, exponent = inner
            if changing == [0]:
                return exponent * base ** (exponent - 1) * of(base)
            return part * (of(exponent) * sympy.log(base) + exponent * of(base) / base)
        return sympy.Add(*[part.fdiff(i + 1) * of(inner[i]) for i in changing])

    return of(expression)


@dataclass(frozen=True)
class Size:
    """Parts of an expression written out, of its gradient and of its Hessian, as the rules of calculus write them."""

    value: int
    first: int
    second: int


def size(expression: sympy.Expr) -> Size:
    """Return about how many parts the sum, product and chain rule make of an expression, looking at each of its parts once."""
    known: dict[sympy.Expr, Size] = {}

    def of(part: sympy.Expr) -> Size:
        if part not in known:
            known[part] = _size(part, [of(argument) for argument in part.args])
        return known[part]

    return of(expression)


def _size(part: sympy.Expr, inner: list[Size]) -> Size:
    if part.is_number:
        return Size(1, 0, 0)
    if part.is_Symbol:
        return Size(1, 1, 0)
    value = 1 + sum(one.value for one in inner)
    changing = [one for one in inner if one.first]
    if part.is_Add:
        return Size(value, sum(one.first for one in inner), sum(one.second for one in inner))
    count = max(1, len(changing))
    first, second = (sum(getattr(one, name) for one in changing) for name in ("first", "second"))
    if part.is_Mul:
        # Each factor in turn is derived and the others are written beside it; for the Hessian each pair of them.
        first += (count - 1) * value + count
        return Size(value, first, second + 2 * (count - 1) * first + count * value)
    # f(u): f'(u) u', then f''(u) u' u' + f'(u) u''; a power u**v is exp(v log(u)).
    first += value * count
    return Size(value, first, second + 2 * first + value * count)
