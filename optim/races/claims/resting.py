"""Claims about the point at which a run rests: what kind of point it is, as the values around it show."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optim.core.claim import Claim, always
from optim.core.derivatives import hessian
from optim.core.types import Array
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.problems.lowest_value import not_lowest
from optim.problems.points import Judgement
from optim.races.claims.run import Run


@dataclass(frozen=True)
class Resting:
    """A run, the stationary point (d,) near its end, and what that point is; None where a ring of higher values says it all."""

    run: Run
    point: Array
    judgement: Judgement | None

    @property
    def form(self) -> str:
        """How the function looks at the point: smooth, kink, cusp, edge; "" where only the ring is known."""
        return "" if self.judgement is None or self.judgement.kind == "slope" else self.judgement.form

    @property
    def isolated(self) -> bool:
        """Whether no other point of the same kind and value touches it."""
        return self.judgement is None or self.judgement.isolated

    @cached_property
    def curvature(self) -> tuple[float, float]:
        """The smallest and the largest curvature at the point."""
        values = np.linalg.eigvalsh(hessian(self.run.problem, self.point))
        return float(values[0]), float(values[-1])

    def at(self, point: Array) -> str:
        """Return a place in words; a coordinate that is nothing against the window is written as 0."""
        digits = [9 - int(np.floor(np.log10(side))) for side in self.run.problem.widths]
        return place(round(float(c), many) + 0.0 for c, many in zip(point, digits, strict=True))

    @property
    def end(self) -> str:
        """Where the run ended, in words."""
        return self.at(self.run.path[-1])

    @property
    def rank(self) -> str:
        """How the value there stands to lower ones, in words."""
        return not_lowest(self.run.problem, self.run.lowest)


MINIMUM: tuple[Claim[Resting], ...] = (
    Claim(
        lambda rest: message(
            "everything around {place} is higher, though no slope vanishes there: a minimum at a kink, {rank}",
            place=rest.end,
            rank=rest.rank,
        ),
        lambda rest: not rest.form,
    ),
    Claim(
        lambda rest: message(
            "no slope at {place} and nothing lower around: a minimum, one of a line or ring of them, {rank}",
            place=rest.end,
            rank=rest.rank,
        ),
        lambda rest: not rest.isolated,
    ),
    Claim(
        lambda rest: message(
            "the function ends at {place} and everything around is higher: a minimum at its edge, {rank}",
            place=rest.end,
            rank=rest.rank,
        ),
        lambda rest: rest.form == "edge",
    ),
    Claim(
        lambda rest: message(
            "the slope is infinite around {place} and everything there is higher: a minimum at a cusp, {rank}",
            place=rest.end,
            rank=rest.rank,
        ),
        lambda rest: rest.form == "cusp",
    ),
    Claim(
        lambda rest: message(
            "the slope jumps at {place} and everything around is higher: a minimum, {rank}", place=rest.end, rank=rest.rank
        ),
        lambda rest: rest.form == "kink",
    ),
    Claim(
        lambda rest: message("no slope and upward curvature at {place}: a minimum, {rank}", place=rest.end, rank=rest.rank),
        lambda rest: rest.curvature[0] > 0,
    ),
    Claim(
        lambda rest: message(
            "no slope at {place} and everything around is higher: a minimum, {rank}", place=rest.end, rank=rest.rank
        ),
        always,
    ),
)
"""What kind of minimum a run rests in."""
MAXIMUM: tuple[Claim[Resting], ...] = (
    Claim(
        lambda rest: message(
            "no slope and downward curvature at {place}: a maximum, from where nothing pulls it away", place=rest.end
        ),
        lambda rest: rest.form == "smooth" and rest.curvature[1] < 0,
    ),
    Claim(
        lambda rest: message("everything around {place} is lower: a maximum, from where nothing pulls it away", place=rest.end),
        always,
    ),
)
"""What kind of maximum it rests at."""
SADDLE: tuple[Claim[Resting], ...] = (
    Claim(
        lambda rest: message(
            "almost no slope at {place}, but the curvature is {down:.3g} one way and {up:.3g} the other: a saddle, no minimum",
            place=rest.end,
            down=rest.curvature[0],
            up=rest.curvature[1],
        ),
        lambda rest: rest.form == "smooth" and rest.curvature[0] < 0 < rest.curvature[1],
    ),
    Claim(
        lambda rest: message(
            "the function falls both ways from {place} and rises between: a saddle, no minimum", place=rest.at(rest.point)
        ),
        always,
    ),
)
"""What kind of saddle it hangs at."""
INFLECTION: tuple[Claim[Resting], ...] = (
    Claim(
        lambda rest: message(
            "the slope vanishes at {place} and the function goes on falling beyond it: an inflection, no minimum",
            place=rest.at(rest.point),
        ),
        always,
    ),
)
"""That it hangs where the slope vanishes on the way down."""
PLATEAU: tuple[Claim[Resting], ...] = (
    Claim(
        lambda rest: message("nothing around {place} is higher or lower: a plateau, with no slope to follow", place=rest.end),
        always,
    ),
)
"""That there is nothing to follow."""
