"""One optimizer, one style: every page shows it with the same sign, colour, dash and marker, whatever its place in the race."""

import json
import re
from dataclasses import replace

import pytest

import optim
from optim.figures.style import DASHES, MARKERS, styles
from pages.shared.compute import sweep_specs
from tests.conftest import ROOT
from tests.pages.test_race_page import opened, ran
from tests.support.book_page import Booklet
from tests.support.sweep_pages import page

RACERS = {"Adam": "adam", "Schedule-Free SGD": "schedule_free_sgd", "SGD": "sgd"}
"""Racers by their titles: none is in the place where its style would be its place's."""
QUERY = {"k": "3", "n": "12", "fn": "himmelblau", **{f"o{slot}": title for slot, title in enumerate(RACERS, start=1)}}
ALONE = {name: styles([optim.Entry(name)])[0] for name in optim.OPTIMIZERS}
SHAPES = (ROOT / "pages" / "shared" / "components" / "race_view" / "shapes.js").read_text(encoding="utf-8")


def signs(app):
    """Yield (optimizer, sign, colour or None) wherever a page writes a racer's sign before its title, or above its menu."""
    titles = sorted(RACERS, key=len, reverse=True)
    named = re.compile(rf':color\[(.)\]\{{foreground="(#\w{{6}})"\}}(?:&nbsp;| )\W*?({"|".join(map(re.escape, titles))})')
    for block in [*app.markdown, *app.caption]:
        yield from ((RACERS[title], sign, colour) for sign, colour, title in named.findall(block.value.replace("\\", "")))
    for box in app.selectbox:
        drawn = re.match(r':color\[(.)\]\{foreground="(#\w{6})"\}', box.label)
        if drawn:
            yield box.value, *drawn.groups()
    for frame in app.dataframe:
        for text in frame.value.get("optimizer", ()):
            if text[2:] in RACERS:
                yield RACERS[text[2:]], text[0], None
    for maps in (one for part in app.get("bidi_component") for one in json.loads(part.proto.json or "{}").get("maps", [])):
        yield from ((RACERS[words[:-5]], sign, colour) for colour, sign, words in maps["codes"] if words[:-5] in RACERS)
        if maps["title"][2:] in RACERS:
            yield RACERS[maps["title"][2:]], maps["title"][0], None


def lines(app):
    """Yield (optimizer, colour, dash, symbol) of every line in Plotly's charts and in the race view that is named as a racer."""
    for chart in app.get("plotly_chart"):
        for trace in json.loads(chart.proto.spec)["data"]:
            if trace.get("name") in RACERS and "dash" in trace.get("line", {}):
                yield RACERS[trace["name"]], trace["line"]["color"], trace["line"]["dash"], trace["marker"]["symbol"]
    for view in (part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "race_view"):
        for racer in json.loads(view[4 : 4 + int.from_bytes(view[:4], "little")])["race"]["racers"]:
            yield RACERS[racer["label"]], racer["colour"], racer["dash"], racer["symbol"]


def check(app, *, drawn=True, named=True):
    """Hold every sign and line of a page against its optimizer's style; `drawn` and `named` say that there are some."""
    said, seen = list(signs(app)), list(lines(app))
    assert {name for name, *_ in said} == (set(RACERS.values()) if named else set())
    for name, sign, colour in said:
        assert (sign, colour or ALONE[name].colour) == (ALONE[name].sign, ALONE[name].colour), name
    assert bool(seen) == drawn
    for name, *style in seen:
        assert style == [ALONE[name].colour, ALONE[name].dash, ALONE[name].symbol], name


def in_sidebar(app):
    """Return the signs of the racers in the sidebar."""
    return [block.value for block in app.sidebar.markdown if block.value.startswith(":color[")]


def test_the_race_page_and_the_sidebar():
    app = opened(QUERY)
    check(app)
    assert in_sidebar(app) == [f':color[{ALONE[name].sign}]{{foreground="{ALONE[name].colour}"}}' for name in RACERS.values()]
    app.selectbox(key="o3").set_value("adam")
    ran(app)
    again = styles(map(optim.Entry, ("adam", "schedule_free_sgd", "adam")))[2]
    assert in_sidebar(app)[2] == f':color[{again.sign}]{{foreground="{again.colour}"}}'


def test_the_step_page():
    app = opened({**QUERY, "r": "3"})
    app.switch_page("pages/step.py")
    check(ran(ran(app)), drawn=False)
    headline = next(block.value for block in app.markdown if block.value.startswith("# "))
    assert f':color[{ALONE["sgd"].sign}]{{foreground="{ALONE["sgd"].colour}"}}' in headline
    close_up = next(json.loads(chart.proto.spec) for chart in app.get("plotly_chart") if chart.proto.id.endswith("close up"))
    steps = [trace["line"]["color"] for trace in close_up["data"] if trace.get("name") == "the step"]
    assert steps == [ALONE["sgd"].colour]


@pytest.mark.parametrize("name", ["starts", "rates", "fair"])
@pytest.mark.long
def test_the_pages_of_many_races(name):
    check(page(name, QUERY), drawn=name != "starts")


def test_racers_that_are_merged_on_the_rates_page_keep_the_styles_of_the_race():
    race = optim.RaceSpec("sphere", [optim.Entry("adam"), optim.Entry("sgd"), optim.Entry("sgd", {"weight_decay": 0.1})], (1, 1))
    assert sweep_specs.rates_spec(race)[1] == styles(race.entries)
    twice = replace(race, entries=(*race.entries[:2], optim.Entry("sgd", {"lr": 0.3}), optim.Entry("momentum")))
    assert sweep_specs.rates_spec(twice)[1] == tuple(styles(twice.entries)[slot] for slot in (0, 1, 3))
    assert sweep_specs.second_spec(twice, "momentum")[1] == styles(twice.entries)[3:]


@pytest.mark.parametrize(("title", "name"), RACERS.items())
def test_the_optimizers_page(title, name):
    app = opened()
    app.switch_page("pages/optimizers.py")
    app.query_params["opt"] = title
    ran(app)
    said, seen = set(signs(app)), set(lines(app))
    assert name in {found for found, *_ in said} & {found for found, *_ in seen}
    assert said == {(found, ALONE[found].sign, ALONE[found].colour) for found, *_ in said}
    assert seen == {(found, ALONE[found].colour, ALONE[found].dash, ALONE[found].symbol) for found, *_ in seen}


@pytest.mark.parametrize("section", ["sgd", "momentum", "adagrad", "adam", "four"])
def test_the_book_page(section):
    facts, _ = Booklet().open(section).race()
    by_title = {optim.OPTIMIZERS[name].title: style for name, style in ALONE.items()}
    for racer in facts["race"]["racers"]:
        style = by_title[racer["label"]]
        assert (racer["colour"], racer["dash"], racer["symbol"]) == (style.colour, style.dash, style.symbol)


def test_the_browser_can_draw_every_marker_and_dash():
    shapes = {symbol.removesuffix("-open") for symbol, _, _ in MARKERS}
    for name in (*shapes, *DASHES):
        assert re.search(rf'^  "?{name}"?: ', SHAPES, re.MULTILINE), name
