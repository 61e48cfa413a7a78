"""What is said of a step's length holds to the digits that are written."""

import optim
from optim.explain import replay, share
from optim.reports.step import because


def test_a_step_that_hardly_differs_is_not_said_to_be_one_times_as_long():
    run = replay(optim.RaceSpec("rosenbrock", optim.Entry("momentum", {"lr": 0.00211}), (-1.2, 1.0), 30))
    told = {step: str(because(run, step, "Momentum")) for step in range(1, run.taken + 1)}
    pulled = {step: words for step, words in told.items() if "pull back" in words}
    assert any(1.005 < 1 - share(run, step) < 1.05 for step in pulled)
    assert not any(" 1 times as long" in words for words in pulled.values())
