"""Arranged lines compiled to NumPy: one function per rule, structure and kinds of settings, its arrays used again within a step.

Code is written from nodes alone, with names of its own: nothing that somebody typed gets into it, not even a name.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache, reduce
from typing import Any

import numpy as np

from optim.core.oracle import Oracle
from optim.core.rules.arrange import Facts, Kind, Program, arranged, kind_of, ordered, spread, static_tests
from optim.core.rules.branches import agreed
from optim.core.rules.evaluate import evaluate
from optim.core.rules.operations import FUNCTIONS, SCALARS, SIGNS, true
from optim.core.rules.text import Call, Lines, Node
from optim.core.types import Array, Hyper, State

PROGRAMS = 64
"""Programs that a rule keeps at hand; what is asked for beyond them is looked up among all rules' programs."""
_UFUNCS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "neg": np.negative}


class _Made:
    """A program and the functions that run it, each written when it is first asked for."""

    def __init__(self, program: Program, calls: Mapping[str, Call], settings: tuple[str, ...]) -> None:
        self.program, self._calls, self._settings = program, calls, settings

    @cached_property
    def step(self) -> Any:
        return _Writer(self.program, self._calls, set()).function(self._settings)

    @cached_property
    def step_over(self) -> Any:
        return _Writer(self.program, self._calls, _exclusive(self.program)).function(self._settings)


@lru_cache(maxsize=512)
def _made(lines: Lines, settings: tuple[tuple[str, Kind], ...], truth: tuple[tuple[Node, bool | None], ...], facts: Facts) -> _Made:
    return _Made(arranged(lines, dict(settings), dict(truth), facts), lines.calls, tuple(name for name, _ in settings))


