"""The first screen in a real browser: a race that plays once, everything in sight, and racers side by side on one clock."""

import re

import pytest

import optim
from optim.i18n.message import translated
from pages.shared.inputs.presets import PRESETS
from pages.shared.text.languages import catalogue
from tests.support.race_view import CAMERA, View, number
from tests.support.rest import at_rest, steady
from tests.support.visit import Visit

BOOK = optim.race(PRESETS[0].spec)
RUNNING = r"The race starts as soon as|Every racer starts at the ring\.$|"
RUNNING += r"\S+\s+Step \d+ of 30: (SGD|Momentum|AdaGrad|Adam) leads, loss "
WATCH = """addEventListener('race-frame', ({ detail }) => {
  const why = document.querySelector('.st-key-why');
  const lead = document.querySelector('.rv-lead').innerText.trim();
  if (why) (window.seen ??= []).push([detail.frame, lead, getComputedStyle(why).visibility]);
}, true);"""
"""From now on `window.seen` is what is said at every frame, and whether the page tells how the race ended."""
TOLD = "() => getComputedStyle(document.querySelector('.st-key-why')).visibility"
LEAD = "() => document.querySelector('.rv-lead')?.innerText"
CAPTIONS = """() => [...document.querySelectorAll('.rv-panel figcaption')].map((row) =>
  [...row.querySelectorAll('b, small, em, strong')].map((part) => part.innerText))"""
HEADS = """() => [...document.querySelectorAll('.rv-panel')].map((panel) => {
  const canvas = panel.querySelector('.rv-ink:last-of-type');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]) sum = (sum * 31 + i) % 1e9;
  return sum;
})"""
"""Where the ink of every panel's uppermost layer is, as one number each."""
ENDS = """() => Object.fromEntries(['.rv-stage', '.rv-surface', '.rv-map', '.rv-curve', '.rv-board'].map((name) => {
  const { top, bottom } = document.querySelector(name).getBoundingClientRect();
  return [name, [top, bottom]];
}))"""


def test_a_newcomer_s_race_plays_once_and_the_verdict_comes_with_its_end(new_page, app_url):
    page = new_page(seen=False)
    page.add_init_script(WATCH)
    page.goto(app_url)
    page.wait_for_function(f"() => ({LEAD})()?.includes('AdaGrad won')", timeout=90_000)
    assert page.evaluate(TOLD) == "visible"
    # The browser may be too busy playing to be asked meanwhile.
    running = [(lead, told) for step, lead, told in page.evaluate("() => window.seen") if step < 30]
    assert running
    assert {told for _, told in running} == {"hidden"}
    assert [lead for lead, _ in running if not re.match(RUNNING, lead)] == []
    page.reload()
    view = View(page)
    assert view.step == 30
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_function(f"() => ({TOLD})() === 'hidden' && !({LEAD})().includes('won')")


def test_who_wants_less_motion_sees_the_end_and_reads_why(new_page, app_url):
    page = new_page(seen=False)
    page.emulate_media(reduced_motion="reduce")
    page.goto(app_url)
    assert View(page).step == 30
    page.get_by_text("Your device asks for less motion").wait_for()
    assert page.evaluate(TOLD) == "visible"


@pytest.mark.parametrize("address", ["", "?fn=Himmelblau", "?fn=own&f=sin(x)*cos(y)%2Bx**2/20&lang=ja", "?lang=ja"])
def test_everything_is_in_sight_on_a_laptop_and_on_a_projector(new_page, app_url, address):
    page = new_page({"width": 1400, "height": 900})
    page.goto(app_url + address)
    View(page)
    for width, height in ((1400, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
        ends = steady(page, ENDS)
        assert ends[".rv-surface"][0] <= 150
        assert ends[".rv-map"][0] <= 150
        assert max(bottom for _, bottom in ends.values()) <= height
        assert ends[".rv-map"][1] - ends[".rv-map"][0] > 0.4 * height
    top = ends[".rv-stage"][0]
    page.get_by_role("button", name=translated("Add a racer", catalogue("ja" if "lang=ja" in address else "en"))).click()
    at_rest(page)
    assert steady(page, ENDS)[".rv-stage"][0] == top


def test_racers_side_by_side_run_on_one_clock_on_maps_and_on_surfaces(new_page, app_url):
    visitor = Visit(new_page(), app_url + "?t=0")
    page = visitor.page
    view = View(page)
    page.get_by_role("button", name="Side by side", exact=True).click()
    page.locator(".rv-panel").nth(3).wait_for()
    assert page.locator(".rv-panel").count() == 4
    assert not page.locator(".rv-surface").is_visible()
    view.told("panels", "side by side")
    assert [caption[:2] for caption in page.evaluate(CAPTIONS)] == [
        ["SGD", "lr 0.95"],
        ["Momentum", "lr 0.1"],
        ["AdaGrad", "lr 1.5"],
        ["Adam", "lr 0.3"],
    ]
    start = steady(page, HEADS)
    page.locator(".rv-scrub").fill("12")
    view.reaches(12)
    assert all(before != now for before, now in zip(start, steady(page, HEADS), strict=True))
    shown = [number(caption[3]) for caption in page.evaluate(CAPTIONS)]
    assert shown == pytest.approx(BOOK.losses().iloc[12].tolist(), rel=1e-4)

    page.get_by_role("button", name="Side by side, 3-D").click()
    page.locator(".rv-panel .rv-surface").wait_for()
    view.told("panels", "surfaces side by side")
    at_rest(page)
    before, pictures = steady(page, CAMERA), steady(page, HEADS)
    third = page.locator(".rv-panel").nth(2).bounding_box()
    page.mouse.move(third["x"] + third["width"] / 2, third["y"] + third["height"] / 2)
    page.mouse.down()
    page.mouse.move(third["x"] + third["width"] / 2 + 60, third["y"] + third["height"] / 2 + 10, steps=4)
    page.mouse.up()
    assert steady(page, CAMERA) != before
    assert all(one != other for one, other in zip(pictures, steady(page, HEADS), strict=True))

    again = Visit(new_page(), page.url)
    assert again.page.locator(".rv-panel").count() == 4
    page.get_by_role("button", name="Together").click()
    page.locator(".rv-m .rv-map").wait_for()
    page.locator(".rv-s .rv-surface").wait_for()
    assert page.locator(".rv-panel").count() == 0
    assert visitor.complaints == again.complaints == []
