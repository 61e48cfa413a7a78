"""Classes in a plane, generated with noise: small problems whose decision regions can be drawn."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from optim.core.types import Array
from optim.i18n.message import message
from optim.networks.data.data_set import DataSet, NamedData, split

Place = Callable[[np.random.Generator, Any], Array]
"""Where examples of given classes (n,) lie, (2, n)."""
EXAMPLES = 600
"""Examples of all classes together."""
GENERATED = message("generated, with a fixed seed")


def _moons(rng: np.random.Generator, labels: Any) -> Array:
    """Two half circles that reach into each other."""
    angle = rng.uniform(0.0, np.pi, len(labels))
    upper = np.stack([np.cos(angle), np.sin(angle)])
    return np.where(labels == 0, upper, np.array([[1.0], [0.5]]) - upper) + rng.normal(0.0, 0.15, upper.shape)


def _circles(rng: np.random.Generator, labels: Any) -> Array:
    """A circle in a circle."""
    angle, radius = rng.uniform(0.0, 2 * np.pi, len(labels)), np.where(labels == 0, 1.0, 0.45)
    ring: Array = radius * np.stack([np.cos(angle), np.sin(angle)])
    return ring + rng.normal(0.0, 0.08, ring.shape)


def _spirals(rng: np.random.Generator, labels: Any) -> Array:
    """Three arms wound around each other; their examples lie evenly along them."""
    way = rng.uniform(0.1, 1.0, len(labels))
    angle = 4.0 * way + 2 * np.pi / 3 * labels
    arms: Array = way * np.stack([np.cos(angle), np.sin(angle)])
    return arms + rng.normal(0.0, 0.03, arms.shape)


def _xor(rng: np.random.Generator, labels: Any) -> Array:
    """Four clouds, opposite ones of one class."""
    side = np.where(rng.random(len(labels)) < 0.5, -1.0, 1.0)
    corner: Array = np.stack([side, np.where(labels == 0, side, -side)])
    return corner + rng.normal(0.0, 0.35, corner.shape)


def _made(place: Place, name: str, title: str, classes: int) -> DataSet:
    rng = np.random.default_rng(list(name.encode()))
    labels = np.arange(EXAMPLES) % classes
    points = place(rng, labels).T
    order, training = split(EXAMPLES)
    low, high = np.floor(points.min(axis=0) * 4) / 4, np.ceil(points.max(axis=0) * 4) / 4
    view = tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))
    return DataSet(
        name=name,
        title=title,
        inputs=points[order],
        targets=labels[order],
        training=training,
        classes=tuple("ABC"[:classes]),
        view=view,
        source=GENERATED,
    )


def _named(name: str, title: str, place: Place, teaches: str, classes: int = 2) -> NamedData:
    return NamedData(name, title, partial(_made, place, name, title, classes), teaches, GENERATED)


two_moons = _named("two_moons", message("Two moons"), _moons, message("A bent border: one hidden layer is enough, none is not."))
circles = _named("circles", message("Circles"), _circles, message("A closed border, which no straight line comes near."))
spirals = _named(
    "spirals", message("Spirals"), _spirals, message("A long border: depth and patience pay, and a bad rate shows."), classes=3
)
xor = _named("xor", message("XOR"), _xor, message("The classic that no network without a hidden layer can learn."))
