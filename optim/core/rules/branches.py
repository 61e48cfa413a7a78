"""Which branch of a line's cases applies: the one place that decides it, for races, formulas, a step's numbers and scripts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from optim.core.rules.text import Node


def agreed(test: Any) -> bool | None:
    """Return what the values of a test, a number or an array of any shape, agree on; None where some hold and some do not."""
    truth = np.asarray(test) != 0
    if truth.all():
        return True
    return None if truth.any() else False


def chosen(node: Node, holds: bool | None) -> Node | None:
    """Return the branch of "a if test else b" that applies where its test `holds` or not; None where that is not decided."""
    _, body, other = node.args
    return None if holds is None else body if holds else other


def decided(node: Node, holds: Callable[[Node], bool | None], taken: Callable[[Node, Node], Node] | None = None) -> Node:
    """Return an expression with the branch that applies in place of every case whose test `holds` decides.

    `taken(case, branch)` is what is put there: the branch itself, by default.
    """

    def of(part: Node) -> Node:
        branch = chosen(part, holds(part.args[0])) if part.op == "cases" else None
        if branch is None:
            return part.mapped(of)
        return of(branch) if taken is None else taken(part, of(branch))

    return of(node)
