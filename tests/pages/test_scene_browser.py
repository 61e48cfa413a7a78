"""The surface in a real browser: whole whatever the racers do, and drawn in good time whatever the function."""

import numpy as np
import pytest

import optim
from optim.figures.function.landscape import landscape
from optim.figures.function.maps import scene_box
from pages.shared.components.race_view.component import fixed_scene
from pages.shared.inputs.fields import FUNCTION
from pages.shared.inputs.link_codec import decode, spec_of
from tests.support.race_view import Bare

OVERFLOWS = optim.RaceSpec("quartic_bowl", [optim.Entry("sgd", {"lr": 10.0}), optim.Entry("adam", {"lr": 0.1})], (2.0, 1.5), 30)
RACERS = "({ mode, customdata }) => mode === 'lines' && customdata"
"""Which traces of the scene are racers' ways: their casings, their shadows and the floor's lines have no steps to tell."""
DRAWN = f"""([race, racers]) => document.querySelector('.race-view').dataset.ready === race
  && document.querySelector('.rv-surface').data.filter({RACERS}).length === racers"""
SHEET = """(plot) => plot._fullLayout.scene._scene.traces[plot._fullData.find(({ type }) => type === 'surface').uid].surface"""
"""The function's own sheet: the scene orders its traces by random names, of which those of digits alone come first."""
SCENE = """() => {
  const plot = document.querySelector('.rv-surface'), { scene } = plot._fullLayout, { dataScale } = scene._scene;
  const sheet = (SHEET)(plot).bounds.map((end) => end[2] / dataScale[2]);
  const own = plot.data.filter(RACERS);
  const lines = own.map(({ x, y, z }) => [x, y, z].map((side) => Array.from(side)));
  const box = ['x', 'y', 'z'].map((name) => scene[name + 'axis'].range);
  return { sheet, sides: dataScale.map((scale) => 1 / scale), box, lines };
}""".replace("RACERS", RACERS).replace("SHEET", SHEET)


def races():
    """What the Race page shows of each function at first, and a racer that overflows."""
    for name in optim.PROBLEMS:
        values, notes = decode({FUNCTION.key: name})
        assert notes == []
        yield name, spec_of(values)
    yield "overflows", OVERFLOWS


def test_no_racer_spoils_the_surface_of_any_function(new_page, app_url):
    """One page is given what the app sends of every function's race, one after the other."""
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)
    left = 0
    for name, spec in races():
        result = optim.race(spec)
        ground, scene = fixed_scene(result, "light")
        view = bare.show(ground, scene, fixed=True)
        page.wait_for_function(DRAWN, arg=[view["race"]["id"], len(result.labels)], timeout=60_000)
        drawn = page.evaluate(SCENE)
        land = landscape(result.problem, spec.start)
        low, high = land.heights
        box = np.array(scene_box(land))
        sides = box[:, 1] - box[:, 0]
        np.testing.assert_allclose(drawn["box"], box, err_msg=name)
        assert drawn["sheet"] == pytest.approx([low, high], abs=1e-5 * (high - low)), name
        # The scene is as large as the surface: no path has stretched it beyond its axes.
        assert (np.array(drawn["sides"]) < 1.0001 * sides).all(), (name, drawn["sides"])
        assert drawn["sides"][2] > 0.9 * (high - low), (name, drawn["sides"])
        for label, line in zip(result.labels, drawn["lines"], strict=True):
            places = np.array(line, dtype=float).T
            seen = places[np.isfinite(places).all(axis=-1)]
            assert ((seen >= box[:, 0] - 1e-5 * sides) & (seen <= box[:, 1] + 1e-5 * sides)).all(), (name, label)
            assert len(seen), (name, label)
            on_border = (np.minimum(seen[-1] - box[:, 0], box[:, 1] - seen[-1]) < 2e-6 * sides).any()
            left += bool(on_border)
    assert left > 10  # so that there was something to cut


HARMLESS = ("x^2/3 + y^2 + 1", "x^2/4 + y^2 + 2")
HARD = ("1/(x^2+y^2)", "1/x + y^2", "tan(x)*tan(y)", "log(abs(x))", "exp(x*y)", "1/(x-y)")
MEASURE = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries())).observe({ type: 'longtask' });
  const lines = (SHEET)(document.querySelector('.rv-surface'))._contourBuffer;
  const update = lines.update.bind(lines);
  lines.update = (numbers) => {
    window.vertices = { count: numbers.length / 5, finite: numbers.every(Number.isFinite) };
    return update(numbers);
  };
}""".replace("SHEET", SHEET)
AT_REST = """before => {
  const root = document.querySelector('.race-view'), last = window.tasks.at(-1);
  const lines = root.querySelector('.rv-surface').data.some(RACERS);
  return root.dataset.ready !== before && lines && !(last && performance.now() - last.startTime - last.duration < 500);
}""".replace("RACERS", RACERS)


def test_no_formula_keeps_the_browser_busy(visit):
    """Without a graphics card, as here, the browser itself draws the surface: a formula with poles is drawn as fast as a bowl.

    A second is the bound; on a machine that draws a bowl in more, three times what a bowl takes.
    """
    visitor = visit("?fn=own&f=x%5E2/2%2By%5E2")
    page = visitor.page
    page.locator(".race-view[data-ready]").wait_for(timeout=60_000)
    page.evaluate(MEASURE)
    longest = {}
    for formula in (HARMLESS[0], *HARD, HARMLESS[1]):
        before = page.locator(".race-view").get_attribute("data-ready")
        page.evaluate("() => { window.tasks.length = 0; window.vertices = null; }")
        visitor.type_formula(formula)
        page.wait_for_function(AT_REST, arg=before, timeout=60_000)
        longest[formula] = page.evaluate("() => Math.max(0, ...window.tasks.map(({ duration }) => duration))")
        vertices = page.evaluate("() => window.vertices")
        # A vertex that is nowhere makes a line that is everywhere, which takes seconds.
        assert vertices["finite"], formula
        assert 0 < vertices["count"] < 60_000, (formula, vertices)
    bound = max(1000, 3 * max(longest[formula] for formula in HARMLESS))
    assert max(longest.values()) < bound, longest
    assert visitor.complaints == []
