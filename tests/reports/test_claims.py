"""Every causal clause of random races, derived again from path and loss alone, with code of its own."""

import dataclasses
import functools
import re

import numpy as np
import pytest

import optim
from optim.i18n.message import Changed, Joined, Message
from optim.reports.verdict import verdict
from tests.support import random_races
from tests.support.numerals import number, raised

RACES, BATCH = 200, 25
"""Random races in the suite, in batches; `python -m tests.reports.test_claims 3000` checks more and counts."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One entry of a race as the checks see it: rows up to the last step, and the function's values."""

    result: optim.RaceResult
    i: int

    @property
    def entry(self):
        return self.result.spec.entries[self.i]

    @property
    def noise(self):
        return self.result.spec.noise

    @functools.cached_property
    def rows(self):
        last = self.result.taken[self.i] + 1
        return tuple(part[self.i, :last] for part in (self.result.answer, self.result.answer_loss, self.result.path))

    @property
    def path(self):
        return self.rows[0]

    @property
    def loss(self):
        return self.rows[1]

    @property
    def moved(self):
        return self.rows[2]

    def value(self, point):
        with np.errstate(all="ignore"):
            return float(self.result.problem.value(np.array(point, dtype=float)[:, None])[0])

    def slope(self, point, h=1e-6):
        """The gradient by differences of values, NaN beside a kink, where two step lengths disagree."""
        e = np.maximum(1.0, np.abs(point)) * np.eye(2)
        one, other = (
            np.array([(self.value(point + s * way) - self.value(point - s * way)) / (2 * s * way.sum()) for way in e])
            for s in (h, 8 * h)
        )
        return one if np.allclose(one, other, rtol=1e-3, atol=1e-5 * (1 + np.abs(self.value(point)))) else np.full(2, np.nan)

    def hessian(self, point, h=1e-4):
        """The Hessian by differences of values."""
        f, (e, n) = self.value, h * np.maximum(1.0, np.abs(point)) * np.eye(2)
        scale = e[0], n[1]
        xx = (f(point + e) - 2 * f(point) + f(point - e)) / scale[0] ** 2
        yy = (f(point + n) - 2 * f(point) + f(point - n)) / scale[1] ** 2
        xy = (f(point + e + n) - f(point + e - n) - f(point - e + n) + f(point - e - n)) / (4 * scale[0] * scale[1])
        return np.array([[xx, xy], [xy, yy]])

    def widths(self, points):
        view = np.array(self.result.problem.view)
        return np.max(np.abs(points - view.mean(axis=1)) / (view[:, 1] - view[:, 0]), axis=-1)

    @property
    def span(self):
        return float(np.mean([high - low for low, high in self.result.problem.view]))

    @property
    def few(self):
        last = len(self.loss) - 1
        return max(min(20, max(1, last // 10)), min(5, len(self.loss) // 2))

    @property
    def medians(self):
        return np.median(self.loss[-2 * self.few : -self.few]), np.median(self.loss[-self.few :])

    @property
    def steps(self):
        """The last steps that the end is judged by."""
        return np.diff(self.path[-min(2 * self.few, len(self.path) - 1) - 1 :], axis=0)


def lengths(moves):
    return np.hypot(moves[:, 0], moves[:, 1])


def near(said, seen, rtol=1e-6):
    return bool(np.isclose(number(said), seen, rtol=rtol, atol=1e-12, equal_nan=True))


def written(point):
    return f"({', '.join(raised(f'{part + 0.0:.4g}') for part in point)})"


def clauses(text):
    """Yield every text that a text was made of, itself first."""
    if isinstance(text, Joined):
        for part in text.parts:
            yield from clauses(part)
    elif isinstance(text, Changed):
        yield from clauses(text.text)
    elif isinstance(text, Message):
        yield text
        for value in text.values.values():
            yield from clauses(value)


def lost_at(case, said):
    """Whether a step is the first at which anything is not finite, and the place said is where it led."""
    step, path, moved = said["step"], case.path, case.moved
    values = [[case.value(row) for row in rows[: step + 1]] for rows in (path, moved)]
    broken = [not np.isfinite([*a, *b, c, d]).all() for a, b, c, d in zip(path, moved, *values, strict=False)]
    return step == len(case.loss) - 1 and broken.index(True) == step


def undefined(case, said):
    led = [row for row in (case.moved[-1], case.path[-1]) if not np.isfinite(case.value(row))]
    return lost_at(case, said) and written(led[0]) == said["place"] and np.isnan(case.value(led[0]))


def infinite(case, said):
    led = [row for row in (case.moved[-1], case.path[-1]) if not np.isfinite(case.value(row))]
    return lost_at(case, said) and written(led[0]) == said["place"] and np.isinf(case.value(led[0]))


def became_nan(case, said):
    return lost_at(case, said) and bool(np.isnan(case.moved[-1]).any()) and written(case.moved[-2]) == said["place"]


def singular(case, said):
    """Whether the determinant of a Hessian by differences is zero, as far as their digits go."""
    matrix = case.hessian(case.moved[-2]) + case.entry.hyper["damping"] * np.eye(2)
    return became_nan(case, said) and abs(np.linalg.det(matrix)) <= 1e-3 * np.max(np.abs(matrix)) ** 2


def steep(case, point):
    """Whether one-sided slopes at a point disagree or grow without end: it has no finite slope, or a kink is there."""
    point = np.array(point)
    sides = [
        [(case.value(point + s * h * e) - case.value(point)) / (s * h) for s in (1, -1)] for e in np.eye(2) for h in (1e-6, 1e-9)
    ]
    sides = np.array(sides)
    return not np.isfinite(sides).all() or np.max(np.abs(sides[:, 0] - sides[:, 1])) > 1e-3 or np.max(np.abs(sides)) > 1e3


def divides_by_zero(case, said):
    axis = "xy".index(said["axis"])
    slopes = [case.slope(row)[axis] for row in case.moved[:-1]]
    return became_nan(case, said) and case.entry.hyper["eps"] == 0 and not np.any(np.abs(slopes) > 1e-5)


def turning(case, first, last):
    """The rows at which a run turns back along the steepest direction, lr times the curvature there, and the share of turning."""
    rows, seen = case.moved[first : last + 1], []
    rates = case.entry.rates(case.result.spec.steps)
    rows = rows[np.isfinite(rows).all(axis=1)]
    moves, met = np.diff(rows, axis=0), 0
    for k in range(1, len(moves)):
        if case.widths(rows[k]) > 100 or not lengths(moves[k : k + 1])[0] > 0:
            continue
        matrix = case.hessian(rows[k])
        if not np.isfinite(matrix).all():
            continue
        met += 1
        values, vectors = np.linalg.eigh(matrix)
        if (moves[k - 1] @ vectors[:, -1]) * (moves[k] @ vectors[:, -1]) < 0:
            seen.append(rates[first + k] * values[-1])
    return np.array(seen), len(seen) / max(met, 1)


def product(case, said):
    """The printed product is that of the printed factors."""
    numbers = re.search(r"= (\S+) × (\S+) = (\S+)", str(Message(TEMPLATE_PRODUCT, "", said)))
    lr, curvature, shown = map(number, numbers.groups())
    return shown == float(f"{lr * curvature:.4g}")


TEMPLATE_PRODUCT = "lr × curvature = {lr:.4g} × {curvature:.4g} = {product:.4g}"


def stretch(case):
    status = case.result.status[case.i]
    if status.kind == "cycling":
        return status.step, len(case.loss) - 1
    return 0, status.step


def breach(case, said, sign=1):
    """Whether most of the turning happens with the product above the bound said, at which no more than this method takes."""
    seen, share = turning(case, *stretch(case))
    shown = said["product"].values["product"]
    typical = (
        bool(len(seen)) and np.isclose(seen, shown, rtol=5e-3).any() and near(np.sort(seen)[(len(seen) - 1) // 2], shown, 2e-2)
    )
    return typical and share > 0.45 and sign * shown > sign * said["bound"] * (1 - 1e-9)


def exact(case, said):
    seen, share = turning(case, *stretch(case))
    return share > 0.45 and near(np.median(seen), said["product"].values["product"], 1e-3)


def ever_farther(case, said):
    rows = case.moved[: case.result.status[case.i].step + 1]
    moves = np.diff(rows[np.isfinite(rows).all(axis=1)], axis=0)
    turns = np.sum(moves[1:] * moves[:-1] / lengths(moves[1:])[:, None] / lengths(moves[:-1])[:, None], axis=1) < 0
    return bool(np.all(np.diff(lengths(moves)) > 0) and turns.all())


def jumped(case, said):
    rows = case.moved[: case.result.status[case.i].step + 1]
    rows = rows[np.isfinite(rows).all(axis=1)]
    moves = lengths(np.diff(rows, axis=0))
    longest = int(np.argmax(moves))
    slope = np.hypot(*case.slope(rows[longest]))
    numbers = (said["step"], said["place"]) == (longest + 1, written(rows[longest])) and near(said["length"], moves[longest])
    slope = slope if case.widths(rows[longest]) < 1e12 else np.nan  # farther out, differences of values have no digits
    return (
        numbers
        and moves[longest] >= 0.89 * lengths(rows[-1:] - rows[:1])[0]
        and (np.isnan(slope) or near(said["slope"], slope, 2e-2))
    )


def overflowed(case, said):
    last = np.concatenate([case.moved[-1], case.path[-1], [case.loss[-1], case.value(case.moved[-1])]])
    return lost_at(case, said) and (case.widths(case.moved[-2]) > 100 or bool(np.isinf(last).any()))


def ended_away(case, said):
    away = case.widths(case.path)
    return near(said["away"], away[-1]) and bool(np.all(away[case.result.status[case.i].step :] > 100))


def outside(points, domain):
    box = np.array(domain)
    return np.any((points < box[:, 0]) | (points > box[:, 1]), axis=-1)


def is_outside(case, said):
    away = outside(case.path, case.result.problem.domain)
    step = said["step"]
    return bool(away[step:].all()) and not away[step - 1] and said["place"] == written(case.path[-1])


def same_change(case, said):
    medians, ends = case.medians, (case.loss[-min(2 * case.few, len(case.loss) - 1) - 1], case.loss[-1])
    same = np.sign(ends[1] - ends[0]) == np.sign(medians[1] - medians[0])
    before, after = ends if same else medians
    return (
        str(said["what"]) == ("the loss" if same else "the median loss")
        and near(said["before"], before, 6e-3)
        and near(said["after"], after, 6e-3)
    )


def improves(case, said):
    before, after = case.medians
    best = np.min(case.loss[: -2 * case.few], initial=case.loss[0])
    return (
        same_change(case, said)
        and after < before
        and not (after > best and after - best > before - after + 1.6 * abs(best - low(case)))
    )


def low(case):
    return case.result.lowest if case.result.lowest is not None else np.min(case.loss)


def swings(case, said):
    size = max(min(20, max(1, (len(case.loss) - 1) // 10)), len(case.loss) // 8)
    parts = [case.loss[len(case.loss) - k * size :][:size] for k in (3, 2, 1)]
    up_and_down = all((np.diff(part) > 0).any() and (np.diff(part) < 0).any() for part in parts)
    in_parts = up_and_down and max(parts[0]) > max(parts[1]) > max(parts[2])
    loss = list(case.loss)
    tops = [i for i in range(1, len(loss) - 1) if loss[i - 1] <= loss[i] > loss[i + 1]]
    late = [i for i in tops if i >= (len(loss) - 1) // 2]
    heights = [loss[i] for i in (late if len(late) > 2 else tops[-3:])]
    shrinks = len(heights) > 2 and heights == sorted(set(heights), reverse=True)
    return (in_parts or shrinks) and near(said["loss"], case.loss[-1])


def hovers(case, said):
    half = case.path[(len(case.path) - 1) // 2 :]
    way = np.diff(half, axis=0)
    slopes = [np.hypot(*case.slope(row)) for row in case.moved[-len(case.steps) - 1 :]]
    undone = np.hypot(*(half[-1] - half[0])) <= lengths(way).sum() / 3 * (1 + 1e-9)
    return bool(undone and case.noise * np.sqrt(2) >= 0.9 * np.nanmedian(slopes)) and near(
        said["length"], lengths(case.steps).mean()
    )


def circles(case, said):
    net = np.hypot(*case.steps.sum(axis=0))
    return lengths(case.steps).sum() >= 3 * net * (1 - 1e-9) and near(said["length"], lengths(case.steps).mean())


def circles_wider(case, said):
    net, steps = np.hypot(*case.steps.sum(axis=0)), lengths(case.steps)
    return steps.sum() >= 3 * net * (1 - 1e-9) and sorted(steps) == list(steps) and rises(case, said)


def stands(case, said):
    return not np.any(case.steps)


def short(case, said):
    slope = np.hypot(*case.slope(case.path[-1]))
    return (
        lengths(case.steps).sum() <= 1e-6 * case.span
        and near(said["length"], lengths(case.steps).mean())
        and (np.isnan(slope) or abs(slope - said["slope"]) <= 1e-2 * slope + 1e-6 * (1 + abs(case.loss[-1])))
    )


def without_rate(case, said):
    return stands(case, said) and not any(case.entry.rates(case.result.spec.steps)[: len(case.loss) - 1][-len(case.steps) :])


def no_slope(case, said):
    return np.hypot(*np.nan_to_num(case.slope(case.path[-1]))) <= 1e-5 * (1 + abs(case.loss[-1]))


def failed(case, said):
    return case.entry.rule.name == "conjugate_gradient" and stands(case, said)


def along(case, distance):
    """The function at distances straight down the slope from the last point."""
    slope = case.result.problem.gradient(case.path[-1][:, None])[:, 0]
    return [case.value(case.path[-1] - part * slope / np.hypot(*slope)) for part in distance]


def falls_on(case, said):
    values = along(case, said["distance"] * np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    return failed(case, said) and bool(np.all(np.diff(values) < 0))


def falls_to_hole(case, said):
    beyond = along(case, said["distance"] * np.array([1.001, 1.1, 2.0, 10.0]))
    return falls_on(case, said) and not np.isfinite(beyond).all()


def kinked(case, said):
    return failed(case, said) and said["before"] < 0 < said["behind"]


def rises(case, said):
    return same_change(case, said) and case.medians[1] > case.medians[0]


def up_and_down(case, said):
    losses = case.loss[-min(2 * case.few, len(case.loss) - 1) - 1 :]
    changed = np.diff(losses)
    ranges = near(said["low"], losses.min(), 6e-3) and near(said["high"], losses.max(), 6e-3)
    return ranges and bool((changed > 0).any() and (changed < 0).any())


def falls_slowly(case, said):
    return same_change(case, said) and case.medians[1] < case.medians[0]


def recovers(case, said):
    best = np.min(case.loss[: -2 * case.few], initial=case.loss[0])
    return falls_slowly(case, said) and near(said["best"], best) and best < min(case.medians[1], case.loss[-1])


def level(case, said):
    return case.medians[0] == case.medians[1] and near(said["length"], lengths(case.steps).mean())


def at_minimum(case, said):
    targets = np.array(case.result.problem.targets)
    nearest = targets[np.argmin(lengths(targets - case.path[-1]))]
    return said["place"] == written(nearest) and np.hypot(*(nearest - case.path[-1])) <= 1.01e-3 * case.span


def at_its_place(case, said):
    return said["place"] == written(case.path[-1])


def true(case, said):
    return True


STATUS = {
    "the function has no finite value at the start {place}": lambda case, said: not np.isfinite(case.value(case.path[0])),
    "the function is not defined at {place}, where step {step} led": undefined,
    "the function is infinite at {place}, where step {step} led": infinite,
    "the function has no finite slope at {place}, from where step {step} starts": lambda case, said: (
        became_nan(case, said) and steep(case, case.moved[-2])
    ),
    "the function has no finite Hessian at {place}, from where step {step} starts": became_nan,
    "the Hessian is singular at {place}, so step {step} is not defined": singular,
    "step {step} from {place} divides 0 by 0: there is no slope in {axis}, and ε is 0": divides_by_zero,
    "step {step} from {place} produced NaN": became_nan,
    "{cause}; the numbers overflowed at step {step}": overflowed,
    "{cause}; it ended {away:.3g} window widths away": ended_away,
    "it started {away:.3g} window widths away and never came near": lambda case, said: bool(np.all(case.widths(case.path) > 100)),
    "{cause}: each step overshoots more than the last": ever_farther,
    "{product} > {bound:.4g}, the most this method can take": breach,
    "{product}, exactly the most this method can take": exact,
    TEMPLATE_PRODUCT: product,
    "step {step}, from {place} where the slope is {slope:.3g}, was {length:.3g} long": jumped,
    "it started outside the domain and ended there, at {place}": lambda case, said: bool(
        outside(case.path, case.result.problem.domain).all()
    ),
    "it is outside the domain since step {step}, at {place}": is_outside,
    "still improving: {what} fell from {before} to {after} in its last steps": improves,
    "still improving: it oscillates, less each time; the loss is {loss:.3g}": swings,
    "gradient noise outweighs the slope: it hovers in steps of {length:.2g}, and {range}": hovers,
    "it oscillates in steps of {length:.2g}: {range}": circles,
    "it oscillates in ever larger steps: {what} rose from {before} to {after} in its last steps": circles_wider,
    "its last steps are {length:.2g} long, while the slope is {slope:.3g}": short,
    "its learning rate is 0, while the slope is {slope:.3g}": without_rate,
    "there is no slope at {place}": no_slope,
    "the function has no finite slope at {place}": lambda case, said: steep(case, case.path[-1]),
    "{why}; it stands still at {place}": stands,
    "its line search found no step that satisfies its conditions": failed,
    "its line search failed: the function still falls {distance:.3g} away, nowhere flat enough": falls_on,
    "its line search failed: the function falls along it for {distance:.3g}, and is not defined beyond": falls_to_hole,
    "its line search failed: across a kink the slope jumps from {before:.3g} to {behind:.3g}, and is nowhere flat enough": kinked,
    "its line search failed: none of the {count} points tried is lower": failed,
    "its line search failed: none of the {count} points tried is both lower and flat enough": failed,
    "its own rule stops it where no coordinate's slope exceeds {flat:g}": stands,
    "falling slowly: {what} went from {before} to {after} in its last steps": falls_slowly,
    "coming down again: {what} fell from {before} to {after} in its last steps, but it has been at {best:.3g}": recovers,
    "{what} rose from {before} to {after} in its last steps": rises,
    "the loss goes up and down between {low} and {high}": up_and_down,
    "it moves in steps of {length:.2g}, but the loss stays at {loss:.3g}": level,
    "at the minimum {place}": at_minimum,
    "at {place}, one of many minima": at_its_place,
    "at {place}": at_its_place,
}
"""Template of a status's clause -> its check."""


def turned_back(case):
    """The share of steps that turn back."""
    rows = case.path[np.isfinite(case.path).all(axis=1)]
    moves = np.diff(rows, axis=0)
    return float(np.mean(np.sum(moves[1:] * moves[:-1], axis=1) < 0)) if len(moves) > 1 else 0.0


def pair(result):
    return Case(result, result.order[0]), Case(result, result.order[1])


def covered(case):
    targets = np.array(case.result.problem.targets)
    start, end = (np.min(lengths(targets - case.path[row])) for row in (0, -1))
    return 1 - end / start


def zigzags(result, said):
    winner, rival = pair(result)
    return near(said["share"], turned_back(rival)) and near(said["other"], turned_back(winner)) and said["share"] >= 0.4


def zigzags_always(result, said):
    return zigzags(result, {**said, "share": 1.0})


def wrong_valley(result, said):
    """Whether every run that was not lost stands still above the lowest value, with nothing lower next to it."""
    for i in range(len(result.labels)):
        case = Case(result, i)
        if not np.isfinite(case.loss[-1]) or outside(case.path[-1:], result.problem.domain)[0]:
            continue
        around = 1e-3 * case.span * np.array([(np.cos(turn), np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 16)])
        if case.loss[-1] <= result.lowest + result.target or any(case.value(case.path[-1] + way) < case.loss[-1] for way in around):
            return False
    return near(said["lowest"], result.lowest) and near(said["loss"], Case(result, result.order[0]).loss[-1], 6e-3)


def close_to_the_limit(result, said):
    rival = pair(result)[1]
    seen, share = turning(rival, 0, len(rival.loss) - 1)
    shown, bound = said["product"].values["product"], said["bound"]
    return share > 0.45 and near(np.sort(seen)[(len(seen) - 1) // 2], shown, 2e-2) and 0.9 * bound <= shown <= bound


def too_slow(result, said):
    winner, rival = pair(result)
    targets = np.array(result.problem.targets)
    nearest = {int(np.argmin(lengths(targets - row))) for row in (rival.path[0], rival.path[-1], winner.path[-1])}
    shares = near(said["share"], covered(rival)) and near(said["other"], covered(winner)) and 0 <= said["share"] < said["other"]
    return shares and len(nearest) == 1 and np.any(rival.steps)


def detoured(result, said):
    rival = pair(result)[1]
    moves = np.diff(rival.path[np.isfinite(rival.path).all(axis=1)], axis=0)
    return near(said["times"], lengths(moves).sum() / np.hypot(*moves.sum(axis=0)))


def different_minima(result, said):
    places = re.findall(r"\([^()]*, [^()]*\)(?=,| and|$)", str(said["each"]))
    return len(set(places)) > 1


VERDICT = {
    "{rival} zigzags: every step reverses direction ({winner}: {other:.0%}).": zigzags_always,
    "{rival} zigzags: {share:.0%} of its steps reverse direction ({winner}: {other:.0%}).": zigzags,
    "Its learning rate is close to the stability limit: {product}, and the limit is {bound:.4g}.": close_to_the_limit,
    "{rival} was too slow: in {steps} it covered {share:.0%} of the distance to the minimum, {winner} {other:.0%}.": too_slow,
    "{rival} went {times:.3g} times as far as the straight line from its start to its end, {winner} {other}.": detoured,
    "They ended in different minima: {each}.": different_minima,
    "Nobody found the lowest valley ({lowest:.3g}): {name} got lowest, with loss {loss} after {steps}.": wrong_valley,
    "Nobody found the lowest valley ({lowest:.3g}): {names} tie at loss {loss:.3g}.": wrong_valley,
    "{name} did not find the lowest valley ({lowest:.3g}): loss {loss:.3g} after {steps}.": wrong_valley,
}
"""Template of a verdict's clause -> its check."""


def checked(result):
    """Yield every clause of a race that has a check: its template, whether it holds, and the sentence it stands in."""
    with np.errstate(all="ignore"):
        for i, status in enumerate(result.status):
            for clause in clauses(status.reason):
                if clause.template in STATUS:
                    yield clause.template, bool(STATUS[clause.template](Case(result, i), clause.values)), i, str(status.reason)
        told = verdict(result)
        for text in (told.headline, told.margin, told.why):
            for clause in clauses(text):
                if clause.template in VERDICT:
                    yield clause.template, bool(VERDICT[clause.template](result, clause.values)), None, str(text)


@pytest.mark.parametrize("first", range(0, RACES, BATCH))
@pytest.mark.long
def test_every_clause_is_borne_by_the_numbers(first):
    wrong = []
    for race in range(first, first + BATCH):
        result = optim.race(random_races.number(race))
        wrong += [(race, i, text) for template, holds, i, text in checked(result) if not holds]
    assert wrong == []


def ended(problem, name, start, steps, values, **more):
    result = optim.race(optim.RaceSpec(problem, optim.Entry(name, values), start, steps, **more))
    return result.status[0]


def test_a_run_is_lost_where_the_point_that_it_moves_is_lost():
    status = ended("log(x)+y**2", "schedule_free_sgd", (1, 1), 60, {"lr": 0.1})
    assert (status.kind, status.step) == ("diverged", 11)


def test_a_place_that_is_named_is_where_the_run_is():
    status = ended("sin(100*x)+y**2", "adam", (1, 1), 3000, {"lr": 0.01})
    assert "0.9896" in status.reason
    assert "2.812" not in status.reason


def test_one_long_step_is_no_growing_overshoot():
    assert "each step overshoots" not in ended("cliff", "sgd", (0, -1), 50, {"lr": 0.05}).reason


def test_slow_steps_under_noise_do_not_hover():
    status = ended("sphere", "adamw", (3, 1), 300, {"lr": 1e-5}, noise=1.0)
    assert "hover" not in status.reason
    assert "hovers" in ended("sphere", "sgd", (3, 1), 300, {"lr": 0.1}, noise=1.0).reason


@pytest.mark.parametrize("problem", ["sqrt(x**2+y**2)", "l1_ravine"])
def test_a_failed_line_search_is_named_with_its_reason(problem):
    assert "its line search failed: across a kink" in ended(problem, "conjugate_gradient", (1, 1), 30, {}).reason


def test_a_step_that_the_hessian_does_not_define_is_named():
    assert "the Hessian is singular at (1, 1)" in ended("x+y**2", "newton", (1, 1), 30, {}).reason


def test_the_curvature_shown_is_that_where_the_run_turns():
    entries = [optim.Entry("momentum", {"lr": 0.03877181, "momentum": 0.5}), optim.Entry("newton")]
    result = optim.race(optim.RaceSpec("styblinski_tang", entries, (-2.63589, -3.86224), 100))
    assert "Momentum zigzags" in verdict(result).why
    assert "2.85" not in " ".join([verdict(result).why, *(status.reason for status in result.status)])


ELSEWISE = [
    ("momentum", {"momentum": 0.0}, "plain SGD"),
    ("nesterov", {"momentum": 0.0}, "plain SGD"),
    ("adamw", {"weight_decay": 0.0}, "plain Adam"),
    ("sam_sgd", {"rho": 0.0}, "plain SGD"),
    ("newton", {"lr": 0.3}, "lr times the way"),
]


@pytest.mark.parametrize(("name", "values", "words"), ELSEWISE)
def test_settings_that_change_a_rule_change_what_is_said_of_it(name, values, words):
    rule, hyper = optim.OPTIMIZERS[name], optim.Entry(name, values).hyper
    assert words in rule.idea_with(hyper)
    assert words not in rule.idea


if __name__ == "__main__":
    import collections
    import sys

    said: collections.Counter[str] = collections.Counter()
    wrong = collections.defaultdict(list)
    for race in range(int(sys.argv[1])):
        for template, holds, i, text in checked(optim.race(random_races.number(race))):
            said[template] += 1
            if not holds:
                wrong[template].append((race, i, text))
    for template, count in said.most_common():
        print(f"{len(wrong[template]):5d} of {count:5d} false: {template}", *wrong[template][:3], sep="\n        ")
