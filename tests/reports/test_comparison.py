"""Two races compared, and the same racers on several functions: every clause is checked against the arrays by other code."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import optim
from optim import Entry, RaceSpec
from optim.core import metrics
from optim.reports import compared, comparison_table, places_table
from optim.reports.comparison.changes import matched
from optim.reports.verdict import verdict
from tests.support import random_races
from tests.support.numerals import number as read
from tests.support.numerals import raised

RATES = {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}
BOOK = RaceSpec("elongated_bowl", [Entry(name, {"lr": lr}) for name, lr in RATES.items()], (-7.0, 2.0), 60)
ENDED = (-7 * (1 - 0.95 / 10) ** 60) ** 2 / 20 + (2 * (1 - 0.95 * 2) ** 60) ** 2
"""SGD's loss at the end: on this bowl each coordinate is multiplied by 1 - lr · curvature at every step."""
SAID = raised(f"{ENDED:.3g}")
SAME = "every racer that is in both races ends as before"


def with_rates(spec=BOOK, **rates):
    entries = [replace(entry, values={"lr": rates.get(entry.optimizer, entry.hyper["lr"])}) for entry in spec.entries]
    return replace(spec, entries=entries)


def said(before, after):
    return compared(optim.race(before), optim.race(after))


# Closed examples


def test_a_race_and_itself():
    found = said(BOOK, BOOK)
    assert (found.changed, found.differs) == ((), ())
    assert found.changes == "nothing was changed"
    assert found.outcomes == (SAME,)


def test_a_rate_past_its_limit_on_the_book_s_bowl():
    """On x²/20 + y² SGD multiplies y by 1 - 2 lr at each step: at 1.02 it leaves |y| <= 10 with 2 · 1.04^42 = 10.4."""
    found = said(BOOK, with_rates(sgd=1.02))
    assert found.changed == ("SGD's lr 0.95 → 1.02",)
    assert found.differs == (f"SGD now leaves the window at step 42 (before: ends at loss {SAID})",)
    assert 2 * 1.04**41 < 10 < 2 * 1.04**42


def test_a_rate_far_past_its_limit_diverges_and_back_again():
    """At 2 SGD triples y, which is more than 100 windows away from step 6 on."""
    low, high = optim.PROBLEMS["elongated_bowl"].view[1]
    assert 2 * 3**5 < 100 * (high - low) < 2 * 3**6
    there, back = said(BOOK, with_rates(sgd=2.0)), said(with_rates(sgd=2.0), BOOK)
    assert there.differs == (f"SGD now diverges at step 6 (before: ends at loss {SAID})",)
    assert back.differs == (f"SGD now ends at loss {SAID} (before: diverges at step 6)",)
    later = said(with_rates(sgd=2.0), with_rates(sgd=1.5))
    assert 2 * 2**8 < 100 * (high - low) < 2 * 2**9
    assert later.differs == ("SGD now diverges at step 9, before at 6",)


def test_the_target_earlier_later_and_not_at_all():
    long = replace(BOOK, steps=300)
    faster = said(long, with_rates(long, adam=0.5))
    before, after = (optim.race(spec).reached[3] for spec in (long, with_rates(long, adam=0.5)))
    assert faster.differs == (f"Adam now reaches the target at step {after}, before at {before}",)
    lost = said(long, with_rates(long, adam=0.0001))
    assert lost.differs == (f"Adam now ends at loss 6.31 (before: reaches the target at step {before})",)
    assert (
        said(with_rates(long, adam=0.0001), long).differs[0].startswith(f"Adam now reaches the target at step {before} (before: ")
    )


def test_most_important_first():
    found = said(BOOK, with_rates(sgd=3.0, momentum=0.01, adagrad=0.001, adam=0.2))
    assert [clause.split(" now")[0] for clause in found.differs[:1]] == ["SGD"]
    assert found.differs[1].endswith("wins now, before AdaGrad")
    assert len(found.differs) == 5


def test_who_is_lost_comes_before_who_is_found_again():
    for lost, found in (("sgd", "momentum"), ("momentum", "sgd")):
        told = said(with_rates(**{found: 9.0}), with_rates(**{lost: 9.0})).differs
        titles = [optim.OPTIMIZERS[name].title for name in (lost, found)]
        assert [clause.split(" now ")[0] for clause in told[:2]] == titles
        assert "now diverges" in told[0]
        assert "before: diverges" in told[1]


