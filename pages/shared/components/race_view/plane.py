"""The race view of a training: its paths on a plane in the space of weights, under the same clock and controls as any race."""

from itertools import chain
from typing import Any

from optim import NetworkResult
from optim.figures.plane import plane_axes, plane_chart, plane_playback
from optim.i18n.message import message, plural
from optim.i18n.phrases import sentences
from optim.networks.views.landscape import EXAMPLES
from optim.networks.views.plane import Plane
from optim.reports import plane_claim
from pages.shared.components.race_view.component import Scene, moving, played, show_ground, show_scene, unbound
from pages.shared.compute.cache import Ground
from pages.shared.compute.landscapes import Seen
from pages.shared.text.translation import translate

KEY = "net plane"
TEXTS = {
    "surface": message("The training on the loss surface. Arrow keys turn and tilt it, + and − zoom, 0 resets the view."),
    "map_fixed": message("The training on the map of the loss"),
    "ready": message("Training has not begun. Press play."),
    "off": message("Training has not begun."),
    "soon": message("It plays as soon as the surface is drawn."),
    "still": message("Your device asks for less motion, so the end is shown; play goes step by step."),
    "failed": message("The pictures could not be drawn: {error}. The numbers above are complete."),
}
"""What the view says of a training in its own words."""


def show_plane(result: NetworkResult, seen: Seen, theme: str) -> None:
    """Show the paths of a training on a plane, ready to play; the surface is coarse at first and becomes finer while it plays."""
    first = next(seen.grounds)
    show_scene(plane_scene(result, seen, first, theme), KEY)
    for number, ground in enumerate(chain([first], seen.grounds)):
        show_ground(ground, f"{KEY} {number} ")


def plane_scene(result: NetworkResult, seen: Seen, ground: Ground, theme: str) -> Scene:
    """Return what the browser plays of a training."""
    shown = plane_chart(result, seen.truth)
    roll = plane_playback(result, seen.plane, seen.truth, ground.land)
    axes = plane_axes(shown, theme, translator=translate)
    scene = moving(roll, axes, ground.name)
    return unbound(played(scene, ground, theme, _words(result, seen)), _note(result, roll.facts["start"]), play=True)


def _words(result: NetworkResult, seen: Seen) -> dict[str, Any]:
    said = plane_claim(result, seen.truth)
    share = _share(seen.plane)
    return {
        "title": translate(result.spec.examples.title),
        "formula": translate(share) if share else "",
        "verdict": {"headline": translate(said.headline), "winner": said.winner},
        "arrows": {},
    }


def _share(plane: Plane) -> str:
    return message("{share} of the variance", share=f"{plane.share:.0%}") if len(plane.shares) else ""


def _note(result: NetworkResult, start: Any) -> str:
    told = plural(
        "Weights are known at every step, and lines between are straight. Losses are those of the first {training} training "
        "examples. A racer stands where the plane is nearest to it: the thin curve is the loss there, the thick one its true loss.",
        "Weights are known every {count} steps, and lines between are straight. Losses are those of the first {training} training "
        "examples. A racer stands where the plane is nearest to it: the thin curve is the loss there, the thick one its true loss.",
        result.spec.interval,
        training=min(EXAMPLES, result.spec.examples.training),
    )
    return translate(told if start is None else sentences(message("The ring is where all begin."), told))
