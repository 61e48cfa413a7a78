"""Modifiers: lines around an optimizer's own, such as clipping and weight decay; any first-order optimizer takes them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from optim.core.optimizer import Optimizer
from optim.core.parameter import Parameter
from optim.core.registry import Registry, members
from optim.core.rules.text import Lines
from optim.optimizers.first_order.shared import DECOUPLED, WEIGHT_DECAY, with_default


@dataclass(frozen=True)
class Modifier:
    """A modifier: lines of its own at every gradient, where {g} and {x} name it and its point, `before` a step, and `after` it.

    Its `parameters` are added to the optimizer's own, and its `meanings` of what it remembers to theirs; `words` say what it does.
    `torch` is the same in PyTorch, done to each `point` of a `model`, or to the whole, after gradients are known or, where it has
    lines `after`, after the step from `old`; empty where PyTorch has no such line.
    The parameters of the two decays are called weight_decay, so an optimizer that has its own cannot be given another.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    words: str
    reference: str
    gradient: str = ""
    before: str = ""
    after: str = ""
    torch: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names that its lines set for themselves."""
        lines = Lines(self.before, self.after, self.gradient.format(g="g", x="x"))
        return frozenset({line.name for line in lines} | lines.starts.keys()) - {"g", "x"}

    @cached_property
    def needs_g(self) -> bool:
        """Whether its lines ask for the gradient by the name g, beside where it is taken."""
        return any("g" in line.node.names for line in Lines(self.before, self.after))

    def apply(self, base: Optimizer) -> Optimizer:
        """Return an optimizer modified; ValueError where two parameters share a name."""
        lines = base.lines.with_gradient_lines(*filter(str.strip, self.gradient.splitlines())).around(
            before=self.before, after=self.after, symbols=self.symbols
        )
        return base.with_lines(lines, *self.parameters, meanings=self.meanings)


clip_value = Modifier(
    "clip_value",
    "Clip by value",
    (Parameter("clip_value", "c", 1.0, 1e-2, 1e2, log=True, doc="largest size of a gradient's coordinate", valid=(0.0, math.inf)),),
    "cuts each coordinate of the gradient to a largest size; that can change its direction.",
    "PyTorch's clip_grad_value_",
    gradient="{g} = clip({g}, -clip_value, clip_value)",
    torch="torch.nn.utils.clip_grad_value_(model, {clip_value})",
)

clip_norm = Modifier(
    "clip_norm",
    "Clip by norm",
    (Parameter("max_norm", "c", 1.0, 1e-2, 1e2, log=True, doc="largest length of the gradient", valid=(0.0, math.inf)),),
    "shortens a gradient that is too long; its direction stays.",
    "Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2012), in the form of PyTorch's clip_grad_norm_",
    gradient="{g} = {g} * min(1, max_norm / (norm({g}) + 1e-06))",
    torch="torch.nn.utils.clip_grad_norm_(model, {max_norm})",
)

l2 = Modifier(
    "l2",
    "L2 penalty",
    (with_default(WEIGHT_DECAY, 1e-2),),
    "adds λ times the point to the gradient, before the optimizer scales it.",
    "Krogh & Hertz, A simple weight decay can improve generalization (1991)",
    gradient="{g} = {g} + weight_decay * {x}",
    torch="point.grad += {weight_decay} * point.detach()",
)

decoupled_decay = Modifier(
    "decoupled_decay",
    "Decoupled weight decay",
    (with_default(DECOUPLED, 1e-2),),
    "shrinks the point by lr times λ beside the optimizer's own step, which does not scale it.",
    "Loshchilov & Hutter, arXiv:1711.05101 (2017)",
    before="pull = lr * weight_decay * x",
    after="x = x - pull",
    torch='point -= optimizer.param_groups[0]["lr"] * {weight_decay} * old',
)

cautious = Modifier(
    "cautious",
    "Cautious",
    (),
    "holds coordinates still where the step goes against the newest gradient's way down, and lengthens the rest to make up for it.",
    "Liang et al., Cautious optimizers: improving training with one line of code, arXiv:2411.16085 (2024)",
    before="stood := x",
    after="""
        went = x - stood
        same_way = 1 if went * g < 0 else 0
        x = stood + went * same_way / max(mean(same_way), 0.001)
    """,
    symbols={"stood": r"\theta_{\text{old}}", "went": "u", "same_way": r"\phi"},
)

grokfast = Modifier(
    "grokfast",
    "Grokfast",
    (
        Parameter(
            "grok_memory", "α", 0.98, 0.0, 0.9999, doc="memory of the slow part of the gradients", valid=(0.0, 1.0 - 2.0**-53)
        ),
        Parameter("grok_gain", "λ", 2.0, 0.0, 10.0, doc="how much of the slow part is added", valid=(0.0, math.inf)),
    ),
    "adds a slow average of gradients to each gradient.",
    "Lee et al., Grokfast: accelerated grokking by amplifying slow gradients, arXiv:2405.20233 (2024)",
    gradient="""
        grok_new starts at 1
        grok_slow = {g} if grok_new else grok_memory * grok_slow + (1 - grok_memory) * {g}
        grok_new := 0
        {g} = {g} + grok_gain * grok_slow
    """,
    symbols={"grok_slow": r"\mu"},
    meanings={"grok_slow": "slow average of gradients", "grok_new": "whether the first step is still to come"},
)

mars = Modifier(
    "mars",
    "MARS",
    (
        Parameter("mars_gain", "γ", 0.025, 0.0, 1.0, doc="how much of the gradient's change is added", valid=(0.0, math.inf)),
        Parameter("mars_beta", "β", 0.95, 0.0, 0.9999, doc="the memory of the rule's average", valid=(0.0, 1.0 - 2.0**-53)),
    ),
    "adds the gradient's change since the last step, times γ β/(1 - β), and shortens what is longer than 1.",
    "Yuan et al., MARS: unleashing the power of variance reduction for training large models, arXiv:2411.10438 (2024)",
    gradient="""
        mars_raw := {g}
        {g} = {g} + mars_gain * mars_beta / (1 - mars_beta) * ({g} - mars_before)
        {g} = {g} / max(1, norm({g}))
        mars_before := mars_raw
    """,
    symbols={"mars_before": r"g_{\text{prev}}"},
    meanings={"mars_before": "last gradient"},
)

MODIFIERS: Registry[Modifier] = Registry(members(globals(), Modifier))
