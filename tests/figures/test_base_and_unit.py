"""No picture loses a function's shape to a constant added to it or to a factor: the heights are those of the plain function."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import optim
from optim.figures import chart, curves
from optim.figures.function.landscape import landscape
from optim.figures.function.maps import flat, relief
from optim.figures.function.scale import Scale, fitted, single
from optim.figures.function.thumbnail import thumbnail
from optim.figures.race.maps import LIFT, Trail, contour, surface, track
from optim.figures.race.playback import playback

BOWL = "x**2 + y**2"
MOVED = {
    "x**2 + y**2 + 1e9": (1e9, 1.0),
    "x**2 + y**2 - 1e12": (-1e12, 1.0),
    "1e50*(x**2 + y**2)": (0.0, 1e50),
    "1e-50*(x**2 + y**2)": (0.0, 1e-50),
    "-1e90*(x**2 + y**2)": (0.0, -1e90),
    "1e40*(x**2 + y**2) + 1e46": (1e46, 1e40),
}
"""Formula -> what is added to the bowl and what it is multiplied by."""
EACH = pytest.mark.parametrize("formula", MOVED)
START = (1.5, 1.0)


def bowl_of(formula, values):
    """Return the bowl's own values from those of the formula."""
    constant, factor = MOVED[formula]
    return (np.asarray(values, dtype=float) - constant) / factor


def distinct(values):
    """Return how many heights single precision, in which a graphics card computes, tells apart."""
    with np.errstate(over="ignore"):
        single_values = np.asarray(values, dtype=np.float32)
    return len(np.unique(single_values[np.isfinite(single_values) & ((np.abs(single_values) > 1e-37) | (single_values == 0))]))


def raced(formula, steps=20):
    return optim.race(optim.RaceSpec(formula, [optim.Entry("newton", {"lr": 0.2})], START, steps))


def surfaces(formula, log):
    """Return every figure with a drawn sheet."""
    result = raced(formula)
    land = landscape(result.problem, START, 61, surface_log=log)
    return {"relief": relief(result.problem, land), "race": surface(result, land=land)}


def maps(formula):
    """Return every figure with contours."""
    result = raced(formula)
    land = landscape(result.problem, START, 61)
    path = np.array([START, (1.0, 0.5)])
    trail = Trail(path, result.problem.value(path.T), "one")
    return {
        "flat": flat(result.problem, land),
        "race": contour(result, land=land),
        "track": track(result.problem, trail, points=61),
    }


@EACH
@pytest.mark.parametrize("log", [False, True, None])
def test_a_surface_keeps_its_heights(formula, log):
    if log and MOVED[formula][1] < 0:
        pytest.skip("what falls without end has no logarithmic height")
    for figure in surfaces(formula, log).values():
        sheet = next(trace for trace in figure.data if trace.type == "surface")
        plain = landscape(optim.problem(BOWL), START, 61)
        assert distinct(sheet.z) > 0.6 * distinct(plain.value)
        low, high = figure.layout.scene.zaxis.range
        assert high - low > 1e-9
        assert max(abs(low), abs(high)) < 1e4 * (high - low)
        for path in (trace for trace in figure.data if trace.type == "scatter3d" and trace.mode == "lines+markers"):
            assert distinct(path.z) > 10


@EACH
def test_a_map_keeps_its_levels_and_says_true_values(formula):
    for figure in maps(formula).values():
        (levels,) = (trace for trace in figure.data if trace.type == "contour")
        plain = landscape(optim.problem(BOWL), START, 61)
        assert distinct(levels.z) > 0.6 * distinct(plain.value)
        start, end, size = (levels.contours[name] for name in ("start", "end", "size"))
        assert 10 < (end - start) / size < 40
        spread = np.mean((levels.z > start) & (levels.z < end))
        assert spread > 0.9
        said = levels.customdata if "customdata" in levels.hovertemplate else levels.z
        if "log10" not in levels.hovertemplate:
            np.testing.assert_allclose(bowl_of(formula, said), plain.value, rtol=1e-3, atol=1e-3)


