"""Lines arranged for speed: what is used once is put where it is used, and numbers of a whole run are multiplied first.

The same arrangement serves a run alone, where a setting is a plain number, and a batch, where it is an array: so both compute the
same operations in the same order, and a run has the same bits in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import reduce
from typing import Any

import numpy as np

from optim.core.rules.branches import decided
from optim.core.rules.operations import FUNCTIONS
from optim.core.rules.text import COMPARISONS, Call, Line, Lines, Node, name, number, weights
from optim.core.types import Array


class Kind(IntEnum):
    """What a value is: a number for a block of runs, one per run (B,), a vector (d, B), a matrix (d, d, B) or an array (..., B)."""

    NUMBER, RUN, VECTOR, MATRIX, ARRAY = range(5)


Kinds = Mapping[str, Kind]
GIVEN = {"x", "identity", "schedule"}
"""Names that are neither settings nor memory."""
_GIVEN = {"constant": Kind.NUMBER, "number": Kind.RUN, "vector": Kind.VECTOR, "matrix": Kind.MATRIX, "array": Kind.ARRAY}


@dataclass(frozen=True)
class Facts:
    """What is known of settings: which are never negative, and which belong to the structure of a rule."""

    positive: frozenset[str] = frozenset()
    structure: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Program:
    """Arranged lines: what each sets its name to, the kind of every name, and the names that are remembered.

    Each is itself alone, so that what is made of it can be kept.
    """

    lines: tuple[tuple[str, Node], ...]
    kinds: Kinds
    memory: tuple[str, ...]


def kind_of(node: Node, kinds: Kinds, calls: Mapping[str, Call]) -> Kind:
    """Return what an expression is, from what its names are."""
    match node.op:
        case "name":
            return Kind.MATRIX if node.value == "identity" else kinds.get(node.value, Kind.NUMBER)
        case "kept":
            return Kind(node.value)
        case "call" if (calls.get(node.value) or FUNCTIONS[node.value]).gives:
            return _GIVEN[(calls.get(node.value) or FUNCTIONS[node.value]).gives]
        case "@":
            return kind_of(node.args[1], kinds, calls)
    return max((kind_of(part, kinds, calls) for part in node.args), default=Kind.NUMBER)


def spread(value: Any, x: Array, kind: Kind) -> Any:
    """Return a value as a new array of its kind, for the runs of `x` (..., B) and of its type; a number stays one."""
    runs = x.shape[-1:]
    shape = {Kind.RUN: runs, Kind.VECTOR: x.shape, Kind.MATRIX: (len(x), *x.shape), Kind.ARRAY: runs}
    return (np.zeros(shape[kind], dtype=x.dtype) + value).astype(x.dtype, copy=False) if kind else value


def remembered(lines: Sequence[Line], given: set[str]) -> tuple[str, ...]:
    """Return the names that are read before they are set, and not given: what a rule keeps from step to step."""
    memory, set_here = dict[str, None](), set[str]()
    for line in lines:
        memory |= dict.fromkeys(sorted(line.node.names - set_here - given))
        set_here.add(line.name)
    return tuple(memory)


def kinds_of(lines: Lines, settings: Kinds) -> dict[str, Kind]:
    """Return the kind of every name: the largest of anything that it is set to."""
    kinds = {**settings, "x": Kind.VECTOR}
    sets = [*lines.starts.items(), *((line.name, line.node) for line in lines)]
    for _ in range(len(kinds) + len(sets)):
        before = dict(kinds)
        for word, node in sets:
            kinds[word] = max(kinds.get(word, Kind.NUMBER), kind_of(node, kinds, lines.calls))
        if kinds == before:
            break
    return kinds


def static_tests(lines: Lines, settings: set[str]) -> tuple[Node, ...]:
    """Return the tests of cases that settings alone decide, each once."""
    tests = (node.args[0] for line in lines for node in line.node if node.op == "cases")
    return tuple(dict.fromkeys(test for test in tests if test.names <= settings and not test.functions))


def arranged(lines: Lines, settings: Kinds, truth: Mapping[Node, bool | None], facts: Facts) -> Program:
    """Return lines as they are computed, with settings of these kinds and tests that hold or not as `truth` says."""
    kinds = kinds_of(lines, settings)

    def bound(node: Node, branch: Node) -> Node:
        # A branch is arranged by itself, as it is where other runs of the block take the other one.
        return Node("kept", (branch,), kind_of(node, kinds, lines.calls))

    whole = _put_where_used(lines, set(settings))
    taken = [replace(line, node=decided(line.node, truth.get, bound)) for line in whole]
    taken = [line for line in taken if _bare(line.node) != name(line.name)]
    arrange = _Arrange(kinds, lines.calls, facts.positive | _sums(lines, facts))
    return Program(
        tuple((line.name, arrange.of(line.node)) for line in taken), kinds, memory_of(lines, set(settings), truth, facts)
    )


def ordered(lines: Lines, settings: Kinds, facts: Facts) -> Lines:
    """Return lines with their operations in the order in which they are computed, each line still by itself."""
    arrange = _Arrange(kinds_of(lines, settings), lines.calls, facts.positive | _sums(lines, facts))
    return lines.changed(*(replace(line, node=arrange.of(line.node)) for line in lines))


def _sums(lines: Lines, facts: Facts) -> set[str]:
    standard = {weights(beta) for beta in facts.positive}
    return {line.name for line in lines if line in standard}


def memory_of(lines: Lines, settings: set[str], truth: Mapping[Node, bool | None], facts: Facts) -> tuple[str, ...]:
    """Return what a rule keeps from step to step; settings that are no part of its structure do not change it."""

    def holds(test: Node) -> bool | None:
        return truth.get(test) if test.names <= facts.structure else None

    decided_lines = [replace(line, node=decided(line.node, holds)) for line in lines]
    return remembered([line for line in decided_lines if line.node != name(line.name)], settings | GIVEN)


def _bare(node: Node) -> Node:
    return _bare(node.args[0]) if node.op == "kept" else node


def _put_where_used(lines: Lines, settings: set[str]) -> list[Line]:
    """Return the lines without those whose value is used once, further down, where it would still be the same."""
    rest = list(lines)
    memory = set(remembered(rest, GIVEN))
    for line in lines:
        reads = [(place, node) for place, other in enumerate(rest) for node in other.node if node == name(line.name)]
        here = next((place for place, other in enumerate(rest) if other is line), None)
        once = len(reads) == 1 and sum(other.name == line.name for other in rest) == 1
        if here is None or not once or line.name in memory | settings | GIVEN:
            continue
        there = reads[0][0]
        changed_between = {other.name for other in rest[here + 1 : there]} & line.node.names
        asks = any((lines.calls.get(word) or FUNCTIONS[word]).looks for word in line.node.functions)
        if not changed_between and not asks:
            rest[there] = replace(rest[there], node=_replaced(rest[there].node, reads[0][1], line.node))
            del rest[here]
    return rest


def _replaced(node: Node, old: Node, new: Node) -> Node:
    return new if node == old else node.mapped(lambda part: _replaced(part, old, new))


@dataclass(frozen=True)
class _Parts:
    """A vector as factors that are one number per run, above and below a line, times what is left of it."""

    above: tuple[Node, ...]
    below: tuple[Node, ...]
    core: Node


@dataclass(frozen=True)
class _Arrange:
    kinds: Kinds
    calls: Mapping[str, Call]
    positive: frozenset[str]

    def of(self, node: Node) -> Node:
        """Return an expression with its numbers multiplied first."""
        if not self._wide(node) or node.op in COMPARISONS:
            return self._plain(node)
        parts = self._split(node)
        return _times(parts.core, parts.above, parts.below)

    def _wide(self, node: Node) -> bool:
        return kind_of(node, self.kinds, self.calls) > Kind.RUN

    def _plain(self, node: Node) -> Node:
        """Return an expression with only its parts arranged."""
        if node.op == "call" and node.value == "clip" and "clip" not in self.calls:
            a, low, high = node.args
            node = Node("call", (Node("call", (a, low), "max"), high), "min")
        return node.mapped(self.of)

    def _split(self, node: Node) -> _Parts:
        match node.op:
            case "*" | "/":
                return self._product(node)
            case "call" if node.value == "sqrt" and self._wide(node.args[0]):
                inner = self._split(node.args[0])
                if all(map(self._never_negative, (*inner.above, *inner.below))):
                    return _Parts(tuple(map(_root, inner.above)), tuple(map(_root, inner.below)), _root(inner.core))
                return _Parts((), (), _root(_times(inner.core, inner.above, inner.below)))
            case "+":
                return self._sum(node)
        return _Parts((), (), self._plain(node))

    def _product(self, node: Node) -> _Parts:
        left, right = (self._split(part) if self._wide(part) else _Parts((self._plain(part),), (), _ONE) for part in node.args)
        if node.op == "/":
            right = _Parts(right.below, right.above, right.core)
        core = right.core if left.core == _ONE and node.op == "*" else left.core if right.core == _ONE else None
        return _Parts((*left.above, *right.above), (*left.below, *right.below), core or Node(node.op, (left.core, right.core)))

    def _sum(self, node: Node) -> _Parts:
        """Return (a / c + n) as (a + n c) / c: one division of numbers in place of one of vectors."""
        wide, narrow = sorted(node.args, key=self._wide, reverse=True)
        if self._wide(narrow):
            return _Parts((), (), self._plain(node))
        parts, plain = self._split(wide), self._plain(narrow)
        if parts.above or not parts.below:  # arranged once: twice at every level would take 2^n for n terms
            whole = _times(parts.core, parts.above, parts.below)
            return _Parts((), (), replace(node, args=tuple(whole if part is wide else plain for part in node.args)))
        return _Parts((), parts.below, Node("+", (parts.core, Node("*", (plain, _product(parts.below))))))

    def _never_negative(self, node: Node) -> bool:
        match node.op:
            case "number":
                return bool(node.value >= 0)
            case "name":
                return node.value in self.positive
            case "+" | "*" | "/":
                return all(map(self._never_negative, node.args))
        return node.op == "call" and node.value in {"sqrt", "abs", "exp", "norm"}


_ONE = number(1)


def _root(node: Node) -> Node:
    return Node("call", (node,), "sqrt")


def _product(factors: tuple[Node, ...]) -> Node:
    return reduce(lambda a, b: Node("*", (a, b)), factors)


def _times(core: Node, above: tuple[Node, ...], below: tuple[Node, ...]) -> Node:
    """Return a vector times one number, or divided by it, which is worked out first."""
    above = tuple(factor for factor in above if factor != _ONE)
    if not above and not below:
        return core
    factor = _product(above) if above else _ONE
    if below and above:
        factor = Node("/", (factor, _product(below)))
    if core.op == "/" and core.args[0] == _ONE:
        return Node("/", (factor if above else Node("/", (_ONE, _product(below))) if below else _ONE, core.args[1]))
    return Node("*", (core, factor)) if above else Node("/", (core, _product(below)))
