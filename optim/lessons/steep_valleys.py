"""Lessons of steep walls and long valleys: what limits a learning rate, and what does not."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optim.i18n.message import message
from optim.lessons.lesson import Choice, Lesson, Proof, Run, one_of
from optim.races.entry import Entry
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec

_THEME = "Valleys and walls"


def _factors(result: RaceResult) -> npt.NDArray[np.float64]:
    """Return by what each racer's |y| is multiplied at each step."""
    y = np.abs(result.path[:, :, 1])
    return y[:, 1:] / y[:, :-1]


def _highest_stable(result: RaceResult) -> float:
    """Return the highest learning rate of the race at which |y| does not grow."""
    stable = np.all(_factors(result) <= 1 + 1e-9, axis=1)
    return max(float(entry.hyper["lr"]) for entry, kept in zip(result.spec.entries, stable, strict=True) if kept)


def _ravine_proof(result: RaceResult) -> tuple[Proof, ...]:
    growth = np.prod(_factors(result), axis=1) ** (1 / result.spec.steps)
    return (
        Proof(message("Growth of |y| per step with lr 1.05"), float(growth[2]), "|1 - 1.05 × 2|", abs(1 - 1.05 * 2), 1e-9),
        Proof(message("Growth of |y| per step with lr 1"), float(growth[1]), "|1 - 1 × 2|", 1.0, 1e-9),
    )


ravine = Lesson(
    "ravine",
    "The ravine",
    "The bowl x²/20 + y² has curvature 0.1 along the valley and 2 across it. Three SGDs start at (-7, 2).",
    "From which learning rate on does SGD fly out of the ravine?",
    (
        Choice(
            "From lr = 20, the limit of the gentle direction (2 / 0.1)",
            "That is the limit along the valley only. Across it, each step with lr = 20 would end 39 times as far out as it began.",
            lambda said, result: _highest_stable(result) in said,
        ),
        Choice(
            "From lr = 1, the limit of the steep direction (2 / 2)",
            "Each step multiplies y by 1 - 2 lr. Beyond lr = 1 this factor is below -1, and y grows.",
            lambda said, result: _highest_stable(result) in said,
            right=True,
        ),
        Choice(
            "That depends on the start: near the minimum larger rates are safe",
            "In this bowl the factor per step is the same everywhere. A nearer start only delays the explosion.",
            lambda _, result: bool(np.any(np.ptp(_factors(result), axis=1) > 1e-6)),
        ),
    ),
    lambda: (Run("", RaceSpec("elongated_bowl", tuple(Entry("sgd", {"lr": lr}) for lr in (0.95, 1.0, 1.05)), (-7.0, 2.0), 30)),),
    _ravine_proof,
    "Every step multiplies y by 1 - lr × 2 and x by 1 - lr × 0.1. With lr = 1, y only changes its sign; with lr = 1.05 it grows "
    "by a tenth per step. The steepest direction sets the limit, 2/curvature, and the gentle one has to crawl.",
    "When a loss suddenly explodes, lr times the largest curvature has passed 2. A smaller lr helps, more patience does not.",
    theme=_THEME,
)


def _rotated_runs() -> tuple[Run, ...]:
    rates = {"sgd": 0.19, "momentum": 0.02, "adagrad": 0.5, "adam": 0.3}
    entries = tuple(Entry(name, {"lr": lr}) for name, lr in rates.items())
    x, y, half = -5.0, 1.4, math.sqrt(0.5)
    straight = RaceSpec("elongated_bowl", entries, (x, y), 200, stretch=0.2)
    turned = replace(straight, rotate=45.0, start=(half * (x + y), half * (y - x)))
    return Run("Along the x axis", straight), Run("Turned by 45 degrees", turned)


def _noticed(straight: RaceResult, turned: RaceResult) -> set[str]:
    """Return the racers whose final loss is another once the valley is turned."""
    same = np.isclose(turned.loss[:, -1], straight.loss[:, -1], rtol=1e-6, atol=0.0)
    return {label for label, kept in zip(turned.labels, same, strict=True) if not kept}


def _rotated_proof(straight: RaceResult, turned: RaceResult) -> tuple[Proof, ...]:
    sgd, momentum, _, adam = (turned.loss[:, -1] / straight.loss[:, -1]).tolist()
    return (
        Proof(message("SGD's final loss, turned over straight"), sgd, "", 1.0, 1e-9),
        Proof(message("Momentum's final loss, turned over straight"), momentum, "", 1.0, 1e-9),
        Proof(message("Adam's final loss, turned over straight"), adam, "", 1000.0, 0.0, at_least=True),
    )


rotated = Lesson(
    "rotated",
    "The turned ravine",
    "A valley 500 times steeper across than along. Once it runs along the x axis, once it is turned by 45 degrees and the start "
    "is turned with it. To the eye both tasks are the same.",
    "Which racers do differently once the valley is turned by 45 degrees?",
    (
        Choice(
            "None: it is the same valley",
            "To the eye it is. But AdaGrad and Adam scale x and y one by one, and the turned valley is steep in both.",
            lambda _, straight, turned: not _noticed(straight, turned),
        ),
        Choice(
            "SGD and Momentum",
            "They follow the gradient, and the gradient turns with the valley. Their losses stay the same, but for rounding.",
            lambda _, straight, turned: _noticed(straight, turned) == {"SGD", "Momentum"},
        ),
        Choice(
            "AdaGrad and Adam",
            "They give each coordinate its own scale. That helps only where the valley runs along a coordinate.",
            lambda _, straight, turned: _noticed(straight, turned) == {"AdaGrad", "Adam"},
            right=True,
        ),
    ),
    _rotated_runs,
    _rotated_proof,
    "Turned by 45 degrees, the curvature along x equals that along y. One scale per coordinate can no longer tell steep from "
    "gentle, and Adam loses what it had gained. SGD and Momentum do not know where the axes are.",
    "The valleys of a network seldom lie along its weights. How much Adam gains depends on how nearly they do.",
    theme=_THEME,
)