def test_loss_and_status_are_said_together():
    short = replace(BOOK, steps=30)
    assert said(short, with_rates(short, sgd=1.02)).differs == ("SGD now ends at loss 42.1 (cycling), before at 0.0133 (moving)",)
    assert pytest.approx((-7 * (1 - 0.102) ** 30) ** 2 / 20 + (2 * 1.04**30) ** 2, rel=1e-3) == 42.1


def test_another_status_at_the_same_loss_is_a_sentence():
    """Where no losses can be compared, the two ends are named: at 1.02 SGD swings ever wider, at 0.1 it goes on down."""
    short = replace(BOOK, steps=20)
    told = said(short, replace(short, problem="x**2/20 + y**2", entries=with_rates(short, sgd=1.02).entries)).differs
    assert "SGD's final status changes from moving to cycling" in told


def test_another_order_of_the_same_racers_differs_in_nothing():
    found = said(BOOK, replace(BOOK, entries=[*BOOK.entries[1:], BOOK.entries[0]]))
    assert found.changed == ("another order of racers",)
    assert found.outcomes == (SAME,)


def test_the_winner_of_a_race_alone_is_no_news():
    one, other = (replace(BOOK, entries=[Entry(name, {"lr": 0.3})]) for name in ("sgd", "adam"))
    found = said(one, other)
    assert found.changed == ("Adam added", "SGD taken out")
    assert found.differs == ()
    assert found.outcomes == ("no racer is in both races",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"problem": "himmelblau"}, "function: Elongated bowl (the book's) → Himmelblau"),
        ({"problem": "x**2 + y**2"}, "function: Elongated bowl (the book's) → x**2 + y**2"),
        ({"start": (-7.0, 2.0000001)}, "start: (-7, 2) → (-7, 2.0000001)"),
        ({"start": (1.5, -2.0)}, "start: (-7, 2) → (1.5, -2)"),
        ({"steps": 10_000}, "steps: 60 → 10000"),
        ({"gradient": "central"}, "gradient: exact → numerical"),
        ({"noise": 0.5}, "noise: 0 → 0.5"),
        ({"seed": 7}, "seed: 0 → 7"),
        ({"rotate": 45}, "rotation in degrees: 0 → 45"),
        ({"stretch": 0.2}, "stretch: 1 → 0.2"),
        ({"shift": (1, -0.5)}, "shift: (0, 0) → (1, -0.5)"),
        ({"target": 1e-3}, "target: none → 0.001"),
        ({"budget": 50}, "budget of evaluations: none → 50"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_every_condition_has_its_words(change, words):
    found = said(BOOK, replace(BOOK, **change))
    assert found.changed == (words,)
    assert ("final losses on different functions are not compared" in found.outcomes) == ("problem" in change)


def test_what_is_changed_about_a_racer_and_who_comes_and_goes():
    sgd, momentum, adagrad, adam = BOOK.entries
    dressed = replace(adam, schedule="cosine", modifiers=("clip_norm",), values={"lr": 0.3, "beta1": 0.5})
    found = said(BOOK, replace(BOOK, entries=(adagrad, sgd, dressed, Entry("rmsprop"), replace(momentum, label="mine"))))
    assert found.changed == (
        "Adam's beta1 0.9 → 0.5",
        "Adam's schedule constant → cosine schedule (floor 0)",
        "Adam's modifiers none → clip by norm (max_norm 1)",
        "Momentum is called mine",
        "RMSProp added",
        "another order of racers",
    )
    assert said(BOOK, replace(BOOK, entries=(sgd, adam))).changed == ("Momentum taken out", "AdaGrad taken out")
    nesterov = replace(BOOK, entries=(Entry("nag_pytorch" if "nag_pytorch" in optim.OPTIMIZERS else "nesterov", label="mine"),))
    assert said(replace(BOOK, entries=(Entry("sgd", label="mine"),)), nesterov).changed == ("mine's optimizer SGD → Nesterov",)


def test_racers_are_matched_by_name_then_by_equal_settings_then_by_optimizer():
    a, b, c = (Entry("sgd", {"lr": lr}) for lr in (0.1, 0.2, 0.3))
    named = Entry("adam", label="mine")
    for before, after, pairs in [
        ((a, b, c), (b, c), [(1, 0), (2, 1), (0, None)]),
        ((a, b), (c, b), [(0, 0), (1, 1)]),
        ((a, b), (c, c, b), [(0, 0), (None, 1), (1, 2)]),
        ((a, named), (replace(named, optimizer="rmsprop"), a), [(1, 0), (0, 1)]),
        ((named,), (a,), [(None, 0), (0, None)]),
    ]:
        specs = [replace(BOOK, entries=entries) for entries in (before, after)]
        assert list(matched(*specs)) == pairs


def test_the_table_has_every_racer_s_status_steps_and_loss():
    specs = BOOK, replace(with_rates(sgd=3.0), steps=300, entries=[*with_rates(sgd=3.0).entries[:3], Entry("rmsprop")])
    before, after = map(optim.race, specs)
    table = comparison_table(before, after)
    assert list(table.columns) == ["racer", "quantity", "before", "after"]
    rows = {(row.racer, row.quantity): (row.before, row.after) for row in table.itertuples()}
    assert len(rows) == len(table) == 5 * 3
    assert rows["SGD", "status"] == (before.status[0].label, "diverged")
    assert rows["AdaGrad", "steps to target"] == (None, after.reached[2])
    assert rows["Momentum", "final loss"] == (before.loss[1, -1], after.loss[1, -1])
    assert rows["RMSProp", "status"] == (None, after.status[3].label)
    assert rows["Adam", "final loss"] == (before.loss[3, -1], None)


# Every clause again, from the arrays


def changed_spec(number):
    """Return a random race and the same with one to three settings changed."""
    spec, rng = random_races.number(number), np.random.default_rng(number)
    other = random_races.number(number + 1000)
    entries = list(spec.entries)
    changes = {
        "rate": lambda: {"entries": [*entries[1:], Entry("sgd", {"lr": float(10 ** rng.uniform(-3, 1))})]},
        "scaled": lambda: {"entries": [_scaled(entry, float(10 ** rng.uniform(-1, 1))) for entry in entries]},
        "steps": lambda: {"steps": int(rng.integers(1, 300))},
        "start": lambda: {"start": tuple(value + 0.5 for value in spec.start)},
        "function": lambda: {"problem": other.problem, "start": other.start},
        "noise": lambda: {"noise": spec.noise + 0.1},
    }
    wanted = {}
    for name in rng.choice(list(changes), rng.integers(1, 4), replace=False):
        wanted |= changes[name]()
    return spec, replace(spec, **wanted)


def _scaled(entry, factor):
    lr = entry.hyper.get("lr")
    return entry if lr is None else replace(entry, values={**dict(entry.values), "lr": lr * factor})


def holds(phrase, result, i):
    """Whether a run ends as a clause says, from its points and values alone."""
    kind, number = re.fullmatch(r"(diverges|leaves the window|reaches the target|ends) at (?:step|loss) (\S+)", phrase).groups()
    path, loss, problem = result.path[i], result.loss[i], result.problem
    if kind == "ends":
        return read(number) == pytest.approx(result.answer_loss[i, -1], rel=6e-3)
    step = int(number)
    if kind == "diverges":
        good = np.isfinite(loss) & np.isfinite(path).all(axis=1) & np.isfinite(result.answer[i]).all(axis=1)
        good &= np.isfinite(result.answer_loss[i])
        widths = metrics.window_widths(result.answer[i], problem)
        far = bool((widths[step:] > 100).all()) and (step == 0 or not widths[step - 1] > 100)
        return bool(good[:step].all() and not good[step]) or far
    if kind == "leaves the window":
        inside = metrics.inside(result.answer[i, : result.taken[i] + 1], problem.domain)
        return not inside[step:].any() and (step == 0 or bool(inside[step - 1]))
    gap = result.answer_gap[i, : result.taken[i] + 1]
    return bool((gap[step:] <= result.target).all()) and (step == 0 or bool(gap[step - 1] > result.target))


CLAUSES = (
    r"(?P<now>(?:diverges|leaves the window|reaches the target) at step \d+), before at (?P<step>\d+)",
    r"(?P<now>ends at loss \S+) \((?P<status>[\w ]+)\), before at (?P<loss>\S+) \((?P<other>[\w ]+)\)",
    r"(?P<now>ends at loss \S+), before at (?P<loss>\S+)",
    r"(?P<now>[\w ]+ at (?:step|loss) \S+) \(before: (?P<then>[\w ]+ at (?:step|loss) \S+)\)",
    r"final status changes from (?P<other>[\w ]+) to (?P<status>[\w ]+)",
)


def assert_borne_out(clause, before, after):
    """Assert that one clause about two races is true of them, and return the racer after that it is about, if one."""
    winners = [verdict(result) for result in (before, after)]
    names = ["nobody" if one.winner is None else r.labels[one.winner] for one, r in zip(winners, (before, after), strict=True)]
    if " now, before " in clause and " wins now" in clause:
        assert clause in {f"{names[1]} wins now, before {names[0]}"}
        return None
    name, rest = re.split(r" now |'s (?=final status)", clause, maxsplit=1)
    j = after.labels.index(name)
    i = next(i for i, other in matched(before.spec, after.spec) if other == j)
    found = next(filter(None, (re.fullmatch(pattern, rest) for pattern in CLAUSES))).groupdict()
    if found.get("now"):
        assert holds(found["now"], after, j), clause
    if found.get("then"):
        assert holds(found["then"], before, i), clause
    if found.get("step"):
        assert holds(re.sub(r"\d+$", found["step"], found["now"]), before, i), clause
    if found.get("loss"):
        assert holds(f"ends at loss {found['loss']}", before, i), clause
        assert before.spec.problem == after.spec.problem
        assert found["loss"] not in found["now"].split()
    if found.get("status"):
        assert (found["status"], found["other"]) == (after.status[j].label, before.status[i].label)
        assert found["status"] != found["other"]
        comparable = before.spec.problem == after.spec.problem and before.answer_loss[i, -1] != after.answer_loss[j, -1]
        assert bool(found.get("loss")) == comparable
    return j


def assert_nothing_kept_back(before, after, told):
    """Assert that a racer of which nothing is said ends with the same status, step at the target and, on one function, loss."""
    for i, j in matched(before.spec, after.spec):
        if None not in (i, j) and j not in told:
            assert before.status[i].label == after.status[j].label
            assert before.reached[i] == after.reached[j]
            if before.spec.problem == after.spec.problem and after.status[j].kind not in ("diverged", "left the window"):
                assert before.answer_loss[i, -1] == pytest.approx(after.answer_loss[j, -1], rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("batch", range(5))
@pytest.mark.long
def test_every_clause_about_random_races_is_borne_out_and_nothing_is_kept_back(batch):
    kinds = set()
    for number in range(batch * 12, batch * 12 + 12):
        before, after = map(optim.race, changed_spec(number))
        found = compared(before, after)
        told = {assert_borne_out(clause, before, after) for clause in found.differs}
        assert_nothing_kept_back(before, after, told)
        assert len(found.differs) <= len(after.labels) + 1
        kinds |= {re.sub(r"^.* now |[\d.e+-]+|×10|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", "", clause) for clause in found.differs}
        assert compared(after, after).outcomes == (SAME,)
    assert len(kinds) > 5  # the races are not all alike


# The same racers on several functions


def test_places_on_several_functions():
    names = ("sphere", "himmelblau", "beale")
    results = [optim.race(replace(BOOK, problem=name, start=optim.PROBLEMS[name].starts[0])) for name in names]
    table = places_table(results)
    assert list(table.columns) == ["racer", "function", "place", "status", "steps_to_target", "final_loss"]
    assert list(table.function[:3]) == ["Sphere", "Himmelblau", "Beale"]
    rows = {(row.racer, row.function): row for row in table.itertuples()}
    assert len(rows) == len(table) == 4 * 3
    for result in results:
        of = [rows[name, result.problem.title] for name in result.labels]
        assert [row.place for row in of] == list(result.places)
        assert [of[i].place for i in result.order] == sorted(result.places)
        assert [row.status for row in of] == [status.label for status in result.status]
        assert [None if row.steps_to_target is pd.NA else row.steps_to_target for row in of] == list(result.reached)
        assert [row.final_loss for row in of] == pytest.approx(result.answer_loss[:, -1].tolist(), nan_ok=True)


def test_places_that_tie_are_shared():
    twice = replace(BOOK, entries=[BOOK.entries[0], *BOOK.entries])
    places = optim.race(twice).places
    assert places[0] == places[1]
    assert list(places_table([optim.race(twice)]).place) == list(places)


def test_places_of_other_racers_are_refused():
    with pytest.raises(ValueError, match="not of the same racers"):
        places_table([optim.race(BOOK), optim.race(with_rates(sgd=0.1))])
    assert places_table([]).empty
