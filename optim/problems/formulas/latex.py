"""LaTeX of a formula as it was typed: nothing reordered, no bracket multiplied out, every digit of a number kept."""

import numpy as np
import sympy

from optim.problems.formulas.typed import Operation, operation

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tightly a part holds together: the parts of a looser one need brackets."""
_NAMED = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "log"}
"""Functions that LaTeX has a command for."""
_AROUND = {"exp": ("e^{", "}", _POWER), "sqrt": (r"\sqrt{", "}", _POWER), "abs": (r"\left|", r"\right|", _ATOM)}
"""What is written before and after what these functions are applied to, and how tightly it holds together."""
LARGE = 1e6
"""A number with a point is written with a power of ten from here on."""


def latex(node: sympy.Expr) -> str:
    """Return the LaTeX of a formula as typed."""
    return _written(node)[0]


def _written(node: sympy.Expr) -> tuple[str, int]:
    """Return a part's LaTeX and how tightly it holds together."""
    if not isinstance(node, Operation):
        return _atom(node)
    operands = node.operands
    unsigned = _without_minus(node) if node.name in ("*", "/") else None
    if unsigned is not None:
        return _written(operation("neg", unsigned))
    match node.name:
        case "+" | "-":
            return f"{_held(operands[0], _SUM)} {node.name} {_held(operands[1], _PRODUCT)}", _SUM
        case "neg":
            return f"- {_held(operands[0], _PRODUCT)}", _SUM
        case "*":
            left, right = _held(operands[0], _PRODUCT), _held(operands[1], _PRODUCT)
            numbers = right[0].isdigit() or (left[-1].isdigit() and right.startswith(r"\frac"))
            return (rf"{left} \cdot {right}" if numbers else f"{left} {right}"), _PRODUCT
        case "/":
            return rf"\frac{{{latex(operands[0])}}}{{{latex(operands[1])}}}", _PRODUCT
        case "**":
            return _power(*operands)
    if node.name in _AROUND:
        before, after, tightness = _AROUND[node.name]
        return f"{before}{latex(operands[0])}{after}", tightness
    return _called(node, ""), _POWER


def _without_minus(node: sympy.Expr) -> sympy.Expr | None:
    """Return a product without the minus of its first factor, or None where it has none: -a*b is read as (-a)*b."""
    if not isinstance(node, Operation):
        return None
    if node.name == "neg":
        return node.operands[0]
    first = _without_minus(node.operands[0]) if node.name in ("*", "/") else None
    return None if first is None else operation(node.name, first, node.operands[1])


def _held(node: sympy.Expr, least: int) -> str:
    """Return a part's LaTeX, in brackets where it holds together less tightly than `least`."""
    text, tightness = _written(node)
    return text if tightness >= least else rf"\left({text}\right)"


def _power(base: sympy.Expr, exponent: sympy.Expr) -> tuple[str, int]:
    raised = f"^{{{latex(exponent)}}}"
    plain = isinstance(base, Operation) and base.name in (*_NAMED, "sign")
    return (_called(base, raised) if plain else f"{_held(base, _ATOM)}{raised}"), _POWER


def _called(node: Operation, raised: str) -> str:
    inner = ", ".join(latex(operand) for operand in node.operands)
    if node.name in _NAMED:
        return rf"\{node.name}{raised}{{\left({inner} \right)}}"
    if node.name in ("min", "max"):
        return rf"\{node.name}\left({inner}\right){raised}"
    return rf"\operatorname{{{node.name}}}\left({inner}\right){raised}"


def _atom(node: sympy.Expr) -> tuple[str, int]:
    if not node.is_number:
        return str(node), _ATOM
    if node is sympy.pi:
        return r"\pi", _ATOM
    if node is sympy.E:
        return "e", _ATOM
    whole = str(node) if node.is_Integer else repr(float(node))
    if node.is_Float and float(node) >= LARGE:
        whole = np.format_float_scientific(float(node), trim="-")
    digits, _, exponent = whole.partition("e")
    if not exponent:
        return digits, _ATOM
    return (rf"{digits} \cdot " if digits != "1" else "") + f"10^{{{int(exponent)}}}", _PRODUCT