_RATE, _LONGEST, _VALLEY = 0.02, 5.0, 10.0


def _cliff_runs() -> tuple[Run, ...]:
    entries = (
        Entry("sgd", {"lr": _RATE}),
        Entry("sgd", {"lr": 1e-11}),
        Entry("momentum", {"lr": _RATE}),
        Entry("sgd", {"lr": _RATE}, modifiers=(("clip_norm", {"max_norm": _LONGEST}),)),
    )
    return (Run("", RaceSpec("cliff", entries, (0.0, -1.0), 100)),)


def _lengths(result: RaceResult) -> npt.NDArray[np.float64]:
    """Return the length of every step of every racer."""
    return np.asarray(np.sqrt(np.sum(np.diff(result.path, axis=1) ** 2, axis=-1)))


def _down(result: RaceResult, racer: int) -> bool:
    """Return whether a racer ends in the valley, where the loss is a few units instead of hundreds of millions."""
    return bool(abs(result.loss[racer, -1]) < _VALLEY)


def _cliff_proof(result: RaceResult) -> tuple[Proof, ...]:
    steep = 20 * math.exp(20)
    slope = math.hypot(-3 / 5000 - 1 + steep, 1 - steep)
    length = _lengths(result)
    return (
        Proof(message("Longest step of the clipped SGD"), float(np.max(length[3])), "0.02 × 5", _RATE * _LONGEST, 1e-9),
        Proof(message("First step of plain SGD"), float(length[0, 0]), message("0.02 × the slope"), _RATE * slope, 1.0),
    )


cliff = Lesson(
    "cliff",
    "The cliff",
    "A wall above a gentle valley: at the start (0, -1) the slope is 14 billion, in the valley below less than 1. SGD has 100 "
    "steps.",
    "What brings SGD down from the cliff?",
    (
        Choice(
            "Clipping: a gradient longer than 5 is cut to length 5",
            "The direction was good all along, only the length was not. Clipped, no step is longer than 0.02 × 5 = 0.1.",
            lambda said, result: _down(result, 3) and one_of(said, np.max(_lengths(result)[3]) / _RATE, 1e-6),
            right=True,
        ),
        Choice(
            "A learning rate small enough for the wall",
            "With lr = 0.00000000001 it survives the wall, but it is still far up after 100 steps, and in the valley it would "
            "stand still.",
            lambda _, result: _down(result, 1),
        ),
        Choice(
            "Momentum, which smooths its steps",
            "Its first step is that of plain SGD: nothing has been averaged yet. It lands hundreds of millions away.",
            lambda _, result: _down(result, 2),
        ),
    ),
    _cliff_runs,
    _cliff_proof,
    "With lr 0.02 plain SGD lands 274 million away after one step. A rate that suits the wall is useless in the valley, which "
    "is ten billion times less curved. Clipping keeps the direction and limits the length, so one rate serves both.",
    "Recurrent networks have such walls in their loss. Clipping by norm is part of many training loops for this reason.",
    theme=_THEME,
)


def _level(result: RaceResult) -> bool:
    """Return whether the ground is level where Conjugate gradient ends, as in a minimum; there it is 0.00013 steep."""
    return bool(result.gradient_norm[1, -1] < 1e-6)


def _beale_proof(result: RaceResult) -> tuple[Proof, ...]:
    x, y = result.path[1, -1].tolist()
    u = 111 / 112
    limit = (1.5 - u) ** 2 + (2.25 - 2 * u) ** 2 + (2.625 - 3 * u) ** 2
    return (
        Proof(
            message("Loss of Conjugate gradient at the end"), float(result.loss[1, -1]), message("limit of the valley"), limit, 0.01
        ),
        Proof(message("x(1 - y) there"), x * (1 - y), "111/112", u, 0.01),
        Proof(message("Its distance from the minimum"), float(result.distance[1, -1]), "", 100.0, 0.0, at_least=True),
    )


beale = Lesson(
    "beale",
    "Beale's valley",
    "Beale's function has a single minimum, 0 at (3, 0.5). From (-3.5, 1.2) the loss soon falls step by step, and the slope "
    "gets smaller and smaller.",
    "A falling loss and a fading slope: where does the run end?",
    (
        Choice(
            "In the minimum at (3, 0.5): there is no other",
            "There is no other minimum. But there is another way down, and it has no end.",
            lambda said, result: all(one_of(said, end, 1e-3) for end in result.path[1, -1].tolist()),
        ),
        Choice(
            "In a local minimum with a loss of 0.452",
            "The number is right, but no point has this loss: it is only approached, while x runs away.",
            lambda said, result: _level(result) and one_of(said, result.loss[1, -1], 0.01),
        ),
        Choice(
            "Nowhere: it runs away for ever",
            "The valley leads out to x = -∞. It falls all the way and has no bottom.",
            lambda _, result: not _level(result) and bool(result.distance[1, -1] > 100),
            right=True,
        ),
    ),
    lambda: (Run("", RaceSpec("beale", (Entry("adam", {"lr": 0.1}), Entry("conjugate_gradient")), (-3.5, 1.2), 300)),),
    _beale_proof,
    "While y goes to 1 and x to -∞, x(1 - y) tends to 111/112 and the loss to 0.452, which it never reaches. So a falling loss "
    "and a vanishing slope do not prove that a minimum is near.",
    "A classifier that separates its training data does the same: its weights grow for ever while the loss creeps down. Weight "
    "decay stops it.",
    theme=_THEME,
)
