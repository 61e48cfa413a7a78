"""On a phone, by real touches: the menu closes by itself, a swipe over any chart scrolls, and a surface can still be turned."""

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.support.race_view import CAMERA, View
from tests.support.rest import LONG, at_rest, box, steady
from tests.support.visit import go, spec_of_address

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SWIPE = 200
"""Pixels that a finger goes up or down."""
MENU = "[data-testid=stSidebar]"
SCROLLER = "(document.querySelector('[data-testid=stMain]') ?? document.scrollingElement)"
STOPPED = f"""() => {{
  const at = {SCROLLER}.scrollTop;
  if (window.scrollAt !== at) [window.scrollAt, window.scrolledAt] = [at, performance.now()];
  return performance.now() - window.scrolledAt > 300;
}}"""
"""A page goes on for a while after the finger has left it."""
ROOM = f"() => {{ const s = {SCROLLER}; return [s.scrollTop, s.scrollHeight - s.clientHeight - s.scrollTop]; }}"
CHARTS = {
    "book": [".js-plotly-plot"],
    "book?section=gradient": [".js-plotly-plot"],
    "book?section=momentum": [".rv-surface", ".rv-map", ".rv-curve"],
    "lessons?lesson=saddle": [".js-plotly-plot"],
    "functions?show=Ackley": [".js-plotly-plot"],
    "optimizers?opt=RAdam": [".js-plotly-plot"],
    "step?r=2&step=9": [".js-plotly-plot"],
    "rates?n=30&k=2": [".js-plotly-plot"],
    "starts?n=30&k=2": ["canvas[aria-label^='Who wins']"],
    "fair?n=30&k=2": [".js-plotly-plot"],
    "?t=0": [".rv-surface", ".rv-map", ".rv-curve"],
}
"""Address -> the charts there over which a finger swipes; the first and the last are touched in other ways too."""


class Fingers:
    """Real touches on a page, as a phone's browser gets them."""

    def __init__(self, page):
        self.page, self.screen = page, page.context.new_cdp_session(page)

    def centre(self, chart):
        """The middle of a chart, in the middle of a screen that has come to rest."""
        self.page.wait_for_function(STOPPED)
        left, top, width, height = box(chart)
        return left + width / 2, top + height / 2

    def tap(self, x, y):
        self.touch("Start", (x, y))
        self.touch("End")

    def scroll(self, chart):
        """Swipe over the middle of a chart, to where there is more of the page, and tell whether the page went along."""
        x, y = self.centre(chart)
        before, below = self.page.evaluate(ROOM)
        way = 1 if below >= SWIPE else -1
        self.drag([(x, y), (x, y - way * SWIPE)])
        went = f"([before, way]) => way * ({SCROLLER}.scrollTop - before) > {SWIPE / 2}"
        try:
            self.page.wait_for_function(went, arg=[before, way], timeout=5_000)
        except PlaywrightTimeout:
            return False
        return True

    def touch(self, kind, *places):
        """Tell the browser of fingers: `kind` is Start, Move or End, with the places of those that are on the screen."""
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self.screen.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def drag(self, *ways):
        """Move as many fingers as there are ways, each along its own in small steps, and lift them."""
        self.touch("Start", *(way[0] for way in ways))
        for share in range(1, 9):
            self.touch("Move", *([a + (b - a) * share / 8 for a, b in zip(*way, strict=True)] for way in ways))
        self.touch("End")


@pytest.fixture
def phone(chromium, app_url):
    """Open an address on a phone that knows nothing yet, and return its page."""
    contexts = []

    def open_(address="", **settings):
        contexts.append(chromium.new_context(**PHONE, **settings))
        return loaded(contexts[-1], address if "://" in address else app_url + address)

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def pocket(chromium, app_url):
    """Open an address on the one phone of these tests, and return its page; one that is open is not loaded again."""
    context, pages = chromium.new_context(**PHONE), {}

    def open_(address):
        if address not in pages:
            for old in [*pages]:
                pages.pop(old).close()
            pages[address] = loaded(context, app_url + address)
        return pages[address]

    yield open_
    context.close()


def loaded(context, url):
    page = context.new_page()
    page.goto(url)
    page.locator("h1").first.wait_for(timeout=60_000)
    return page


def test_a_surface_of_the_book_is_turned_by_two_fingers(pocket):
    page = pocket("book")
    page.locator(".gl-container canvas").first.wait_for(timeout=LONG)
    at_rest(page)
    camera = CAMERA.replace(".rv-surface", ".js-plotly-plot")
    before, fingers = steady(page, camera), Fingers(page)
    x, y = fingers.centre(page.locator(".js-plotly-plot"))
    fingers.drag([(x - 40, y), (x, y + 40)], [(x + 40, y), (x + 80, y + 40)])
    page.wait_for_function(f"before => String(({camera})()) !== String(before)", arg=before)