class Compiled:
    """An update rule made of its lines: `init` and `step`, both pure, and the `program` that a step with given settings runs."""

    def __init__(self, lines: Lines, settings: tuple[str, ...], facts: Facts) -> None:
        self._lines, self._settings, self._facts = lines, settings, facts
        self._last: tuple[Hyper | None, _Made | None] = (None, None)
        self._known: dict[Any, _Made] = {}

    @cached_property
    def _tests(self) -> tuple[Node, ...]:
        return static_tests(self._lines, set(self._settings))

    @cached_property
    def _tested(self) -> tuple[str, ...]:
        return tuple({name for test in self._tests for name in test.names})

    def program(self, hp: Hyper) -> Program:
        """Return the lines as a step with these settings computes them."""
        return self._for(hp).program

    def decides(self, setting: str) -> bool:
        """Whether it depends on that setting which lines a step runs."""
        return setting in self._tested

    @cached_property
    def ordered(self) -> Lines:
        """The lines with their operations in the order of a step."""
        return ordered(self._lines, dict.fromkeys(self._settings, Kind.NUMBER), self._facts)

    def init(self, oracle: Oracle, x: Array, hp: Hyper) -> State:
        """Return the memory before the first step."""
        program, known, state = self.program(hp), {**hp, "x": x}, {}
        for name in program.memory:
            start = self._lines.starts.get(name)
            value = 0 if start is None else evaluate(start, known, oracle, self._lines.calls)
            state[name] = spread(value, x, program.kinds[name])
        return state

    def step(self, oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        """Return the point and the memory after one more step."""
        moved: tuple[Array, State] = self._for(hp).step(oracle, x, state, hp)
        return moved

    def step_over(self, oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        """Return the same as `step`, written over the arrays of the memory where that saves new ones."""
        moved: tuple[Array, State] = self._for(hp).step_over(oracle, x, state, hp)
        return moved

    def _for(self, hp: Hyper) -> _Made:
        last_hp, made = self._last  # threads may share a rule: what was looked up last is read once
        if last_hp is not hp or made is None:
            made = self._looked_up(hp)
            self._last = hp, made
        return made

    def _looked_up(self, hp: Hyper) -> _Made:
        """Return the program for these settings; a schedule gives others at every step, which decide the same as long as alike."""
        arrays = tuple(isinstance(hp[name], np.ndarray) for name in self._settings)
        tested = tuple(hp[name] for name in self._tested)
        numbers = not any(isinstance(value, np.ndarray) for value in tested)
        made = self._known.get((arrays, tested)) if numbers else None
        if made is None:
            truth = tuple(agreed(evaluate(test, hp, None, {})) for test in self._tests)  # type: ignore[arg-type]
            settings = tuple((name, Kind(array)) for name, array in zip(self._settings, arrays, strict=True))
            made = _made(self._lines, settings, tuple(zip(self._tests, truth, strict=True)), self._facts)
            if numbers and len(self._known) < PROGRAMS:
                self._known[arrays, tested] = made
        return made


def _exclusive(program: Program) -> set[str]:
    """Return the remembered arrays that no other name can stand for: every value is computed for them, and used in computing."""
    shared, computed = set[str](), dict.fromkeys(program.memory, True)
    for name, node in program.lines:
        computed[name] = computed.get(name, True) and (_squared(node) or node.op in _UFUNCS)
        holders = [Node("kept", (node,)), *(part for part in node if part.op in ("cases", "kept"))]
        shared |= {part.value for holder in holders for part in holder.args if part.op == "name"}
    return {name for name in program.memory if computed[name] and program.kinds[name] > Kind.RUN} - shared


class _Writer:
    """Writes a program as Python; `_free` holds arrays by kind whose values nobody needs any more.

    The remembered arrays in `over` may be written over by the line that sets them, where it reads them once. `_where` is the mask
    of the runs that take the branch that is written, "" for all.
    """

    def __init__(self, program: Program, calls: Mapping[str, Call], over: set[str]) -> None:
        self._program, self._kinds, self._calls, self._over = program, program.kinds, calls, over
        self._last_read = self._where = ""
        self._rows: list[str] = []
        self._names: dict[str, str] = {"x": "x"}
        self._given: dict[str, Any] = {"inf": np.inf, "nan": np.nan}
        self._free: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        self._count = 0

    def function(self, settings: tuple[str, ...]) -> Any:
        """Return the step as a function of the oracle, the point, the state and the settings."""
        used = {name for _, node in self._program.lines for name in node.names}
        for names, place in ((settings, "hp"), (self._program.memory, "state")):
            for name in names:
                if name in used or place == "state":
                    self._rows.append(f"{self._name(name)} = {place}[{self._constant(name)}]")
        for name, node in self._program.lines:
            self._line(name, node)
        state = ", ".join(f"{self._constant(name)}: {self._names[name]}" for name in self._program.memory)
        body = "".join(f"    {row}\n" for row in [*self._rows, f"return {self._names['x']}, {{{state}}}"])
        exec(compile(f"def step(oracle, x, state, hp):\n{body}", "<lines of a rule>", "exec"), self._given)  # noqa: S102 - its own code
        step = self._given["step"]
        # Where runs take different branches both are computed for all, and what is not taken need not be defined.
        return np.errstate(all="ignore")(step) if np.where in self._given.values() else step

    def _line(self, name: str, node: Node) -> None:
        once = name in self._over and sum(part.op == "name" and part.value == name for part in node) == 1
        self._last_read = name if once else ""
        self._over = self._over - {name}
        text, _ = self._value(node)
        if self._kind(node) < self._kinds[name]:
            text = self._spread(text, self._kinds[name])
        self._names.pop(name, None)
        self._rows.append(f"{self._name(name)} = {text}")

    def _kind(self, node: Node) -> Kind:
        return kind_of(node, self._kinds, self._calls)

    def _name(self, name: str) -> str:
        """Return what a name of the rule is called in the code."""
        if name not in self._names:
            self._names[name] = self._fresh("n")
        return self._names[name]

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _constant(self, value: Any) -> str:
        """Return a name for an object that the code needs."""
        found = next((name for name, other in self._given.items() if other is value), None)
        if found is None:
            self._given[found := self._fresh("c")] = value
        return found

    def _spread(self, text: str, kind: Kind) -> str:
        """Return code that makes a value a new array of that kind."""
        return f"{self._constant(spread)}({text}, x, {int(kind)})"

    def _value(self, node: Node) -> tuple[str, bool]:
        """Return an expression as code, and whether it is an array of nobody else's, which may be written over."""
        kind = self._kind(node)
        if node.op == "kept":
            inner = node.args[0]
            text, own = self._value(inner)
            return (text, own) if self._kind(inner) == kind else (self._spread(text, kind), False)
        if node.op == "name" and node.value != "identity":
            return self._name(node.value), node.value == self._last_read
        if node.op == "number":
            return repr(float(node.value)), False
        if node.op == "cases" and self._kind(node.args[0]) == Kind.NUMBER and kind > Kind.RUN:
            return self._either(node), False
        ufunc = self._ufunc(node)
        if kind > Kind.RUN and ufunc is not None:
            return self._written(ufunc, node, kind), True
        return self._plain(node, kind), False

    def _ufunc(self, node: Node) -> Any:
        """Return the NumPy function that can write its result into an array that is there, where there is one."""
        if node.op == "call" and node.value not in self._calls:
            function = FUNCTIONS[node.value].function
            return function if isinstance(function, np.ufunc) else None
        return np.multiply if _squared(node) else _UFUNCS.get(node.op)

    def _written(self, ufunc: Any, node: Node, kind: Kind) -> str:
        """Return the name of the array that an operation is written into: one of its own operands where possible."""
        values = [self._value(part) for part in (node.args[:1] if _squared(node) else node.args)]
        kinds = [self._kind(part) for part in node.args]
        owned = [text for (text, own), of in zip(values, kinds, strict=False) if own and of == kind]
        target = owned.pop(0) if owned else self._free[kind].pop() if self._free[kind] else ""
        self._free[kind] += owned if kind < Kind.ARRAY else []  # whose shapes differ
        texts = [text for text, _ in values] * (2 if _squared(node) else 1)
        call = _call(self._constant(ufunc), [*texts, *([f"out={target}"] if target else [])])
        self._rows.append(call if target else f"{(target := self._fresh('a'))} = {call}")
        return target

    def _plain(self, node: Node, kind: Kind) -> str:
        """Return an operation as code that makes a value of its own."""
        if node.op == "cases":
            return self._decided(node, kind)
        texts = [self._value(part)[0] for part in node.args]
        match node.op:
            case "name":
                return self._spread(f"{self._constant(np.eye)}(len(x))[:, :, None]", kind)
            case "call":
                return self._called(node, texts, kind)
            case "neg":
                return f"(-{texts[0]})"
            case "/" if kind > Kind.NUMBER:
                return f"({texts[0]} / {texts[1]})"
            case "not":
                return _call(self._constant(SIGNS[node.op]), texts)
            case "/" | "%" | "**" | "@" | "and" | "or":
                return reduce(lambda a, b: _call(self._constant(SIGNS[node.op]), [a, b]), texts)
        return f"({f' {node.op} '.join(texts)})"

    def _decided(self, node: Node, kind: Kind) -> str:
        test, *branches = node.args
        if self._kind(test) > Kind.NUMBER:
            chosen = _call(self._constant(np.where), self._by_run(*node.args))
            plain = all(self._kind(part) == Kind.NUMBER for part in branches)  # of which NumPy makes doubles
            return f"{chosen}.astype(x.dtype, copy=False)" if plain else chosen
        texts = [self._value(part)[0] for part in node.args]
        full = [self._kind(part) == kind for part in branches]
        body, other = (text if own else self._spread(text, kind) for text, own in zip(texts[1:], full, strict=True))
        return f"({body} if {texts[0]} else {other})"

    def _by_run(self, test: Node, body: Node, other: Node) -> list[str]:
        """Return a test that runs (B,) decide and both its branches as code: a look at the function is for those that take it."""
        (holds, _), outside, texts = self._value(test), self._where, list[str]()
        if any((self._calls.get(word) or FUNCTIONS[word]).looks for word in body.functions | other.functions):
            self._rows.append(f"{(asked := self._fresh('w'))} = {self._constant(true)}({holds})")
            holds = asked
        for branch, taken in ((body, holds), (other, f"~{holds}")):
            self._where = f"{outside} & {taken}" if outside else taken
            texts.append(self._value(branch)[0])
        self._where = outside
        return [holds, *texts]

    def _called(self, node: Node, texts: list[str], kind: Kind) -> str:
        call = self._calls.get(node.value) or FUNCTIONS[node.value]
        if kind == Kind.NUMBER and node.value in SCALARS:
            return _call(self._constant(SCALARS[node.value]), texts)
        looks = ["oracle"] if call.looks else []
        where = [f"where={self._where}"] if call.looks and self._where else []
        text = _call(self._constant(call.function), [*looks, *texts, *where])
        return f"float({text})" if kind == Kind.NUMBER and not call.gives else text

    def _either(self, node: Node) -> str:
        """Write a case that one test decides for the whole block as two branches, and return the name of the result."""
        result = self._fresh("e")
        test, _ = self._value(node.args[0])
        for word, branch in ((f"if {test}:", node.args[1]), ("else:", node.args[2])):
            self._rows.append(word)
            with self._apart() as rows:
                text, _ = self._value(branch)
                full = self._kind(branch) == self._kind(node)
                text = text if full else self._spread(text, self._kind(node))
                rows.append(f"{result} = {text}")
            self._rows += [f"    {row}" for row in rows]
        return result

    @contextmanager
    def _apart(self) -> Iterator[list[str]]:
        """Write rows of their own, that may only use arrays of their own."""
        outside, free = self._rows, self._free
        self._rows, self._free = [], {kind: [] for kind in Kind}
        try:
            yield self._rows
        finally:
            self._rows, self._free = outside, free


def _squared(node: Node) -> bool:
    return node.op == "**" and node.args[1].op == "number" and node.args[1].value == 2


def _call(function: str, texts: list[str]) -> str:
    return f"{function}({', '.join(texts)})"
