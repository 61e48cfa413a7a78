"""An evaluator of rule lines for batches, coordinates first: it knows a table of operations and executes nothing else."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from optim.core.oracle import Oracle
from optim.core.rules.arrange import Kind, kind_of, kinds_of, spread
from optim.core.rules.branches import agreed, chosen
from optim.core.rules.operations import FUNCTIONS, SIGNS, true
from optim.core.rules.text import Call, Lines, Node

Environment = Mapping[str, Any]
"""What every name means: name -> array (..., B), or a plain number."""


@np.errstate(all="ignore")
def evaluate(node: Node, values: Environment, oracle: Oracle, calls: Mapping[str, Call]) -> Any:
    """Return the value of an expression: an array (..., B), or a plain number. A name without a value is not a number."""

    def of(part: Node) -> Any:
        match part.op:
            case "number":
                return part.value
            case "name":
                return np.eye(len(values["x"]))[:, :, None] if part.value == "identity" else values.get(part.value, np.nan)
            case "cases":
                test = of(part.args[0])
                branch = chosen(part, agreed(test))  # what a rule does not do need not be defined
                return np.where(true(test), *map(of, part.args[1:])) if branch is None else of(branch)
            case "call":
                call = calls.get(part.value) or FUNCTIONS[part.value]
                arguments = [of(argument) for argument in part.args]
                if call.gives == "number":  # what is taken of vectors is taken of a number in every coordinate
                    arguments = [spread(one, values["x"], Kind.VECTOR) if np.ndim(one) < 2 else one for one in arguments]
                return call.function(oracle, *arguments) if call.looks else call.function(*arguments)
            case "neg" | "not":
                return SIGNS[part.op](of(part.args[0]))
        return reduce(SIGNS[part.op], map(of, part.args))

    return of(node)


def evaluate_lines(lines: Lines, values: Environment, oracle: Oracle) -> list[Any]:
    """Return what each line sets its name to, from top to bottom, each an array (..., B) or a plain number."""
    known, results = dict(values), []
    kinds = kinds_of(lines, {name: Kind(min(np.ndim(value), 1)) for name, value in values.items()})
    for line in lines:
        value = evaluate(line.node, known, oracle, lines.calls)
        kind = kinds[line.name]
        narrow = Kind.RUN < kind > kind_of(line.node, kinds, lines.calls)
        known[line.name] = spread(value, values["x"], kind) if narrow else value
        results.append(known[line.name])
    return results
