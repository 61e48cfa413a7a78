"""Sweeps: a cell is the race it stands for, whatever the blocks and the executor; called off and taken up again it is the same."""

import dataclasses
import json
import pickle
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import optim
from optim.sweeps import reductions
from optim.sweeps.result import NOBODY, TIE
from optim.sweeps.run import AHEAD, pieces, run_unless_stopped
from tests.support import samples

MEETINGS = pytest.mark.parametrize(("rule", "problem"), samples.meetings(), ids=samples.named(samples.meetings()))
CLAIMED = {kind: code for code, kind in enumerate(reductions.STATUS_KINDS) if kind != "unsettled"}
ARRAYS = ("status", "end_gap", "reached_step", "reached_evaluations", "evaluations", "taken", "end")


def one_of_each(**given):
    """Return a sweep in which everything differs: racers with a structural axis and without one, rates, starts, seeds, noise."""
    entries = [optim.Entry(name) for name in ("sgd", "lbfgs", "adam", "schedule_free_sgd", "nelder_mead")]
    race = optim.RaceSpec("himmelblau", entries, (1.0, 1.0), 25, noise=0.1, budget=40)
    axes = {"lr": (0.001, 0.02, 0.1, 1.0), "history": (2, 5)}
    return dataclasses.replace(optim.SweepSpec(race, axes, optim.Jittered(5), seeds=(1, 2)), **given)


def fingerprint(result):
    """Return everything a result holds, as bytes."""
    return [samples.bits(getattr(result, name)) for name in ARRAYS] + [result.met, result.spec]


