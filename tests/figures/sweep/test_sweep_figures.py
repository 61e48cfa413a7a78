"""Figures of many races: valid Plotly and true to the result, also while it is partial and where nothing is reached."""

import re
from collections import Counter

import numpy as np
import plotly.graph_objects as go
import pytest

import optim
from optim.core.metrics import distance
from optim.figures.colour import luminance, rgb
from optim.figures.style import RAMP
from optim.figures.sweep.cell_maps import HUES, SHADES, ends, shares, winners
from optim.figures.sweep.placings import fair
from optim.figures.sweep.rates import rates
from optim.i18n.message import translated
from optim.i18n.phrases import counted
from optim.reports.fair import fair_caveat, fair_claim, fair_sure, fair_table, nothing_to_win
from optim.reports.rates import advised, rates_claim, rates_more, second_claim
from optim.reports.starts import minima_names, starts_claim, starts_table
from optim.sweeps import scores
from optim.sweeps.result import TIE
from optim.sweeps.tune_spec import TUNED
from pages.shared.text.languages import catalogue

ENTRIES = (optim.Entry("sgd"), optim.Entry("momentum"), optim.Entry("adam"), optim.Entry("nelder_mead"))
RATES = (1e-3, 1e-2, 0.1, 0.5, 0.9, 3.0, 100.0)
BOOK = tuple(optim.Entry(name, {"lr": lr}) for name, lr in {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}.items())
ALL_THERE = "at every learning rate every run is at the target from its start on."
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def swept(problem="elongated_bowl", steps=150, axes=None, starts=None, entries=ENTRIES, stop=None):
    race = optim.RaceSpec(problem, entries, (1.0, 1.0), steps)
    spec = optim.SweepSpec(race, axes or {}, starts or optim.Jittered(6))
    return optim.sweep(spec, cancel=stop, block=40)


def after(blocks):
    left = iter([False] * blocks)
    return lambda: next(left, True)


@pytest.fixture(scope="module")
def rated():
    return swept(axes={"lr": RATES})


@pytest.fixture(scope="module")
def mapped():
    entries = [optim.Entry("sgd", {"lr": 0.01}), optim.Entry("momentum", {"lr": 0.01}), optim.Entry("sgd", {"lr": 9.0})]
    return swept("himmelblau", 200, starts=optim.Lattice(24, 20), entries=entries)


@THEMES
def test_curves_are_the_scores_and_a_point_says_whose_and_where_it_is(rated, theme):
    figure = rates(rated, theme, limit=1.0)
    go.Figure(figure.to_dict())
    curve = next(trace for trace in figure.data if trace.name == "SGD")
    gaps = scores.median_gap(rated)[0]
    np.testing.assert_array_equal(np.asarray(curve.y, dtype=float), np.where(np.isfinite(gaps), gaps, np.nan))
    assert [tuple(place) for place in curve.customdata] == [(0, at) for at in range(len(RATES))]
    assert "2/λ = 1" in figure.to_json(engine="json").encode().decode("unicode_escape")


def test_the_claim_about_rates_says_which_to_use_and_where_rates_work(rated):
    assert rates_claim(rated).startswith("Use Nelder-Mead;")  # it has no rate
    assert advised(rated) is None
    result = swept(steps=400, axes={"lr": RATES}, entries=ENTRIES[:3])
    first, window = scores.standings(result).iloc[0], scores.window(result, 0)
    rate = advised(result).hyper["lr"]
    assert rates_claim(result).startswith(f"Use {first.optimizer} with lr {rate:.3g}")
    assert scores.share(result)[first.entry][RATES.index(rate)] == first.share
    assert scores.expected_evaluations(result)[first.entry][RATES.index(rate)] <= 1.25 * first.evaluations
    assert f"{result.labels[0]} works with lr from {window.low:.3g} to {window.high:.3g}" in rates_more(result)


