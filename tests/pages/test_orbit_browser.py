"""The surface turned by hand and by keys within limits, the wheel over it, and pictures on the full screen, in a real browser."""

import re

import pytest

import optim
from pages.shared.components.race_view.component import fixed_scene
from tests.support.race_view import Bare, View
from tests.support.rest import box, steady
from tests.support.visit import Visit

TILT, ZOOM = (8, 85), (0.6, 3)
"""Degrees above the floor from which the surface is looked at, and how many times larger than at first it is shown."""
POSE = """() => {
  const { eye, center } = document.querySelector('.rv-surface')._fullLayout.scene._scene.getCamera();
  const [x, y, z] = ['x', 'y', 'z'].map((side) => eye[side] - center[side]), distance = Math.hypot(x, y, z), degree = Math.PI / 180;
  return [Math.atan2(y, x) / degree, Math.asin(z / distance) / degree, distance];
}"""
WATCH = """() => {
  const { _scene: scene } = document.querySelector('.rv-surface')._fullLayout.scene, { onrender } = scene.glplot;
  const tilt = (x, y, z) => Math.asin(z / Math.hypot(x, y, z)) * 180 / Math.PI;
  window.drawn = [];
  scene.glplot.onrender = () => {
    const { view } = scene.glplot.cameraParams, { eye, center } = document.querySelector('.rv-surface').layout.scene.camera;
    window.drawn.push([tilt(view[2], view[6], view[10]), tilt(eye.x - center.x, eye.y - center.y, eye.z - center.z)]);
    onrender();
  };
}"""
"""From now on `window.drawn` are the tilts of all frames that the scene draws, each with the one that was last set."""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
SIZES = """() => ['surface', 'map', 'curve'].map((name) => {
  const chart = document.querySelector(`.rv-${name}`), { width, height } = chart.getBoundingClientRect();
  const canvas = chart.querySelector('.rv-chart'), ratio = window.devicePixelRatio;
  const drawn = chart._fullLayout ?? { width: canvas.width / ratio, height: canvas.height / ratio };
  return { inside: [width, height].map(Math.round), drawn: [drawn.width, drawn.height].map(Math.round) };
})"""
FULL = "() => document.fullscreenElement?.className ?? null"


class Surface:
    """The surface of a visit: from where it is looked at, and what turns it."""

    def __init__(self, page):
        self.page, self.view, self.found = page, View(page), page.locator(".rv-surface")

    @property
    def pose(self):
        """Degrees round the vertical, degrees above the floor, and the distance."""
        return steady(self.page, POSE)

    def press(self, key, times=1):
        for _ in range(times):
            self.found.press(key)
        return self.pose

    def drag(self, right, down):
        """Drag from the middle and let go; return where the surface is looked at from then."""
        left, top, width, height = box(self.found)
        x, y = left + width / 2, top + height / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down, steps=12)
        self.page.mouse.up()
        return self.pose

    def wheel(self, up):
        left, top, width, height = box(self.found)
        self.page.mouse.move(left + width / 2, top + height / 2)
        self.page.mouse.wheel(0, -up)


