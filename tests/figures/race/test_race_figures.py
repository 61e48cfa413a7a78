"""Figures: valid Plotly, true to the result, readable when a run blows up, and the same for every problem and theme."""

import functools

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

import optim
from optim.figures import QUANTITIES, axes, chart, contour, relief, surface
from optim.figures.function.landscape import downhill, landscape
from optim.figures.function.maps import scene_box
from optim.figures.race.curves import curves
from optim.figures.race.overview import overview
from optim.figures.race.thinning import clipped, exit_point, shown_rows
from pages.shared.inputs.presets import PRESETS

BOOK = PRESETS[0].spec
FIGURES = {
    "contour": contour,
    "surface": surface,
    "overview": overview,
    **{q: lambda r, t="light", q=q: curves(r, q, t) for q in QUANTITIES},
}
ODD = {
    "diverged": optim.RaceSpec("elongated_bowl", [optim.Entry("sgd", {"lr": 50.0}), optim.Entry("sgd")], (-7.0, 2.0), 400),
    "one step": optim.RaceSpec("beale", optim.Entry("adam"), (3.0, 4.0), 1),
    "long": optim.RaceSpec("sphere", optim.Entry("adam", {"lr": 0.1}), (-4.0, 3.0), 10_000),
    "outside": optim.RaceSpec("ackley", optim.Entry("adam"), (-60.0, 15.0), 10),
    "typed": optim.RaceSpec("log(x) + y**2", optim.Entry("sgd", {"lr": 0.3}), (1.0, 1.0), 30),
    "twelve": optim.RaceSpec("himmelblau", [optim.Entry("adam", {"lr": 0.1 * (i + 1)}) for i in range(12)], (0.0, 0.0), 50),
}


@pytest.fixture(scope="module")
def book():
    return optim.race(BOOK)


@functools.cache
def raced(spec):
    """Return a race that several figures are drawn of."""
    return optim.race(spec)


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("spec", [*(preset.spec for preset in PRESETS), *ODD.values()], ids=[*(p.title for p in PRESETS), *ODD])
@pytest.mark.long
def test_every_figure_is_valid_plotly(draw, theme, spec):
    figure = draw(raced(spec), theme)
    go.Figure(figure.to_dict())
    assert "<div" in figure.to_html(include_plotlyjs=False)
    assert len(plotly.io.to_json(figure)) < 1_500_000


@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_the_landscape_is_the_function(name):
    problem = optim.PROBLEMS[name]
    land = landscape(problem, problem.starts[0], points=31)
    x, y = np.meshgrid(*(np.linspace(*side, 31) for side in land.window))
    np.testing.assert_array_equal(land.value, problem.value(np.stack([x, y])))
    start, end, size = land.levels
    assert size > 0
    heights = land.contour_scale.height(land.value)
    assert start <= heights.max()
    assert end >= heights.min()


