"""A race as numbers to play: what travels to the browser says what the result says."""

import zlib

import numpy as np
import pytest

import optim
from optim.explain.replay import replay
from optim.explain.step import moves, remembered_moves
from optim.figures import axes, chart
from optim.figures.function.landscape import landscape
from optim.figures.race.playback import playback


def played(spec, quantity="loss", log=True, along="step", **more):
    result = optim.race(spec)
    land = landscape(result.problem, spec.start)
    return result, playback(result, land, chart(result, quantity, log=log, along=along), **more)


def unpacked(roll):
    """Undo the packing as its description says, independently of the code that packs."""
    data, columns = zlib.decompress(roll.packed()), {}
    for name, kind, rows in roll.facts["columns"]:
        width = np.dtype(kind).itemsize
        planes, data = data[: rows * width], data[rows * width :]
        words = [int.from_bytes(bytes(planes[byte * rows + row] for byte in range(width)), "little") for row in range(rows)]
        for row in range(1, rows):
            words[row] = (words[row] + words[row - 1]) % 256**width
        columns[name] = np.frombuffer(b"".join(word.to_bytes(width, "little") for word in words), dtype=f"<{kind}")
    assert data == b""
    return columns


SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
ROSENBROCK = optim.RaceSpec("rosenbrock", [optim.Entry(name, {"lr": 0.001}) for name in SIX], (-1.2, 1.0), 300)


def test_what_is_packed_is_the_race_in_single_precision():
    result, roll = played(ROSENBROCK)
    columns = unpacked(roll)
    path = result.path.reshape(-1, 2)
    np.testing.assert_array_equal(columns["x"], path[:, 0].astype("f4"))
    np.testing.assert_array_equal(columns["y"], path[:, 1].astype("f4"))
    np.testing.assert_array_equal(columns["loss"] + roll.facts["base"], result.gap.ravel().astype("f4") + result.lowest)
    racers = roll.facts["racers"]
    assert [racer["label"] for racer in racers] == list(result.labels)
    assert [racer["end"] for racer in racers] == result.loss[:, -1].tolist()
    assert sorted(range(6), key=lambda i: racers[i]["rank"]) == list(result.order)
    assert [racer["placed"] for racer in racers] == list(result.places)
    assert roll.facts["thinned"] is None
    assert len(roll.packed()) < 15_000


def test_a_race_that_overflows_single_precision_travels_in_double():
    result, roll = played(optim.RaceSpec("rosenbrock", [optim.Entry("sgd", {"lr": 1.0})], (-1.2, 1.0), 5))
    columns = unpacked(roll)
    assert np.nanmax(result.loss[np.isfinite(result.loss)]) > 1e38
    np.testing.assert_array_equal(columns["loss"], result.gap[0])
    assert (roll.facts["racers"][0]["status"], roll.facts["racers"][0]["end"]) == ("diverged", None)


def test_a_long_race_keeps_at_most_2000_rows_per_racer_and_every_extreme():
    result, roll = played(
        optim.RaceSpec("rosenbrock", [optim.Entry("momentum", {"lr": 1e-4, "momentum": 0.99})], (-1.2, 1.0), 10_000)
    )
    columns = unpacked(roll)
    assert roll.facts["racers"][0]["rows"] == len(columns["step"]) <= roll.facts["thinned"] == 2000
    assert (columns["step"][0], columns["step"][-1]) == (0, 10_000)
    assert {int(np.argmax(result.loss[0])), int(np.argmin(result.loss[0]))} <= set(columns["step"].tolist())
    np.testing.assert_array_equal(columns["loss"], result.gap[0][columns["step"]].astype("f4"))


def test_evaluations_and_other_quantities_are_sent_where_they_are_shown():
    spec = optim.RaceSpec("himmelblau", [optim.Entry("sam_sgd", {"lr": 0.01}), optim.Entry("sgd", {"lr": 0.01})], (0.0, 0.0), 40)
    result, roll = played(spec, "distance", along="evaluations")
    columns = unpacked(roll)
    np.testing.assert_array_equal(columns["place"], result.evaluations.ravel())
    np.testing.assert_array_equal(columns["curve"], result.distance.ravel().astype("f4"))
    assert columns["place"][40] == 2 * columns["place"][81]
    plain = unpacked(played(spec)[1])
    assert not {"place", "curve", "step"} & set(plain)
    shown = chart(result, along="evaluations")
    assert axes(result, shown).layout.xaxis.title.text == "evaluations"
    assert axes(result, shown).layout.xaxis.range[1] >= 80


def test_what_schedule_free_reports_travels_beside_what_it_moves():
    spec = optim.RaceSpec("rosenbrock", [optim.Entry("sgd"), optim.Entry("schedule_free_sgd", {"lr": 1e-3})], (-1.2, 1.0), 50)
    result, roll = played(spec)
    columns = unpacked(roll)
    assert [racer["reports"] for racer in roll.facts["racers"]] == [False, True]
    np.testing.assert_array_equal(columns["reported_x"], result.answer[1, :, 0].astype("f4"))
    np.testing.assert_array_equal(columns["reported_loss"], result.answer_gap[1].astype("f4"))


@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_slopes_point_down_and_the_longest_is_the_longest(name):
    problem = optim.PROBLEMS[name]
    spec = optim.RaceSpec(name, [optim.Entry("sgd", {"lr": 1e-4})], problem.starts[0], 20)
    result, roll = played(spec, slopes=True)
    columns = unpacked(roll)
    arrows = np.stack([columns["slope_x"], columns["slope_y"]]).astype(float)
    sides = np.array([[high - low] for low, high in roll.facts["window"]])
    down = -result.problem.gradient(result.path[0].T) / sides
    length = np.sqrt(np.sum(down**2, axis=0))
    clear = length > 0.05 * length.max()
    assert clear.any()
    cosine = np.sum(arrows * down, axis=0)[clear] / length[clear] / np.sqrt(np.sum(arrows**2, axis=0))[clear]
    assert np.min(cosine) > 0.99
    assert np.max(np.abs(np.sqrt(np.sum(arrows**2, axis=0)) - 127 * np.sqrt(length / length.max()))) < 1


def test_the_velocity_is_what_memory_adds_to_the_next_step():
    spec = optim.RaceSpec(
        "elongated_bowl", [optim.Entry("sgd", {"lr": 0.1}), optim.Entry("momentum", {"lr": 0.1})], (-7.0, 2.0), 12
    )
    runs = [replay(spec, i) for i in range(2)]
    carried = [remembered_moves(run) for run in runs]
    assert carried[0] is None
    # The velocity before the step, times momentum and lr, is what would be done without a new slope.
    velocity = runs[1].states["velocity"]
    np.testing.assert_allclose(carried[1].T[1:], -0.1 * 0.9 * velocity[1:12], rtol=1e-12, atol=1e-15)
    assert carried[1].shape == moves(runs[1]).shape
    columns = unpacked(played(spec, carried=carried)[1])
    arrows = np.stack([columns["velocity_x"], columns["velocity_y"]], axis=1).reshape(2, 13, 2)
    assert not arrows[0].any()
    assert not arrows[1, -1].any()
    assert np.sign(arrows[1, 1:12, 0]).tolist() == np.sign(carried[1][0, 1:]).tolist()
