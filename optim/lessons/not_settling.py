"""Lessons of runs that arrive and do not settle: how near each comes, and what decides it."""

import math

import numpy as np
import numpy.typing as npt

from optim.i18n.message import message
from optim.lessons.lesson import Choice, Lesson, Proof, Run, one_of
from optim.races.entry import Entry
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec

_THEME = "Arriving without settling"
_FALLING = "cosine"

_NOISE, _RATE, _SLOWER, _BETA, _CURVATURE = 2.0, 0.1, 0.01, 0.9, 2.0
_LOWER = 0.9
"""Means of a noisy race within a tenth of each other count as equal."""


def _floor(lr: float, beta: float) -> float:
    """Return the mean loss at which heavy ball hovers on the sphere: half of curvature times variance, in two coordinates."""
    return lr * _NOISE**2 * (1 + beta) / ((1 - beta) * (2 * (1 + beta) - lr * _CURVATURE))


def _noise_runs() -> tuple[Run, ...]:
    entries = (
        Entry("momentum", {"lr": _RATE, "momentum": _BETA}),
        Entry("sgd", {"lr": _RATE}),
        Entry("momentum", {"lr": _SLOWER, "momentum": _BETA}),
    )
    return (Run("", RaceSpec("sphere", entries, (2.0, 2.0), 2000, noise=_NOISE), log=False),)


def _means(result: RaceResult) -> list[float]:
    """Return every racer's mean loss once it hovers."""
    means: list[float] = np.mean(result.loss[:, 200:], axis=1).tolist()
    return means


def _noise_ratio(result: RaceResult) -> float:
    """Return how many times as high Momentum hovers as SGD at the same lr."""
    momentum, sgd, _ = _means(result)
    return momentum / sgd


def _noise_proof(result: RaceResult) -> tuple[Proof, ...]:
    means = _means(result)
    floors = [_floor(_RATE, _BETA), _floor(_RATE, 0.0), _floor(_SLOWER, _BETA)]
    ratio, formula = floors[0] / floors[1], "2² lr (1 + β) / ((1 - β) (2 (1 + β) - 2 lr))"
    return (
        Proof(message("Mean loss of Momentum over that of SGD"), _noise_ratio(result), "", ratio, 0.1 * ratio),
        Proof(message("Mean loss of Momentum, lr 0.1"), means[0], formula, floors[0], 0.1 * floors[0]),
        Proof(message("Mean loss of SGD"), means[1], "2² lr / (2 - 2 lr)", floors[1], 0.1 * floors[1]),
        Proof(message("Mean loss of Momentum, lr 0.01"), means[2], formula, floors[2], 0.1 * floors[2]),
    )


noise = Lesson(
    "noise",
    "Noise",
    "Noise of size 2 on every gradient. SGD and Momentum (0.9) have lr 0.1, a second Momentum has lr 0.01.",
    "Momentum averages gradients. At the same lr, does noise leave it lower than SGD?",
    (
        Choice(
            "Higher, by about 1/(1 - 0.9) = 10 times",
            "Each noisy gradient acts 1 + 0.9 + 0.81 + ... = 10 times, so the run hovers about ten times higher.",
            lambda said, result: one_of(said, _noise_ratio(result), 1),
            right=True,
        ),
        Choice(
            "Lower: averaging takes the noise out",
            "It averages, but it also goes farther: the velocity adds up 1 + 0.9 + 0.81 + ... = 10 times every noisy gradient.",
            lambda _, result: _noise_ratio(result) < _LOWER,
        ),
        Choice(
            "Equally low: the noise is the same",
            "The noise is the same, but not how far it carries. With momentum each noisy gradient acts ten times.",
            lambda _, result: _LOWER <= _noise_ratio(result) <= 1 / _LOWER,
        ),
    ),
    _noise_runs,
    _noise_proof,
    "The floor follows lr/(1 - momentum). At the same lr, momentum hovers about ten times higher; with a tenth of lr it is back "
    "near SGD's floor. Only a smaller or falling lr gets below, or an average of the points.",
    "Who turns momentum from 0 up to 0.9 should turn lr down tenfold. And when lr drops late in training, this floor is what "
    "drops.",
    theme=_THEME,
)

_LR, _BETA1, _ARRIVED, _SETTLED = 0.3, 0.9, 500, 1500


