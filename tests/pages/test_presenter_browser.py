"""A race presented to a room by keys only, and the guided ways, in a real browser."""

import io
import re

import numpy as np
import pytest
import zxingcpp
from PIL import Image

import optim
from pages.shared.inputs.presets import BOOK, PRESETS
from tests.support.race_view import View, number
from tests.support.rest import at_rest, box
from tests.support.visit import spec_of_address

RESULT = optim.race(PRESETS[0].spec)
FULL = "() => document.fullscreenElement?.classList.contains('race-view') ?? false"
SIZES = """() => Object.fromEntries(['lead', 'told', 'step', 'list span', 'list strong', 'exact'].map((name) => [name,
  parseFloat(getComputedStyle(document.querySelector(`.rv-${name}`)).fontSize)]))"""
SEEN = """() => ['surface', 'map', 'curve'].filter((name) => document.querySelector(`.rv-${name}`).offsetParent)"""
BEYOND = """() => {
  const view = document.querySelector('.race-view');
  return [view.scrollHeight - innerHeight, view.scrollWidth - innerWidth];
}"""


def told(page, step):
    """What is said of a step, once it is the one shown."""
    View(page).reaches(step)
    return page.locator(".rv-told").inner_text()


def test_a_room_is_shown_a_race_by_keys_only(visit):
    visitor = visit(viewport={"width": 1920, "height": 1080})
    page = visitor.page
    page.locator("body").press("p")
    page.wait_for_function(FULL)
    assert min(page.evaluate(SIZES).values()) >= 24
    assert page.evaluate(SEEN) == ["surface", "map", "curve"]
    assert max(page.evaluate(BEYOND)) <= 0
    assert RESULT.status[0].reason in told(page, 30)

    page.keyboard.press("Home")
    assert re.search(r"SGD is at \(−7, 2\), loss 6\.45\.$", told(page, 0))
    page.keyboard.press("n")
    page.keyboard.press("n")
    for step in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        said = told(page, step)
        assert "AdaGrad" in said
        before, after = (float(f"{loss:.5g}") for loss in RESULT.loss[2, step - 1 : step + 1])
        assert [number(text) for text in re.findall(r"from (\S+) to (\S+)\.$", said)[0]] == [before, after]
    page.keyboard.press("1")
    assert "SGD swings back in y and goes on in x." in told(page, 3)
    assert np.sign(np.diff(RESULT.path[0, 1:4, 1])).tolist() in ([1, -1], [-1, 1])

    shown = []
    for _ in range(5):
        page.keyboard.press("v")
        shown.append(page.evaluate(SEEN))
    assert shown == [["surface", "map"], ["map", "curve"], ["surface"], ["map"], ["surface", "map", "curve"]]

    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.locator(".rv-list li", has_text="SGD").filter(has_text=re.compile("loss|e|∞|[0-9]")).wait_for()
    page.wait_for_function("() => new URLSearchParams(location.search).has('o1.lr')", timeout=60_000)
    rate = float(page.locator(".rv-exact").input_value())
    assert rate > 1.0
    at_rest(page)
    assert spec_of_address(page.url).entries[0].hyper["lr"] == rate

    page.keyboard.press("q")
    code = page.locator(".rv-code img")
    code.wait_for()
    page.wait_for_function(
        "() => document.querySelector('.rv-code img').naturalWidth > 0 || document.querySelector('.rv-code img').complete"
    )
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [page.url]
    page.keyboard.press("q")
    assert not code.is_visible()

    page.keyboard.press("p")
    page.wait_for_function(f"() => !({FULL})()")
    assert not page.locator(".rv-told").is_visible()
    assert visitor.complaints == []


def test_escape_ends_the_presentation_and_no_letter_that_is_typed_begins_it(visit):
    page = visit().page
    page.locator("body").press("p")
    page.wait_for_function(FULL)
    page.evaluate("() => document.exitFullscreen()")  # what the browser does on Escape
    page.locator(".rv-told").wait_for(state="hidden")
    field = page.get_by_role("textbox", name="SGD's learning rate, exact")
    field.press("p")
    assert not page.evaluate(FULL)


def test_the_guided_way_leads_through_five_stops_to_a_race_of_one_s_own(visit):
    visitor = visit("?fn=Himmelblau")
    page, view = visitor.page, View(visitor.page)
    line = page.locator(".rv-tour")
    page.get_by_role("button", name="Show me around").click()
    line.filter(has_text="1 of 5").filter(has_text="Click on the map").wait_for()
    page.locator(".rv-formula", has_text="/20").wait_for()
    at_rest(page)
    assert spec_of_address(page.url).entries == BOOK.spec.entries[:1]
    page.mouse.click(*view.pixel((-4.0, 3.0)))
    line.filter(has_text="2 of 5").wait_for()
    at_rest(page)
    page.get_by_role("button", name="Play (space)").click()
    line.filter(has_text="3 of 5").wait_for(timeout=60_000)
    x = page.locator(".rv-tick").bounding_box()["x"]
    dial = page.locator(".rv-dial input")
    _, top, _, height = box(dial)
    page.mouse.move(x - 20, top + height / 2)
    page.mouse.down()
    page.mouse.move(x + 30, top + height / 2, steps=4)
    page.mouse.up()
    line.filter(has_text="4 of 5").wait_for()
    page.get_by_role("button", name="Add Momentum").click()  # at once: the page may hear of both together
    line.filter(has_text="5 of 5").wait_for()
    page.locator(".rv-list li", has_text="Momentum").wait_for()
    at_rest(page)
    spec = spec_of_address(page.url)
    assert spec.entries[0].hyper["lr"] > 1.0
    assert spec.entries[1] == BOOK.spec.entries[1]
    assert spec.start == pytest.approx((-4.0, 3.0), abs=0.1)
    line.get_by_role("button", name="Done").click()
    assert not line.is_visible()
    assert visitor.complaints == []


def test_a_guided_way_is_left_half_way_and_keeps_what_is_there(visit):
    visitor = visit()
    page = visitor.page
    page.get_by_role("button", name="The zigzag in 60 seconds").click()
    page.locator(".rv-tour", has_text="1 of 4").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.rv-list li').length === 1", timeout=60_000)
    page.locator(".rv-lead", has_text="SGD leads").wait_for(timeout=60_000)  # it plays by itself
    page.get_by_role("button", name="Leave the guided way").click()
    assert not page.locator(".rv-tour").is_visible()
    page.get_by_role("button", name="Show me around").wait_for()
    at_rest(page)
    assert spec_of_address(page.url).entries == BOOK.spec.entries[:1]