def test_where_every_rate_does_as_well_none_is_recommended():
    flat = swept("5", 10, axes={"lr": RATES})
    assert rates_claim(flat) == f"There is nothing to gain here: {ALL_THERE}"
    assert advised(flat) is None
    assert rates_more(flat) == ""
    figure = rates(flat)
    assert not any(trace.mode == "markers" and len(trace.x) for trace in figure.data)
    pair = swept("5", 10, axes={"lr": RATES, "momentum": (0.0, 0.9)}, entries=ENTRIES[1:2])
    assert second_claim(pair, "momentum") == (rates_claim(flat), "")
    (cells,) = shares(pair)
    assert cells.marks == ()
    assert cells.title.endswith("Momentum: 100% everywhere")
    half = swept("sign(x)", 10, axes={"lr": RATES}, starts=[(1.0, 1.0), (-1.0, 1.0)])
    assert rates_claim(half) == "No learning rate is better than another here: each optimizer does the same at all of them."
    assert advised(half) is None


def test_a_fair_race_with_nothing_to_win_tunes_nothing_and_has_no_order():
    result = optim.tune(optim.TuneSpec(optim.RaceSpec("5", ENTRIES[:3], (1.0, 1.0), 10), values=9, starts=4))
    assert fair_claim(result) == f"There is nothing to win here: {ALL_THERE}"
    assert fair_sure(result) == "So no rate is tuned, and nobody comes first."
    assert fair_caveat(result) == ""
    assert result.entries == result.spec.race.entries


def test_a_racer_whose_rate_makes_no_difference_keeps_it_and_is_named():
    """Where sign(-x) is flat, on the left of 0, no rate moves anybody to its lowest value on the right."""
    race = optim.RaceSpec("sign(-x)", ENTRIES[:2], (1.0, 1.0), 10)
    result = optim.tune(optim.TuneSpec(race, values=9, starts=8))
    assert not nothing_to_win(result)
    assert fair_caveat(result).endswith("All rates tried do as well for SGD and Momentum: there the rate stays as given.")
    assert result.entries == race.entries


def test_each_range_of_rates_is_a_sentence_of_its_own():
    """A Japanese clause with a polite verb ends its sentence: no comma follows it."""
    result = swept(axes={"lr": (0.3, 0.5, 0.9, 3.0, 100.0)}, entries=(optim.Entry("sgd"), optim.Entry("adagrad")))
    said = rates_more(result)
    assert {label for label in result.labels if f". {label} works with lr " in said} == {"SGD", "AdaGrad"}
    assert "; " not in said
    assert "ます、" not in translated(said, catalogue("ja"))


