"""A training: a race's vocabulary, the same batches for all, every rule that takes gradients, and results that add up."""

import hashlib
import json
import pickle
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from optim import Entry, NetworkSpec, SpecError
from optim.book.optimizers import Momentum
from optim.networks.data import DATA_SETS, data_set, digits
from optim.networks.network import dense_network
from optim.networks.oracle import BatchOracle
from optim.networks.spec import no_network
from optim.networks.stretch import first_weights

FOUR = tuple(Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adagrad", "adam"))
SMALL = NetworkSpec("two_moons", FOUR, layers=(6, 5), batch=16, steps=40)
ABLE = [rule.name for rule in optim.OPTIMIZERS.values() if not no_network(rule)]


@pytest.fixture(scope="module")
def result():
    return optim.train(SMALL)


def test_the_arrays_are_those_of_the_spec(result):
    assert result.loss.shape == result.gradient_norm.shape == result.evaluations.shape == (4, 41)
    assert result.marks == SMALL.marks == tuple(range(41))
    assert result.points.shape == (4, 41, SMALL.network.dimension)
    assert result.test_accuracy.shape == (4, 41)
    assert (result.taken, result.complete, result.done) == ((40,) * 4, True, 40)
    assert (result.evaluations == np.arange(41)).all()
    assert all(seconds > 0 for seconds in result.seconds)


def test_row_k_is_taken_at_the_weights_after_k_steps_on_the_batch_of_the_next(result):
    data, network = SMALL.examples, SMALL.network
    for step in (0, 7, 40):
        rows = np.random.default_rng(np.random.SeedSequence(SMALL.seed, spawn_key=(3, step))).integers(0, data.training, 16)
        loss, gradient, _ = network.value_and_gradient(result.points[:, step].T, *data.examples(rows))
        assert np.allclose(result.loss[:, step], loss, rtol=1e-12)
        assert np.allclose(result.gradient_norm[:, step], np.linalg.norm(gradient, axis=0), rtol=1e-12)
    whole = network.value(result.points[:, 9].T, *data.examples(data.train))
    assert np.allclose(result.train_loss[:, 9], whole, rtol=1e-12)


def test_a_rule_that_looks_elsewhere_first_has_the_loss_of_where_it_stands():
    rule = Entry("y = x + 0.5\ng = gradient(y)\nx = x - lr * g", {"lr": 0.05})
    run, points = (optim.train(replace(SMALL, entries=(rule,), every=every)) for every in (10, 1))
    rows = np.random.default_rng(np.random.SeedSequence(SMALL.seed, spawn_key=(3, 7))).integers(0, 480, 16)
    loss, gradient, _ = SMALL.network.value_and_gradient(points.points[:, 7].T, *SMALL.examples.examples(rows))
    assert run.loss[0, 7] == pytest.approx(loss[0], rel=1e-12)
    assert run.gradient_norm[0, 7] == pytest.approx(np.linalg.norm(gradient), rel=1e-12)
    assert run.evaluations[0, -1] == 40


def test_the_books_loss_is_taken_after_the_step_on_the_same_batch(result):
    after = optim.train(replace(SMALL, loss_at="after"))
    data, network = SMALL.examples, SMALL.network
    assert np.array_equal(after.points, result.points)
    assert np.array_equal(after.evaluations, result.evaluations)
    assert np.array_equal(after.loss[:, 0], result.loss[:, 0])
    rows = np.random.default_rng(np.random.SeedSequence(SMALL.seed, spawn_key=(3, 6))).integers(0, data.training, 16)
    assert np.allclose(after.loss[:, 7], network.value(result.points[:, 7].T, *data.examples(rows)), rtol=1e-12)


@pytest.mark.parametrize("weights", ["same", "own"])
def test_an_entry_alone_trains_as_among_others(weights):
    entries = (*FOUR, Entry("sgd", {"lr": 0.2}), Entry("prodigy"), Entry("lbfgs", {"lr": 0.1}), Entry("sgd", {"lr": 0.1}))
    spec = replace(SMALL, entries=entries, weights=weights, batch_norm=True, dropout=0.2, every=10)
    together = optim.train(spec)
    for i in (0, 2, 3, 5, 6):
        alone = optim.train(replace(spec, entries=(entries[i],)))
        for name in ("loss", "gradient_norm", "points", "train_loss", "test_accuracy"):
            assert np.allclose(getattr(alone, name)[0], getattr(together, name)[i], rtol=1e-12, atol=1e-12), (name, i)


def test_all_start_from_the_same_weights_or_each_from_its_own():
    twice = replace(SMALL, entries=(*FOUR, FOUR[0]))
    same, own = first_weights(twice), first_weights(replace(twice, weights="own"))
    assert (same == same[:, :1]).all()
    assert len({column.tobytes() for column in own.T}) == 5
    turned = first_weights(replace(twice, entries=FOUR[::-1], weights="own"))
    assert np.array_equal(turned[:, ::-1], own[:, :4])
    assert not np.array_equal(first_weights(replace(twice, seed=1)), same)


def test_a_seed_gives_the_same_training_again_and_another_seed_another(result):
    again = optim.train(SMALL)
    assert np.array_equal(again.points, result.points)
    assert np.array_equal(again.loss, result.loss)
    assert not np.allclose(optim.train(replace(SMALL, seed=1)).loss, result.loss)


def test_more_steps_do_not_change_the_first():
    short = optim.train(replace(SMALL, steps=20))
    long = optim.train(replace(SMALL, steps=40, every=20))
    assert np.array_equal(short.loss[:, :20], long.loss[:, :20])


@pytest.mark.parametrize("name", ABLE)
def test_every_rule_that_takes_gradients_learns(name):
    settings = {"lr": 0.05} if "lr" in {p.name for p in optim.OPTIMIZERS[name].parameters} else {}
    if name in {"prodigy", "schedule_free_sgd", "adadelta", "lbfgs"}:
        settings = {}
    spec = NetworkSpec("two_moons", [Entry(name, settings)], layers=(8,), activation="tanh", batch=0, steps=30, every=15)
    run = optim.train(spec)
    assert run.train_loss[0, -1] < run.train_loss[0, 0] - 0.01
    counts = run.evaluations[0]
    if not optim.OPTIMIZERS[name].varies:
        assert (np.diff(counts) == len(optim.OPTIMIZERS[name].uses)).all()


def test_what_takes_no_gradients_or_hessians_is_refused():
    assert {"newton", "nelder_mead", "cma_es", "adagrad_full", "soap_vector", "sophia_h"} == set(optim.OPTIMIZERS) - set(ABLE)
    for name in ("newton", "sophia_h", "cma_es", "adagrad_full", "soap_vector"):
        with pytest.raises(SpecError, match="weights") as caught:
            replace(SMALL, entries=(Entry(name),))
        assert caught.value.field == "optimizer"


def test_an_optimizer_of_the_readers_own_gets_the_weights_by_block():
    seen = []

    class Watched(Momentum):
        def update(self, params, grads):
            seen.append({name: value.shape for name, value in params.items()})
            super().update(params, grads)

    spec = replace(SMALL, entries=(Entry(Watched(lr=0.05)), FOUR[1]))
    run = optim.train(spec)
    assert seen[0] == {block.name: block.shape for block in SMALL.network.blocks}
    assert np.allclose(run.points[0], run.points[1], rtol=1e-10, atol=1e-12)


def test_modifiers_and_schedules_act_on_a_network(result):
    entry = Entry("sgd", {"lr": 0.05}, schedule=("cosine",), modifiers=(("clip_norm", {"max_norm": 0.01}),))
    run = optim.train(replace(SMALL, entries=(entry,)))
    moved = np.linalg.norm(np.diff(run.points[0], axis=0), axis=1)
    assert moved.max() <= 0.05 * 0.01 * (1 + 1e-9)
    assert moved[-1] < moved[0] / 10


def test_weight_decay_is_what_the_rule_has():
    runs = optim.train(replace(SMALL, entries=tuple(Entry("sgd", {"lr": 0.05, "weight_decay": decay}) for decay in (0.0, 0.5))))
    assert np.linalg.norm(runs.points[1, -1]) < 0.7 * np.linalg.norm(runs.points[0, -1])


def test_divergence_is_a_result(result):
    run = optim.train(replace(SMALL, entries=(Entry("sgd", {"lr": 1e200}), FOUR[3])))
    lost, kept = run.status
    assert (lost.kind, lost.step) == ("diverged", run.taken[0])
    assert "overflowed" in lost.reason
    assert np.isnan(run.loss[0, run.taken[0] + 1 :]).all()
    assert (run.evaluations[0, run.taken[0] :] == run.evaluations[0, run.taken[0]]).all()
    assert kept.kind != "diverged"
    assert np.array_equal(run.loss[1], result.loss[3])
    assert run.order == (1, 0)


def test_a_status_says_what_the_numbers_bear():
    spec = NetworkSpec(
        "two_moons", (Entry("adam", {"lr": 0.1}), Entry("sgd", {"lr": 1e-9}), Entry("sgd", {"lr": 0.02})), (8,), steps=150
    )
    run = optim.train(spec)
    assert [status.kind for status in run.status] == ["converged", "stalled", "moving"]
    assert run.status[0].step == run.reached[0]
    since = run.marks.index(run.reached[0])
    assert (run.train_loss[0, since:] <= spec.target).all()
    assert run.train_loss[0, since - 1] > spec.target
    assert optim.train(spec, cancel=lambda: True).status[0].reason == "it took no step"
    assert run.status[2].reason.startswith("the training loss fell from")


def test_standings_and_tables_are_those_of_a_race(result):
    table, standings = result.table(), result.standings()
    assert len(table) == 4 * 41
    assert list(table.columns[:5]) == ["optimizer", "step", "epoch", "loss", "gradient_norm"]
    assert table.epoch.max() == SMALL.epochs == 40 * 16 / 480
    assert list(standings["rank"]) == [1, 2, 3, 4]
    assert list(standings.optimizer) == [result.labels[i] for i in result.order]
    race = optim.race(optim.RaceSpec("elongated_bowl", FOUR, (-7, 2))).standings()
    assert set(race.columns) - set(standings.columns) == {"final_gap", "distance"}
    assert set(standings.columns) - set(race.columns) == {"test_loss", "train_accuracy", "test_accuracy"}
    assert result.losses().shape == (41, 4)
    sparse = optim.train(replace(SMALL, every=15))
    assert sparse.marks == (0, 15, 30, 40)
    assert sparse.table().groupby("optimizer", observed=True).test_loss.count().tolist() == [4] * 4


def test_progress_grows_and_a_cancelled_training_keeps_what_it_has(result):
    seen = []
    spec = replace(SMALL, every=10)
    optim.train(spec, lambda done, total, snapshot: seen.append((done, total, snapshot())))
    assert [(done, total) for done, total, _ in seen] == [(0, 40), (10, 40), (20, 40), (30, 40), (40, 40)]
    for done, _, now in seen:
        assert now.done == done
        assert np.array_equal(now.loss, result.loss[:, : done + 1])
    asked = iter(range(10_000))
    part = optim.train(spec, cancel=lambda: next(asked) > 4 * 10 + 5)
    assert (part.complete, part.done, part.marks) == (False, 10, (0, 10))
    assert np.array_equal(part.loss, result.loss[:, :11])
    assert optim.train(spec, cancel=lambda: True).loss.shape == (4, 1)
    assert pickle.loads(pickle.dumps(part)).standings().equals(part.standings())


ARRAYS = ("loss", "gradient_norm", "evaluations", "points", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
MIXED = replace(
    SMALL,
    entries=(
        *FOUR,
        Entry("prodigy"),
        Entry("schedule_free_sgd"),
        Entry("sgd", {"lr": 1e200}),
        Entry("adam", modifiers=("cautious",)),
    ),
    batch_norm=True,
    dropout=0.1,
    every=10,
)


class Pickling(Executor):
    """An executor that hands its work over as to another process: everything is pickled on the way there and back."""

    def submit(self, fn, /, *args, **kwargs):
        fn, args, kwargs = pickle.loads(pickle.dumps((fn, args, kwargs)))
        done = Future()
        done.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        return done


@pytest.mark.parametrize("loss_at", ["before", "after"])
@pytest.mark.long
def test_a_training_that_stops_and_goes_on_is_the_training(loss_at):
    spec, snapshots = replace(MIXED, loss_at=loss_at), []
    whole = optim.train(spec, lambda done, total, snapshot: snapshots.append((done, snapshot)))
    for done, snapshot in snapshots[::2]:  # asked for when all is over
        part = pickle.loads(pickle.dumps(snapshot()))
        assert part.done == done
        for _ in range(2):  # what is given to go on from stays as it is
            again = optim.train(spec, resume=part)
            assert again.complete
            assert all(np.array_equal(getattr(again, name), getattr(whole, name), equal_nan=True) for name in ARRAYS)
    with pytest.raises(SpecError, match="same spec"):
        optim.train(replace(spec, seed=9), resume=whole)


def test_an_executor_gives_the_same_numbers():
    whole = optim.train(MIXED)
    done = optim.train(MIXED, executor=Pickling())
    assert all(np.array_equal(getattr(done, name), getattr(whole, name), equal_nan=True) for name in ARRAYS)
    asked = iter(range(100))
    part = optim.train(MIXED, cancel=lambda: next(asked) > 2, executor=Pickling())
    assert 0 < part.done < MIXED.steps
    assert np.array_equal(part.points, whole.points[:, : len(part.marks)], equal_nan=True)


def test_a_spec_survives_json_and_is_a_key():
    spec = NetworkSpec(
        "x**2 - y", FOUR, [3, 4], initial=0.01, batch_norm=True, dropout=0.1, seed=7, every=5, weights="own", target=1
    )
    assert NetworkSpec.from_json(spec.to_json()) == spec
    assert json.loads(spec.to_json())["layers"] == [3, 4]
    assert len({spec, NetworkSpec.from_json(spec.to_json()), replace(spec, seed=8)}) == 2
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert NetworkSpec.from_json('{"entries": [{"optimizer": "sgd"}]}') == NetworkSpec(entries=(Entry("sgd"),))


BAD: dict[str, list[Any]] = {
    "data": [None, 3, "digts", "x +", "log(-1 - x**2) + y", "x - x + 1", "sphere_n"],
    "entries": [(), [], None, "sgd", [3]],
    "layers": [3, "10", (0,), (1001,), (2.5,), (5,) * 9, (True,), (1000,) * 3],
    "activation": ["Relu", None, "gelu"],
    "initial": ["normal", -1, float("nan"), None],
    "batch_norm": [1, "yes", None],
    "dropout": [-0.1, 1.0, float("nan"), "0.5"],
    "batch": [-1, 0.5, 10**9, None],
    "steps": [0, 10_001, 1.5, True],
    "seed": [-1, 0.5, 2**32],
    "weights": ["Same", 3],
    "loss_at": ["later", None],
    "every": [-1, 0.5],
    "target": [-1, float("nan"), None],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values], ids=repr)
def test_a_field_that_cannot_be_used_is_named(field, value):
    with pytest.raises(SpecError) as caught:
        replace(SMALL, **{field: value})
    assert caught.value.field == field
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text", ["", "no", "[]", "{}", '{"entries": []}', '{"entries": [], "layer": []}', '{"version": 2, "entries": []}']
)
def test_json_that_is_no_training_is_refused(text):
    with pytest.raises(SpecError):
        NetworkSpec.from_json(text)


