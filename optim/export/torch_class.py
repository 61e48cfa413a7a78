"""A typed rule as a class for PyTorch, written from its lines' nodes alone: each parameter tensor is a vector of the rule."""

import ast
import itertools

from optim.core.errors import ScriptError
from optim.core.rules.arrange import GIVEN, Kind, kind_of, kinds_of, remembered
from optim.core.rules.text import COMPARISONS, Node, name
from optim.export.names import BUILTIN, safe_names
from optim.export.script import Script, script_text
from optim.i18n.message import message
from optim.optimizers.typed import is_typed
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.races.spec import RaceSpec

NAME = "YourRule"
HELPERS = '''
def like(x, value):
    """Return a number as a tensor with the type and the place of x; a tensor stays one."""
    return torch.as_tensor(value, dtype=x.dtype, device=x.device)


def plain(function, *values):
    """Return a function of plain numbers, infinite or not a number where Python would raise."""
    return float(function(*(torch.as_tensor(value, dtype=torch.float64) for value in values)))
'''
CLASS = '''
class {name}(torch.optim.Optimizer):
    """{words}"""

    def __init__(self, params{arguments}):
        super().__init__(params, {{{defaults}}})

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for point in group["params"]:
                if point.grad is not None:
                    self._move({given})
        return loss

    def _move(self, point, state{parameters}):
        x = point.clone()
{body}
        point.copy_(x)
'''
_TAKEN = {*BUILTIN, "x", "self", "params", "point", "state", "group", "closure", "loss", "torch", "like", "plain"}
_WORDS = message("A typed rule. Each parameter tensor is a vector of its own, so norms and means are taken tensor by tensor.")
_HEAD = message("Update rules as optimizers for PyTorch. For a model:")
_TORCH = {name: name for name in ("sqrt", "abs", "sign", "exp")}
_TORCH |= {"max": "maximum", "min": "minimum", "/": "div", "%": "remainder", "**": "pow"}
"""What PyTorch calls the functions and signs that raise in Python, or that Python does not have."""
_LOGIC = {"and": "logical_and", "or": "logical_or", "not": "logical_not"}
_VECTORS = {
    "gradient": "point.grad.clone()",
    "norm": "torch.linalg.vector_norm({0})",
    "norm1": "{0}.abs().sum()",
    "mean": "{0}.mean()",
    "dot": "({0} * {1}).sum()",
    "zero": "torch.zeros_like({0})",
}
"""How functions of vectors are written."""
_ZERO = {Kind.NUMBER: "0.0", Kind.RUN: "x.new_zeros(())", Kind.VECTOR: "torch.zeros_like(x)"}
_LOOK = Node("call", (name("x"),), "gradient")


def torch_classes(spec: RaceSpec) -> Script:
    """Return a module with a class for each typed rule of a race, or the sentences that say why there is none."""
    parts, calls, left_out = list[str](), list[str](), list[str]()
    typed = {entry.optimizer: entry for entry in reversed(spec.entries) if is_typed(str(entry.optimizer))}
    for label, entry in zip(labels(spec.entries), spec.entries, strict=True):
        if typed.get(entry.optimizer) is not entry:
            continue
        called = f"{NAME}{len(parts) + 1}" if len(typed) > 1 else NAME
        try:
            parts.append(class_code(entry, called))
            calls.append(f"    optimizer = {class_call(entry, called, 'model.parameters()')}\n")
        except ScriptError as error:
            left_out.append(message("{title} is left out: {reason}.", title=label, reason=error.reason))
    if not parts:
        return Script("", tuple(left_out))
    words = f'"""{_HEAD}\n\n{"".join(calls)}"""'
    return Script(script_text([f"{words}\n\nimport torch", HELPERS.strip(), *parts]), tuple(left_out))


def class_call(entry: Entry, called: str, parameters: str) -> str:
    """Return the call that makes an optimizer of a class with an entry's settings."""
    return f"{called}({', '.join([parameters, *_Rule(entry).arguments])})"


def class_code(entry: Entry, called: str) -> str:
    """Return the class that follows a typed rule; ScriptError where its lines ask for what PyTorch does not hand over."""
    rule = _Rule(entry)
    settings = [rule.names[key] for key in entry.hyper]
    return CLASS.strip().format(
        name=called,
        words=_WORDS,
        arguments="".join(f", {argument}" for argument in rule.arguments),
        defaults=", ".join(f'"{key}": {key}' for key in settings),
        given=", ".join(["point", "self.state[point]", *(f'group["{key}"]' for key in settings)]),
        parameters="".join(f", {key}" for key in settings),
        body="\n".join(f"        {row}" for row in rule.rows()),
    )