def check_cell(result, entry, place, start, seed):
    """Assert that one cell says what the race that it stands for says."""
    raced = optim.race(result.spec.race_at(*place, start=start, seed=seed, entries=[entry]))
    cell = (entry, *place, start, seed)
    last, hit = raced.taken[0], raced.reached[0]
    assert result.taken[cell] == last
    assert result.evaluations[cell] == raced.evaluations[0, last]
    assert result.reached_step[cell] == (-1 if hit is None else hit)
    assert result.reached_evaluations[cell] == (-1 if hit is None else raced.evaluations[0, hit])
    assert samples.bits(result.end[cell]) == samples.bits(raced.answer[0, last])
    tail = min(20, max(1, last // 10))
    gap = np.max(raced.answer_loss[0, last - tail + 1 :][:tail]) - result.lowest if result.lowest is not None else np.nan
    finite = np.isfinite(raced.path[0, last]).all() and np.isfinite(raced.answer_loss[0, last])
    assert samples.bits(result.end_gap[cell]) == samples.bits(gap if finite else np.inf)
    kind = reductions.STATUS_KINDS[result.status[cell]]
    assert kind == (raced.status[0].kind if raced.status[0].kind in CLAIMED else "unsettled")


def test_the_end_of_a_lost_run_is_the_race_s_row_of_its_last_step_not_the_nan_after_it():
    race = optim.RaceSpec("beale", optim.Entry("momentum", {"lr": 0.1}), optim.PROBLEMS["beale"].starts[0], 60)
    swept, raced = optim.sweep(optim.SweepSpec(race)), optim.race(race)
    last = swept.taken[0, 0, 0]
    assert raced.status[0].kind == swept.kinds[swept.status[0, 0, 0]] == "diverged"
    assert last == raced.taken[0] < 60
    assert np.isnan(raced.answer[0, last + 1 :]).all()
    np.testing.assert_array_equal(swept.end[0, 0, 0], raced.answer[0, last])
    assert np.isfinite(swept.end[0, 0, 0]).all()
    assert not np.isfinite(raced.answer_loss[0, last])


@MEETINGS
def test_a_cell_is_the_race_that_it_stands_for(rule, problem):
    rates = [("lr", tuple(float(r) for r in np.geomspace(p.low, p.high, 4))) for p in rule.parameters[:1] if p.name == "lr"]
    race = optim.RaceSpec(problem.name, optim.Entry(rule.name), problem.starts[0], 60)
    result = optim.sweep(optim.SweepSpec(race, dict(rates), optim.Jittered(2)))
    for place in range(4) if rates else [None]:
        for start in range(2):
            check_cell(result, 0, () if place is None else (place,), start, 0)


@pytest.mark.parametrize("budget", [None, 0, 7, 40])
@pytest.mark.parametrize("gradient", ["exact", "central"])
def test_so_it_is_with_noise_seeds_budgets_and_axes_that_not_every_racer_has(budget, gradient):
    plain = one_of_each()
    spec = one_of_each(race=dataclasses.replace(plain.race, budget=budget, gradient=gradient, target=10.0))
    result = optim.sweep(spec)
    for cell in np.random.default_rng(1).permutation(list(np.ndindex(spec.shape)))[:80]:
        entry, *place, start, seed = map(int, cell)
        check_cell(result, entry, tuple(place), start, seed)
    assert not budget or (result.evaluations <= budget).all()  # without any, a simplex has looked at its corners all the same
    assert (result.taken[1] == result.taken[1][0]).all()


@pytest.mark.parametrize("dials", [{"rotate": 30.0}, {"stretch": 4.0, "shift": (0.5, -0.2)}])
def test_so_it_is_with_the_dials_turned_and_a_target_set(dials):
    race = optim.RaceSpec("himmelblau", optim.Entry("adam"), (1.0, 1.0), 80, target=0.05, **dials)
    result = optim.sweep(optim.SweepSpec(race, {"lr": (0.05, 0.5)}, optim.Lattice(3, 3)))
    assert result.reached.any()
    for start in range(9):
        check_cell(result, 0, (1,), start, 0)


def test_an_entry_without_the_parameter_is_run_once_and_stands_at_every_value():
    spec = one_of_each()
    result = optim.sweep(spec)
    assert (result.end[0] == result.end[0][:, :1]).all()
    assert (result.end[1] != result.end[1][:, :1]).any()
    assert sum(len(piece.cells) for piece in pieces(spec) if piece.entry == 4) == 5 * 2


@pytest.mark.parametrize("block", [1, 7, 10_000])
def test_the_size_of_the_blocks_changes_no_bit(block):
    assert fingerprint(optim.sweep(one_of_each(), block=block)) == fingerprint(optim.sweep(one_of_each()))


def test_the_order_of_the_blocks_is_a_coarse_picture_of_everybody_first():
    race = optim.RaceSpec("himmelblau", [optim.Entry("sgd"), optim.Entry("adam")], (1.0, 1.0), 10)
    spec = optim.SweepSpec(race, {"lr": tuple(np.geomspace(1e-3, 1, 97))}, optim.Lattice(20, 20))
    found = pieces(spec, 1000)
    first = [piece.entry for piece in found[:2]]
    assert first == [0, 1]
    for entry in (0, 1):
        cells = np.concatenate([piece.cells for piece in found if piece.entry == entry])
        assert np.array_equal(np.sort(cells), np.arange(97 * 400))
    assert max(len(piece.cells) for piece in found) <= 1000


def threads():
    return ThreadPoolExecutor(2)


def processes():
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.fixture(scope="module", params=[threads, processes])
def executor(request):
    with request.param() as pool:
        yield pool


@pytest.mark.long
def test_an_executor_changes_no_bit(executor):
    seen = []
    result = optim.sweep(one_of_each(), lambda done, total, snapshot: seen.append((done, total)), executor=executor, block=13)
    assert fingerprint(result) == fingerprint(optim.sweep(one_of_each()))
    assert seen == sorted(seen)
    assert seen[-1] == (result.status.size, result.status.size)


@pytest.mark.long
def test_cancelled_and_taken_up_again_is_the_same_as_not_interrupted(executor):
    result, turns = None, 0  # of 24 blocks no more than eight are begun ahead, so that it takes at least five turns
    while result is None or not result.complete:
        cancel = threading.Event()

        def progress(done, total, snapshot, cancel=cancel):
            cancel.set()

        before = 0 if result is None else int(result.done.sum())
        result = optim.sweep(one_of_each(), progress, cancel, executor if turns % 2 else None, result, block=13)
        assert int(result.done.sum()) > before
        turns += 1
    assert turns > 4
    assert fingerprint(result) == fingerprint(optim.sweep(one_of_each()))


def test_a_partial_result_holds_nothing_where_nothing_was_run():
    result = optim.sweep(one_of_each(), cancel=lambda: True)
    assert not result.complete
    assert not result.done.any()
    assert (result.status == -1).all()
    assert (result.reached_step == -1).all()
    assert np.isnan(result.end_gap).all()
    assert np.isnan(result.end).all()


class Recorder(Executor):
    """An executor that runs nothing until it is asked to, and remembers what it was given."""

    def __init__(self):
        self.given, self.futures = [], []

    def submit(self, function, /, *args):
        self.given.append((function, args))
        self.futures.append(Future())
        return self.futures[-1]


def test_an_executor_is_handed_plain_data_and_little_of_it_at_a_time_and_keeps_nothing_that_was_called_off():
    recorder = Recorder()
    result = optim.sweep(one_of_each(), cancel=lambda: bool(recorder.given), executor=recorder, block=5)
    assert not result.done.any()
    assert len(recorder.given) == AHEAD
    assert all(future.cancelled() for future in recorder.futures)
    for function, (piece, flag) in recorder.given:
        assert function is run_unless_stopped
        assert pickle.loads(pickle.dumps(piece)) == piece
        assert isinstance(flag, str)


class Counting(ThreadPoolExecutor):
    """Threads that remember how much was in their hands at most."""

    most, given = 0, ()

    def submit(self, *args, **kwargs):
        self.given = [future for future in self.given if not future.done()] + [super().submit(*args, **kwargs)]
        self.most = max(self.most, len(self.given))
        return self.given[-1]


def test_an_executor_never_holds_more_than_a_few_blocks():
    with Counting(2) as pool:
        optim.sweep(one_of_each(), executor=pool, block=5)
        assert 1 < pool.most <= AHEAD


def test_a_block_that_has_begun_ends_within_a_step_of_being_called_off():
    """The racer has the sweep called off in its third step of very many."""
    steps, called_off = [], threading.Event()

    class Waits:
        def update(self, params, grads):
            steps.append(1)
            if len(steps) == 3:
                called_off.set()

    spec = optim.SweepSpec(optim.RaceSpec("himmelblau", optim.Entry(Waits()), (1.0, 1.0), 10_000))
    with ThreadPoolExecutor(1) as pool:
        result = optim.sweep(spec, cancel=called_off, executor=pool)
    assert not result.complete
    assert 3 <= len(steps) < 10_000


def test_a_failure_in_a_block_is_the_callers_and_leaves_nothing_behind():
    class Fails:
        def update(self, params, grads):
            raise ZeroDivisionError("by the racer")

    spec = optim.SweepSpec(optim.RaceSpec("himmelblau", optim.Entry(Fails()), (1.0, 1.0), 10))
    with ThreadPoolExecutor(1) as pool:
        for executor in (None, pool):
            with pytest.raises(ZeroDivisionError, match="by the racer"):
                optim.sweep(spec, executor=executor)
        assert pool.submit(lambda: "free").result() == "free"


FALLS, FLAT = "exp(-x) + y**2", "(x**2 + y**2)/(1 + x**2 + y**2)"


def test_where_no_lowest_value_is_known_gaps_are_measured_from_the_lowest_that_a_run_met():
    """exp(-x) + y^2 has no minimum: in a sweep of one run the gaps are the race's own, in a larger one they share one value."""
    race = optim.RaceSpec(FALLS, [optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.1})], (0.0, 1.0), 30)
    seen = []
    alone = optim.sweep(optim.SweepSpec(race), lambda done, total, _: seen.append((done, total)))
    raced = optim.race(race)
    assert race.base_problem.lowest is None
    assert alone.spec.lowest == alone.lowest == alone.met == raced.lowest == np.min(raced.loss)
    assert alone.end_gap[:, 0, 0].tolist() == [float(np.max(raced.answer_gap[i, -3:])) for i in (0, 1)]
    assert seen == sorted(seen)
    assert seen[-1] == (4, 4)
    many = optim.sweep(optim.SweepSpec(dataclasses.replace(race, target=0.1), starts=optim.Lattice(4, 4)))
    assert many.lowest == many.met < alone.met
    assert not (many.status == CLAIMED["converged"]).any()
    assert many.reached.any()