def _swings(result: RaceResult) -> list[float]:
    """Return Adam's root mean square of x and of y after it has arrived."""
    swings: list[float] = np.sqrt(np.mean(result.path[0, _SETTLED:] ** 2, axis=0)).tolist()
    return swings


def _cycle_proof(result: RaceResult) -> tuple[Proof, ...]:
    x, y = _swings(result)
    swing = _LR * (1 - _BETA1) / (2 * (1 + _BETA1))
    return (
        Proof(message("Root mean square of x from step 1500 on"), x, "0.3 / 38", swing, 0.15 * swing),
        Proof(message("Root mean square of y from step 1500 on"), y, "0.3 / 38", swing, 0.15 * swing),
        Proof(message("Distance at the end with a falling lr"), float(result.distance[1, -1]), "", 0.0, 1e-6),
    )


cycle = Lesson(
    "cycle",
    "Adam at the bottom",
    "The bowl x²/20 + y² without any noise. Adam (lr 0.3, beta2 0.99) has 3000 steps and arrives within the first few hundred.",
    "A smooth bowl, no noise: what does Adam do after it has arrived?",
    (
        Choice(
            "It stands still: the slope there is zero",
            "Its divisor fades along with the slope, and small slopes over a small divisor make long steps again.",
            lambda _, result: bool(np.all(result.path[0, _SETTLED:] == result.path[0, -1])),
        ),
        Choice(
            "It comes closer and closer, as SGD would",
            "At first it does, until the loss is below 10⁻³⁰. Meanwhile its divisor shrinks, until its steps are too long for "
            "the bowl.",
            lambda _, result: bool(np.max(result.distance[0, _SETTLED:]) < np.min(result.distance[0, _ARRIVED:_SETTLED])),
        ),
        Choice(
            "It keeps swinging, by about lr / 38 in x and in y",
            "The swing is lr (1 - 0.9) / (2 (1 + 0.9)) = lr / 38 in both, although y is 20 times steeper.",
            lambda said, result: all(one_of(said, _LR / swing, 6) for swing in _swings(result)),
            right=True,
        ),
    ),
    lambda: (
        Run(
            "",
            RaceSpec(
                "elongated_bowl",
                tuple(Entry("adam", {"lr": _LR, "beta2": 0.99}, schedule=schedule) for schedule in ("constant", _FALLING)),
                (-7.0, 2.0),
                3000,
            ),
        ),
    ),
    _cycle_proof,
    "The divisor remembers the last hundred slopes or so. As they fade, it fades, until lr × curvature / divisor passes 38 and "
    "the run bursts out, again and again. On average it swings by lr / 38, however steep the bowl. With a falling lr it comes "
    "to rest.",
    "Sudden spikes late in a run with Adam need not be bad data: this is enough. A learning rate that falls calms them.",
    theme=_THEME,
)

_HOP = 0.1


def _hops(result: RaceResult) -> npt.NDArray[np.float64]:
    """Return the length of every hop of every racer, in x and in y."""
    return np.abs(np.diff(result.path, axis=1))


def _hop_proof(result: RaceResult) -> tuple[Proof, ...]:
    last = _hops(result)[:, -1]
    return (
        Proof(message("RMSProp's last hop in x"), float(last[0, 0]), "lr", _HOP, 1e-4),
        Proof(message("RMSProp's last hop in y"), float(last[0, 1]), "lr", _HOP, 1e-4),
        Proof(message("SGD's last hop in y"), float(last[1, 1]), "lr × 10", 10 * _HOP, 1e-9),
    )


def _hop_runs() -> tuple[Run, ...]:
    entries = (
        Entry("rmsprop", {"lr": _HOP, "alpha": 0.9}),
        Entry("sgd", {"lr": _HOP}),
        Entry("rmsprop", {"lr": _HOP, "alpha": 0.9}, schedule=_FALLING),
    )
    return (Run("", RaceSpec("l1_ravine", entries, (-3.97, 1.53), 120)),)


