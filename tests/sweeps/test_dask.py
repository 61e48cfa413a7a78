"""A Dask cluster's executor takes a sweep as any other does; skipped where Dask is not installed."""

import pytest

import optim
from tests.support import samples

distributed = pytest.importorskip("distributed", reason="an optional extra: pip install distributed")


def test_a_clusters_executor_changes_no_bit_and_can_be_called_off():
    race = optim.RaceSpec("rosenbrock", [optim.Entry("sgd"), optim.Entry("adam")], (-1.2, 1.0), 50)
    spec = optim.SweepSpec(race, {"lr": (0.001, 0.01, 0.1)}, optim.Jittered(6))
    here = optim.sweep(spec)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        there = optim.sweep(spec, executor=executor, block=7)
        part = optim.sweep(spec, cancel=lambda: True, executor=executor)
    for name in ("end", "end_gap", "reached_step", "evaluations", "status"):
        assert samples.bits(getattr(here, name)) == samples.bits(getattr(there, name))
    assert not part.done.any()
