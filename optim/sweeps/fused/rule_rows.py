"""A rule as rows: its arranged lines, operation by operation, each coordinate by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from optim.core.rules.arrange import Kind, Program, kind_of
from optim.core.rules.text import COMPARISONS, Call, Node
from optim.sweeps.fused.formula_rows import Formula
from optim.sweeps.fused.rows import NotFused, Rows, Value, literal, parts_of


def _between(sign: str) -> Callable[..., str]:
    return lambda a, b: f"{a} {sign} {b}"


_OPERATIONS: Mapping[str, Callable[..., str]] = {
    "neg": lambda a: f"-{a}",
    **{sign: _between(sign) for sign in ("+", "-", "*", "/", "%", *COMPARISONS)},
}
_BY_COORDINATE: Mapping[str, Callable[..., str]] = {
    "sqrt": lambda a: f"sqrt({a})",
    "abs": lambda a: f"abs({a})",
    "sign": lambda a: f"sign({a})",
    "max": lambda a, b: f"maximum({a}, {b})",
    "min": lambda a, b: f"minimum({a}, {b})",
    "clip": lambda a, low, high: f"minimum(maximum({a}, {low}), {high})",
}
"""Functions that round alike everywhere. NumPy's exp has other last digits than a compiler's, and is faster."""


@dataclass
class RuleRows:
    """Writes a rule's rows: `names` says what holds each name's value so far, `slopes` the noise's slope, where there is any."""

    program: Program
    calls: Mapping[str, Call]
    formula: Formula
    rows: Rows
    names: dict[str, Value]
    slopes: tuple[str, ...] = ()
    asked: int = field(default=0, init=False)

    def write(self) -> int:
        """Add the rows of one step, and return how many evaluations it takes."""
        for name, node in self.program.lines:
            value = self._widened(self._value(node), self.program.kinds[name])
            if value.truth and name in self.program.memory:
                raise NotFused
            self.names[name] = value
        return self.asked

    def _value(self, node: Node) -> Value:
        if node.op in _OPERATIONS:
            return self._each(_OPERATIONS[node.op], *node.args, truth=node.op in COMPARISONS)
        match node.op:
            case "number":
                return Value(Kind.NUMBER, (literal(node.value),))
            case "name" if node.value in self.names:
                return self.names[node.value]
            case "kept":
                return self._widened(self._value(node.args[0]), Kind(node.value))
            case "cases":
                return self._case(node)
            case "call":
                return self._called(node)
            case "**":
                return self._power(*node.args)
            case "and" | "or" | "not":
                return self._logic(node)
        raise NotFused

    def _each(self, text: Callable[..., str], *nodes: Node, truth: bool = False) -> Value:
        """Return an operation on each coordinate of its arguments."""
        values = [self._value(node) for node in nodes]
        if any(value.truth for value in values):
            raise NotFused  # NumPy adds truths as truths, and compilers as whole numbers
        return self._mapped(text, *values, truth=truth)

    def _mapped(self, text: Callable[..., str], *values: Value, truth: bool = False) -> Value:
        kind = max(value.kind for value in values)
        parts = (text(*(value.part(axis) for value in values)) for axis in range(parts_of(kind)))
        return Value(kind, tuple(self.rows.add(part, kind) for part in parts), truth)

    def _widened(self, value: Value, kind: Kind) -> Value:
        return value if value.kind >= kind else Value(kind, value.parts * (parts_of(kind) // len(value.parts)), value.truth)

    def _vector(self, node: Node) -> Value:
        value = self._value(node)
        if value.kind != Kind.VECTOR or value.truth:
            raise NotFused
        return value

    def _test(self, value: Value) -> Value:
        """Return a value as a truth: what is not zero holds."""
        return value if value.truth else self._mapped(lambda a: f"{a} != 0.0", value, truth=True)

    def _logic(self, node: Node) -> Value:
        first, *others = [self._test(self._value(part)) for part in node.args]
        if node.op == "not":
            return self._mapped(lambda a: f"not {a}", first, truth=True)
        for other in others:
            first = self._mapped(lambda a, b: f"{a} {'&' if node.op == 'and' else '|'} {b}", first, other, truth=True)
        return first

    def _case(self, node: Node) -> Value:
        """Return a case with both its branches computed, as the engine computes them where runs differ."""
        before = self.asked
        test, body, other = (self._value(part) for part in node.args)
        if self.asked > before or body.truth or other.truth:
            raise NotFused  # an evaluation that only some runs pay
        return self._mapped(lambda t, a, b: f"{a} if {t} else {b}", self._test(test), body, other)

    def _power(self, base: Node, exponent: Node) -> Value:
        if exponent.op == "number" and exponent.value == 2:
            value = self._value(base)
            if value.truth:
                raise NotFused
            return self._mapped(lambda a: f"{a} * {a}", value)
        raised = kind_of(exponent, self.program.kinds, self.calls) == Kind.NUMBER
        return self._powers("raised" if raised else "power", base, exponent)

    def _powers(self, function: str, *nodes: Node) -> Value:
        """Return powers by the C library; of a number that it knows a compiler would make something else, with other digits."""
        values = [self._value(node) for node in nodes]
        if any(value.truth for value in values):
            raise NotFused
        hidden = [
            Value(value.kind, (self.rows.hide(float(value.parts[0])),)) if node.op == "number" else value
            for node, value in zip(nodes, values, strict=True)
        ]
        return self._mapped(lambda a, b: f"{function}({a}, {b})", *hidden)

    def _called(self, node: Node) -> Value:
        if node.value in self.calls:
            raise NotFused
        if node.value in _BY_COORDINATE:
            return self._each(_BY_COORDINATE[node.value], *node.args)
        match node.value:
            case "power":
                return self._powers("power", *node.args)
            case "zero":
                return self._mapped(lambda _: "0.0", self._value(*node.args))
            case "gradient" | "value":
                return self._evaluated(node)
            case "dot":
                return self._dot(*(self._vector(part) for part in node.args))
            case "norm" | "norm1" | "steepest" | "mean":
                return self._size(node.value, self._vector(*node.args))
        raise NotFused

    def _evaluated(self, node: Node) -> Value:
        x, y = self._vector(*node.args).parts
        self.asked += 1
        if node.value == "gradient":
            found = self.formula.gradient_rows(x, y, self.rows)
            noisy = (self.rows.add(f"{part} + {slope}") for part, slope in zip(found, self.slopes, strict=False))
            return Value(Kind.VECTOR, tuple(noisy) if self.slopes else found)
        value = self.formula.value_rows(x, y, self.rows)
        for slope, along in zip(self.slopes, (x, y), strict=False):
            value = self.rows.add(f"{value} + {self.rows.add(f'{slope} * {along}')}")
        return Value(Kind.RUN, (value,))

    def _dot(self, a: Value, b: Value) -> Value:
        first, second = (self.rows.add(f"{a.parts[axis]} * {b.parts[axis]}") for axis in range(2))
        return Value(Kind.RUN, (self.rows.add(f"{first} + {second}"),))

    def _size(self, name: str, a: Value) -> Value:
        """Return one number per run of a vector, added up in the order of the coordinates."""
        if name == "mean":
            total = self._dot(a, Value(Kind.VECTOR, ("1.0", "1.0")))
            return Value(Kind.RUN, (self.rows.add(f"{total.parts[0]} / 2.0"),))
        if name == "norm1":
            return self._dot(self._mapped(_BY_COORDINATE["sign"], a), a)
        first = self.rows.add(f"abs({a.parts[0]})")
        if name == "norm":
            return Value(Kind.RUN, (self.rows.add(f"hypot({first}, {a.parts[1]})"),))
        second = self.rows.add(f"abs({a.parts[1]})")
        return Value(Kind.RUN, (self.rows.add(f"maximum({first}, {second})"),))
