"""Lessons of what an update rule sees and what it does not: scale, decay, first steps, rare slopes, curvature."""

import math

import numpy as np
import numpy.typing as npt

from optim.i18n.message import message
from optim.lessons.lesson import Choice, Lesson, Proof, Run, one_of
from optim.problems import ONLINE_PROBLEMS
from optim.races.entry import Entry
from optim.races.online import OnlineResult, OnlineSpec, entry_for
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec

_THEME = "What a rule sees"
_RATE, _SMALL = 2.0, 0.34
"""What would be a small first step: no longer than the slope is steep there."""


def _warmup_runs() -> tuple[Run, ...]:
    entries = (
        Entry("adam", {"lr": _RATE}),
        Entry("radam", {"lr": _RATE}),
        Entry("adam", {"lr": _RATE}, schedule=("warmup_cosine", {"warmup_steps": 40, "start": 0.01})),
    )
    return (Run("", RaceSpec("plateau", entries, (0.3, -0.2), 100)),)


def _first_steps(result: RaceResult) -> list[list[float]]:
    """Return how long each racer's first step is, in x and in y."""
    steps: list[list[float]] = np.abs(result.path[:, 1] - result.path[:, 0]).tolist()
    return steps


def _warmup_proof(result: RaceResult) -> tuple[Proof, ...]:
    adam, radam, warm = _first_steps(result)
    landed = 1 - math.exp(-(1.7**2 + 1.8**2) / 2)
    slope = 0.3 * math.exp(-(0.3**2 + 0.2**2) / 2)
    return (
        Proof(message("Adam's first step in x"), adam[0], "lr", _RATE, 1e-6),
        Proof(message("Adam's first step in y"), adam[1], "lr", _RATE, 1e-6),
        Proof(message("Adam's loss after one step"), float(result.loss[0, 1]), "f(-1.7, 1.8)", landed, 1e-6),
        Proof(message("RAdam's first step in x"), radam[0], message("lr × the slope"), _RATE * slope, 1e-9),
        Proof(message("First step in x with warm-up"), warm[0], "lr / 100", _RATE / 100, 1e-6),
    )


warmup = Lesson(
    "warmup",
    "The first step",
    "A well in a wide plain. The run begins almost at its bottom, at (0.3, -0.2), where the slope is 0.34. Adam, RAdam and Adam "
    "with warm-up all have lr = 2.",
    "Almost at the minimum: what is Adam's very first step like?",
    (
        Choice(
            "Small: the slope is small",
            "The slope is divided by its own size at once, so it does not matter how small it is.",
            lambda _, result: max(_first_steps(result)[0]) < _SMALL,
        ),
        Choice(
            "Small: its averages m and v begin at zero",
            "Bias correction undoes just that: after one gradient, m counts as that gradient and v as its square.",
            lambda _, result: max(_first_steps(result)[0]) < _SMALL,
        ),
        Choice(
            "2 in x and 2 in y, out of the well",
            "One gradient divided by its own size is 1 or -1. So the step is lr, in every coordinate.",
            lambda said, result: said == {round(step, 3) for step in _first_steps(result)[0]},
            right=True,
        ),
    ),
    _warmup_runs,
    _warmup_proof,
    "Adam's first step is lr in every coordinate, on the word of a single gradient. It lands on the plain, from where it does "
    "not come back. RAdam begins with five steps of plain momentum, lr × slope, and warm-up with a hundredth of lr. Neither "
    "ever rises above its start.",
    "Adam at full rate can spoil a trained network in its first steps of fine-tuning. A warm-up of some hundred steps is the "
    "usual cure.",
    theme=_THEME,
)


def _scale_runs() -> tuple[Run, ...]:
    rates = {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}
    entries = tuple(Entry(name, {"lr": lr}) for name, lr in rates.items())
    formulas = {"The loss": "elongated_bowl", "The loss times 1000": "1000*(x**2/20 + y**2)"}
    return tuple(Run(label, RaceSpec(formula, entries, (-7.0, 2.0), 30)) for label, formula in formulas.items())


def _paths_apart(once: RaceResult, thousand: RaceResult) -> npt.NDArray[np.float64]:
    """Return how far each racer's two paths are ever apart."""
    return np.asarray(np.max(np.abs(thousand.path - once.path), axis=(1, 2)))


def _elsewhere(once: RaceResult, thousand: RaceResult) -> set[str]:
    """Return the racers that take another path, farther from the first than eps leads them; NaN is another."""
    return {label for label, apart in zip(once.labels, _paths_apart(once, thousand), strict=True) if not apart < 1e-6}


