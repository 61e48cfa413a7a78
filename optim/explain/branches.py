"""Which branch of a line's cases applies: the one place that decides it for formulas, for a step's numbers and for scripts."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np


def agreed(test: Any) -> bool | None:
    """Return what the values of a test, a number or an array of any shape, agree on; None where some hold and some do not."""
    truth = np.asarray(test) != 0
    if truth.all():
        return True
    return None if truth.any() else False


def chosen(node: ast.IfExp, holds: bool | None) -> ast.expr | None:
    """Return the branch of "a if test else b" that applies where its test `holds` or not; None where that is not decided."""
    return None if holds is None else node.body if holds else node.orelse


def decided(node: ast.expr, holds: Callable[[ast.expr], bool | None]) -> ast.expr:
    """Return a copy of an expression with the branch that applies in place of every case whose test `holds` decides."""

    class Decide(ast.NodeTransformer):
        def visit_IfExp(self, node: ast.IfExp) -> Any:
            branch = chosen(node, holds(node.test))
            return self.generic_visit(node) if branch is None else self.visit(branch)

    result: ast.expr = Decide().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return result
