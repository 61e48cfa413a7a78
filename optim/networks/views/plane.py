"""Planes in the space of weights: the joint one of all paths, random ones around an end, and what each of them hides."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optim.core.errors import DataError
from optim.core.oracle import WEIGHTS, seeded
from optim.core.types import Array, Box
from optim.i18n.message import message
from optim.networks.result import NetworkResult

MARGIN = 0.15
"""How far a picture goes beyond the paths, as a share of their extent."""
_SAME = 1e-12
"""A share of the variance below this is rounding: paths on a line have one axis."""
LITTLE = 0.5
"""A plane that holds less of the variance than this shows the smaller part."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane: the `centre` (d,), two `axes` (d, 2), and `paths` (entries, k, 2), the coordinates of each entry's points at marks.

    Points that are not finite have none, and an entry that diverged has none at all: its way would be all that is seen. `shares`
    are the parts of the paths' variance along each principal axis, largest first; none where the plane is not made of paths.
    """

    centre: Array
    axes: Array
    paths: Array
    shares: Array

    @cached_property
    def _inverse(self) -> Array:
        """What makes coordinates of a point's products with the axes, which need not be orthogonal."""
        return np.asarray(np.linalg.pinv(self.axes.T @ self.axes))

    def coordinates(self, points: Array) -> Array:
        """Return the coordinates (..., 2) of what is nearest to points (..., d) on the plane."""
        return np.asarray((points - self.centre) @ self.axes @ self._inverse)

    def points(self, coordinates: Array) -> Array:
        """Return the points (..., d) with these coordinates (..., 2)."""
        return np.asarray(self.centre + coordinates @ self.axes.T)

    @property
    def share(self) -> float:
        """The part of the paths' variance that the plane holds; NaN where it is not made of paths."""
        return float(self.shares[:2].sum()) if len(self.shares) else float("nan")

    @property
    def box(self) -> Box:
        """A window that holds the paths, with a margin; one unit around the centre where it is not made of them, or none moved."""
        finite = self.paths[np.isfinite(self.paths).all(axis=-1)]
        low, high = finite.min(axis=0), finite.max(axis=0)
        if not len(self.shares) or np.array_equal(low, high):
            return ((-1.0, 1.0), (-1.0, 1.0))
        room = MARGIN * np.maximum(high - low, 0.1 * (high - low).max())
        return tuple((float(a), float(b)) for a, b in zip(low - room, high + room, strict=True))

    @property
    def sentence(self) -> str:
        """How much of the paths is seen here, in words."""
        if not len(self.shares):
            return message("This plane was not made of the paths: they leave it, and only their shadows are seen on it.")
        if self.share < LITTLE:
            return message(
                "This plane holds {share:.0%} of the variance of all paths: more of them is hidden than is seen.", share=self.share
            )
        return message("This plane holds {share:.0%} of the variance of all paths.", share=self.share)


def joint_plane(result: NetworkResult) -> Plane:
    """Return the plane of the first two principal axes of all entries' points at marks together.

    DataError where all of them diverged. The axes come from the small matrix of products between the points, (n, n), never from
    one of (d, d). One path's own plane would favour it.
    """
    seen = shown(result)
    points = result.points[seen].astype(float)
    if not len(points):
        raise DataError(message("every entry diverged: there is no path to be seen"))
    centre, size = points.mean(axis=0), float(np.sum(points * points))
    points -= centre
    values, vectors = np.linalg.eigh(points @ points.T)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    total = float(values.sum())
    moved = total > (_SAME * _SAME) * size
    shares = values / total if moved else np.eye(1, len(values))[0]
    axes = np.zeros((points.shape[1], 2))
    for axis in range(min(2, len(values))):
        if moved and shares[axis] > _SAME:
            direction = points.T @ vectors[:, axis] / np.sqrt(values[axis])
            # An eigenvector has no sign of its own: the paths' last point goes to the right, and up.
            axes[:, axis] = direction if points[-1] @ direction >= 0 else -direction
    return _with_paths(Plane(centre, axes, np.empty(0), shares), result)


def random_plane(result: NetworkResult, entry: int, seed: int = 0) -> Plane:
    """Return a plane of two random directions through the end of an entry, each unit's weights scaled as they are there.

    That is Li et al.'s filter normalisation: what goes into a unit is moved as far, relative to its own size, as into any other;
    biases are not moved. One step along an axis moves each unit's weights by their own length. DataError where the entry diverged.
    """
    end = np.asarray(result.points[entry, -1])
    if not shown(result)[entry, -1]:
        raise DataError(message("{name} diverged: there is nothing around its end", name=result.labels[entry]))
    rng = np.random.default_rng(seeded(seed, WEIGHTS, entry, 1))
    axes = np.zeros((len(end), 2))
    for block in result.blocks:
        if len(block.shape) == 2:
            weights = end[block.part].reshape(block.shape)
            for axis in range(2):
                drawn = rng.standard_normal(block.shape)
                drawn *= np.linalg.norm(weights, axis=0) / np.linalg.norm(drawn, axis=0)
                axes[block.part, axis] = drawn.ravel()
    return _with_paths(Plane(end, axes, np.empty(0), np.empty(0)), result)


def shown(result: NetworkResult) -> Array:
    """Return which points are drawn, (entries, k): the finite ones of entries that did not diverge."""
    kept = np.array([status.kind != "diverged" for status in result.status])
    finite = np.isfinite(result.train_loss) & np.isfinite(result.points).all(axis=-1)
    return np.asarray(finite & kept[:, None])


def _with_paths(plane: Plane, result: NetworkResult) -> Plane:
    seen = shown(result)
    paths = np.full((*seen.shape, 2), np.nan)
    paths[seen] = plane.coordinates(result.points[seen])
    return Plane(plane.centre, plane.axes, paths, plane.shares)