def found_not_proven(lower):
    """Return a bowl whose minimum (0, 0) was found, not proven, and that is at -7 where `lower` says so."""
    bowl = optim.problem("x**2 + y**2")
    return dataclasses.replace(bowl, name="own", value=lambda x: np.where(lower(x), -7.0, bowl.value(x)))


@pytest.mark.parametrize(("where", "lowest"), [(1.0, -7.0), (500.0, -7.0)], ids=["inside", "in a window that holds the start"])
def test_a_minimum_that_was_only_found_gives_way_to_a_lower_value_met_inside_the_domain_as_in_a_race(where, lowest):
    race = optim.RaceSpec(found_not_proven(lambda x: np.abs(x[0] - where) < 0.1), optim.Entry("sgd", {"lr": 0.0}), (where, 0.0), 5)
    assert race.base_problem.search is not None
    assert optim.race(race).lowest == -7.0
    result = optim.sweep(optim.SweepSpec(race))
    assert result.lowest == optim.race(race).lowest
    assert result.end_gap[0, 0, 0] == 0.0


@pytest.mark.parametrize("block", [1, 5])
def test_that_second_look_too_can_be_interrupted_at_any_block(block):
    race = optim.RaceSpec(FALLS, [optim.Entry("sgd"), optim.Entry("adam", {"lr": 0.1})], (0.0, 1.0), 30)
    spec, result, turns = optim.SweepSpec(race, starts=optim.Lattice(3, 3)), None, 0
    while result is None or not result.complete or result.spec.lowest is None:
        cancel = threading.Event()
        result = optim.sweep(spec, lambda done, total, snapshot, cancel=cancel: cancel.set(), cancel, resume=result, block=block)
        turns += 1
    assert turns == 2 * len(pieces(spec, block))
    assert fingerprint(result) == fingerprint(optim.sweep(spec))