def _scale_proof(once: RaceResult, thousand: RaceResult) -> tuple[Proof, ...]:
    first = [math.hypot(*(result.path[0, 1] - result.path[0, 0]).tolist()) for result in (once, thousand)]
    apart = _paths_apart(once, thousand).tolist()
    return (
        Proof(message("SGD's first step, how many times as long"), first[1] / first[0], "", 1000.0, 1e-6),
        Proof(message("How far Adam's paths are ever apart"), apart[3], "", 0.0, 1e-6),
        Proof(message("How far AdaGrad's paths are ever apart"), apart[2], "", 0.0, 1e-6),
    )


scale = Lesson(
    "scale",
    "A loss times 1000",
    "The book's race twice: once with the loss x²/20 + y², once with 1000 times that, as if it were summed over 1000 examples "
    "instead of averaged. Start and settings stay.",
    "The loss is multiplied by 1000. Who takes another path?",
    (
        Choice(
            "Nobody: valley and minimum are where they were",
            "They are, but SGD steps by lr × slope, and every slope is now 1000 times as steep.",
            lambda _, once, thousand: not _elsewhere(once, thousand),
        ),
        Choice(
            "SGD and Momentum",
            "Their steps grow a thousandfold, far beyond what is stable. AdaGrad and Adam divide by the size of the slope: the "
            "factor cancels.",
            lambda _, once, thousand: _elsewhere(once, thousand) == {"SGD", "Momentum"},
            right=True,
        ),
        Choice(
            "AdaGrad and Adam: they depend on the size of the slope",
            "They divide by it. A factor in all slopes is above and below the line, and cancels.",
            lambda _, once, thousand: _elsewhere(once, thousand) == {"AdaGrad", "Adam"},
        ),
    ),
    _scale_runs,
    _scale_proof,
    "SGD's first step is 1000 times as long, and its run explodes. The paths of AdaGrad and Adam stay where they were; what "
    "tiny difference remains comes from their eps.",
    "Sum or mean over the batch, a loss weight, other units: for SGD each is another learning rate. To Adam they are nothing, "
    "but an L2 penalty and clipping still notice.",
    theme=_THEME,
)

_DECAY, _BESIDE = 1.0, 0.1


def _decay_runs() -> tuple[Run, ...]:
    entries = (Entry("sgd", {"lr": 0.05}), Entry("sgd", {"lr": 0.05, "weight_decay": _DECAY}))
    return (Run("", RaceSpec("booth", entries, (-8.0, 8.0), 150)),)


def _rest(result: RaceResult) -> list[float]:
    """Return where the run with weight decay ends."""
    rest: list[float] = result.path[1, -1].tolist()
    return rest


def _decay_proof(result: RaceResult) -> tuple[Proof, ...]:
    x, y = _rest(result)
    left, right = 70 / 57, 146 / 57
    loss = (left + 2 * right - 7) ** 2 + (2 * left + right - 5) ** 2
    return (
        Proof(message("x at the end with weight decay"), x, "70/57", left, 1e-6),
        Proof(message("y at the end with weight decay"), y, "146/57", right, 1e-6),
        Proof(message("Its loss there"), float(result.loss[1, -1]), "f(70/57, 146/57)", loss, 1e-6),
    )


decay = Lesson(
    "decay",
    "Weight decay",
    "Booth's bowl has its minimum at (1, 3). One SGD runs on it as it is, the other with weight decay 1, which pulls x and y "
    "towards 0.",
    "Where does the run with weight decay end?",
    (
        Choice(
            "Beside the minimum: y becomes smaller, and x larger",
            "It ends where gradient and pull cancel, at (1.23, 2.56).",
            lambda _, result: _rest(result)[1] < 3 - _BESIDE and _rest(result)[0] > 1 + _BESIDE,
            right=True,
        ),
        Choice(
            "At (1, 3): in the end the gradient wins",
            "At the minimum the gradient is zero, but the pull is not. It cannot stay there.",
            lambda said, result: all(one_of(said, end, _BESIDE) for end in _rest(result)),
        ),
        Choice(
            "Between (1, 3) and (0, 0): x and y both become smaller",
            "So it would be in a round bowl. In this slanted one the gentle direction gives way and the steep one hardly does.",
            lambda _, result: _rest(result)[1] < 3 - _BESIDE and _rest(result)[0] < 1 - _BESIDE,
        ),
    ),
    _decay_runs,
    _decay_proof,
    "The run rests where the gradient plus 1 × the point is zero, at (70/57, 146/57). The gentle direction of the bowl gives "
    "way to the pull, the steep one hardly. So x moves away from 0, and the loss ends at 0.42 instead of 0.",
    "Weight decay moves the minimum itself. A training loss that ends higher with it is no fault: what counts is the loss on "
    "new data.",
    theme=_THEME,
)


