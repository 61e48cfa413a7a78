"""Sweeps and tunings asked for what cannot be run: a SpecError that names the field, before anything is computed."""

import json

import numpy as np
import pytest

import optim
from optim import SpecError

NAN, INF = float("nan"), float("inf")
RACE = optim.RaceSpec("rosenbrock", [optim.Entry("sgd"), optim.Entry("adam")], (-1.2, 1.0))
RATE = optim.OPTIMIZERS["sgd"].parameter("lr")


def from_json(**changed):
    return optim.SweepSpec.from_json(json.dumps({**json.loads(optim.SweepSpec(RACE).to_json()), **changed}))


HUGE = [
    ("across × up", lambda: optim.Lattice(20_000, 20_000)),
    ("run_steps", lambda: optim.SweepSpec(RACE, {}, optim.Lattice(3000, 3000))),
    ("runs", lambda: optim.SweepSpec(RACE, {}, optim.Lattice(3000, 3000), limit=10**12)),
    ("size", lambda: from_json(starts={"kind": "Jittered", "size": 10**12})),
    ("across × up", lambda: from_json(starts={"kind": "Lattice", "across": 10**6, "up": 10**6}, limit=10**11)),
    ("limit", lambda: from_json(limit=10**30)),
    ("seeds", lambda: optim.SweepSpec(RACE, seeds=range(10**12))),
    ("starts", lambda: optim.SweepSpec(RACE, starts=((1.0, 2.0) for _ in iter(int, 1)))),
    ("values", lambda: optim.SweepSpec(RACE, {"lr": range(10**12)})),
    ("run_steps", lambda: optim.SweepSpec(RACE, {"lr": [0.1] * 100_000, "no_such": [0.1] * 100_000})),
    ("values", lambda: optim.TuneSpec(RACE, values=2_000_000)),
    ("values", lambda: optim.TuneSpec(RACE, values=10**30)),
    ("values", lambda: optim.TuneSpec(RACE, values=10**5000)),
    ("starts", lambda: optim.TuneSpec(RACE, starts=10**30)),
    ("run_steps", lambda: optim.TuneSpec(RACE, values=10_000, starts=10_000_000, limit=10**12)),
    ("parameters", lambda: optim.TuneSpec(RACE, parameters=("lr",) * 1000)),
    ("count", lambda: optim.spaced(RATE, 10**30)),
]
"""The field that is named, and what asks for more than any memory holds."""


@pytest.mark.parametrize(("field", "ask"), HUGE)
def test_however_much_is_asked_the_field_is_named_and_nothing_is_computed(field, ask, monkeypatch):
    for kind in (optim.Points, optim.Jittered, optim.Lattice):
        monkeypatch.setattr(kind, "points", lambda *_: pytest.fail("starts were computed for a spec"))
    with pytest.raises(SpecError) as raised:
        ask()
    assert raised.value.field == field
    assert raised.value.expected in str(raised.value)
    assert len(str(raised.value)) < 400


