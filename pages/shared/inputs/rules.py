"""Inputs for a rule that the visitor types: its lines, and which optimizer a racer has by them; no Streamlit here."""

from functools import lru_cache
from typing import Any

from optim import OPTIMIZERS, Optimizer, RuleError
from optim.i18n.message import code, message
from optim.optimizers.transforms.modifiers import MODIFIERS
from optim.optimizers.typed import LENGTH, typed
from pages.shared.inputs.field import Field, Values

OWN_RULE = "own"
"""In the menu of optimizers, the one that the visitor types."""
CALLED = message("Your own rule")
RULE, NAME, SCHEDULE = "rule", "name", "schedule"
"""What stands after a racer's slot in the keys of its lines, its name and its schedule."""
HEAVY_BALL = """\
g = gradient(x)
v = momentum * v + g
x = x - lr * v"""
ADAM = """\
g = gradient(x)
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g**2
m_hat = m / (1 - beta1**t)
v_hat = v / (1 - beta2**t)
x = x - lr * m_hat / (sqrt(v_hat) + eps)"""
EXAMPLES = {message("Heavy ball"): HEAVY_BALL, "Adam": ADAM}
"""Lines to begin with; the first are those that the field holds at first."""
_TAKEN = {RULE, NAME, SCHEDULE, *MODIFIERS}
_CACHED = 512


class RuleField(Field):
    """An input for the lines of a rule; its value is one that can be raced, whatever stands in the field on screen."""

    def read(self, text: str) -> Any:
        return None if isinstance(looked_up(text), RuleError) else text

    def accepted(self, value: Any) -> Any:
        return self.read(value) if isinstance(value, str) else None

    def write(self, value: Any) -> str:
        return str(value)

    @property
    def fallback(self) -> str:
        return message("the lines of heavy ball")

    @property
    def expected(self) -> str:
        return message("the lines of a rule, such as {line}", line="g = gradient(x)")

    def expected_for(self, text: str) -> str:
        error = looked_up(text)
        return message("lines that can be raced: {error}", error=error.args[0]) if isinstance(error, RuleError) else self.expected


def looked_up(lines: str) -> Optimizer | RuleError:
    """Return the optimizer of typed lines, or what is wrong with them."""
    return _looked_up(lines[: LENGTH + 1])


@lru_cache(maxsize=_CACHED)
def _looked_up(lines: str) -> Optimizer | RuleError:
    """The same, of lines that are hardly longer than they may be; cached, since every rerun asks several times."""
    try:
        rule = typed(lines)
    except RuleError as error:
        return RuleError(error.problem, error.line, error.column)
    for node in (node for line in rule.lines for node in line.node):
        if node.op == "name" and node.value in _TAKEN & {parameter.name for parameter in rule.parameters}:
            wrong = message("{name} has a meaning of its own; choose another name", name=code(node.value))
            return RuleError(wrong, *node.written)
    return rule


def optimizer_of(slot: int, values: Values) -> str:
    """Return a racer's optimizer as an entry names it: its name, or its lines where they were typed."""
    chosen = str(values[slot_key(slot)])
    return str(values[slot_key(slot, RULE)]) if chosen == OWN_RULE else chosen


def optimizer_values(slot: int, optimizer: str) -> Values:
    """Return the values of the inputs that show a racer's optimizer, as an entry names it."""
    if optimizer in OPTIMIZERS:
        return {slot_key(slot): optimizer}
    return {slot_key(slot): OWN_RULE, slot_key(slot, RULE): optimizer}


def rule_field(slot: int) -> RuleField:
    """Return the input of a racer's lines."""
    return RuleField(slot_key(slot, RULE), message("Lines of racer {slot}", slot=slot), HEAVY_BALL, short=message("lines"))


TRAINED_RULE = RuleField("net.rule", message("Lines of your rule"), HEAVY_BALL, short=message("lines"))
"""The input of the lines that train a network."""


def slot_key(slot: int, parameter: str = "") -> str:
    """Return the key of a slot's optimizer, or of one of its hyper-parameters; slots count from 1."""
    return f"o{slot}.{parameter}" if parameter else f"o{slot}"
