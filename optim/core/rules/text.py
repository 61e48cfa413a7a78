"""The text of an update rule: lines in a tiny language, read once against a whitelist into nodes of our own, never executed."""

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from optim.core.errors import RuleError
from optim.i18n.message import code, message

_LINE = re.compile(r"\s*([^\W\d]\w*)\s*(:=|=(?!=)|\bstarts at\b)\s*(\S.*?)\s*")
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.USub: "neg",
    ast.Not: "not",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
"""What a line may be made of, besides numbers, names, cases and calls of a named function."""
DEPTH = 40
"""How deep an expression may be nested."""
_PLAIN = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F)} | {0x3000: " ", 0x2212: "-", 0xD7: "*", 0xF7: "/"}
"""Full-width letters and signs, as a Japanese keyboard writes them, and signs of arithmetic -> what lines have, one for one."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Node:
    """An expression: an operation and its arguments. A "number", a "name" and a "call" have a `value`.

    It was `written` in that line of a text, at that column.
    """

    op: str
    args: tuple["Node", ...] = ()
    value: Any = None
    written: tuple[int, int] = field(default=(1, 1), compare=False)

    def __iter__(self) -> Iterator["Node"]:
        """Go through the node and all that it is made of."""
        yield self
        for part in self.args:
            yield from part

    def mapped(self, change: Callable[["Node"], "Node"]) -> "Node":
        """Return the node with its arguments changed."""
        return replace(self, args=tuple(map(change, self.args))) if self.args else self

    @property
    def names(self) -> set[str]:
        """The names whose values it needs; functions are not among them."""
        return {node.value for node in self if node.op == "name"}

    @property
    def functions(self) -> set[str]:
        """The names of the functions that it calls."""
        return {node.value for node in self if node.op == "call"}


def number(value: Any) -> Node:
    """Return the node of a number, which may also be an array."""
    return Node("number", (), value)


def name(text: str) -> Node:
    """Return the node of a name."""
    return Node("name", (), text)


@dataclass(frozen=True)
class Call:
    """A function that lines may call: `latex` has {0}, {1} ... where arguments go; it need not show all.

    `gives` is the kind of its result: a "constant" of the dimension, a "number" per run, a "vector", a "matrix" or an "array" of
    another shape; "" is an operation coordinate by coordinate. `takes` is how many arguments it has. One that `looks` at the
    function, for values, gradients, Hessians or normal numbers, takes the oracle before its arguments, and `where` if it looks in
    some runs alone. Where a step is shown with its numbers, one `as_number` is its value.
    """

    function: Callable[..., Any]
    latex: str
    gives: str = ""
    takes: int = 1
    looks: tuple[str, ...] = ()
    as_number: bool = False


@dataclass(frozen=True)
class Line:
    """One line, "name = expression"; `quiet` (written :=) marks bookkeeping: computed like the others, not displayed."""

    name: str
    node: Node
    quiet: bool = False
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.name} {':=' if self.quiet else '='} {self.text}"


class Lines:
    """An update rule as lines that are computed from top to bottom; `x` is the point, at the end the new one.

    A name means what the last line with that name set it to, before that the rule's memory, then its hyper-parameters. Memory is
    what is read before it is set: it starts at zero, unless a line says `name starts at expression`. `t` is the number of the
    step, from 1, and `1 - beta**t` for a setting beta is kept as a sum of weights, which loses no digits where beta is near 1.
    `symbols` gives names their LaTeX, `calls` the rule's own functions, `carries` the memory that holds past directions, and
    `usual` the values of names by which a line with cases is cut short where no step is at hand. RuleError where a line is not in
    the language.
    """

    def __init__(
        self,
        *texts: "str | Line",
        starts: Mapping[str, Node] = MappingProxyType({}),
        symbols: Mapping[str, str] = MappingProxyType({}),
        calls: Mapping[str, Call] = MappingProxyType({}),
        carries: tuple[str, ...] = (),
        usual: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        lines, begun, self.starts = list[Line](), set[str](), dict(starts)
        for text in texts:
            if isinstance(text, Line):
                lines.append(text)
                continue
            for word, sign, node, written in _read(text):
                if sign == "starts at" and word in begun:
                    raise RuleError(message("{name} starts twice; leave one of the lines", name=code(word)), *node.written)
                if sign == "starts at":
                    self.starts[word] = node
                    begun.add(word)
                else:
                    lines.append(Line(word, node, sign == ":=", written))
        self.lines = tuple(_counted(lines, self.starts))
        self.symbols, self.calls, self.carries, self.usual = dict(symbols), dict(calls), carries, dict(usual)

    @cached_property
    def _content(self) -> tuple[Any, ...]:
        content = self.lines, tuple(self.starts.items()), tuple(self.calls.items())
        return hash(content), content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lines) and self._content == other._content

    def __hash__(self) -> int:
        return int(self._content[0])

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def changed(self, *lines: "str | Line", symbols: Mapping[str, str] = MappingProxyType({}), **usual: float) -> "Lines":
        """Return other lines with the same symbols, calls and starts, and with `symbols` and `usual` added."""
        shown, short = {**self.symbols, **symbols}, self.usual | usual
        return Lines(*lines, starts=self.starts, symbols=shown, calls=self.calls, carries=self.carries, usual=short)

    def around(self, *, before: str = "", after: str = "", **more: Any) -> "Lines":
        """Return these lines with others before and after them."""
        return self.changed(before, *self, after, **more) if self.lines else self

    def with_gradient_lines(self, *templates: str, **more: Any) -> "Lines":
        """Return these lines with more lines at every gradient: {g} and {x} in a template name it and the point it is taken at.

        A template "{g} = gradient({x})" is the evaluation itself; where no template evaluates one, it comes first.
        """
        written: list[str | Line] = []
        for line in self:
            found = line.node.op == "call" and line.node.value == "gradient"
            own = [text.format(g=line.name, x=line.node.args[0].value) for text in templates] if found else []
            written += own if any("gradient(" in text for text in own) else [line, *own]
        return self.changed(*written, **more)


@lru_cache(maxsize=256)
def weights(setting: str) -> Line:
    """Return the line that keeps 1 - setting**t: the sum of the weights in a moving average after t values."""
    text = f"{setting} * {setting}_sum + (1 - {setting})"
    return Line(f"{setting}_sum", _expression(text), True, text)


def _counted(lines: list[Line], starts: Mapping[str, Node]) -> Iterator[Line]:
    """Yield the lines with what they count put in: t, and the sums of weights that stand for 1 - beta**t.

    They do where t counts the steps, beta stays what it is, as lr does not under a schedule, and nothing else has the sum's name.
    """
    set_here, kept = {line.name for line in lines}, set[str]()
    own = {*set_here, *starts, "lr"}
    taken = {word for line in lines for word in (line.name, *line.node.names)}

    def rewritten(node: Node) -> Node:
        match node:
            case Node("-", (Node("number", (), 1), Node("**", (Node("name", (), beta), Node("name", (), "t"))))):
                total = weights(beta)
                return node if {beta, "t"} & own or (total.name in taken and total not in lines) else name(total.name)
        return node.mapped(rewritten)

    changed = [replace(line, node=rewritten(line.node)) for line in lines]
    if "t" not in set_here and any("t" in line.node.names for line in changed):
        yield Line("t", _expression("t + 1"), True, "t + 1")
    for line, old in zip(changed, lines, strict=True):
        for total in sorted(line.node.names - old.node.names - kept):
            yield weights(total.removesuffix("_sum"))
            kept.add(total)
        yield line


def _read(text: str) -> Iterator[tuple[str, str, Node, str]]:
    """Yield the name, the sign and the expression of every line of a text, and how the expression is written."""
    for row, line in enumerate(text.translate(_PLAIN).splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found:  # Python's parser folds names in expressions alike
            name = unicodedata.normalize("NFKC", found[1])
            yield name, found[2], _expression(found[3], row, found.start(3)), found[3]
        elif line.strip():
            raise RuleError(message("this is no line of a rule; write name = expression, such as v = 0.9 * v + g"), row)


def _expression(text: str, row: int = 1, before: int = 0) -> Node:
    """Return an expression as nodes; RuleError where it is not in the language. It stands in a line, `before` characters in."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        wrong = message("this cannot be read; look at its signs and parentheses")
        raise RuleError(wrong, row, before + (getattr(error, "offset", None) or 1)) from None

    def column(offset: int) -> int:
        return before + len(text.encode()[:offset].decode()) + 1

    def read(node: ast.AST, depth: int = 0) -> Node:
        here = row, column(getattr(node, "col_offset", 0))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            sign = text.encode().index(b"^", node.left.end_col_offset)
            raise RuleError(message("a power is written with **, as in g**2"), row, column(sign))
        op, parts, value = _taken_apart(node)
        if not op or depth > DEPTH:
            deep = message("this is nested too deeply; give parts of it lines of their own")
            raise RuleError(deep if op else message("{what} cannot stand in a rule", what=_piece(text, node)), *here)
        return Node(op, tuple(read(part, depth + 1) for part in parts), value, here)

    return read(tree)


def _piece(text: str, node: ast.AST) -> str:
    """Return the beginning of what a node was read from."""
    begin, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None)
    return text.encode()[begin:end].decode()[:40]


def _taken_apart(node: ast.AST) -> tuple[str, list[ast.expr], Any]:
    """Return what a node of Python is in the language, its parts and its value; "" where it is nothing there."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return "number", [], value
        case ast.Name(id=word):
            return "name", [], word
        case ast.IfExp():
            return "cases", [node.test, node.body, node.orelse], None
        case ast.Call(func=ast.Name(id=word), keywords=[]):
            return "call", node.args, word
    return *_signed(node), None


def _signed(node: ast.AST) -> tuple[str, list[ast.expr]]:
    """Return the sign of an operation and what stands beside it; nothing where it is none that lines know."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            parts = [left, right]
        case ast.UnaryOp(op=op, operand=operand):
            parts = [operand]
        case ast.BoolOp(op=op, values=parts):
            pass
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            parts = [left, right]
        case _:
            return "", []
    return (_SIGNS[type(op)], parts) if type(op) in _SIGNS else ("", [])