@EACH
def test_an_axis_says_true_values_at_its_ticks(formula):
    figure = surfaces(formula, False)["race"]
    axis = figure.layout.scene.zaxis
    sheet = next(trace for trace in figure.data if trace.type == "surface")
    plain = landscape(optim.problem(BOWL), START, 61).value
    said = [float(re.sub(r"×10<sup>(.*)</sup>", r"e\1", text).replace("\u2212", "-")) for text in axis.ticktext]
    assert len(said) >= 4
    assert len(set(axis.ticktext)) == len(said)
    low, high = axis.range
    assert all(low <= place <= high for place in axis.tickvals)
    # What the axis says at a height of the sheet is the function's value there.
    ours = np.interp(np.ravel(sheet.z), axis.tickvals, bowl_of(formula, said))
    inside = (np.ravel(sheet.z) > min(axis.tickvals)) & (np.ravel(sheet.z) < max(axis.tickvals))
    np.testing.assert_allclose(ours[inside], np.ravel(plain)[inside], rtol=1e-3, atol=2e-3)


@EACH
def test_the_browser_s_message_keeps_the_race(formula):
    result = raced(formula)
    land = landscape(result.problem, START, 61, surface_log=False)
    roll = playback(result, land, chart(result))
    loss, base = roll.columns["loss"].astype(float), roll.facts["base"]
    plain = raced(BOWL).loss[0]
    own = bowl_of(formula, result.loss[0])
    np.testing.assert_allclose((loss + (base - MOVED[formula][0])) / MOVED[formula][1], own, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(own, plain, rtol=1e-3, atol=1e-3)


@EACH
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js runs the view's own program")
def test_the_browser_draws_the_path_on_the_sheet(formula):
    """The program of the view itself, run by Node, gives the heights of the figure."""
    result = raced(formula)
    land = landscape(result.problem, START, 61, surface_log=False)
    roll = playback(result, land, chart(result))
    columns = {name: [float(value) for value in column] for name, column in roll.columns.items()}
    source = Path("pages/shared/components/race_view/track.js").read_text(encoding="utf-8")
    rebuilt = "Object.fromEntries(Object.entries(COLUMNS).map(([name, own]) => [name, Float64Array.from(own)]))"
    program = f"""{source}
const COLUMNS = {json.dumps(columns)};
const [track] = tracksOf({json.dumps(roll.facts)}, {rebuilt});
console.log(JSON.stringify(Array.from({{ length: track.rows }}, (_, row) => track.height(row))));"""
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    low, high = land.heights
    expected = land.surface_scale.height(result.loss[0]) + LIFT * (high - low)
    np.testing.assert_allclose(json.loads(done.stdout), expected, rtol=1e-5, atol=1e-5 * (high - low))


@EACH
def test_a_thumbnail_is_that_of_the_bowl(formula):
    if MOVED[formula][1] > 0:
        assert len(set(thumbnail(optim.problem(formula)))) > 100
        assert abs(len(thumbnail(optim.problem(formula))) - len(thumbnail(optim.problem(BOWL)))) < 200


@EACH
@pytest.mark.parametrize("log", [False, True])
def test_a_curve_fills_its_axis(formula, log):
    result = raced(formula)
    figure = curves(result, log=log)
    low, high = figure.layout.yaxis.range
    heights = np.asarray(figure.data[0].y, dtype=float)
    places = np.log10(heights[heights > 0]) if figure.layout.yaxis.type == "log" else heights
    inside = places[(places >= low) & (places <= high)]
    assert len(inside) >= 10
    assert np.ptp(inside) > 0.4 * (high - low) or MOVED[formula][1] < 0


def test_coordinates_far_from_zero_are_kept_apart():
    place = 1e8
    view = ((place - 5.0, place + 5.0), (-5.0, 5.0))
    far = optim.Problem("far", lambda x: (x[0] - place) ** 2 + x[1] ** 2, lambda x: 2 * (x - np.array([[place], [0.0]])), view=view)
    land = landscape(far, (place + 1.0, 1.0), 61)
    assert len(np.unique(land.x)) == len(np.unique(land.y)) == 61
    path = track(far, Trail(np.array([[place + 1.0, 1.0], [place + 0.5, 0.5]]), np.array([2.0, 0.5]), "one")).data[-1]
    assert path.x[0] != path.x[1]


@pytest.mark.parametrize(
    ("values", "fits"),
    [([0.0, 1.0, 5.0], (0.0, 1.0)), ([1e3, 1e3 + 5.0], (0.0, 1.0)), ([3.0, 3.0], (0.0, 1.0)), ([0.0, 1e-9], (0.0, 1.0))],
)
def test_ordinary_values_are_drawn_as_they_are(values, fits):
    assert fitted(np.array(values)) == fits
    assert single(np.array(values)).dtype == np.float32
    assert Scale(False, 0.0, 1.0, *fits).ticks(0.0, 1.0) == {}