hop = Lesson(
    "hop",
    "The kink",
    "The ravine |x| + 10|y|: the slope is 1 along x and 10 along y, down to the very bottom. RMSProp and SGD have lr = 0.1.",
    "At the bottom RMSProp hops to and fro. How far in x, and how far in y?",
    (
        Choice(
            "0.1 in x and 1 in y: lr times the slope",
            "That is what SGD does. RMSProp divides each slope by its own size first.",
            lambda said, result: said == {round(hop, 3) for hop in _hops(result)[0, -1].tolist()},
        ),
        Choice(
            "0.1 in x and 0.1 in y",
            "A slope that stays as it is, divided by its own root mean square, is 1. That holds for 1 and for 10.",
            lambda said, result: said == {round(hop, 3) for hop in _hops(result)[0, -1].tolist()},
            right=True,
        ),
        Choice(
            "Less and less: the hops die away",
            "The slope does not fade towards the bottom, and neither do the steps. It takes a falling lr to end the hopping.",
            lambda _, result: bool(np.all(_hops(result)[0, -1] < _hops(result)[0, -20] / 2)),
        ),
    ),
    _hop_runs,
    _hop_proof,
    "RMSProp's divisor is the root mean square of recent slopes: 1 along x, 10 along y. So both steps have length lr, and the "
    "run ends in a cycle of two points. SGD hops by lr × slope, ten times farther in y than in x.",
    "Absolute errors, L1 penalties and ReLU have kinks whose slope never fades. There a falling learning rate is part of the "
    "method.",
    theme=_THEME,
)

_COARSE, _FINE = 0.3, 0.03


def _sign_runs() -> tuple[Run, ...]:
    rates = ((_COARSE, "constant"), (_FINE, "constant"), (_COARSE, _FALLING))
    entries = tuple(Entry("signum", {"lr": lr, "beta": 0.0}, schedule=schedule) for lr, schedule in rates)
    return (Run("", RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 400)),)


def _sign_ends(result: RaceResult) -> dict[float, float]:
    """Return the distance at the end by learning rate, of the two that keep theirs."""
    return {_COARSE: float(result.distance[0, -1]), _FINE: float(result.distance[1, -1])}


def _nearest(ends: dict[float, float]) -> float:
    return min(ends, key=ends.__getitem__)


def _sign_proof(result: RaceResult) -> tuple[Proof, ...]:
    hops = np.abs(result.path[:, -1, 0] - result.path[:, -2, 0])
    soon, late = (int(np.argmax(result.path[i, :, 0] >= 0)) for i in range(2))
    return (
        Proof(message("Last step in x with lr 0.3"), float(hops[0]), "lr", _COARSE, 1e-9),
        Proof(message("Last step in x with lr 0.03"), float(hops[1]), "lr", _FINE, 1e-9),
        Proof(message("Steps until x = 0 with lr 0.3"), soon, "7 / 0.3", 7 / _COARSE, 1.0),
        Proof(message("Steps until x = 0 with lr 0.03"), late, "7 / 0.03", 7 / _FINE, 1.0),
    )


sign = Lesson(
    "sign",
    "Steps of one length",
    "Signum without momentum moves each coordinate by exactly lr, in the direction of the slope's sign. It starts at (-7, 2) "
    "and has 400 steps, once with lr 0.3 and once with lr 0.03.",
    "Which of the two is nearer to the minimum at the end?",
    (
        Choice(
            "lr 0.03",
            "It takes 234 steps to get there, and then hops by 0.03 instead of 0.3.",
            lambda said, result: _nearest(_sign_ends(result)) in said,
            right=True,
        ),
        Choice(
            "lr 0.3: it gets there ten times sooner",
            "It does get there sooner, after 24 steps. But every further step is 0.3 long again.",
            lambda said, result: _nearest(_sign_ends(result)) in said,
        ),
        Choice(
            "Neither: 400 steps are enough for both",
            "They are enough to arrive, but to arrive is not to settle: each goes on hopping by its own lr.",
            lambda _, result: math.isclose(*_sign_ends(result).values(), abs_tol=_FINE),
        ),
    ),
    _sign_runs,
    _sign_proof,
    "A step is as long beside the minimum as far away from it. So it takes 7/lr steps to arrive, and after that the run hops by "
    "lr: ten times nearer costs ten times as long. A falling lr has both, speed first and rest at the end.",
    "Lion steps like this. It wants a learning rate smaller than Adam's, and a schedule that ends near zero.",
    theme=_THEME,
)
