"""A training on a plane or a line in the space of weights, in sentences: who ends lowest, what is hidden, what lies between."""

import numpy as np

from optim.core import metrics
from optim.i18n.message import message
from optim.i18n.phrases import listed
from optim.networks.result import NetworkResult
from optim.networks.views.landscape import Line, Truth
from optim.reports.verdict import Verdict

HIGHER = 1.1
"""There is a barrier between two ends where the loss rises above the higher of them by more than a tenth."""


def plane_claim(result: NetworkResult, found: Truth) -> Verdict:
    """Return which entry has the lowest true loss in the end, over the examples of the pictures."""
    ends = found.true[:, -1]
    if np.isnan(ends).all():
        return Verdict(None, message("No racer has a loss any more."), "", "")
    first = int(np.nanargmin(ends))
    said = {"name": result.labels[first], "loss": float(ends[first])}
    if len(ends) == 1:
        return Verdict(first, message("{name} ends with a loss of {loss:.3g}.", **said), "", "")
    tied = [name for name, end in zip(result.labels, ends, strict=True) if metrics.same(end, ends[first])]
    if len(tied) > 1:
        return Verdict(None, message("{names} tie for the lowest loss: {loss:.3g}.", names=listed(tied), loss=said["loss"]), "", "")
    return Verdict(first, message("{name} ends with the lowest loss: {loss:.3g}.", **said), "", "")


def plane_hides(result: NetworkResult, found: Truth) -> str:
    """Return where a plane is farthest from the truth, in words."""
    entry, place = found.largest
    return message(
        "It hides most at step {step} of {name}: the loss there is {true:.3g}, on the plane {projected:.3g}.",
        step=result.marks[place],
        name=result.labels[entry],
        true=float(found.true[entry, place]),
        projected=float(found.projected[entry, place]),
    )


def line_sentence(result: NetworkResult, line: Line, first: int, second: int) -> str:
    """Return in words whether the loss rises between the ends of two entries."""
    between = (line.t >= 0) & (line.t <= 1)
    top = int(np.argmax(np.where(between & np.isfinite(line.loss), line.loss, -np.inf)))
    ends = np.interp([0.0, 1.0], line.t, line.loss)
    highest = float(line.loss[top])
    values: dict[str, object] = {"first": result.labels[first], "second": result.labels[second]}
    values |= {"from_": float(ends[0]), "to": float(ends[1]), "top": highest}
    if highest > HIGHER * float(ends.max()):
        return message(
            "On the straight line from the end of {first} (loss {from_:.3g}) to that of {second} (loss {to:.3g}) the loss rises to "
            "{top:.3g}: a hill is between them.",
            **values,
        )
    return message(
        "On the straight line from the end of {first} (loss {from_:.3g}) to that of {second} (loss {to:.3g}) no hill is in the "
        "way: the loss is {top:.3g} at most.",
        **values,
    )
