"""A training's plane as a race view plays it: what travels to the browser is what the plane and the result say."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

import optim
from optim.figures.plane import line_losses, plane_axes, plane_chart, plane_land, plane_pictures, plane_playback
from optim.networks.views.landscape import line_between, losses_at, surfaces, truth
from optim.networks.views.plane import joint_plane, random_plane
from optim.reports import line_sentence, plane_claim, plane_hides
from tests.figures.race.test_playback import unpacked

FOUR = tuple(optim.Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adagrad", "adam"))
SPEC = optim.NetworkSpec("two_moons", FOUR, layers=(6, 5), batch=16, steps=40, every=10)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


@pytest.fixture(scope="module")
def seen(result):
    """The joint plane, what it hides, and its landscapes from the coarsest to the finest."""
    plane = joint_plane(result)
    found, lands = truth(result, plane), []
    for surface in surfaces(SPEC, plane, size=21):
        lands.append(plane_land(plane, surface, found, lands[-1] if lands else None))
    return plane, found, lands


def test_rows_are_marks_with_the_true_loss_and_that_on_the_plane(result, seen):
    plane, found, lands = seen
    roll = plane_playback(result, plane, found, lands[0])
    columns = unpacked(roll)
    np.testing.assert_array_equal(columns["step"], list(result.marks) * 4)
    np.testing.assert_array_equal(np.stack([columns["x"], columns["y"]], axis=1), plane.paths.reshape(-1, 2).astype("f4"))
    true = [losses_at(SPEC, points) for points in result.points]
    np.testing.assert_allclose(columns["loss"], np.ravel(true), rtol=1e-6)
    shadows = [losses_at(SPEC, plane.points(path)) for path in plane.paths]
    np.testing.assert_allclose(columns["projected"], np.ravel(shadows), rtol=1e-6)
    assert roll.facts["base"] + columns["loss"][-1] == pytest.approx(roll.facts["racers"][3]["end"], rel=1e-6)
    assert (roll.facts["steps"], roll.facts["thinned"]) == (40, None)
    assert [racer["label"] for racer in roll.facts["racers"]] == list(result.labels)
    ends = found.true[:, -1]
    assert [racer["rank"] for racer in roll.facts["racers"]] == np.argsort(np.argsort(ends)).tolist()
    assert [racer["placed"] for racer in roll.facts["racers"]] == [1 + int(np.sum(ends < end)) for end in ends]
    assert plane_claim(result, found).winner == int(np.argmin(ends))


def test_racers_that_end_alike_share_a_place(result, seen):
    plane, found, lands = seen
    true = found.true.copy()
    true[:, -1] = [0.5, 0.2, 0.2 + 1e-12, 0.7]
    alike = replace(found, true=true)
    assert [racer["placed"] for racer in plane_playback(result, plane, alike, lands[0]).facts["racers"]] == [3, 1, 1, 4]
    claim = plane_claim(result, alike)
    assert (claim.winner, claim.headline) == (None, f"{result.labels[1]} and {result.labels[2]} tie for the lowest loss: 0.2.")


def test_the_ring_is_where_all_begin_and_none_where_each_has_its_own_weights(result, seen):
    plane, found, lands = seen
    start = plane_playback(result, plane, found, lands[0]).facts["start"]
    np.testing.assert_allclose(start, plane.coordinates(result.points[2, 0]), rtol=1e-9, atol=1e-12)
    own = optim.train(optim.NetworkSpec("two_moons", FOUR[:2], layers=(6,), steps=10, weights="own"))
    other = joint_plane(own)
    told = truth(own, other)
    land = plane_land(other, next(iter(surfaces(own.spec, other, size=11))), told)
    assert plane_playback(own, other, told, land).facts["start"] is None


def test_finer_grids_keep_heights_and_levels_so_that_racers_stay_on_the_surface(seen):
    _, found, (coarse, fine) = seen
    assert (coarse.value.shape, fine.value.shape) == ((11, 11), (21, 21))
    assert (coarse.heights, coarse.levels, coarse.surface_scale) == (fine.heights, fine.levels, fine.surface_scale)
    np.testing.assert_array_equal(fine.value[::2, ::2], coarse.value)
    heights = fine.surface_scale.height(found.projected)
    assert fine.heights[0] <= heights.min() < heights.max() <= fine.heights[1]
    np.testing.assert_allclose(heights, np.log10(found.projected), rtol=1e-12)


def test_an_entry_that_diverged_has_no_path_and_comes_last(seen):
    lost = optim.train(optim.NetworkSpec("two_moons", (optim.Entry("sgd", {"lr": 1e9}), FOUR[3]), layers=(6,), steps=20))
    plane = joint_plane(lost)
    found = truth(lost, plane)
    land = plane_land(plane, next(iter(surfaces(lost.spec, plane, size=11))), found)
    roll = plane_playback(lost, plane, found, land)
    first = roll.facts["racers"][0]
    assert (first["status"], first["rank"], first["end"]) == ("diverged", 1, None)
    assert np.isnan(unpacked(roll)["x"][: len(lost.marks)]).all()
    assert plane_claim(lost, found).winner == 1
    with pytest.raises(optim.DataError, match="SGD diverged"):
        random_plane(lost, 0)
    with pytest.raises(optim.DataError, match="SGD diverged"):
        line_between(lost, 1, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_accepts_every_picture(result, seen, theme):
    plane, found, lands = seen
    line = line_between(result, 0, 3)
    pictures = (
        *plane_pictures(plane, lands[-1], theme),
        plane_axes(plane_chart(result, found), theme),
        line_losses(result, line, 0, 3, theme),
    )
    for picture in pictures:
        go.Figure(picture.to_dict())  # checks every property
    sheet = pictures[1].data[0]
    np.testing.assert_allclose(10.0 ** np.array(sheet.z, dtype=float), lands[-1].value, rtol=1e-5)


def test_a_line_is_told_by_its_own_numbers(result):
    line = line_between(result, 0, 3)
    np.testing.assert_allclose(line.loss[[6, 30]], losses_at(SPEC, result.points[[0, 3], -1]), rtol=1e-12)
    said = str(line_sentence(result, line, 0, 3))
    assert f"{line.loss[6:31].max():.3g}" in said
    assert ("a hill is between them" in said) == (line.loss[6:31].max() > 1.1 * max(line.loss[6], line.loss[30]))
    hill = type(line)(line.t, line.loss + np.where(np.abs(line.t - 0.5) < 0.3, 9.0, 0.0))
    assert "a hill is between them" in str(line_sentence(result, hill, 0, 3))
    flat = type(line)(line.t, np.full_like(line.loss, 0.25))
    assert "no hill is in the way: the loss is 0.25 at most" in str(line_sentence(result, flat, 0, 3))


def test_what_a_plane_hides_is_said_where_it_hides_most(result, seen):
    _, found, _ = seen
    entry, place = np.unravel_index(np.argmax(np.abs(found.true - found.projected)), found.true.shape)
    said = str(plane_hides(result, found))
    assert f"step {result.marks[place]} of {result.labels[entry]}" in said
    assert f"{found.true[entry, place]:.3g}" in said
