"""The verdict: who won, by how much and why, in sentences made from the result's fields alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optim.i18n.message import message, plural, transformed
from optim.i18n.phrases import apart, capital, listed, place, sentences, steps
from optim.problems.lowest_value import falling, lowest_value_source, surely_unbounded
from optim.races.claims.whereabouts import listed_minimum
from optim.races.result import RaceResult
from optim.races.status import Kind
from optim.reports.verdict.reasons import why, zigzag


@dataclass(frozen=True)
class Verdict:
    """Who won: `winner` is the entry's index, None where nobody can be said to have won.

    `headline` is the answer, `margin` how clear it is and `why` the reason; the latter two may be empty.
    """

    winner: int | None
    headline: str
    margin: str
    why: str


def verdict(result: RaceResult) -> Verdict:
    """Return who won the race and why."""
    first, alone = result.order[0], len(result.order) == 1
    name, status = result.labels[first], result.status[first]
    reason = message("{name}: {reason}.", name=name, reason=status.reason)
    if alone:
        reason = transformed(message("{reason}.", reason=status.reason), _capital)
    if all(status.kind == "diverged" for status in result.status) and result.problem.bounded:
        return Verdict(None, message("It diverged.") if alone else message("No winner: every run diverged."), "", reason)
    if status.kind == "diverged" and result.problem.bounded:
        return Verdict(None, message("No winner: {name} got lowest, but it diverged.", name=name), "", reason)
    if result.reached[first] is None and not result.answer_loss[first, -1] < result.answer_loss[first, 0]:
        return Verdict(None, _no_progress(result), "", reason)
    if alone:
        return Verdict(first, _alone(result), "", sentences(zigzag(result, first), reason))
    tied = _together(result, first)
    if len(tied) > 1:
        return Verdict(None, _tie(result, tied), "", "")
    second = result.order[1]
    return Verdict(first, _headline(result, first), _margin(result, first, second), why(result, first, second))


def _no_progress(result: RaceResult) -> str:
    """That nobody ended lower than the start; higher is said only where all did."""
    if len(result.labels) == 1:
        return message("It ended no lower than it started.")
    if (result.answer_loss[:, -1] > result.answer_loss[:, 0]).all():
        return message("No winner: every run ended higher than the start.")
    return message("No winner: no run ended lower than the start.")


def _alone(result: RaceResult) -> str:
    name = result.labels[0]
    if result.reached[0] is not None:
        return message("{name} {score}.", name=name, score=_score(result, 0))
    loss, taken = float(result.answer_loss[0, -1]), steps(result.taken[0])
    if _wrong_valley(result):
        return message(
            "{name} did not find the lowest valley ({lowest:.3g}): loss {loss:.3g} after {steps}.",
            name=name,
            lowest=result.lowest,
            loss=loss,
            steps=taken,
        )
    return message("{name}: loss {loss:.3g} after {steps}.", name=name, loss=loss, steps=taken)


def _together(result: RaceResult, i: int) -> list[int]:
    """Return the entries that share the place of one, from first to last."""
    return [j for j in result.order if result.places[j] == result.places[i]]


def _tie(result: RaceResult, tied: list[int]) -> str:
    first, names = tied[0], listed([result.labels[i] for i in tied])
    if _wrong_valley(result):
        loss = float(result.answer_loss[first, -1])
        return message(
            "Nobody found the lowest valley ({lowest:.3g}): {names} tie at loss {loss:.3g}.",
            lowest=result.lowest,
            names=names,
            loss=loss,
        )
    hit = result.reached[first]
    if hit is not None and len({result.reached[i] for i in tied}) > 1:
        return plural(
            "A tie between {names}: each reached the target with {count} evaluation.",
            "A tie between {names}: each reached the target with {count} evaluations.",
            int(result.evaluations[first, hit]),
            names=names,
        )
    return message("A tie between {names}: each {score}.", names=names, score=_score(result, first))


def _headline(result: RaceResult, first: int) -> str:
    name = result.labels[first]
    if result.reached[first] is not None:
        return message("{name} won: it {score}.", name=name, score=_score(result, first))
    end, taken = apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[0], steps(result.taken[first])
    if result.lowest is None:
        return message("{name} got lowest: {loss} after {steps}.", name=name, loss=end, steps=taken)
    if _wrong_valley(result):
        return message(
            "Nobody found the lowest valley ({lowest:.3g}): {name} got lowest, with loss {loss} after {steps}.",
            lowest=result.lowest,
            name=name,
            loss=end,
            steps=taken,
        )
    if result.inside[first]:
        return message("{name} won: its loss after {steps} is {loss}.", name=name, loss=end, steps=taken)
    return message("{name} won: its loss after {steps} is {loss}, but outside the window.", name=name, loss=end, steps=taken)


def _wrong_valley(result: RaceResult) -> bool:
    """Whether every run that was not lost rests in a minimum that is not the lowest one."""
    ends = {status.kind for status in result.status}
    return result.inside[result.order[0]] and "local minimum" in ends and ends <= {"local minimum", *_LOST}


def _margin(result: RaceResult, first: int, second: int) -> str:
    if result.reached[first] is not None:
        rest = message("Nobody else did.")
        if result.reached[second] is not None:
            rest = message("{name} {score}.", name=result.labels[second], score=_score(result, second))
        return sentences(rest, _places(result), *_lost(result))
    behind = _behind(result, first, second)
    if result.lowest is None:
        fallen = transformed(falling(result.problem), _capital)
        if surely_unbounded(result.problem):
            return sentences(behind, message("{falling}, so there is no lowest value to reach.", falling=fallen))
        return sentences(behind, message("{falling}, so no lowest value is known.", falling=fallen))
    return sentences(behind, _places(result), _missed(result), *_lost(result))


def _missed(result: RaceResult) -> str:
    whence = lowest_value_source(result.problem, result.lowest)
    if whence == "known":
        return message("No optimizer has reached the target (within {target:.3g} of the minimum) yet.", target=result.target)
    if whence == "found":
        return message(
            "No optimizer has reached the target (within {target:.3g} of the lowest minimum found in the window) yet.",
            target=result.target,
        )
    return ""


def _lost(result: RaceResult) -> list[str]:
    """Who else was lost on the way: diverged or left the window, behind the first two."""
    told = []
    for kind, tell in _LOST.items():
        names = [result.labels[i] for i in result.order[2:] if result.status[i].kind == kind]
        if names and result.problem.bounded:
            told.append(tell(listed(names)))
    return told


_LOST: dict[Kind, Callable[[str], str]] = {
    "diverged": lambda names: message("{names} diverged.", names=names),
    "left the window": lambda names: message("{names} left the window.", names=names),
}


def _places(result: RaceResult) -> str:
    """Who ended in which minimum, where the function has several and they differ."""
    ends = {
        result.labels[i]: listed_minimum(result.problem, result.answer[i, -1])
        for i, status in enumerate(result.status)
        if status.kind == "converged"
    }
    known = {name: point for name, point in ends.items() if point is not None}
    if len(set(known.values())) < 2:
        return ""
    each = listed([message("{name} in {place}", name=name, place=place(point)) for name, point in known.items()])
    return message("They ended in different minima: {each}.", each=each)


def _behind(result: RaceResult, first: int, second: int) -> str:
    if not np.isfinite(result.answer_loss[second, -1]):
        return transformed(_LOST["diverged"](result.labels[second]), _capital)
    name = listed([result.labels[i] for i in _together(result, second)])
    with np.errstate(all="ignore"):
        times = result.answer_loss[second, -1] / result.answer_loss[first, -1]
    loss = apart(*(result.answer_loss[i, -1] for i in result.order[:2]))[1]
    if result.lowest == 0 and 1.05 < times < 1e6:
        return message("Second: {name}, loss {loss} ({times:.3g} times higher).", name=name, loss=loss, times=float(times))
    return message("Second: {name}, loss {loss}.", name=name, loss=loss)


def _score(result: RaceResult, i: int) -> str:
    hit = result.reached[i]
    if hit is None:
        return message("ended at loss {loss:.3g}", loss=float(result.answer_loss[i, -1]))
    taken, paid = steps(hit), int(result.evaluations[i, hit])
    if paid == hit:
        return message("reached the target in {steps}", steps=taken)
    return plural(
        "reached the target in {steps}, with {count} evaluation",
        "reached the target in {steps}, with {count} evaluations",
        paid,
        steps=taken,
    )


def _capital(text: str) -> str:
    return text if text.startswith("lr ") else capital(text)