def by_tensor(entry: Entry) -> bool:
    """Whether a typed rule treats every coordinate alone, so that it is the same tensor by tensor."""
    calls = {part.value for line in entry.rule.lines for part in line.node if part.op == "call"}
    return not calls & {"norm", "norm1", "mean", "dot"}


class _Rule:
    """The lines of a typed rule, and what its names are called in the class."""

    def __init__(self, entry: Entry) -> None:
        self._lines, hyper = entry.rule.lines, entry.hyper
        self._kinds = kinds_of(self._lines, dict.fromkeys(hyper, Kind.NUMBER))
        self._memory = remembered(self._lines.lines, {*hyper, *GIVEN})
        own = (line.name for line in self._lines if line.name != "x")
        self.names = {"x": "x", **safe_names([*hyper, *self._memory, *own], _TAKEN)}
        self.arguments = [f"{self.names[key]}={float(value)!r}" for key, value in hyper.items()]
        before = [line.node for line in itertools.takewhile(lambda line: line.name != "x", self._lines)]
        if entry.rule.uses and (entry.rule.uses != ("gradient",) or _LOOK not in before):
            raise ScriptError(message("PyTorch hands an optimizer one gradient, at the point; its lines ask for something else"))

    def rows(self) -> list[str]:
        """Return the body of one step for one tensor."""
        rows = [f"{self.names[line.name]} = {self._row(line.node, self._kinds[line.name])}" for line in self._lines]
        if not self._memory:
            return rows
        called = [self.names[key] for key in self._memory]
        begun = ", ".join(f'"{key}": {value}' for key, value in zip(called, map(self._begun, self._memory), strict=True))
        kept = ", ".join(f'"{key}": {key}' for key in called)
        read = [f'{key} = state["{key}"]' for key in called]
        return ["if not state:", f"    state.update({{{begun}}})", *read, *rows, f"state.update({{{kept}}})"]

    def _begun(self, key: str) -> str:
        """Return a memory's value before the first step."""
        start, kind = self._lines.starts.get(key), self._kinds[key]
        return _ZERO[kind] if start is None else self._row(start, kind)

    def _row(self, node: Node, kind: Kind) -> str:
        """Return an expression as code without needless parentheses."""
        return ast.unparse(ast.parse(self._spread(node, kind), mode="eval"))

    def _kind(self, node: Node) -> Kind:
        return kind_of(node, self._kinds, {})

    def _spread(self, node: Node, kind: Kind) -> str:
        """Return an expression as code that makes a value of a kind: a plain number, a tensor of one, or one beside x."""
        text = self._text(node)
        if self._kind(node) == kind:
            return text
        return f"like(x, {text})" if kind == Kind.RUN else f"(torch.zeros_like(x) + {text})"

    def _text(self, node: Node) -> str:
        """Return an expression as Python, in parentheses where they may matter."""
        match node.op:
            case "number":
                return repr(float(node.value))  # whole numbers of Python would grow without end
            case "name":
                return self.names[node.value]
            case "cases":
                return self._either(node)
            case "call" if node.value == "clip":
                value, low, high = node.args
                return self._text(Node("call", (Node("call", (value, low), "max"), high), "min"))
            case "call" if node.value in _VECTORS:
                return _VECTORS[node.value].format(*map(self._text, node.args))
        return self._computed(node)

    def _computed(self, node: Node) -> str:
        """Return a sign or a function, of plain numbers or coordinate by coordinate."""
        parts = [self._text(part) for part in node.args]
        word = node.value if node.op == "call" else node.op
        if self._kind(node) == Kind.NUMBER:
            safe = word not in _TORCH or (word == "/" and node.args[1].op == "number" and node.args[1].value)
            return _signed(word, parts) if safe else f"plain(torch.{_TORCH[word]}, {', '.join(parts)})"
        if word in _LOGIC or node.op == "call":
            beside = parts if len(parts) == 1 and word not in _LOGIC else [f"like(x, {part})" for part in parts]
            return f"torch.{(_LOGIC | _TORCH)[word]}({', '.join(beside)})"
        return _signed(word, parts)

    def _either(self, node: Node) -> str:
        """Return a case: one branch where a plain number decides, else both and a choice between them."""
        test, body, other = node.args
        if self._kind(test) == Kind.NUMBER:
            holds, kind = self._text(test), self._kind(node)
            return f"({self._spread(body, kind)} if {holds} else {self._spread(other, kind)})"
        holds = self._text(test) if test.op in (*COMPARISONS, *_LOGIC) else f"{self._text(test)} != 0"
        return f"torch.where({holds}, like(x, {self._text(body)}), like(x, {self._text(other)}))"


def _signed(word: str, parts: list[str]) -> str:
    return f"({'-' if word == 'neg' else 'not '}{parts[0]})" if len(parts) == 1 else f"({f' {word} '.join(parts)})"