def test_too_much_work_says_how_much_would_do():
    with pytest.raises(SpecError, match="at most") as caught:
        NetworkSpec(layers=(500, 500), steps=10_000, batch=1000)
    most = int(str(caught.value).split("at most ")[1].split()[0])
    assert NetworkSpec(layers=(500, 500), steps=most, batch=1000, every=1000).steps == most
    with pytest.raises(SpecError, match="or more: so many weights"):
        NetworkSpec(steps=2000, every=1)


def test_the_digits_are_those_of_scikit_learn():
    """The digest is that of `load_digits` in scikit-learn 1.9.1: the images as whole numbers, then the labels."""
    with np.load(Path(digits.__file__).with_suffix(".npz"), allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"]
    assert (images.shape, labels.shape, images.dtype, int(images.max())) == ((1797, 64), (1797,), np.uint8, 16)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (
        hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
        == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    )
    data = data_set("digits")
    assert (data.training, data.shape, data.outputs) == (1438, (8, 8), 10)
    assert np.array_equal(np.sort(data.targets), np.sort(labels))
    assert data.examples(data.train)[0].max() == 1.0
    assert "Alpaydin" in data.source


@pytest.mark.parametrize("name", DATA_SETS)
def test_every_named_set_says_whence_it_is_and_can_be_drawn_if_plane(name):
    data = data_set(name)
    assert data.name == name
    assert data.source == DATA_SETS[name].source
    assert data.title
    assert set(data.targets[data.train]) == set(data.targets[data.test]) == set(range(data.outputs))
    if data.view:
        low, high = np.array(data.view).T
        assert ((data.inputs >= low) & (data.inputs <= high)).all()
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0, 0] = 1


def test_a_function_is_learned_from_its_values():
    data = data_set("x**2/20 + y**2")
    assert (data.outputs, data.classes, data.features) == (1, (), 2)
    mean, deviation = data.unit
    values = data.inputs[:, 0] ** 2 / 20 + data.inputs[:, 1] ** 2
    assert np.allclose(data.targets[:, 0] * deviation + mean, values)
    run = optim.train(NetworkSpec("x**2/20 + y**2", [Entry("adam", {"lr": 0.02})], layers=(16,), activation="tanh", steps=200))
    assert run.test_loss[0, -1] < 0.1 < 0.8 < run.test_loss[0, 0]
    assert np.isnan(run.test_accuracy).all()


def test_random_numbers_are_the_same_for_all_entries_and_other_at_every_step():
    oracle = BatchOracle(dense_network((2, 3, 2), "relu", classifies=True), data_set("xor"), 0, 8, runs=3)
    drawn = [oracle.normal(2), oracle.normal(2)]
    oracle.begin(1)
    drawn.append(oracle.normal(2))
    assert drawn[0].shape == (2, 17, 3)
    assert (drawn[0] == drawn[0][:, :, :1]).all()
    assert len({one.tobytes() for one in drawn}) == 3
