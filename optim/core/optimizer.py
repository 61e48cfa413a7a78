"""An update rule and what belongs to it: its parameters, its lines, its PyTorch twin and the runs it is checked against."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from optim.core.claim import Claim, first
from optim.core.oracle import Block, Oracle
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.core.rules.arrange import GIVEN, Facts, remembered
from optim.core.rules.compiled import Compiled
from optim.core.rules.operations import FUNCTIONS
from optim.core.rules.text import Lines
from optim.core.types import Array, Hyper, State
from optim.i18n.message import message

REMEMBERED = {
    "m": "moving average of gradients",
    "v": "moving average of squared gradients",
    "velocity": "running sum of past gradients",
    "first": "whether the first step is still to come",
    "done": "steps done",
}
"""What names mean that are kept from step to step, unless a rule says otherwise."""
UNKNOWN = message("remembered from step to step")


@dataclass(frozen=True)
class Golden:
    """A recorded run of an independent implementation that an optimizer is checked against, and our settings that mean the same.

    `run` is its name in the test data; `compare` how the two are compared: step by step, or as the data's own kind asks.
    """

    run: str
    values: Mapping[str, Any] = field(default_factory=dict)
    compare: str = "steps"


def _sum_of_weights(beta: str) -> str:
    return message("sum of the weights in an average with {beta}: 1 - {beta}ᵗ", beta=beta)


def _nothing(_: Hyper) -> str:
    return ""


@dataclass(frozen=True)
class Torch:
    """The same rule in PyTorch: `call` is its class with its keywords, in which {lr} and so on stand for our hyper-parameters.

    `refuses(hp)` says what PyTorch does not take of settings that we take, or nothing.
    """

    call: str
    refuses: Callable[[Hyper], str] = _nothing

    def written(self, hp: Hyper) -> str:
        """Return the call with these hyper-parameters."""
        return self.call.format(**{name: repr(value) for name, value in hp.items()})


class ByHand(NamedTuple):
    """A rule as a pure pair of functions: `init(oracle, x, hp) -> state` and `step(oracle, x, state, hp) -> (x, state)`."""

    init: Callable[[Oracle, Array, Hyper], State]
    step: Callable[[Oracle, Array, State, Hyper], tuple[Array, State]]


@dataclass(frozen=True)
class Optimizer:
    """An update rule, stated by its `lines`: its step, its memory, its formula and its scripts are made of them.

    `varies` says that the number of evaluations differs from step to step. `idea` goes on after the title to say what the rule
    does, a fact of its lines and not of a run; `cases` say it for settings with which that is not so. `meanings` are those of
    remembered names, where they do not mean what they do in other rules. `stable_bound(hp)` is the limit that lr times the largest
    Hessian eigenvalue must stay under on a quadratic; None where no such bound is known. `answer(x, state)` is the point to report,
    (d, B), where that is not the point being moved. `torch` is the same rule in PyTorch, where it is there. `rests(problem, point,
    noisy)` says why a rule that stands still at a point (d,) for good does so, "" where it cannot tell.

    `begin(oracle, x, hp)` is the memory before the first step of a rule whose lines do not say it. What goes around lines, as a
    schedule or an object of the caller's own does, is a pair of functions, `by_hand`. `matrices(blocks)` are those blocks of
    coordinates that it moves as matrices; None for a rule on vectors.

    `demo` are settings that show the rule on the book's bowl, `golden` the runs it is checked against, `form` says which form
    this is where implementations disagree. `exempt` maps a property that every rule should have, but this one has not, to
    the reason.
    """

    name: str
    title: str
    family: str
    parameters: tuple[Parameter, ...]
    lines: Lines
    _: KW_ONLY
    reference: str
    by_hand: ByHand | None = None
    begin: Callable[[Oracle, Array, Hyper], State] | None = None
    idea: str = ""
    cases: tuple[Claim[Hyper], ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    stable_bound: Callable[[Hyper], float] | None = None
    answer: Callable[[Array, State], Array] | None = None
    varies: bool = False
    demo: Mapping[str, Any] = field(default_factory=dict)
    golden: tuple[Golden, ...] = ()
    form: str = ""
    exempt: Mapping[str, str] = field(default_factory=dict)
    torch: Torch | None = None
    rests: Callable[[Problem, Array, bool], str] | None = None
    matrices: Callable[[Sequence[Block]], tuple[Block, ...]] | None = None

    def __post_init__(self) -> None:
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two parameters share a name in {names}")

    @property
    def year(self) -> int:
        """The year of its reference, the first one in parentheses there; 0 where there is none."""
        named = re.search(r"\((?:[^()]*\D)?(\d{4})\)", self.reference)
        return int(named[1]) if named else 0

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """What a step evaluates, once per evaluation ("gradient" twice where it takes two), or once where their number varies."""
        calls = {**FUNCTIONS, **self.lines.calls}
        asked = [look for line in self.lines for word in line.node if word.op == "call" for look in calls[word.value].looks]
        return tuple(dict.fromkeys(asked) if self.varies else asked) if self.lines.lines else ("gradient",)

    @cached_property
    def memory(self) -> dict[str, str]:
        """What each name means that is kept from step to step, with whatever settings."""
        sums = {f"{parameter.name}_sum": _sum_of_weights(parameter.symbol) for parameter in self.parameters}
        known = {**REMEMBERED, **sums, **self.meanings}
        settings = {parameter.name for parameter in self.parameters}
        kept = dict.fromkeys([*remembered(self.lines.lines, settings | GIVEN), *self.meanings])
        return {name: known.get(name, UNKNOWN) for name in kept}

    @cached_property
    def compiled(self) -> Compiled:
        """The lines as functions."""
        positive = frozenset(parameter.name for parameter in self.parameters if parameter.bounds[0] >= 0)
        structure = frozenset(parameter.name for parameter in self.parameters if parameter.structural)
        return Compiled(self.lines, tuple(parameter.name for parameter in self.parameters), Facts(positive, structure))

    def init(self, oracle: Oracle, x: Array, hp: Hyper) -> State:
        """Return the memory of runs at `x` (d, B), coordinates first, before their first step."""
        return (self.begin or (self.by_hand or self.compiled).init)(oracle, x, hp)

    def step(self, oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        """Return the points (d, B) and the memory after one more step; nothing that is given is changed."""
        return (self.by_hand or self.compiled).step(oracle, x, state, hp)

    def with_lines(self, lines: Lines, *parameters: Parameter, **changes: Any) -> "Optimizer":
        """Return the rule with other lines, more parameters and other changes; ValueError where its step is not its lines."""
        if self.by_hand:
            raise ValueError(f"{self.name}: its step is written by hand, and does not follow other lines")
        meanings = {**self.meanings, **changes.pop("meanings", {})}
        return replace(self, lines=lines, parameters=(*self.parameters, *parameters), meanings=meanings, **changes)

    @property
    def fastest_step(self) -> Callable[[Oracle, Array, State, Hyper], tuple[Array, State]]:
        """The same step for those who look at no memory but the newest: it may write over the memory that it is given."""
        return self.by_hand.step if self.by_hand else self.compiled.step if self.answer else self.compiled.step_over

    def idea_with(self, hp: Hyper) -> str:
        """Return what the rule does with these hyper-parameters, to go on after its title."""
        return first(self.cases, hp) or self.idea

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`; KeyError where there is none."""
        return {parameter.name: parameter for parameter in self.parameters}[name]