def _amsgrad_runs() -> tuple[Run, ...]:
    problem = ONLINE_PROBLEMS["amsgrad_online"]
    return (Run("", OnlineSpec(problem.name, tuple(entry_for(problem, name) for name in ("sgd", "adam", "amsgrad")), 300)),)


def _adam_ends(result: OnlineResult) -> float:
    return float(result.runs[1].points[-1])


def _amsgrad_proof(result: OnlineResult) -> tuple[Proof, ...]:
    _, adam, amsgrad = result.runs
    return (
        Proof(message("Where Adam ends"), _adam_ends(result), "", 1.0, 1e-6),
        Proof(message("Where AMSGrad ends"), float(amsgrad.points[-1]), "", -1.0, 0.05),
        Proof(message("Adam's average regret per step"), float(adam.average_regret[-1]), "2 × (3 - 1 - 1) / 3", 2 / 3, 0.02),
    )


amsgrad = Lesson(
    "amsgrad",
    "A loss that changes",
    "The loss changes from step to step: 3x, then -x, then -x, and so on. On average it rises with x, so of all places from -1 "
    "to 1 the best is -1. SGD, Adam (beta2 0.1) and AMSGrad start at 0.",
    "The best place is -1. Where does Adam end?",
    (
        Choice(
            "At -1, like the others",
            "The average slope points there, but Adam does not add up slopes: it divides each by the size of recent ones.",
            lambda said, result: one_of(said, _adam_ends(result), 0.05),
        ),
        Choice(
            "Near 0: its pushes cancel out",
            "They do not: two small slopes, each blown up to a full step, outweigh one large one.",
            lambda said, result: one_of(said, _adam_ends(result), 0.05),
        ),
        Choice(
            "At +1, the worst place",
            "It divides the large slope by its own size, and has nearly forgotten it at the two small ones: two steps up, one "
            "down.",
            lambda said, result: one_of(said, _adam_ends(result), 0.05),
            right=True,
        ),
    ),
    _amsgrad_runs,
    _amsgrad_proof,
    "Adam divides the slope 3 by about 3, and the two slopes -1 by 1.3 and 1.0: two steps up outweigh one step down. Its "
    "regret, what it loses per step against staying at -1, remains 2/3. AMSGrad's divisor never shrinks, so it goes to -1.",
    "Rare but large gradients, as those of rare words, are what Adam underrates. A longer memory (beta2 near 1) makes this "
    "harder to provoke, not impossible.",
    theme=_THEME,
)


def _newton_steps(result: RaceResult) -> int:
    """Return after how many steps Newton is at the minimum."""
    return int(np.argmax(result.distance[0] < 1e-9))


def _newton_proof(result: RaceResult) -> tuple[Proof, ...]:
    return (
        Proof(message("Newton's distance from the minimum after 1 step"), float(result.distance[0, 1]), "", 0.0, 1e-9),
        Proof(message("Conjugate gradient's after 2 steps"), float(result.distance[1, 2]), "", 0.0, 1e-9),
        Proof(message("Price of Newton's step in evaluations"), float(result.evaluations[0, 1]), "1 + d", 3.0, 0.0),
    )


newton = Lesson(
    "newton",
    "Knowing the curvature",
    "A turned valley, 100 times steeper across than along. SGD and Momentum need hundreds of steps. Newton knows the curvature "
    "in every direction.",
    "How many steps does Newton need in this valley?",
    (
        Choice(
            "1",
            "In a quadratic bowl it computes where the slope is zero, and goes there.",
            lambda said, result: _newton_steps(result) in said,
            right=True,
        ),
        Choice(
            "10, the root of 100",
            "So it is with the best momentum there is. Newton does not feel the shape of the valley at all.",
            lambda said, result: _newton_steps(result) in said,
        ),
        Choice(
            "2, one for each direction",
            "That is Conjugate gradient, the second racer. Newton takes all directions at once.",
            lambda said, result: _newton_steps(result) in said,
        ),
    ),
    lambda: (
        Run(
            "",
            RaceSpec(
                "rotated_ellipse",
                (
                    Entry("newton"),
                    Entry("conjugate_gradient"),
                    Entry("momentum", {"lr": 0.0032}),
                    Entry("sgd", {"lr": 0.018}),
                ),
                (-4.0, 1.0),
                60,
            ),
        ),
    ),
    _newton_proof,
    "Newton multiplies the gradient by the inverse of the curvature matrix, which undoes the shape of the valley: one step, "
    "from anywhere. Conjugate gradient needs a step per dimension. Here the matrix costs two evaluations; for a million weights "
    "it would have a trillion numbers.",
    "Elsewhere one step is not enough, and where the ground bends down Newton walks to the saddle. L-BFGS and K-FAC buy some of "
    "its knowledge at a lower price.",
    theme=_THEME,
)
