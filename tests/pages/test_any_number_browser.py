"""The race view in a real browser with numbers of any size, and with a picture that cannot be drawn."""

import pytest

import optim
from pages.shared.components.race_view.component import fixed_scene
from tests.support.race_view import Bare, number

TICKS = """async ([address, ranges]) => {
  const { Axes } = await import(new URL('axes.js', address));
  const ruler = { measureText: (text) => ({ width: 6 * text.length }) };
  const xaxis = { range: [0, 30] }, size = [400, 300];
  const drawn = (type, range) => new Axes(ruler, { xaxis, yaxis: { type, range } }, { size, writing: 12 });
  return ranges.map(([type, range]) => {
    const axes = drawn(type, range), middle = range[0] / 2 + range[1] / 2;
    const [, y] = axes.pixels(0, type === 'log' ? 10 ** middle : middle);
    return { ticks: axes.ticks.y, y, frame: axes.frame };
  });
}"""
WRITTEN = """async ([address, numbers]) => {
  const { number } = await import(new URL('board.js', address));
  const { Axes } = await import(new URL('axes.js', address));
  const ruler = { measureText: (text) => ({ width: 6 * text.length }) };
  const titled = (text, tall) => {
    const yaxis = { range: [0, 1], title: { text } };
    return new Axes(ruler, { xaxis: { range: [0, 30] }, yaxis }, { size: [400, tall], writing: 12 }).titles.y;
  };
  const titles = [titled('loss above the lowest<br>value -78.3323', 200), titled('loss', 200), titled('one', 40)];
  return { numbers: numbers.map(number), titles };
}"""
LINEAR = [
    (0, 1),
    (-5, 5),
    (0, 5e-324),
    (-5e-324, 5e-324),
    (0, 1e-320),
    (1e-310, 2e-310),
    (0, 1e-100),
    (-1e-5, 1e-5),
    (123456789, 123456799),
    (1e9, 1e9 + 1e-3),
    (0, 1e308),
    (-1.7e308, 1.7e308),
    (1.7e308, 1.79e308),
]
LOGARITHMIC = [(-323.6, -323), (-323.3, 3), (-324, -323.1), (-12, 3), (300, 308.2), (-5.4, -5), (6.1, 6.8)]
CANVAS = """(name) => {
  const canvas = document.querySelector(`.rv-${name} .rv-chart`);
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value);
}"""
SPOKEN = "(name) => document.querySelector(`.rv-${name}`).innerText"
SGD, ADAM = optim.Entry("sgd", {"lr": 0.1}), optim.Entry("adam", {"lr": 0.3})
TINY = {
    "x^2 + y^2": (3e-162, 0.0),
    "exp(x)": (-745.0, -675.0),
    "1e-100*exp(x)": (-500.0, 1.0),
    "exp(-x^2)": (26.0, 1.0),
    "exp(x - 700) + exp(y - 700)": (3.0, 1.0),
    "(1e50*x^2 + 1e50*y^2)^6": (1.0, 0.5),
    "5": (1.0, 1.0),
    "exp(x) - 1e-5*x": (2.0, 1.0),
}
"""Formulas and starts where values are as small or as large as numbers can be, or all alike."""


def test_axes_have_numbers_to_read_them_by_whatever_their_range(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)
    ranges = [("linear", list(ends)) for ends in LINEAR] + [("log", list(ends)) for ends in LOGARITHMIC]
    for (kind, (low, high)), axes in zip(ranges, page.evaluate(TICKS, [bare.address, ranges]), strict=True):
        told = (kind, low, high, axes)
        _, top, _, height = axes["frame"]
        assert 1 <= len(axes["ticks"]) <= 50, told
        assert len({tick["text"] for tick in axes["ticks"]}) == len(axes["ticks"]), told
        if high - low > 1e-323 and (kind == "linear" or low > -300):
            assert axes["y"] == pytest.approx(top + height / 2, abs=1), told
        for tick in axes["ticks"]:
            assert low - 1e-9 * abs(low) <= tick["at"] <= high + 1e-9 * abs(high), told
            if kind == "linear":
                assert number(tick["text"]) == pytest.approx(tick["at"], rel=1e-2, abs=1e-9 * (high / 2 - low / 2)), told
            assert "e" not in tick["text"], told
    said = page.evaluate(WRITTEN, [bare.address, [0, 1.5, -12.345678, 1e-5, 0.000123456, -2.5e-7, 1e5, 123456.0]])
    assert said["numbers"] == ["0", "1.5", "−12.346", "10⁻⁵", "0.00012346", "−2.5×10⁻⁷", "10⁵", "1.2346×10⁵"]
    assert said["titles"] == [["loss above the lowest", "value -78.3323"], ["loss"], ["one"]]


def test_the_smallest_and_the_largest_losses_are_drawn(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    bare = Bare(page, app_url)
    for formula, start in TINY.items():
        ground, scene = fixed_scene(optim.race(optim.RaceSpec(formula, [SGD], start, 20)), "light")
        view = bare.show(ground, scene, fixed=True)
        assert errors == [], formula
        ready = "(race) => document.querySelector('.race-view').dataset.ready === race"
        page.wait_for_function(ready, arg=view["race"]["id"])
        assert page.evaluate(CANVAS, "map"), formula
        assert page.evaluate(CANVAS, "curve"), formula
        assert page.locator(".rv-surface .gl-container").count() == 1, formula


def test_a_picture_that_cannot_be_drawn_leaves_nothing_of_the_race_before(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)
    before = fixed_scene(optim.race(optim.RaceSpec("sphere", [SGD], (3.0, 2.0), 20)), "light")
    bare.show(*before, fixed=True)
    assert page.evaluate(CANVAS, "curve")
    ground, scene = fixed_scene(optim.race(optim.RaceSpec("x^2 + 9*y^2", [ADAM], (3.0, 2.0), 20)), "light")
    bare.show(ground, scene, fixed=True, axes={"data": [], "layout": None})
    assert not page.evaluate(CANVAS, "curve")
    assert page.evaluate(CANVAS, "map")
    assert "Adam" in page.evaluate(SPOKEN, "list")
    assert "SGD" not in page.evaluate(SPOKEN, "list")
    assert page.locator(".rv-surface .gl-container").count() == 1
    assert "9" in page.evaluate(SPOKEN, "formula")
    assert "could not be drawn" in page.evaluate(SPOKEN, "note")
    # What is no race at all leaves none on the screen either; and the next one is whole again.
    bare.show(ground, scene, fixed=True, race={"id": "broken"})
    assert page.evaluate(SPOKEN, "list") == ""
    assert "leads" not in page.evaluate(SPOKEN, "lead")
    assert not page.evaluate(CANVAS, "map")
    assert "could not be drawn" in page.evaluate(SPOKEN, "note")
    bare.show(*before, fixed=True)
    assert "SGD" in page.evaluate(SPOKEN, "list")
    assert all(page.evaluate(CANVAS, name) for name in ("map", "curve"))
    assert page.locator(".rv-surface .gl-container").count() == 1
    assert "could not be drawn" not in page.evaluate(SPOKEN, "note")
