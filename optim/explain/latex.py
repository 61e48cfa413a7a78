"""Lines as LaTeX: with symbols, or with the numbers of one step; what a step leaves out is left out there too."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from optim.core.rules.branches import agreed, chosen
from optim.core.rules.operations import FUNCTIONS
from optim.core.rules.text import COMPARISONS, Call, Node, number

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
NOT_A_NUMBER = r"\text{not a number}"
SMALL, LARGE, WIDE = 1e-4, 1e6, 8
"""Numbers from SMALL to LARGE are written out; sets of more than WIDE points are not."""
_TEST, SUM, _PRODUCT, _POWER, ATOM = range(5)
_PLAIN = ("+", "-", "*", "/", "%", "@", "**")
_PLACES = {"": _TEST, "^": ATOM, "*": _PRODUCT, "+": SUM}
_SIGNS = {
    "+": (SUM, "{0:+} + {1:-+}"),
    "-": (SUM, "{0:+} - {1:-*}"),
    "@": (_PRODUCT, r"{0:*}\, {1:*}"),
    "/": (_PRODUCT, r"\frac{{{0}}}{{{1}}}"),
    "%": (SUM, r"{0:*} \bmod {1:*}"),
    "**": (_POWER, "{0:^}^{{{1}}}"),
    "neg": (SUM, "-{0:*}"),
    "not": (_TEST, r"\text{{not }} {0:+}"),
    **{
        sign: (_TEST, f"{{0}} {latex} {{1}}")
        for sign, latex in zip(COMPARISONS, ("<", r"\le", ">", r"\ge", "=", r"\ne"), strict=True)
    },
}
"""How tightly each operation holds together, and its LaTeX: {0:*} is a part that a product can take, {1:-*} one after a sign."""
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
        return NOT_A_NUMBER if np.isnan(number) else r"\infty" if number > 0 else r"-\infty"
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
        self._leaf, self._calls = leaf, calls
        self._signs = {**_SIGNS, "*": (_PRODUCT, f"{{0:*}} {dot} {{1:-*}}")}

    def write(self, node: Node) -> str:
        """Return an expression as LaTeX."""
        return self._piece(node)[0]

    def _piece(self, node: Node) -> Piece:
        match node.op:
            case "number":
                return piece(node.value)
            case "name":
                return self._leaf(node.value)
            case "and" | "or":
                joint = rf" \text{{ {node.op} }} "
                return joint.join(self._held(part, _TEST) for part in node.args), _TEST
            case "cases":
                return self._cases(node), _TEST
        held, template = self._signs.get(node.op) or (_POWER, (self._calls.get(node.value) or FUNCTIONS[node.value]).latex)
        return template.format(*(_Argument(self, part) for part in node.args)), held

    def _cases(self, node: Node) -> str:
        rows: list[str] = []
        while node.op == "cases":
            test, body, rest = node.args
            rows.append(rf"{self.write(body)} & \text{{if }} {self.write(test)}")
            node = rest
        return r"\begin{cases} " + r" \\ ".join([*rows, rf"{self.write(node)} & \text{{else}}"]) + r" \end{cases}"

    def _held(self, node: Node, place: int, signed: bool = True) -> str:
        """As a part that holds together as its place asks; after a sign, a minus of its own needs parentheses."""
        text, held = self._piece(node)
        return text if held >= place and (signed or not text.startswith("-")) else rf"\left({text}\right)"

    def argument(self, node: Node, wish: str) -> str:
        """Return an argument as its template wishes."""
        if wish == "(":
            text, held = self._piece(node)
            column = text.startswith(r"\begin{pmatrix}") and held == ATOM  # which has its own
            return text if column else rf"\left({text}\right)"
        return self._held(node, _PLACES[wish[-1:]], not wish.startswith("-"))


class _Argument:
    """An argument of a function, written where and as the template of its LaTeX says."""

    def __init__(self, printer: Printer, node: Node) -> None:
        self._printer, self._node = printer, node

    def __format__(self, wish: str) -> str:
        return self._printer.argument(self._node, wish)


def piece(value: Any) -> Piece:
    """Return a number or an array as LaTeX, and how tightly it holds together."""
    if isinstance(value, np.ndarray) and value.ndim:
        return written(value), ATOM
    text = written(value)
    return text, SUM if text.startswith("-") else _PRODUCT if r"\cdot" in text else _POWER if "^" in text else ATOM


def cut(node: Node, at: Callable[[Node], Any], fixed: set[str], numbers: set[str] = frozenset()) -> Node:  # type: ignore[assignment]
    """Return an expression as it counts for one step, whose numbers `at` tells: of cases the one that holds, no term times zero.

    What is made of the names `fixed` alone, and calls of the functions `numbers`, become numbers.
    """
    if node.op == "number":
        return node
    if node.op == "cases":
        branch = chosen(node, agreed(at(node.args[0])))
        return number(at(node)) if branch is None else cut(branch, at, fixed, numbers)
    plain = bool(node.names) and node.names <= fixed and not node.functions & (FUNCTIONS.keys() - {"sqrt", "min", "max", "power"})
    if plain or (node.op == "call" and node.functions <= numbers):
        return number(at(node))
    light = node.mapped(lambda part: cut(part, at, fixed, numbers))
    if light.op in _PLAIN and all(part.op == "number" for part in light.args):
        return number(at(light))
    return _lighter(light) if light.op in _PLAIN else light


def without(node: Node, zeros: set[str]) -> Node:
    """Return an expression with its symbols, but without the terms and factors that names which are zero make idle."""
    if node.op not in _PLAIN:
        return node.mapped(lambda part: without(part, zeros))
    idle = [number(0) if part.op == "name" and part.value in zeros else without(part, zeros) for part in node.args]
    return _lighter(replace(node, args=tuple(idle)))


def _lighter(node: Node) -> Node:
    """Return a sum without zeros, or a product without ones."""
    left, right = node.args
    a, b = (float(part.value) if part.op == "number" and np.ndim(part.value) == 0 else None for part in node.args)
    match node.op:
        case "+" if a == 0:
            return right
        case "+" | "-" if b == 0:
            return left
        case "*" if a == 0 or b == 1:
            return left
        case "*" if a == 1 or b == 0:
            return right
        case "/" if a == 0 or b == 1:
            return left
    return node
