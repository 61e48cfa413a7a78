"""The lines of an update rule: plain text in a tiny language, parsed once against a whitelist and never executed."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_LINE = re.compile(r"(\w+) (:?=) (.+)")
_GRADIENT = re.compile(r"(\w+) = gradient\((\w+)\)")
NODES = (
    ast.Name,
    ast.Load,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Pow,
    ast.Mod,
    ast.MatMult,
    ast.UnaryOp,
    ast.USub,
    ast.Not,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.Compare,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.IfExp,
)
"""What a line may be made of, besides numbers, calls of a named function and whole-number places, as in corners[0]."""


@dataclass(frozen=True)
class Call:
    """A function of a rule's own that its lines may call: `latex` has {0}, {1} ... where arguments go; it need not show all.

    With `uses_oracle`, `function` takes the oracle before its arguments. A `constant` one depends on the dimension alone.
    """

    function: Callable[..., Any]
    latex: str
    uses_oracle: bool = False
    constant: bool = False


@dataclass(frozen=True)
class Line:
    """One line, "name = expression"; `quiet` (written :=) marks bookkeeping: evaluated like the others, not displayed."""

    name: str
    text: str
    quiet: bool
    tree: ast.expr = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name} {':=' if self.quiet else '='} {self.text}"


class Lines:
    """An update rule as lines that are evaluated from top to bottom; `x` is the point, at the end the new one.

    A name means what the last line with that name set it to, before that the rule's memory, then its hyper-parameters.
    `symbols` gives names their LaTeX, `calls` the rule's own functions, `carries` the memory that holds past directions, and
    `usual` the values of names by which a line with cases is cut short where no step is at hand. Where a race does a line's
    operations in another order than the one that reads best, `order` maps it to the lines that keep it: see `as_computed`.
    Raises ValueError where a line is not in the language.
    """

    def __init__(
        self,
        *lines: str,
        symbols: Mapping[str, str] = MappingProxyType({}),
        calls: Mapping[str, Call] = MappingProxyType({}),
        carries: tuple[str, ...] = (),
        usual: Mapping[str, float] = MappingProxyType({}),
        order: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self.lines = tuple(map(_parsed, lines))
        self.symbols, self.calls, self.carries, self.usual = dict(symbols), dict(calls), carries, dict(usual)
        self.order = dict(order)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def changed(self, *lines: str, symbols: Mapping[str, str] = MappingProxyType({}), **usual: float) -> "Lines":
        """Return other lines with the same symbols, calls and memory, and with `symbols` and `usual` added."""
        shown, short = {**self.symbols, **symbols}, self.usual | usual
        return Lines(*lines, symbols=shown, calls=self.calls, carries=self.carries, usual=short, order=self.order)

    def as_computed(self) -> "Lines":
        """Return the lines with their operations in the order of the race, so that they are its own to the last bit."""
        return self.changed(*(text for line in map(str, self) for text in self.order.get(line, (line,))))

    def ordered(self, order: Mapping[str, tuple[str, ...]]) -> "Lines":
        """Return these lines with more of the order in which a race computes them."""
        lines = self.changed(*map(str, self))
        lines.order = {**self.order, **order}
        return lines

    def around(self, *, before: tuple[str, ...] = (), after: tuple[str, ...] = (), **more: Any) -> "Lines":
        """Return these lines with others before and after them."""
        return self.changed(*before, *map(str, self), *after, **more) if self.lines else self

    def with_gradient_lines(self, *templates: str, **more: Any) -> "Lines":
        """Return these lines with more lines at every gradient: {g} and {x} in a template name it and the point it is taken at.

        A template "{g} = gradient({x})" is the evaluation itself; where no template evaluates one, it comes first.
        """
        evaluation = "{g} = gradient({x})"
        templates = templates if any("gradient(" in template for template in templates) else (evaluation, *templates)
        written: list[str] = []
        for line in map(str, self):
            found = _GRADIENT.fullmatch(line)
            written += [template.format(g=found[1], x=found[2]) for template in templates] if found else [line]
        return self.changed(*written, **more)


def _parsed(text: str) -> Line:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no line; expected name = expression")
    name, sign, expression = found.groups()
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r}: {error.msg}") from None
    _check(tree, text)
    return Line(name, expression, sign == ":=", tree)


def _check(node: ast.AST, text: str) -> None:
    """Raise ValueError where a node is not in the language."""
    children: Iterator[ast.AST] | list[ast.expr] = ast.iter_child_nodes(node)
    if isinstance(node, ast.Call):
        allowed = isinstance(node.func, ast.Name) and not node.keywords
        children = node.args
    elif isinstance(node, ast.Constant):
        allowed = type(node.value) in (int, float)
    elif isinstance(node, ast.Subscript):
        allowed = type(place(node)) is int
        children = [node.value]
    elif isinstance(node, ast.Compare):
        allowed = len(node.ops) == 1
    else:
        allowed = isinstance(node, NODES)
    if not allowed:
        raise ValueError(f"{text!r}: {ast.unparse(node)} is not allowed in a line")
    for child in children:
        _check(child, text)


def place(node: ast.Subscript) -> Any:
    """Return the whole number in the brackets of "corners[-1]"; None where it is anything else."""
    try:
        return ast.literal_eval(node.slice)
    except ValueError:
        return None


def names(tree: ast.expr) -> set[str]:
    """Return the names whose values an expression needs; functions are not among them."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def functions(tree: ast.expr) -> set[str]:
    """Return the names of the functions that an expression calls."""
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