WRONG = [
    ("values", lambda: optim.SweepSpec(RACE, {"lr": 0.1})),
    ("values", lambda: optim.SweepSpec(RACE, {"lr": "fast"})),
    ("axes", lambda: optim.SweepSpec(RACE, None)),
    ("axes", lambda: optim.SweepSpec(RACE, [0.1])),
    ("axes", lambda: optim.SweepSpec(RACE, [optim.Axis(("lr",), ((0.1,),))])),
    ("axes", lambda: optim.SweepSpec(RACE, [optim.Axis("lr", ((0.1,), (0.2,), (0.3,)))])),
    ("seeds", lambda: optim.SweepSpec(RACE, seeds=5)),
    ("seeds", lambda: optim.SweepSpec(RACE, seeds=None)),
    ("seeds", lambda: optim.SweepSpec(RACE, seeds=(0.5,))),
    ("lowest", lambda: optim.SweepSpec(RACE, lowest="x")),
    ("lowest", lambda: optim.SweepSpec(RACE, lowest=INF)),
    *(("limit", lambda limit=limit: optim.SweepSpec(RACE, limit=limit)) for limit in (None, NAN, INF, 0, -1, "x", 1.5, True)),
    ("starts", lambda: optim.SweepSpec(RACE, starts=0)),
    ("starts", lambda: optim.SweepSpec(RACE, starts=np.array([1.0, 2.0]))),
    ("starts", lambda: optim.SweepSpec(RACE, starts=np.array(1.0))),
    ("starts", lambda: optim.SweepSpec(RACE, starts=[(1.0, 2.0), (1.0,)])),
    ("starts", lambda: optim.SweepSpec(RACE, starts=optim.Jittered(around=((1.0, 2.0, 3.0),)))),
    ("starts", lambda: optim.SweepSpec(optim.RaceSpec("rosenbrock_n", RACE.entries, (1.0,) * 3), {}, optim.Lattice(3, 3))),
    ("values", lambda: optim.Axis("lr", 5)),
    ("values", lambda: optim.Axis("lr", ((0.1,), 0.2))),
    ("parameter", lambda: optim.Axis(5, (0.1,))),
    ("parameter", lambda: optim.Axis(("lr", 5), (0.1,))),
    ("places", lambda: optim.Points((("a", 1.0),))),
    ("places", lambda: optim.Points(((NAN, 1.0),))),
    ("places", lambda: optim.Points(())),
    ("places", lambda: optim.Points(None)),
    *(("size", lambda size=size: optim.Jittered(size)) for size in (0, -1, 2.5, None, NAN)),
    ("seed", lambda: optim.Jittered(3, -1)),
    ("first", lambda: optim.Jittered(3, first=-1)),
    ("around", lambda: optim.Jittered(3, around=((1.0, INF),))),
    ("across", lambda: optim.Lattice(0, 3)),
    ("up", lambda: optim.Lattice(3, "3")),
    *(
        ("box", lambda box=box: optim.Lattice(3, 3, box))
        for box in (5, ((NAN, 1), (0, 1)), ((1, 0), (0, 1)), ((0, 1),), ((0, 1, 2),) * 2)
    ),
    ("race", lambda: optim.SweepSpec(None)),
    ("race", lambda: optim.TuneSpec("rosenbrock")),
    *(("seed", lambda seed=seed: optim.TuneSpec(RACE, seed=seed)) for seed in (-1, None, 0.5)),
    *(
        ("parameters", lambda own=own: optim.TuneSpec(RACE, own))
        for own in (None, 5, "lr", (5,), (("lr",),), (("lr", 5),), ("lr", "lr"))
    ),
    ("limit", lambda: optim.TuneSpec(RACE, limit=NAN)),
    ("starts", lambda: optim.TuneSpec(RACE, starts=2.5)),
]
"""The field that is named, and what cannot be meant."""


@pytest.mark.parametrize(("field", "ask"), WRONG)
def test_a_value_of_the_wrong_kind_is_named_in_words(field, ask):
    with pytest.raises(SpecError) as raised:
        ask()
    assert raised.value.field == field
    assert raised.value.expected in str(raised.value)


def test_arrays_are_values_and_starts_like_any_sequence():
    plain = optim.SweepSpec(RACE, {"lr": (0.1, 0.2)}, ((1.0, 2.0), (3.0, 4.0)), seeds=(0, 1))
    arrays = optim.SweepSpec(RACE, {"lr": np.array([0.1, 0.2])}, np.array([[1.0, 2.0], [3.0, 4.0]]), seeds=np.arange(2))
    assert arrays == plain
    assert hash(arrays) == hash(plain)
    assert optim.SweepSpec.from_json(arrays.to_json()) == plain


def test_a_long_sequence_is_refused_without_being_written_out():
    class Item:
        def __repr__(self):
            written.append(self)
            return "item"

    written = []
    with pytest.raises(SpecError, match=r"seeds is \[item, item"):
        optim.SweepSpec(RACE, seeds=[Item()] * 200_000)
    assert len(written) < 100
