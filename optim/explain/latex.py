"""Lines as LaTeX: with symbols, or with the numbers of one step; what a step leaves out is left out there too."""

import ast
import copy
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optim.core.rule_lines import Call, functions, names
from optim.explain.branches import agreed, chosen
from optim.explain.evaluate import CALLS

SYMBOLS = {
    "x": r"\theta",
    "lr": r"\eta",
    "velocity": "v",
    "beta1_sum": r"1-\beta_1^t",
    "beta2_sum": r"1-\beta_2^t",
    "beta3_sum": r"1-\beta_3^t",
    "done": "t",
    "fast_steps": "t",
    "previous": r"g_{\text{prev}}",
    "identity": "I",
    "first": r"\text{first step}",
    "pull": r"\delta",
}
"""How names that several rules share are written; parameters have their own symbols, other names stand for themselves."""
LAST = {-1: r"\text{last}", -2: r"\text{last but one}"}
SMALL, LARGE, WIDE = 1e-4, 1e6, 8
"""Numbers from SMALL to LARGE are written out; sets of more than WIDE points are not."""
_COMPARED = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}
_TEST, _SUM, _PRODUCT, _POWER, _ATOM = range(5)
Piece = tuple[str, int]
"""LaTeX, and how tightly it holds together: what is looser than its place asks for gets parentheses."""


def symbol(text: str) -> str:
    """Return a parameter's symbol, such as β₁ or η⁻, as LaTeX."""
    result = ""
    for kind, letters in _runs(text):
        inner = "".join(map(_letter, letters)).strip()
        result += inner if not kind else f"{kind}{{{inner}}}"
    return result


def _runs(text: str) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for letter in text:
        form = unicodedata.decomposition(letter)
        kind = "_" if form.startswith("<sub>") else "^" if form.startswith("<super>") else ""
        plain = unicodedata.normalize("NFKC", letter) if kind else letter
        if runs and runs[-1][0] == kind:
            runs[-1] = kind, runs[-1][1] + plain
        else:
            runs.append((kind, plain))
    return runs


