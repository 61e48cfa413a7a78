"""Guided ways through the race view: what is said at each stop, what the visitor does there, and which race it opens."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from optim import FormulaError, RaceSpec, SpecError
from optim.i18n.message import message
from pages.shared.inputs.presets import BOOK
from pages.shared.text.translation import translate


@dataclass(frozen=True)
class Stop:
    """What is said, and how long it stands: until the visitor has done what `until` names, or for some seconds of a playing race.

    `until` is one of the events that `tour.js` tells: "start" set, race "ended", "past limit" dragged, "opened" by the button.
    `opens` returns the race that the stop is about, from the one at hand; None keeps that one.
    """

    text: str
    until: str = "opened"
    seconds: float | None = None
    opens: Callable[[RaceSpec], RaceSpec] | None = None
    button: str | None = None


@dataclass(frozen=True)
class Tour:
    """A guided way: its title on a button, and its stops."""

    title: str
    stops: tuple[Stop, ...]


def first_racers(count: int) -> Callable[[RaceSpec], RaceSpec]:
    """Return what opens the book's race with its first `count` racers only."""
    return lambda _: replace(BOOK.spec, entries=BOOK.spec.entries[:count])


def with_momentum(spec: RaceSpec) -> RaceSpec:
    """Return a race with the book's Momentum beside its racers."""
    return replace(spec, entries=(*spec.entries, BOOK.spec.entries[1]))


SEEN = 15.0
"""Seconds for each of the four optimizers: eight of racing, the rest to read."""

TOURS = {
    "guide": Tour(
        message("Show me around"),
        (
            Stop(message("Click on the map: the race starts from there."), "start", opens=first_racers(1)),
            Stop(message("Press play, and watch SGD go down to the star."), "ended"),
            Stop(message("Drag SGD's learning rate past the mark 2/λ and let go."), "past limit"),
            Stop(
                message("Past the limit every step across the valley is longer than the last. Add Momentum, at the book's rate."),
                button=message("Add Momentum"),
            ),
            Stop(message("Your turn: choose another function in the sidebar, or drag another rate."), opens=with_momentum),
        ),
    ),
    "zigzag": Tour(
        message("The zigzag in 60 seconds"),
        (
            Stop(
                message("SGD follows the slope. It is steep across the valley and flat along it, so SGD zigzags."),
                seconds=SEEN,
                opens=first_racers(1),
            ),
            Stop(
                message("Momentum adds up past gradients: across the valley they cancel, along it they add up."),
                seconds=SEEN,
                opens=first_racers(2),
            ),
            Stop(
                message("AdaGrad divides by the gradients so far, so its steps across the valley shrink."),
                seconds=SEEN,
                opens=first_racers(3),
            ),
            Stop(
                message("Adam does both: it averages the gradients and divides by their size."),
                seconds=SEEN,
                opens=first_racers(4),
            ),
        ),
    ),
}


def tours() -> list[dict[str, Any]]:
    """Return what the browser says and waits for, in the visitor's language."""
    return [
        {
            "id": name,
            "title": translate(tour.title),
            "stops": [
                {
                    "text": translate(stop.text),
                    "until": stop.until,
                    "seconds": stop.seconds,
                    "opens": stop.opens is not None,
                    "button": translate(stop.button) if stop.button else None,
                }
                for stop in tour.stops
            ],
        }
        for name, tour in TOURS.items()
    ]


def opened(chosen: object, race: Callable[[], RaceSpec]) -> RaceSpec | None:
    """Return the race that a stop opens, `chosen` is its tour's name and its place there; None where it opens none."""
    match chosen:
        case [str(name), int(at)] if name in TOURS and 0 <= at < len(TOURS[name].stops):
            opens = TOURS[name].stops[at].opens
            with suppress(FormulaError, SpecError):  # a race that cannot be stays as it is
                return opens(race()) if opens else None
    return None
