"""What is given by a caller: every way in refuses what it cannot take, and names it."""

import inspect

import numpy as np
import pytest

import optim
from optim import SpecError
from optim.core.parameter import takes
from optim.races.online import OnlineSpec

ENTRY = optim.Entry("sgd")
RACE = optim.RaceSpec("rosenbrock", ENTRY, (-1.2, 1.0))
GAME = next(iter(optim.ONLINE_PROBLEMS.values()))

WRONG = [
    ("spec", lambda: optim.race(5)),
    ("spec", lambda: optim.race(spec=None)),
    ("spec", lambda: optim.race("rosenbrock", states=True)),
    ("spec", lambda: optim.sweep(None)),
    ("spec", lambda: optim.sweep(RACE)),
    ("resume", lambda: optim.sweep(optim.SweepSpec(RACE), resume=5)),
    ("spec", lambda: optim.pieces(None)),
    ("piece", lambda: optim.run_piece(None)),
    ("spec", lambda: optim.tune(RACE)),
    ("resume", lambda: optim.tune(optim.TuneSpec(RACE), resume=RACE)),
    ("spec", lambda: optim.train(None)),
    ("resume", lambda: optim.train(optim.NetworkSpec(), resume=5)),
    ("spec", lambda: optim.train_seeds(optim.NetworkSpec())),
    ("training", lambda: optim.NetworkSeeds(None)),
    ("parameter", lambda: optim.spaced("lr")),
    ("problem", lambda: optim.play(5, ENTRY, 3)),
    ("entry", lambda: optim.play(GAME, "sgd", 3)),
    *(("steps", lambda steps=steps: optim.play(GAME, ENTRY, steps)) for steps in (-1, 0, 2.5, None, 10**30)),
    ("spec", lambda: optim.play_all(GAME)),
    ("problem", lambda: OnlineSpec([GAME.name], (ENTRY,), 3)),
    ("entries", lambda: OnlineSpec(GAME.name, 5, 3)),
    ("steps", lambda: OnlineSpec(GAME.name, (ENTRY,), -1)),
    ("gradient", lambda: optim.RaceSpec("rosenbrock", ENTRY, (-1.2, 1.0), gradient=np.array([1.0, 2.0]))),
]
"""The argument that is named, and a call with something else in it."""


@pytest.mark.parametrize(("name", "call"), WRONG)
def test_every_way_in_names_the_argument_that_it_cannot_take(name, call):
    with pytest.raises(SpecError) as raised:
        call()
    assert raised.value.field == name
    assert raised.value.expected in str(raised.value)


def test_a_guarded_function_is_called_as_it_was_and_its_own_faults_are_told_as_before():
    @takes(first=int, last=str)
    def function(first, middle=0.0, *, last=None):
        """Return what it is given."""
        return first, middle, last

    assert function(1) == function(first=1) == (1, 0.0, None)
    assert function(1, 2, last="x") == (1, 2, "x")
    assert function(1, last=None) == (1, 0.0, None)
    assert (function.__name__, function.__doc__) == ("function", "Return what it is given.")
    assert list(inspect.signature(function).parameters) == ["first", "middle", "last"]
    with pytest.raises(SpecError, match="last is 5; expected an object of the class str"):
        function(1, last=5)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        function()
    assert list(inspect.signature(optim.sweep).parameters)[:2] == ["spec", "progress"]