def test_the_contour_shows_the_very_path(book):
    figure = contour(book)
    for i, label in enumerate(book.labels):
        line = trace(figure, label)
        np.testing.assert_allclose(np.stack([line.x, line.y], axis=-1), book.path[i], rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(np.asarray(line.customdata)[:, 1], book.loss[i])


def test_the_surface_puts_every_path_on_the_surface(book):
    figure = surface(book)
    lift = np.asarray(trace(figure, book.labels[0]).z) - book.loss[0]
    assert np.ptp(lift) < 1e-5
    assert 0 < lift[0] < 0.03 * np.ptp(np.asarray(figure.data[0].z))


def test_curves_show_the_numbers_of_the_table(book):
    for quantity, values in (("loss", book.loss), ("gradient norm", book.gradient_norm), ("distance", book.distance)):
        for log in (True, False):
            figure = curves(book, quantity, log=log)
            assert figure.layout.yaxis.type == ("log" if log else "linear")
            for i, label in enumerate(book.labels):
                np.testing.assert_array_equal(trace(figure, label).y, values[i])
                assert (trace(figure, label).x0, trace(figure, label).dx) == (0, 1)


def test_a_log_axis_falls_back_to_linear_where_nothing_is_above_zero():
    result = optim.race(optim.RaceSpec("saddle", optim.Entry("sgd"), (0.0, 1.0), 5))
    assert curves(result).layout.yaxis.type == "linear"
    assert curves(result, "distance").layout.yaxis.type == "linear"


@pytest.mark.parametrize("log", [True, False])
def test_axes_alone_have_room_for_the_curves_that_are_drawn_on_them(book, log):
    shown = chart(book, "loss", log=log)
    low, high = axes(book, shown).layout.yaxis.range
    seen = np.log10(book.loss) if log else book.loss
    assert low <= np.min(seen)
    assert np.max(seen) <= high <= np.max(seen) + 0.2 * np.ptp(seen)


def test_arrows_point_downhill():
    problem = optim.PROBLEMS["himmelblau"]
    field = downhill(problem, problem.view)
    tails, heads = (np.stack([field[axis][i::3] for axis in ("x", "y")]) for i in (0, 1))
    assert (problem.value(heads) < problem.value(tails)).mean() > 0.9
    slope = problem.gradient((tails + heads) / 2)
    cosine = np.sum(slope * (heads - tails), axis=0) / np.sqrt(np.sum(slope**2, axis=0) * np.sum((heads - tails) ** 2, axis=0))
    np.testing.assert_allclose(cosine, -1.0, atol=1e-9)


def test_long_runs_are_thinned_with_their_extremes_kept():
    loss = np.random.default_rng(0).lognormal(size=10_001)
    rows = shown_rows(loss)
    assert len(rows) <= 2000
    assert {*range(200), 10_000, int(np.argmin(loss)), int(np.argmax(loss))} <= set(rows.tolist())
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(shown_rows(loss[:2000]), np.arange(2000))


def test_what_can_be_seen_of_a_path_is_never_changed():
    result = optim.race(ODD["diverged"])
    path, box = result.path[0], result.problem.view
    pieces = clipped(path, box)
    low, high = np.array(box).T
    seen = ((path >= low) & (path <= high)).all(axis=-1)
    own = ~pieces.cut & np.isfinite(pieces.points).all(axis=-1)
    np.testing.assert_array_equal(pieces.rows[own], np.flatnonzero(seen))
    np.testing.assert_array_equal(pieces.points[own], path[seen])
    (at,) = np.flatnonzero(pieces.cut)
    here, way = (values[pieces.rows[at]] for values in (path, np.diff(path, axis=0)))
    shown = pieces.points[at] - here
    assert way[0] * shown[1] == pytest.approx(way[1] * shown[0])


FAR: dict[str, tuple[int, list[list[float]]]] = {
    "comes back": (2, [[0, 0], [6, 3], [6, -3], [0, 0], [1, 1]]),
    "comes back from very far": (2, [[0, 0], [1e22, 3e21], [-1e22, 1e22], [0.3, 0.7]]),
    "passes by": (1, [[0, 0], [9, 9], [0, 30], [-30, 0], [-8, 0]]),
    "passes through": (1, [[-9, -1], [9, 1]]),
    "overflows": (1, [[0, 0], [1e308, 0], [-1e308, 1e308], [np.inf, 0], [np.nan, np.nan]]),
    "undefined in between": (2, [[0, 0], [np.nan, np.nan], [1, 1], [1, 2]]),
    "along the border": (2, [[4, -4], [4, 4], [5, 4], [4, 4]]),
    "stands still outside": (0, [[5, 5], [5, 5]]),
    "solid": (2, [[0, 0, 0], [1, 1, 1e22], [2, 2, 1]]),
}


@pytest.mark.parametrize(("visits", "path"), FAR.values(), ids=FAR)
def test_a_path_is_cut_to_pieces_that_end_on_the_border(visits, path):
    path = np.array(path, dtype=float)
    box = ((-4.0, 4.0), (-5.0, 5.0), (-6.0, 6.0))[: path.shape[1]]
    low, high = np.array(box).T
    pieces = clipped(path, box)
    drawn = np.isfinite(pieces.points).all(axis=-1)
    points = pieces.points[drawn]
    assert ((points >= low) & (points <= high)).all()
    on_border = ((points == low) | (points == high)).any(axis=-1)
    assert on_border[pieces.cut[drawn]].all()
    inside = np.flatnonzero(((path >= low) & (path <= high)).all(axis=-1))
    assert [row for row, cut in zip(pieces.rows[drawn], pieces.cut[drawn], strict=True) if not cut] == inside.tolist()
    assert np.sum(np.diff(drawn.astype(int), prepend=0) == 1) == visits


@pytest.mark.parametrize("spec", [*ODD.values(), *(preset.spec for preset in PRESETS)], ids=[*ODD, *(p.title for p in PRESETS)])
def test_nothing_is_drawn_outside_the_window_and_the_heights(spec):
    result = raced(spec)
    land = landscape(result.problem, spec.start)
    for box, figure in ((land.window, contour(result, land=land)), (scene_box(land), surface(result, land=land))):
        for trace in figure.data:
            for name, (low, high) in zip("xyz", box, strict=False):
                values = np.asarray(trace[name], dtype=float)
                room = 1e-6 * (high - low)
                seen = values[np.isfinite(values)]
                flat = name == "z" and trace.type == "contour"
                assert flat or ((seen >= low - room) & (seen <= high + room)).all(), (trace.type, trace.name, name)


POLES = {
    "1/(x-y)": 2,
    "tan(x)*tan(y)": 2,
    "-1/(x^2+y^2)": 1,
    "1/x + y^2": 0,
    "log(abs(x))": 0,
    "exp(-100*(x^2+y^2))": 0,
    "exp(x*y)": 0,
}


@pytest.mark.parametrize("formula", POLES)
def test_a_surface_is_cut_at_a_pole_and_says_so(formula):
    """A peak, however sharp, is no pole, nor is what a grid shows whole."""
    problem = optim.problem(formula)
    land = landscape(problem, problem.starts[0])
    picture = relief(problem, land)
    height = np.asarray(picture.data[0].z, dtype=float)
    assert len(land.cut) == POLES[formula]
    assert len(picture.layout.annotations) == bool(land.cut)
    low, high = land.heights
    assert (np.min(height), np.max(height)) == pytest.approx((low, high), rel=1e-6, abs=1e-6 * (high - low))
    inner = land.value[np.isfinite(land.value)]
    assert np.mean((inner >= low) & (inner <= high)) > 0.95 or land.surface_scale.log
    if not land.cut:
        seen = land.surface_scale.height(inner)
        assert land.heights == (np.min(seen), np.max(seen))


def test_a_gap_in_the_function_is_a_gap_in_the_surface_and_contour_lines_stay_away_from_it():
    """Plotly's lines from a gap in z to nowhere take minutes to draw: the gap is in x, z is finite everywhere."""
    problem = optim.problem("1/x + y^2")
    land = landscape(problem, problem.starts[0])
    sheet = relief(problem, land).data[0]
    gaps = ~np.isfinite(land.value)
    assert gaps.any()
    np.testing.assert_array_equal(np.isnan(np.asarray(sheet.x, dtype=float)), gaps)
    assert np.isfinite(np.asarray(sheet.z, dtype=float)).all()


@pytest.mark.parametrize("name", optim.PROBLEMS)
@pytest.mark.parametrize("log", [None, True, False])
def test_no_function_of_the_registry_is_cut(name, log):
    problem = optim.PROBLEMS[name]
    land = landscape(problem, problem.starts[0], 61, surface_log=log)
    height = land.surface_scale.height(land.value)
    assert land.cut == ()
    assert land.heights == (np.min(height), np.max(height))


@pytest.mark.parametrize("formula", ["10000000", "1e7 + 0*x", "x/1e12 + 1e9", "x*0"])
@pytest.mark.long
def test_levels_are_few_and_apart_however_flat_a_function_is(formula):
    """Plotly counts levels up by their distance: where that is lost in rounding, it never arrives."""
    problem = optim.problem(formula)
    land = landscape(problem, (1.0, 1.0), 31)
    lines = relief(problem, land).data[0].contours.z
    for start, end, size in (land.levels, (lines.start, lines.end, lines.size)):
        assert start + size > start
        assert 1 <= (end - start) / size <= 40


def test_a_path_that_leaves_is_marked_at_the_border():
    path = np.array([[0.0, 0.0], [2.0, 1.0], [6.0, 3.0]])
    assert exit_point(path, ((-4.0, 4.0), (-4.0, 4.0))) == (2, (4.0, 2.0))
    assert exit_point(path[:2], ((-4.0, 4.0), (-4.0, 4.0))) is None
    result = optim.race(ODD["diverged"])
    marks = [
        trace.hovertemplate for trace in contour(result).data if trace.hovertemplate and "leaves the picture" in trace.hovertemplate
    ]
    assert len(marks) == 1
    assert marks[0].startswith(result.labels[0])


def test_a_result_draws_itself(book):
    figure = book.figure()
    assert isinstance(figure, go.Figure)
    assert {"SGD", "Momentum", "AdaGrad", "Adam"} <= {trace.name for trace in figure.data}


def test_the_answer_of_an_average_is_a_line_of_its_own():
    entries = [optim.Entry("schedule_free_sgd", {"lr": 0.5}), optim.Entry("sgd", {"lr": 0.5})]
    result = optim.race(optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 40))
    path, loss = (_named(figure, "Schedule-Free SGD, its answer") for figure in (contour(result), curves(result, log=False)))
    np.testing.assert_allclose(path.x, result.answer[0, :, 0], rtol=1e-6)
    np.testing.assert_allclose(loss.y, result.answer_loss[0])
    assert len([trace for trace in contour(result).data if "answer" in (trace.name or "")]) == 1


def _named(figure, name):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace
