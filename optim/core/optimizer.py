"""An update rule and what belongs to it: its parameters, its lines, its PyTorch twin and the runs it is checked against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from optim.core.claim import Claim, first
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.core.rule_lines import Lines
from optim.core.types import Array, Hyper, State


@dataclass(frozen=True)
class Golden:
    """A recorded run of an independent implementation that an optimizer is checked against, and our settings that mean the same.

    `run` is its name in the test data; `compare` how the two are compared: step by step, or as the data's own kind asks.
    """

    run: str
    values: Mapping[str, Any] = field(default_factory=dict)
    compare: str = "steps"


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


@dataclass(frozen=True)
class Optimizer:
    """An update rule as a pure pair: `init(oracle, x, hp) -> state` and `step(oracle, x, state, hp) -> (x, state)`.

    `x` is (d, B), coordinates first. `uses` names what a step evaluates, once per evaluation ("gradient" twice where a step
    takes two); `varies` says that the number of evaluations differs from step to step. `idea` goes on after the title to say what
    the rule does, a fact of its lines and not of a run; `cases` say it for settings with which that is not so. `memory` maps
    each state variable to its meaning. `stable_bound(hp)` is the limit that lr times the largest Hessian eigenvalue must stay
    under on a quadratic; None where no such bound is known. `answer(x, state)` is the point to report, (d, B), where that is not
    the point being moved. `lines` write one step out, to be displayed and evaluated again; `torch` is the same rule in PyTorch,
    where it is there. `rests(problem, point, noisy)` says why a rule that stands still at a point (d,) for good does so, ""
    where it cannot tell.

    `demo` are settings that show the rule on the book's bowl, `golden` the runs it is checked against, `form` says which form
    this is where implementations disagree. `exempt` maps a property that every rule should have, but this one has not, to
    the reason.
    """

    name: str
    title: str
    family: str
    parameters: tuple[Parameter, ...]
    init: Callable[[Oracle, Array, Hyper], State]
    step: Callable[[Oracle, Array, State, Hyper], tuple[Array, State]]
    latex: str
    reference: str
    year: int
    uses: tuple[str, ...] = ("gradient",)
    idea: str = ""
    cases: tuple[Claim[Hyper], ...] = ()
    memory: Mapping[str, str] | None = None
    stable_bound: Callable[[Hyper], float] | None = None
    answer: Callable[[Array, State], Array] | None = None
    varies: bool = False
    demo: Mapping[str, Any] = field(default_factory=dict)
    golden: tuple[Golden, ...] = ()
    form: str = ""
    exempt: Mapping[str, str] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    torch: Torch | None = None
    rests: Callable[[Problem, Array, bool], str] | None = None

    def __post_init__(self) -> None:
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two parameters share a name in {names}")

    def idea_with(self, hp: Hyper) -> str:
        """Return what the rule does with these hyper-parameters, to go on after its title."""
        return first(self.cases, hp) or self.idea

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`; KeyError where there is none."""
        return {parameter.name: parameter for parameter in self.parameters}[name]