@pytest.mark.parametrize("address", CHARTS)
def test_a_swipe_over_a_chart_scrolls_the_page(pocket, address):
    page = pocket(address)
    for selector in CHARTS[address]:
        page.locator(selector).first.wait_for(timeout=LONG)
    at_rest(page)
    fingers = Fingers(page)
    swallowed = [selector for selector in CHARTS[address] if not fingers.scroll(page.locator(selector).first)]
    assert swallowed == []


def turns_by_touch(page):
    """Whether the surface is turned by two fingers at once, by one only between a tap on it and the next, and says so."""
    view, fingers, surface = View(page), Fingers(page), page.locator(".rv-surface")
    hint = page.locator(".rv-hint")
    asleep = hint.inner_text()
    cameras = [view.camera()]

    def then(*ways):
        fingers.drag(*ways)
        page.wait_for_function(STOPPED)
        cameras.append(view.camera())
        return cameras[-1] != cameras[-2]

    assert fingers.scroll(surface)
    assert view.camera() == cameras[-1]
    x, y = fingers.centre(surface)
    there = page.evaluate(ROOM)
    one = [(x, y), (x + 60, y + 90)]
    assert then([(x - 40, y), (x, y + 40)], [(x + 40, y), (x + 80, y + 40)])
    fingers.tap(x, y)
    awake = hint.inner_text()
    assert then(one)
    assert page.evaluate(ROOM) == there
    fingers.tap(x, y)
    assert hint.inner_text() == asleep != awake
    assert fingers.scroll(surface)
    fingers.tap(*fingers.centre(surface))
    assert hint.inner_text() == awake
    assert fingers.scroll(page.locator(".rv-map"))
    assert hint.inner_text() == asleep
    assert view.camera() == cameras[-1]


def test_two_fingers_or_a_tap_and_one_turn_the_surface(pocket):
    page = pocket("?t=0")
    turns_by_touch(page)
    assert page.locator(".rv-hint").inner_text() == "Turn it with two fingers, or tap first and use one."


def test_a_tap_on_the_map_sets_the_start_and_the_ring_can_be_dragged(pocket):
    page = pocket("?t=0")
    view, fingers = View(page), Fingers(page)
    fingers.centre(page.locator(".rv-map"))
    fingers.tap(*view.pixel((-4.0, 3.0)))
    page.wait_for_function("() => location.search.includes('x=')", timeout=15_000)
    at_rest(page)
    tapped = spec_of_address(page.url).start
    assert tapped == pytest.approx((-4.0, 3.0), abs=0.05)
    fingers.centre(page.locator(".rv-map"))
    fingers.drag([view.pixel(tapped), view.pixel((5.0, -2.0))])
    page.wait_for_function("() => location.search.includes('y=-')", timeout=15_000)
    at_rest(page)
    assert spec_of_address(page.url).start == pytest.approx((5.0, -2.0), abs=0.05)


def test_the_file_is_touched_as_the_page_is(phone, visit, tmp_path):
    visitor = visit("?t=0")
    visitor.page.get_by_text("Export and share").click()
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download as one HTML file").click()
    download.value.save_as(tmp_path / "race.html")
    page = phone((tmp_path / "race.html").as_uri())
    turns_by_touch(page)
    fingers = Fingers(page)
    assert [name for name in ("map", "curve") if not fingers.scroll(page.locator(f".rv-{name}"))] == []


def menu(page, collapsed):
    page.locator(f"{MENU}[data-collapsed={str(collapsed).lower()}]").wait_for(state="attached", timeout=10_000)


def opened(page):
    menu(page, collapsed=True)
    page.get_by_test_id("stExpandSidebarButton").tap()
    menu(page, collapsed=False)


PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize("names_itself", [{}, {"user_agent": PIXEL}], ids=["a narrow screen", "a phone by name"])
def test_the_menu_of_a_phone_closes_when_a_page_was_chosen_and_when_the_page_is_loaded_anew(phone, names_itself):
    page = phone(**names_itself)
    View(page)
    opened(page)
    page.locator(f"{MENU} a", has_text="Optimizers").tap()
    page.wait_for_url("**/optimizers*")
    menu(page, collapsed=True)
    at_rest(page)
    menu(page, collapsed=True)
    opened(page)
    page.reload()
    page.locator("h1").first.wait_for()
    at_rest(page)
    menu(page, collapsed=True)


def test_the_menu_of_a_phone_stays_open_while_the_inputs_in_it_are_changed(phone):
    page = phone()
    at_rest(page)
    opened(page)
    page.locator(f"{MENU} .st-key-n input").fill("40")
    page.keyboard.press("Enter")
    page.wait_for_url("**n=40**")
    at_rest(page)
    menu(page, collapsed=False)


def test_the_menu_of_a_desktop_stays_as_it_was_left(visit):
    page = visit().page
    menu(page, collapsed=False)
    go(page, "Step")
    page.wait_for_url("**/step*")
    at_rest(page)
    menu(page, collapsed=False)
    page.locator(MENU).hover()
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    page.reload()
    at_rest(page)
    menu(page, collapsed=True)
    assert not page.locator(".rv-hint").first.is_visible()