@pytest.fixture(scope="module")
def visitor(chromium, app_url):
    """One visit for all tests of the file, each of which leaves the camera and the screen as it found them."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    yield Visit(context.new_page(), app_url + "?t=0")
    context.close()


@pytest.fixture
def surface(visitor):
    found = Surface(visitor.page)
    visitor.page.locator(".rv-scrub").press("Home")
    found.view.reaches(0)
    yield found
    visitor.page.keyboard.up("Control")
    found.press("0")
    assert visitor.complaints == []


def test_keys_turn_the_surface_within_limits_and_not_the_clock(surface):
    azimuth, tilt, distance = home = surface.pose
    assert surface.press("ArrowRight", 2) == pytest.approx([azimuth + 15, tilt, distance])
    assert surface.view.step == 0
    assert surface.press("ArrowLeft", 3) == pytest.approx([azimuth - 7.5, tilt, distance])
    assert surface.press("ArrowUp") == pytest.approx([azimuth - 7.5, tilt + 5, distance])
    assert surface.press("ArrowDown", 2) == pytest.approx([azimuth - 7.5, tilt - 5, distance])
    assert surface.press("ArrowUp", 20)[1] == pytest.approx(TILT[1])
    assert surface.press("ArrowDown", 20)[1] == pytest.approx(TILT[0])
    assert surface.press("+")[2] < distance
    assert surface.press("+", 20)[2] == pytest.approx(distance / ZOOM[1])
    assert surface.press("-", 30)[2] == pytest.approx(distance / ZOOM[0])
    assert surface.press("0") == pytest.approx(home, rel=1e-12)
    surface.found.press("Control+ArrowRight")
    assert surface.pose == pytest.approx(home, rel=1e-12)
    surface.page.locator(".rv-scrub").press("ArrowRight")
    surface.view.reaches(1)


def test_no_drag_leads_under_the_floor_not_for_a_frame(surface):
    azimuth, _, distance = surface.pose
    surface.page.evaluate(WATCH)
    assert surface.drag(0, -300) == pytest.approx([azimuth, TILT[0], distance])
    assert surface.drag(0, 400) == pytest.approx([azimuth, TILT[1], distance])
    turned, tilt, distance_then = surface.drag(-100, 0)
    assert turned > azimuth + 20
    assert [tilt, distance_then] == pytest.approx([TILT[1], distance])
    drawn, wanted = zip(*surface.page.evaluate("() => window.drawn"), strict=True)
    assert len(drawn) > 5
    assert drawn == pytest.approx(wanted, abs=1e-6)  # the racers over the scene are drawn from there
    assert TILT[0] - 1e-6 < min(drawn) < max(drawn) < TILT[1] + 1e-6


@pytest.mark.parametrize("way", ["the button", "a double click"])
def test_the_camera_that_came_with_the_surface_is_restored(surface, way):
    home = surface.pose
    surface.drag(70, 30)
    surface.press("+", 3)
    assert surface.pose != pytest.approx(home, abs=1e-3)
    if way == "the button":
        surface.page.get_by_role("button", name="Reset the view").click()
    else:
        surface.found.dblclick()
    assert surface.pose == pytest.approx(home, rel=1e-12)


def test_the_wheel_scrolls_the_page_and_zooms_only_with_control(surface):
    page, home = surface.page, surface.pose
    hint = page.locator(".rv-s .rv-wheel")
    assert hint.is_hidden()
    surface.wheel(up=0)
    before = page.evaluate(SCROLLED)
    surface.wheel(up=-120)
    page.wait_for_function(f"before => ({SCROLLED})() > before + 60", arg=before)
    assert hint.inner_text() == "Hold Ctrl (⌘ on a Mac) and scroll to zoom"
    assert surface.pose == pytest.approx(home, rel=1e-12)
    hint.wait_for(state="hidden", timeout=10_000)
    box(surface.found)
    before = steady(page, SCROLLED)
    page.keyboard.down("Control")
    surface.wheel(up=120)
    page.wait_for_function(f"distance => ({POSE})()[2] < 0.9 * distance", arg=home[2])
    surface.wheel(up=-120)
    page.wait_for_function(f"distance => ({POSE})()[2] > 0.99 * distance", arg=home[2])
    assert surface.pose == pytest.approx(home)
    assert steady(page, SCROLLED) == before
    assert hint.is_hidden()
    assert page.evaluate("() => window.visualViewport.scale * window.devicePixelRatio") == 1


@pytest.mark.parametrize("name", ["surface", "map", "curve"])
def test_a_picture_fills_the_screen_and_comes_back(surface, name):
    page, before = surface.page, steady(surface.page, SIZES)
    assert all(chart["drawn"] == chart["inside"] for chart in before)
    button = page.locator(f".rv-full_{name}")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    page.wait_for_function(f"() => (({FULL})() ?? '').includes('rv-box')")
    full = steady(page, SIZES)
    assert all(chart["drawn"] == chart["inside"] for chart in full)
    assert button.get_attribute("aria-pressed") == "true"
    assert full[["surface", "map", "curve"].index(name)]["inside"] == [1400, 1000]
    # The keys there are the playback's, not the button's that was pressed last.
    page.keyboard.press(" ")
    page.locator(".rv-play[aria-label^=Pause]").wait_for(state="attached")
    page.keyboard.press("Home")
    page.locator(".rv-play[aria-label^=Play]").wait_for(state="attached")
    button.click()
    page.wait_for_function(f"() => ({FULL})() === null")
    assert steady(page, SIZES) == before
    assert button.get_attribute("aria-pressed") == "false"
    assert page.evaluate("() => document.activeElement.className") == f"rv-tool rv-full_{name}"


def test_what_the_pointer_tells_is_seen_on_the_full_screen_too(surface):
    page, tip = surface.page, surface.page.locator(".rv-tip")
    page.locator(".rv-full_map").click()
    page.wait_for_function(f"() => ({FULL})() !== null")
    left, top, width, height = box(page.locator(".rv-map"))
    page.mouse.move(left + 0.5 * width, top + 0.4 * height)
    tip.wait_for()
    seen = "() => document.fullscreenElement.contains(document.querySelector('.rv-tip'))"
    assert page.evaluate(seen)
    at = tip.bounding_box()
    assert at["x"] == pytest.approx(left + 0.5 * width + 14, abs=2)
    assert at["y"] == pytest.approx(top + 0.4 * height + 14, abs=2)
    page.locator(".rv-full_map").click()
    page.wait_for_function(f"() => ({FULL})() === null")
    assert page.evaluate("() => document.querySelector('.rv-tip').parentElement.className").startswith("race-view")


def test_without_a_full_screen_there_is_no_button_for_it(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    page.add_init_script("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    ground, scene = fixed_scene(optim.race(optim.RaceSpec("elongated_bowl", [optim.Entry("sgd")], (-7.0, 2.0), 5)), "light")
    Bare(page, app_url).show(ground, scene, fixed=True)
    page.locator(".race-view[data-ready]").wait_for(timeout=60_000)
    names = page.locator(".race-view button").evaluate_all(
        "(buttons) => buttons.map((button) => button.getAttribute('aria-label'))"
    )
    assert [name for name in names if re.search("full screen", name or "")] == []
    assert "Reset the view (0 or double click)" in names
