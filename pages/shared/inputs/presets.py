"""Presets: ready experiments, each one object. The first is what a visitor sees who changes nothing."""

from dataclasses import dataclass, replace

from optim import Entry, RaceSpec


@dataclass(frozen=True)
class Preset:
    """A ready experiment: its title, the question it asks, its spec, and the preset whose winner it is compared with."""

    title: str
    question: str
    spec: RaceSpec
    versus: "Preset | None" = None


def _racers(origin: str, **rates: float) -> tuple[Entry, ...]:
    """One entry per optimizer, with its learning rate."""
    return tuple(Entry(name, {"lr": lr}, origin=origin) for name, lr in rates.items())


_BOOK = _racers("book", sgd=0.95, momentum=0.1, adagrad=1.5, adam=0.3)
_STABLE = "chosen to stay stable"

BOOK = Preset(
    "The book's race",
    "Four optimizers, each with the learning rate the book chose for it. Who gets lowest in 30 steps?",
    RaceSpec("elongated_bowl", _BOOK, (-7.0, 2.0), 30),
)

_NARROW = _racers(_STABLE, sgd=0.19, momentum=0.02, adagrad=0.5, adam=0.3)
_STRAIGHT = Preset(
    "Adam at home",
    "A valley 500 times steeper across than along, and it runs along the x axis. Who gets down in 200 steps?",
    RaceSpec("elongated_bowl", _NARROW, (-7.0, 2.0), 200, stretch=0.2),
)
WAVES = Preset(
    "A formula of your own",
    "Somebody typed this: a bowl with waves on it. Who rolls over the waves into the lowest minimum?",
    RaceSpec(
        "sin(x)*cos(y) + (x**2 + y**2)/20",
        _racers(_STABLE, sgd=0.1, momentum=0.1, rmsprop=0.1, adam=0.1),
        (4.0, -4.0),
        300,
    ),
)

PRESETS = (
    BOOK,
    Preset(
        "One rate for all",
        "The same race, but everybody gets lr = 0.1. Does the same optimizer win?",
        RaceSpec("elongated_bowl", _racers("same for all", sgd=0.1, momentum=0.1, adagrad=0.1, adam=0.1), (-7.0, 2.0), 30),
        versus=BOOK,
    ),
    Preset(
        "One step too far",
        "Three SGDs, just below, at and above the largest learning rate this bowl allows. What happens at the limit?",
        RaceSpec(
            "elongated_bowl",
            tuple(Entry("sgd", {"lr": lr}, origin="chosen to show the limit") for lr in (0.95, 1.0, 1.05)),
            (-7.0, 2.0),
            60,
        ),
    ),
    Preset(
        "AdaGrad's long run",
        "The book's AdaGrad and Momentum for 10 000 steps. AdaGrad's steps only ever shrink: does it still arrive?",
        RaceSpec("elongated_bowl", (_BOOK[2], _BOOK[1]), (-7.0, 2.0), 10_000),
    ),
    Preset(
        "Along the banana",
        "Rosenbrock's curved valley: everybody finds it. Who gets through it?",
        RaceSpec(
            "rosenbrock",
            _racers(_STABLE, sgd=0.001, momentum=0.0005, nesterov=0.0005, adagrad=0.5, rmsprop=0.005, adam=0.05),
            (-1.2, 1.0),
            500,
        ),
    ),
    Preset(
        "The turned valley",
        "A narrow valley that runs diagonally: scaling x and y one by one no longer helps. Who still gets down?",
        RaceSpec("rotated_ellipse", _racers(_STABLE, sgd=0.018, momentum=0.0032, adagrad=3.8, adam=0.3), (-4.0, -3.0), 200),
    ),
    _STRAIGHT,
    Preset(
        "Adam, turned by 45 degrees",
        "The same valley, start and rates, but it runs diagonally. Does Adam still win?",
        replace(_STRAIGHT.spec, rotate=45.0),
        versus=_STRAIGHT,
    ),
    Preset(
        "Which minimum?",
        "Himmelblau has four minima of the same depth. Do all four racers end in the same one?",
        RaceSpec("himmelblau", _racers(_STABLE, sgd=0.01, momentum=0.01, rmsprop=0.1, adam=0.5), (0.0, 0.0), 200),
    ),
    WAVES,
    Preset(
        "Leaving the saddle",
        "All start on a ridge, a hair's breadth off its top line. Who notices the way down first?",
        RaceSpec("saddle", _racers("same for all", sgd=0.05, momentum=0.05, rmsprop=0.05, adam=0.05), (-1.5, 0.001), 60),
    ),
    Preset(
        "Noisy slopes",
        "The book's race with noise on every gradient, the same for all. How much of the ranking is luck?",
        RaceSpec("elongated_bowl", _BOOK, (-7.0, 2.0), 100, noise=0.5),
        versus=BOOK,
    ),
)