def test_the_advised_rate_is_the_middle_of_those_that_are_nearly_as_good():
    rates_ = tuple(0.9 * 1.02**k for k in range(-20, 10))
    result = swept(steps=400, axes={"lr": rates_}, entries=ENTRIES[:1])
    price, best = scores.expected_evaluations(result)[0], scores.best(result, 0)
    good = [k for k in range(len(rates_)) if price[k] <= 1.25 * best.evaluations and scores.share(result)[0][k] >= best.share]
    assert good == list(range(good[0], good[-1] + 1))
    assert advised(result).hyper["lr"] == rates_[(good[0] + good[-1]) // 2]
    assert f"The fastest is lr {best.settings['lr']:.3g}" in rates_more(result)


def test_who_never_arrives_reached_the_target_from_nowhere_at_any_rate(rated):
    never = [label for label, reached in zip(rated.labels, rated.reached, strict=True) if not reached.any()]
    assert never == ["Momentum", "Adam"]
    assert rates_claim(rated).endswith("; Momentum and Adam never arrive.")


def test_where_no_rate_works_the_best_try_is_said():
    result = swept(steps=2, axes={"lr": RATES}, entries=ENTRIES[:2])
    assert rates_claim(result).startswith("No learning rate brings half of the starts to the target within 2 steps. Best try: ")
    assert advised(result) is None
    assert "No learning rate" in rates_claim(swept(steps=2, axes={"lr": RATES}, entries=ENTRIES[:2]))


def test_who_has_no_rate_and_arrives_is_the_one_to_use():
    """Nelder-Mead reaches the kink, which no constant rate does."""
    entries = (optim.Entry("sgd"), optim.Entry("nelder_mead"), optim.Entry("momentum"))
    result = swept("abs(x) + 2*abs(y - 1)", 150, axes={"lr": RATES}, entries=entries)
    assert scores.best(result, 1).share == 1.0
    said = (
        "Use Nelder-Mead, which has no learning rate; no rate of SGD and Momentum brings half of the starts to the target within "
    )
    assert rates_claim(result) == f"{said}150 steps."
    price = scores.best(result, 1).evaluations
    assert rates_more(result) == f"Nelder-Mead brings 100% of the starts to the target, in about {counted(price)} evaluations."
    assert advised(result) is None


def test_where_no_rate_works_there_is_no_row_for_those_that_do_and_the_rates_stand_at_the_bottom():
    none = rates(swept("abs(x) + 2*abs(y - 1)", 20, axes={"lr": RATES}, entries=BOOK))
    some = rates(swept(axes={"lr": RATES}, entries=BOOK))
    assert "y3" not in {trace.yaxis for trace in none.data}
    assert {trace.yaxis for trace in some.data} >= {"y3"}
    for figure, lowest in ((none, "y2"), (some, "y3")):
        assert figure.layout.xaxis.anchor == lowest
        assert figure.layout[lowest.replace("y", "yaxis")].domain[0] == pytest.approx(0)
    assert none.layout.height < some.layout.height


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_partial_result_is_drawn_too(blocks):
    part = swept(axes={"lr": RATES}, stop=after(blocks))
    go.Figure(rates(part).to_dict())
    assert rates_claim(part)
    field = swept("himmelblau", 50, starts=optim.Lattice(30, 30), entries=ENTRIES[:2], stop=after(blocks))
    assert len(ends(field)) == 2
    assert winners(field).index.shape == (30, 30)
    assert starts_claim(field)
    assert starts_table(field).shape[0] == 2


@THEMES
def test_a_cell_of_a_map_is_what_became_of_its_start(mapped, theme):
    maps, won = ends(mapped, theme), winners(mapped, theme)
    for (entry, row, column), status in np.ndenumerate(mapped.status[..., 0].reshape(3, 20, 24)):
        start = row * 24 + column
        words = maps[entry].codes[maps[entry].index[row, column]].words
        if mapped.kinds[status] == "diverged":
            assert words == "diverged"
        elif mapped.minimum[entry, start, 0] >= 0:
            assert f" {mapped.minimum[entry, start, 0] + 1}: " in words
            step = mapped.reached_step[entry, start, 0]
            if step >= 0:
                low, high = _ends_of(words)
                assert low <= step <= high
        code = mapped.winner[start, 0]
        assert won.codes[won.index[row, column]].words == (
            f"{mapped.labels[code]} wins" if code >= 0 else "a tie" if code == -2 else "nobody reaches the target"
        )


PLACES = {
    "himmelblau": (4, False),
    "x^2": (1, True),
    "(x-y)^2": (1, True),
    "|x|": (1, True),
    "(x^2+y^2-1)^2": (1, True),
    "max(x^2+y^2-1, 0)": (1, True),
    "5": (1, True),
    "sin(10*x)*cos(10*y)": (1, True),
    "sin(3*x)+sin(3*y)": (25, False),
    "exp(x)": (0, False),
    "x": (0, False),
    "1/x": (0, False),
}
"""Function -> how many lowest minima are told apart, and whether one of them stands for a line, a flat or too many."""


@pytest.mark.parametrize("problem", PLACES)
def test_minima_that_form_a_line_are_one_place_with_one_name_and_one_hue(problem):
    result = swept(problem, 60, starts=optim.Lattice(12, 12), entries=ENTRIES[:1])
    lowest, line = PLACES[problem]
    assert result.lowest_minima == lowest
    assert (0 in result.lines) == line
    names, (cells,) = minima_names(result), ends(result)
    assert len(set(names)) == len(names) == min(len(result.minima), len(HUES))
    assert {sign for *_, sign in cells.marks} == {f"{k + 1}" for k in range(len(names)) if k not in result.lines}
    for start, minimum in enumerate(result.minimum[0, :, 0]):
        code = cells.codes[cells.index[start // 12, start % 12]]
        if minimum >= len(names):
            assert (code.words, code.sign) == ("another minimum", "+")
        elif minimum >= 0:
            assert code.words.removeprefix("local ").startswith(f"minimum {names[minimum]}")
    assert starts_claim(result)
    assert starts_table(result).shape[0] == 1
    assert winners(result).index.shape == (12, 12)


def test_a_line_of_local_minima_is_one_place_too():
    """x^2 + 10 sin(x) has lines of minima at x = -1.306 and, higher, at 3.837: where its slope 2 x + 10 cos(x) is 0."""
    result = swept("x^2+10*sin(x)", 200, starts=optim.Lattice(40, 40), entries=[optim.Entry("sgd", {"lr": 0.02})])
    assert result.lines == {0, 1}
    assert result.minima[1][0] == pytest.approx(3.837467, abs=1e-5)
    assert minima_names(result)[1].startswith("2: a line through (3.837, ")
    right = result.end[0, :, 0, 0] > 1
    assert (result.minimum[0, right, 0] == 1).all()
    assert right.any()


def test_ties_are_said_in_whole_sentences():
    assert starts_claim(swept("5", 10, starts=optim.Lattice(4, 4), entries=ENTRIES)) == "It is a tie from 100% of the starts."
    alike = [optim.Entry("sgd", {"lr": 0.02})] * 2
    entries = [*alike, optim.Entry("adam", {"lr": 0.3})]
    some = swept("himmelblau", 100, starts=optim.Lattice(10, 10), entries=alike)
    share = np.mean(some.winner == TIE)
    assert 0 < share < 1
    said = f"It is a tie from {share:.0%} of the starts. From {1 - share:.0%} nobody reaches the target."
    assert starts_claim(some) == said
    third = swept("himmelblau", 200, starts=optim.Lattice(10, 10), entries=entries)
    tied = np.mean(third.winner == TIE)
    assert tied > 0
    assert starts_claim(third).startswith("Adam wins from ")
    assert starts_claim(third).endswith(f" It is a tie from {tied:.0%}.")


def test_where_nobody_reaches_the_target_map_sentence_and_table_say_who_ends_lowest():
    result = swept("abs(x) + 2*abs(y - 1)", 20, starts=optim.Lattice(6, 5), entries=BOOK)
    assert not result.reached.any()
    cells, lowest = winners(result), Counter()
    for start in range(30):
        race = optim.race(result.spec.race_at(start=start))
        label = race.labels[int(np.argmin(race.loss[:, -1]))]
        assert cells.codes[cells.index[start // 6, start % 6]].words == f"{label} ends lowest"
        lowest[label] += 1
    (most, count), *_ = lowest.most_common()
    assert f"from any start. {most} ends lowest from {count / 30:.0%} of them." in starts_claim(result)
    assert dict(starts_table(result).set_index("optimizer").lowest * 30) == pytest.approx(
        {label: lowest[label] for label in result.labels}
    )


def _ends_of(words):
    numbers = words.split("after ")[1].split(" steps")
    low, _, high = numbers[0].partition(" to ")
    return int(low), int(high) if high else np.inf


def test_every_kind_of_cell_has_a_sign_or_stands_alone(mapped):
    signs = [code.sign for code in winners(mapped).codes]
    assert len(set(signs[:4])) == 4


def test_the_table_of_starts_adds_up(mapped):
    table = starts_table(mapped)
    shares_ = table.drop(columns=["optimizer", "won", "reached", "evaluations"]).sum(axis=1)
    np.testing.assert_allclose(shares_, 1.0)
    assert f"{table.won.max():.0%}" in starts_claim(mapped)


def test_a_half_of_the_starts_is_named_only_where_four_in_five_of_the_wins_are(mapped):
    named = 0
    for result in (mapped, swept("elongated_bowl", 300, starts=optim.Lattice(24, 20), entries=BOOK)):
        x, y = result.spec.start_points
        near = distance(result.spec.start_points.T, list(result.problem.minima))
        halves = {"on the left": x < 0, "on the right": x > 0, "in the lower half": y < 0, "in the upper half": y > 0}
        halves |= {"near the minimum": near < np.median(near), "far from the minimum": near >= np.median(near)}
        for i, label in enumerate(result.labels):
            wins = result.winner[:, 0] == i
            if not wins.any():
                continue
            said = re.search(
                rf"{re.escape(label)} (?:wins )?from [^%]*%(?: of the starts)?(?: \(mostly ([^)]*)\))?", starts_claim(result)
            )[1]
            most = max(halves, key=lambda name: np.mean(halves[name][wins]))
            assert said == (most if np.mean(halves[most][wins]) >= 0.8 else None)
            named += said is not None
    assert named


def test_two_parameters_make_a_map_of_shares():
    result = swept(axes={"lr": RATES, "momentum": (0.0, 0.5, 0.9)}, entries=ENTRIES[1:2])
    (cells,) = shares(result)
    assert cells.index.shape == (3, len(RATES))
    share = scores.share(result)[0]
    assert (cells.index.T[share == 1] == cells.index.max()).all()
    assert (cells.index.T[share == 0] == 0).all()
    assert second_claim(result, "momentum")[0].startswith("Use Momentum with lr ")


def test_the_order_of_a_fair_race_is_drawn_as_it_is():
    race = optim.RaceSpec("elongated_bowl", ENTRIES[:3], (1.0, 1.0), 60)
    result = optim.tune(optim.TuneSpec(race, values=9, starts=4))
    figure = fair(result)
    go.Figure(figure.to_dict())
    for i, trace in enumerate(figure.data):
        assert list(trace.y) == [result.order(name).index(i) + 1 for name in result.spec.settings]
    table = fair_table(result)
    assert list(table.entry) == list(result.order(TUNED))
    assert (table.used <= result.spec.budget).all()
    assert (
        fair_claim(result) == f"Tuned alike: {', '.join(f'{k}. {result.labels[i]}' for k, i in enumerate(result.order(TUNED), 1))}."
    )


def test_those_that_tie_are_drawn_at_one_place_with_both_names_beside_it():
    entries = [optim.Entry("sgd", {"lr": 0.5}, label=name) for name in ("one", "other")]
    figure = fair(optim.tune(optim.TuneSpec(optim.RaceSpec("elongated_bowl", entries, (1.0, 1.0), 60), values=3, starts=2)))
    assert [set(trace.y) for trace in figure.data] == [{1}, {1}]
    assert [text.split() for trace in figure.data for text in trace.text if text.strip()] == [["one<br>", "other"]]


def test_how_sure_the_order_is_counts_the_starts_on_which_the_first_is_ahead():
    result = optim.tune(optim.TuneSpec(optim.RaceSpec("elongated_bowl", ENTRIES[:3], (1.0, 1.0), 60), values=9, starts=4))
    first, second = result.order(TUNED)[:2]
    races = [optim.race(result.scored[TUNED].spec.race_at(start=start, entries=[first, second])) for start in range(4)]
    ahead = sum(_score(race, 0) < _score(race, 1) for race in races)
    assert f"{result.labels[first]} is ahead of {result.labels[second]} from {ahead} of 4 held-out starts." in fair_sure(result)


def _score(race, entry):
    """What an entry is judged by from one start: the price of the target, then its largest gap over the last steps."""
    hit, tail = race.reached[entry], min(20, max(1, race.spec.steps // 10))
    return (np.inf if hit is None else race.evaluations[entry, hit], 0 if hit is not None else max(race.loss[entry, -tail:]))


def test_where_one_minimum_is_reached_the_steps_are_on_the_ramp():
    bowl = swept(starts=optim.Lattice(5, 5), entries=ENTRIES[1:2])
    codes = ends(bowl)[0].codes
    assert [code.colour for code in codes[: len(RAMP) - 1]] == list(RAMP[1:])
    assert [_ends_of(code.words)[0] for code in codes[:SHADES]] == sorted(_ends_of(code.words)[0] for code in codes[:SHADES])


def test_where_several_are_reached_each_has_its_hue_and_the_ramps_lightness(mapped):
    codes, known = ends(mapped)[0].codes, len(minima_names(mapped))
    assert known > 1
    for number in range(known):
        shades = codes[number * (SHADES + 1) :][:SHADES]
        assert len({code.sign for code in shades}) == 1
        wanted = [luminance(rgb(colour)) for colour in RAMP[1:-1]]
        np.testing.assert_allclose([luminance(rgb(code.colour)) for code in shades], wanted, atol=0.02)
    middle = [codes[number * (SHADES + 1) + SHADES // 2].colour for number in range(known)]
    assert len(set(middle)) == known


@THEMES
def test_a_share_is_a_place_on_the_ramp_from_none_light_to_all_dark(theme):
    result = swept(axes={"lr": RATES, "momentum": (0.0, 0.9)}, entries=ENTRIES[1:2])
    (cells,) = shares(result, theme)
    *levels, unknown = cells.codes
    assert (levels[0].colour, levels[-1].colour) == (RAMP[-1], RAMP[0])
    lightness = [luminance(rgb(code.colour)) for code in levels]
    assert (np.diff(lightness) < 0).all()
    assert unknown.sign not in {code.sign for code in levels}
