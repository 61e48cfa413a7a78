"""Lessons of flat places: where the slope is nearly nothing, and who moves all the same."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optim.i18n.message import message
from optim.lessons.lesson import Choice, Lesson, Proof, Run, one_of
from optim.races.entry import Entry
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec

_THEME = "Flat places"
_RATE, _GONE = 0.1, 0.5


def _saddle_runs() -> tuple[Run, ...]:
    entries = (Entry("sgd", {"lr": _RATE}), Entry("adam", {"lr": _RATE}))
    near = RaceSpec("stalling_saddle", entries, (1.5, 1e-3), 180)
    return Run("0.001 beside the ridge", near), Run("0.000001 beside the ridge", replace(near, start=(1.5, 1e-6)))


def _waits(result: RaceResult) -> npt.NDArray[np.float64]:
    """Return after how many steps each racer has left the saddle, infinity for who never does."""
    gone = np.abs(result.path[:, :, 1]) >= _GONE
    return np.where(gone.any(axis=1), np.argmax(gone, axis=1), np.inf)


def _saddle_proof(near: RaceResult, nearer: RaceResult) -> tuple[Proof, ...]:
    sgd, adam = (_waits(nearer) - _waits(near)).tolist()
    return (
        Proof(message("More steps for SGD"), sgd, "ln 1000 / ln 1.1", math.log(1000) / math.log1p(_RATE), 1.0),
        Proof(message("More steps for Adam"), adam, "", 0.0, 1.0),
    )


saddle = Lesson(
    "saddle",
    "The saddle",
    "Beyond a saddle lie two minima. SGD (lr 0.1) that starts 0.001 beside the ridge has left the saddle after 67 steps. Now it "
    "starts 0.000001 beside it.",
    "A thousand times nearer to the ridge: how much longer does SGD stay?",
    (
        Choice(
            "A thousand times as long",
            "It would, if it moved away by a fixed amount per step. But the distance grows by a tenth per step: it doubles "
            "every 7 steps.",
            lambda said, near, nearer: one_of(said, _waits(nearer)[0] / _waits(near)[0], 100),
        ),
        Choice(
            "72 steps longer",
            "Growing by a tenth per step, the distance becomes a thousand times as large in ln 1000 / ln 1.1 = 72.5 steps.",
            lambda said, near, nearer: one_of(said, _waits(nearer)[0] - _waits(near)[0], 1),
            right=True,
        ),
        Choice(
            "For ever: the slope is zero there",
            "Only on the ridge itself, at y = 0. Anything beside it grows, be it a rounding error.",
            lambda _, __, nearer: bool(np.isinf(_waits(nearer)[0])),
        ),
    ),
    _saddle_runs,
    _saddle_proof,
    "Near the saddle each step multiplies the distance from the ridge by 1 + lr × 1 = 1.1. The time to leave therefore grows "
    "with the logarithm only: 72 steps for every factor of 1000. The loss seems to have stopped, and then it drops.",
    "A long flat stretch in a training curve may be a saddle and not the end. Adam divides by the size of the slope and leaves "
    "within a few steps from either start.",
    theme=_THEME,
)


def _first_steps(result: RaceResult) -> npt.NDArray[np.float64]:
    """Return how long each racer's first step is, in x and in y."""
    return np.abs(result.path[:, 1] - result.path[:, 0])


def _plateau_proof(result: RaceResult) -> tuple[Proof, ...]:
    first = _first_steps(result)
    x, y = result.spec.start
    radius = math.hypot(x, y)
    slope = radius * math.exp(-(radius**2) / 2)
    return (
        Proof(message("Adam's first step in x"), float(first[2, 0]), "lr", _RATE, 1e-3),
        Proof(message("Adam's first step in y"), float(first[2, 1]), "lr", _RATE, 1e-3),
        Proof(message("SGD's first step"), math.hypot(*first[0].tolist()), message("lr × the slope"), _RATE * slope, 1e-9),
    )


plateau = Lesson(
    "plateau",
    "The plateau",
    "Far out on a plateau, at (3.8, 2.5), the slope is only 0.00015. SGD, Momentum and Adam all have lr = 0.1.",
    "How fast does Adam walk where there is almost no slope?",
    (
        Choice(
            "0.1 per step in x and in y",
            "The slope divided by its own size is 1. So lr alone sets the pace.",
            lambda said, result: all(one_of(said, step, 1e-3) for step in _first_steps(result)[2]),
            right=True,
        ),
        Choice(
            "As slowly as SGD: both see the same slope",
            "Both see it, but Adam divides it by its own size. What is left is hardly more than its sign.",
            lambda _, result: np.allclose(_first_steps(result)[2], _first_steps(result)[0], rtol=0.1),
        ),
        Choice(
            "Not at all: so small a slope is lost in eps",
            "eps is 0.00000001, ten thousand times smaller than this slope. With eps = 0.01 you would nearly be right.",
            lambda _, result: np.array_equal(_first_steps(result)[2], [0.0, 0.0]),
        ),
    ),
    lambda: (
        Run("", RaceSpec("plateau", tuple(Entry(name, {"lr": _RATE}) for name in ("sgd", "momentum", "adam")), (3.8, 2.5), 100)),
    ),
    _plateau_proof,
    "Adam divides the slope by the root mean square of the slopes so far. At first that is the slope's own size, and the step "
    "is lr = 0.1, whether the slope is 0.00015 or 15 000. SGD's step is lr × slope: 0.000015.",
    "So Adam gets going where SGD seems stuck, and its eps matters wherever gradients are tiny. Raise eps and watch it stop.",
    theme=_THEME,
)