def _letter(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if not name.startswith("GREEK"):
        return "-" if letter == "\u2212" else letter
    word = name.split()[-1].lower().replace("lamda", "lambda").replace("epsilon", "varepsilon").replace("phi", "varphi")
    return f"\\{word.capitalize() if 'CAPITAL' in name else word} "


def written(value: Any, digits: int = 5) -> str:
    """Return a number or an array (d,), (k, d) as LaTeX: a vector as a column, several points as columns side by side."""
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        return _number(float(array), digits)
    rows = array[:, None] if array.ndim == 1 else array.T
    body = r" \\ ".join(" & ".join(_number(float(number), digits) for number in row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _number(number: float, digits: int) -> str:
    if not np.isfinite(number):
        return r"\text{not a number}" if np.isnan(number) else r"\infty" if number > 0 else r"-\infty"
    if number == 0 or SMALL <= abs(number) < LARGE:
        return _plain(f"{number + 0.0:.{digits}g}", number)
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else f"-{power}" if mantissa == "-1" else rf"{mantissa} \cdot {power}"


def _plain(text: str, number: float) -> str:
    return f"{number:.0f}" if "e" in text else text


class Printer:
    """Writes expressions; `leaf` gives a name its LaTeX, `dot` stands between factors, `calls` are the rule's own functions."""

    def __init__(self, leaf: Callable[[str], Piece], calls: Mapping[str, Call], dot: str) -> None:
        self._leaf, self._calls, self._dot = leaf, calls, dot

    def write(self, node: ast.expr) -> str:
        """Return an expression as LaTeX."""
        return self._piece(node)[0]

    def _piece(self, node: ast.expr) -> Piece:  # noqa: C901 - one case per kind of node
        match node:
            case ast.Constant(value=value):
                return piece(value)
            case ast.Name(id=name):
                return self._leaf(name)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp(op=ast.USub()):
                return "-" + self._held(node.operand, _PRODUCT), _SUM
            case ast.UnaryOp():
                return rf"\text{{not }} {self._held(node.operand, _SUM)}", _TEST
            case ast.BoolOp():
                joint = r" \text{ and } " if isinstance(node.op, ast.And) else r" \text{ or } "
                return joint.join(self._held(part, _TEST) for part in node.values), _TEST
            case ast.Compare():
                return f"{self.write(node.left)} {_COMPARED[type(node.ops[0])]} {self.write(node.comparators[0])}", _TEST
            case ast.IfExp():
                return self._cases(node), _TEST
            case ast.Subscript():
                place = ast.literal_eval(node.slice)
                return f"{self.write(node.value)}_{{{place + 1 if place >= 0 else LAST.get(place, '')}}}", _ATOM
            case ast.Call(func=ast.Name(id=name)):
                call = self._calls.get(name) or CALLS[name]
                return call.latex.format(*(_Argument(self, argument) for argument in node.args)), _POWER
        raise ValueError(f"{ast.unparse(node)} cannot be written")

    def _binary(self, node: ast.BinOp) -> Piece:
        left, right = node.left, node.right
        match node.op:
            case ast.Add():
                return f"{self._held(left, _SUM)} + {self._after(right, _SUM)}", _SUM
            case ast.Sub():
                return f"{self._held(left, _SUM)} - {self._after(right, _PRODUCT)}", _SUM
            case ast.Mult():
                return f"{self._held(left, _PRODUCT)} {self._dot} {self._after(right, _PRODUCT)}", _PRODUCT
            case ast.MatMult():
                return rf"{self._held(left, _PRODUCT)}\, {self._held(right, _PRODUCT)}", _PRODUCT
            case ast.Div():
                return rf"\frac{{{self.write(left)}}}{{{self.write(right)}}}", _PRODUCT
            case ast.Mod():
                return rf"{self._held(left, _PRODUCT)} \bmod {self._held(right, _PRODUCT)}", _SUM
        return f"{self._held(left, _ATOM)}^{{{self.write(right)}}}", _POWER

    def _cases(self, node: ast.IfExp) -> str:
        rows: list[str] = []
        rest: ast.expr = node
        while isinstance(rest, ast.IfExp):
            rows.append(rf"{self.write(rest.body)} & \text{{if }} {self.write(rest.test)}")
            rest = rest.orelse
        return r"\begin{cases} " + r" \\ ".join([*rows, rf"{self.write(rest)} & \text{{else}}"]) + r" \end{cases}"

    def _held(self, node: ast.expr, place: int) -> str:
        text, held = self._piece(node)
        return text if held >= place else rf"\left({text}\right)"

    def _after(self, node: ast.expr, place: int) -> str:
        """As a part that stands after a sign: a minus of its own needs parentheses."""
        text, held = self._piece(node)
        return text if held >= place and not text.startswith("-") else rf"\left({text}\right)"

    def argument(self, node: ast.expr, wish: str) -> str:
        """Return a function's argument as its template wishes."""
        if wish == "(":
            text, held = self._piece(node)
            column = text.startswith(r"\begin{pmatrix}") and held == _ATOM  # which has its own
            return text if column else rf"\left({text}\right)"
        return self._held(node, {"^": _ATOM, "*": _PRODUCT}.get(wish, _TEST))


class _Argument:
    """An argument of a function, written where and as the template of its LaTeX says."""

    def __init__(self, printer: Printer, node: ast.expr) -> None:
        self._printer, self._node = printer, node

    def __format__(self, wish: str) -> str:
        return self._printer.argument(self._node, wish)


def piece(value: Any) -> Piece:
    """Return a number or an array as LaTeX, and how tightly it holds together."""
    if isinstance(value, np.ndarray) and value.ndim:
        return written(value), _ATOM
    text = written(value)
    return text, _SUM if text.startswith("-") else _PRODUCT if r"\cdot" in text else _POWER if "^" in text else _ATOM


def cut(node: ast.expr, at: Callable[[ast.expr], Any], fixed: set[str], constants: set[str] = frozenset()) -> ast.expr:  # type: ignore[assignment]
    """Return an expression as it counts for one step, whose numbers `at` tells: of cases the one that holds, no term times zero.

    What is made of the names `fixed` and of `constants`, functions of the dimension, alone becomes a number.
    """

    def of(child: ast.expr) -> ast.expr:
        return cut(child, at, fixed, constants)

    if isinstance(node, ast.Constant):
        return node
    if isinstance(node, ast.IfExp):
        branch = chosen(node, agreed(at(node.test)))
        return ast.Constant(at(node)) if branch is None else of(branch)
    if isinstance(node, ast.Subscript) or (
        names(node) <= fixed and not functions(node) & (CALLS.keys() - {"sqrt", "min", "max", "power"}) and names(node)
    ):
        return ast.Constant(at(node))
    if isinstance(node, ast.Call) and functions(node) <= constants:
        return ast.Constant(at(node))
    node = copy.copy(node)
    if isinstance(node, ast.Call):
        node.args = [of(argument) for argument in node.args]
    elif isinstance(node, ast.BinOp):
        node.left, node.right = of(node.left), of(node.right)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.Constant(at(node))
        return _lighter(node)
    elif isinstance(node, ast.UnaryOp):
        node.operand = of(node.operand)
    return node


def _lighter(node: ast.BinOp) -> ast.expr:
    """Return a sum without zeros, or a product without ones."""
    left, right = _plain_number(node.left), _plain_number(node.right)
    match node.op:
        case ast.Add() if left == 0:
            return node.right
        case ast.Add() | ast.Sub() if right == 0:
            return node.left
        case ast.Mult() if left == 0 or right == 1:
            return node.left
        case ast.Mult() if left == 1 or right == 0:
            return node.right
        case ast.Div() if left == 0 or right == 1:
            return node.left
    return node


def _plain_number(node: ast.expr) -> float | None:
    return float(node.value) if isinstance(node, ast.Constant) and np.ndim(node.value) == 0 else None  # type: ignore[arg-type]
