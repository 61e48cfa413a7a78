"""A function and its derivatives as Python code, made from the very source that the library compiles for itself."""

import ast
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

FAST = {0.5: "sqrt", 2: "square", -1: "reciprocal"}
"""Powers that NumPy computes in another way for arrays than for single numbers: to the same bits by these names."""


@dataclass(frozen=True)
class Dialect:
    """What the code is written for: the module whose functions take the coordinates, and the one for plain numbers."""

    module: str
    plain: str


NUMPY, TORCH = Dialect("np", "np"), Dialect("torch", "math")


def body(source: str, dialect: Dialect) -> tuple[list[str], list[str], list[str]]:
    """Return the lines and the results of a compiled formula as code in the dialect, and its arguments after x and y."""
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    names = [argument.arg for argument in tree.args.args]
    code = _Code(dialect, names)
    lines = [text for statement in tree.body[:-1] for text in code.statement(statement)]
    last = tree.body[-1]
    assert isinstance(last, ast.Return)
    assert isinstance(last.value, ast.List)
    results = []
    for part in last.value.elts:
        result, before = code.expression(part)
        lines += before
        results.append(result)
    return lines, results, names[2:]


class _Code(ast.NodeTransformer):
    """Writes NumPy's names in full, and a square of a longer expression as a line of its own and a product."""

    def __init__(self, dialect: Dialect, names: list[str]) -> None:
        self._dialect = dialect
        self._varying, self._local = set(names), set(names)
        self._squares: dict[str, str] = {}
        self._before: list[str] = []

    def statement(self, node: ast.stmt) -> list[str]:
        """Return an assignment as lines of code."""
        assert isinstance(node, ast.Assign)
        assert isinstance(node.targets[0], ast.Name)
        name = node.targets[0].id
        varies = self._varies(node.value)
        text, before = self.expression(node.value)
        self._local.add(name)
        self._varying |= {name} if varies else set()
        return [*before, f"{name} = {text}"]

    def expression(self, node: ast.expr) -> tuple[str, list[str]]:
        """Return an expression as code, and the lines that must stand before it."""
        self._before = []
        text = ast.unparse(self.visit(node))
        return text, self._before

    def visit_Name(self, node: ast.Name) -> ast.AST:
        known = node.id in self._local
        return node if known else _attribute("math" if self._dialect.plain == "math" else "np", node.id)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if isinstance(node.left, ast.NamedExpr):
            squared = self._named(self.visit(node.left.value))
            return ast.BinOp(squared, ast.Mult(), squared)
        if isinstance(node.op, ast.Pow) and self._varies(node) and self._dialect is NUMPY:
            return self._power(node)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        varies = self._varies(node)
        arguments = [self.visit(argument) for argument in node.args]
        if not varies:
            name = node.func.id.replace("arc", "a") if self._dialect is TORCH else node.func.id
            return _called(self._dialect.plain, name, arguments)
        if self._dialect is TORCH and node.func.id in {"maximum", "minimum"}:
            arguments = [_called("torch", "as_tensor", [argument]) for argument in arguments]
        return _called(self._dialect.module, node.func.id, arguments)

    def _named(self, node: ast.expr) -> ast.Name:
        """Return a name for a value that is used twice."""
        if isinstance(node, ast.Name):
            return node
        text = ast.unparse(node)
        if text not in self._squares:
            self._squares[text] = f"s{len(self._squares) + 1}"
            self._before.append(f"{self._squares[text]} = {text}")
            self._local.add(self._squares[text])
        return ast.Name(self._squares[text], ast.Load())

    def _power(self, node: ast.BinOp) -> ast.AST:
        exponent = _number(node.right)
        base = self.visit(node.left)
        if exponent in FAST and self._varies(node.left):
            return _called("np", FAST[exponent], [base])
        return _called("np", "power", [base, self.visit(node.right)])

    def _varies(self, node: ast.AST) -> bool:
        return any(isinstance(part, ast.Name) and part.id in self._varying for part in ast.walk(node))


def _number(node: ast.expr) -> Any:
    """Return the number that an expression of plain numbers stands for, or None."""
    try:
        return float(_value(node))
    except (TypeError, ValueError):
        return None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return np.true_divide(_value(left), _value(right))
    return math.nan


def _attribute(module: str, name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(module, ast.Load()), name, ast.Load())


def _called(module: str, name: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(_attribute(module, name), arguments, [])
