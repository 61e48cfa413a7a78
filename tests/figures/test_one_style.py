"""One optimizer, one style: in every figure its lines have its own colour, dash and marker, whatever its place in the race."""

import functools

import pytest

import optim
from optim.book import gradient_field
from optim.explain.replay import replay
from optim.figures import contour, curves, landscape, playback, styles, surface
from optim.figures.line_chart import quiver, series
from optim.figures.race.curves import chart
from optim.figures.race.online import course
from optim.figures.race.step import angle_history, close_up, lag_history, scale_history, state_history
from optim.figures.sweep.cell_maps import ends, shares, winners
from optim.figures.sweep.placings import fair
from optim.figures.sweep.rates import rates
from optim.races.online import OnlineSpec, entry_for

ORDERS = (("adam", "sgd", "schedule_free_sgd"), ("schedule_free_sgd", "momentum", "adam"), ("rmsprop", "adam", "rmsprop"))
"""Optimizers in other places of a race: none stands where its style would follow from its place."""


def spec(names, **more):
    entries = [optim.Entry(name, {"lr": 0.02 * (i + 1)}) for i, name in enumerate(names)]
    return optim.RaceSpec("elongated_bowl", entries, (-7.0, 2.0), 12, **more)


raced = functools.cache(lambda names: optim.race(spec(names)))
swept = functools.cache(lambda names: optim.sweep(optim.SweepSpec(spec(names), {"lr": (0.01, 0.1)}, optim.Jittered(2))))
started = functools.cache(lambda names: optim.sweep(optim.SweepSpec(spec(names), starts=optim.Lattice(6, 6))))


@functools.cache
def played(names):
    problem = next(iter(optim.ONLINE_PROBLEMS))
    entries = tuple(entry_for(optim.ONLINE_PROBLEMS[problem], name) for name in names)
    return optim.play_all(OnlineSpec(problem, entries, 5))


def lines(figure, labels):
    """Return colour, dash and symbol of every label's line; what else is drawn of it must have the same colour."""
    found = []
    for label in labels:
        own = [trace for trace in figure.data if trace.name in (label, f"{label}, its answer")]
        main = own[0]
        assert {colour for trace in own for colour in (trace.line.color, trace.marker.color) if colour} == {main.line.color}
        found.append((main.line.color, main.line.dash, main.marker.symbol))
    return found


@pytest.mark.parametrize("names", ORDERS, ids=" ".join)
@pytest.mark.parametrize(
    ("draw", "result"),
    [(contour, raced), (curves, raced), (course, played), (rates, swept)],
    ids=["contour", "curves", "online", "rates"],
)
def test_a_line_has_its_optimizers_style(draw, result, names):
    shown = result(names)
    wanted = [(look.colour, look.dash, look.symbol) for look in styles(map(optim.Entry, names))]
    assert lines(draw(shown), shown.labels) == wanted


@pytest.mark.parametrize("names", ORDERS, ids=" ".join)
def test_the_surface_and_what_is_played_have_the_optimizers_styles(names):
    result, looks = raced(names), styles(map(optim.Entry, names))
    drawn = lines(surface(result), result.labels)
    assert drawn == [(look.colour, look.dash, look.solid_symbol) for look in looks]
    land = landscape(result.problem, result.spec.start, 21)
    racers = playback(result, land, chart(result)).facts["racers"]
    facts = [tuple(racer[name] for name in ("colour", "dash", "symbol", "solid", "sign")) for racer in racers]
    assert facts == [(look.colour, look.dash, look.symbol, look.solid_symbol, look.sign) for look in looks]


@pytest.mark.parametrize("names", ORDERS, ids=" ".join)
def test_maps_of_starts_and_of_rates_have_the_optimizers_styles(names):
    looks, at_starts = styles(map(optim.Entry, names)), started(names)
    assert [(code.colour, code.sign) for code in winners(at_starts).codes[:3]] == [(look.colour, look.sign) for look in looks]
    signs = [f"{look.sign} {label}" for look, label in zip(looks, at_starts.labels, strict=True)]
    assert [one.title for one in ends(at_starts)] == signs


def test_maps_of_two_parameters_have_the_optimizers_signs():
    names = ("nesterov", "momentum")
    result = optim.sweep(optim.SweepSpec(spec(names), {"lr": (0.01, 0.1), "momentum": (0.0, 0.9)}, optim.Jittered(2)))
    assert [one.title[:1] for one in shares(result)] == [look.sign for look in styles(map(optim.Entry, names))]


@pytest.mark.parametrize("names", ORDERS[:2], ids=" ".join)
def test_a_fair_race_has_the_optimizers_styles(names):
    result = optim.tune(optim.TuneSpec(spec(names), values=3, starts=2))
    wanted = [(look.colour, look.dash, look.symbol) for look in styles(map(optim.Entry, names))]
    assert lines(fair(result), result.labels) == wanted
    assert lines(rates(result.search), result.labels) == wanted


OPTIMIZERS_COLOURS = {look.colour for name in optim.OPTIMIZERS for look in styles([optim.Entry(name)] * 3)}


def colours(figure):
    return {trace[part].color for trace in figure.data for part in ("line", "marker") if part in trace and trace[part].color}


@pytest.mark.parametrize("name", ["adam", "momentum", "rmsprop"])
def test_of_a_step_only_the_step_has_the_optimizers_colour(name):
    race = spec(("adagrad", name, name))
    look = styles(race.entries)[2]
    run = replay(race, 2)
    picture = close_up(run, 3, look=look)
    assert colours(picture) & OPTIMIZERS_COLOURS == {look.colour}
    assert [trace.name for trace in picture.data if trace.line.color == look.colour] == ["the step"]
    assert colours(close_up(run, 3)) & OPTIMIZERS_COLOURS == {styles(race.entries)[1].colour}
    histories = [scale_history(run, 3), angle_history(run, 3), *(state_history(*state, 3) for state in run.states.items())]
    histories += [lag_history(run, 3, axis) for axis in (0, 1) if run.without_memory is not None]
    for figure in histories:
        assert not colours(figure) & OPTIMIZERS_COLOURS


def test_series_and_arrows_that_are_no_optimizers_have_no_optimizers_colour():
    run = replay(spec(("momentum",)))
    three = series(dict(zip("abc", run.path.T[[0, 1, 0]], strict=True)), ("step", ""), log=False)
    assert len({(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in three.data}) == 3
    assert not colours(three) & OPTIMIZERS_COLOURS
    arrows = quiver(gradient_field.arrows(20.0), 0.5, 10.0, ("hits", "misses"))
    assert len({trace.line.color for trace in arrows.data[:2]}) == 2
    assert not colours(arrows) & OPTIMIZERS_COLOURS