def test_a_lowest_value_that_is_given_or_proven_is_never_looked_for():
    race = optim.RaceSpec(FALLS, optim.Entry("sgd"), (0.0, 1.0), 10)
    given = optim.sweep(optim.SweepSpec(race, lowest=0.0))
    assert given.lowest == 0.0
    assert np.isinf(given.met)
    proven = optim.sweep(optim.SweepSpec(dataclasses.replace(race, problem="himmelblau")))
    assert proven.spec.lowest is None
    assert proven.lowest == 0.0
    assert np.isinf(proven.met)


def test_where_a_function_is_unbounded_there_are_no_gaps():
    race = optim.RaceSpec("x**2 - y**2", optim.Entry("sgd", {"lr": 0.1}), (1.0, 0.5), 20)
    result = optim.sweep(optim.SweepSpec(race, {"lr": (0.1, 0.2)}))
    assert result.lowest is None
    assert np.isnan(result.target)
    assert np.isnan(result.end_gap).all()
    assert not result.reached.any()


def test_the_winner_is_who_paid_least_and_ties_are_said():
    bowl = optim.RaceSpec("elongated_bowl", [optim.Entry("newton"), optim.Entry("newton"), optim.Entry("sgd")], (1.0, 1.0), 10)
    assert (optim.sweep(optim.SweepSpec(bowl)).winner == TIE).all()
    alone = dataclasses.replace(bowl, entries=(bowl.entries[2], bowl.entries[0]))
    assert (optim.sweep(optim.SweepSpec(alone)).winner == 1).all()
    nobody = dataclasses.replace(bowl, entries=bowl.entries[2:])
    assert (optim.sweep(optim.SweepSpec(nobody)).winner == NOBODY).all()


def test_runs_are_sorted_by_the_minimum_that_they_ended_in():
    """Himmelblau's four minima lie in four quadrants; the six-hump camel has two lowest minima and four higher ones."""
    himmelblau = optim.RaceSpec("himmelblau", optim.Entry("newton"), (3.0, 2.0), 50)
    result = optim.sweep(optim.SweepSpec(himmelblau, starts=[(3.1, 2.1), (-2.7, 3.0), (-3.6, -3.2), (3.6, -1.9)]))
    assert [result.minima[i] for i in result.minimum[0, :, 0]] == [
        min(result.problem.minima, key=lambda m, e=end: abs(m[0] - e[0]) + abs(m[1] - e[1])) for end in result.end[0, :, 0]
    ]
    assert len(set(result.minimum.ravel())) == 4
    camel = optim.RaceSpec("six_hump_camel", optim.Entry("sgd", {"lr": 0.02}), (1.0, 1.0), 500)
    result = optim.sweep(optim.SweepSpec(camel, starts=optim.Lattice(12, 12)))
    settled = np.isin(result.status, (CLAIMED["converged"], CLAIMED["local minimum"]))
    assert ((result.minimum >= 0) == settled).all()
    assert len(result.minima) == 6
    values = result.problem.value(np.array(result.minima).T)
    assert values.tolist() == sorted(values)
    places = np.array(result.minima)[result.minimum[settled]]
    assert np.max(np.abs(places - result.end[settled])) < 1e-3


def test_until_all_is_run_a_coarse_start_stands_for_its_neighbours():
    race = optim.RaceSpec("himmelblau", optim.Entry("sgd"), (1.0, 1.0), 7200)
    spec, cancel = optim.SweepSpec(race, starts=optim.Lattice(21, 20)), threading.Event()
    part = optim.sweep(spec, lambda *_: cancel.set(), cancel)
    assert part.done.sum() == len(spec.starts.coarse())
    assert (part.fill_from_coarse(part.status) >= 0).all()
    cells = part.fill_from_coarse(np.where(part.done, np.arange(420)[:, None], -1))[0, :, 0].reshape(20, 21)
    rows, columns = np.divmod(cells, 21)
    assert np.max(np.abs(rows - np.arange(20)[:, None])) <= 2
    assert np.max(np.abs(columns - np.arange(21))) <= 2
    whole = optim.sweep(spec)
    assert whole.fill_from_coarse(whole.status) is whole.status


def test_what_is_asked_has_a_bound_and_the_message_says_what_to_reduce():
    race = optim.RaceSpec("himmelblau", [optim.Entry("sgd"), optim.Entry("adam")], (1.0, 1.0), 1000)
    with pytest.raises(optim.SpecError) as error:
        optim.SweepSpec(race, {"lr": (0.1, 0.2)}, optim.Lattice(200, 200))
    assert error.value.field == "run_steps"
    for part in ("150,000,000", "2 optimizers", "2 values", "40000 starts", "1000 steps", "at most 937 steps"):
        assert part in str(error.value)
    assert optim.SweepSpec(dataclasses.replace(race, steps=937), {"lr": (0.1, 0.2)}, optim.Lattice(200, 200)).run_steps <= 150e6


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("race", {"race": "himmelblau"}),
        ("axes", {"axes": {"lr": ()}}),
        ("axes", {"axes": {"no_such": (1.0,)}}),
        ("axes", {"axes": (optim.Axis("lr", (0.1,)), optim.Axis("lr", (0.2,)))}),
        ("sgd.lr", {"axes": {"lr": (-1.0,)}}),
        ("starts", {"starts": "somewhere"}),
        ("starts", {"starts": [(1.0, 2.0, 3.0)]}),
        ("sgd.lr", {"axes": {"lr": (0.1, True)}}),
        ("starts", {"starts": [(True, 1.0)]}),
        ("seeds", {"seeds": (-1,)}),
        ("seeds", {"seeds": (True,)}),
        ("lowest", {"lowest": True}),
        ("lowest", {"lowest": float("nan")}),
    ],
)
def test_a_bad_spec_names_its_field(field, given):
    with pytest.raises(optim.SpecError) as error:
        one_of_each(**given)
    assert error.value.field == field


@pytest.mark.parametrize(
    "starts", [[(1.0, 2.0), (3.0, 4.0)], optim.Jittered(3, 5, 2, ((1.0, 1.0),)), optim.Lattice(3, 2, ((0, 1), (2, 3)))]
)
def test_a_spec_is_hashable_and_survives_json(starts):
    own = optim.Axis(("lr", "lr", "lr", "lr", ""), ((0.1, 0.2), (0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.1, 0.2)))
    spec = one_of_each(starts=starts, axes=(own,), lowest=-1.0)
    again = optim.SweepSpec.from_json(json.dumps(json.loads(spec.to_json())))
    assert again == spec == optim.SweepSpec.from_json("\ufeff" + spec.to_json())
    assert hash(again) == hash(spec)
    with pytest.raises(optim.SpecError):
        optim.SweepSpec.from_json("{}")


def test_a_result_of_another_spec_cannot_be_taken_up():
    other = optim.sweep(one_of_each(seeds=(3,)), cancel=lambda: True)
    with pytest.raises(optim.SpecError, match="the same spec"):
        optim.sweep(one_of_each(), resume=other)
