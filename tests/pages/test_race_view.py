"""The race view in a real browser: it plays, it can be stepped and pointed at, and a slider moves the racers only."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

import optim
from pages.shared.components import assets
from pages.shared.inputs.link_codec import encode
from tests.pages.test_browser import spec_of_address, visit  # noqa: F401 - a fixture

SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
ROSENBROCK = optim.RaceSpec("rosenbrock", [optim.Entry(name, {"lr": 0.001}) for name in SIX], (-1.2, 1.0), 300)
PIXEL = """([x, y]) => {
  const plot = document.querySelector('.rv-map'), box = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout;
  return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
}"""
CAMERA = "() => Object.values(document.querySelector('.rv-surface')._fullLayout.scene._scene.getCamera().eye)"

ANOTHER = "before => document.querySelector('.race-view').dataset.ready !== before"
WATCH = """() => {
  window.seen = [];
  document.querySelector('.race-view').addEventListener('race-frame', ({ detail }) => window.seen.push(detail.frame));
}"""
NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : get.call(this, kind, ...more);
};"""


def number(text):
    return float(text.replace("−", "-").replace("∞", "inf").replace("–", "nan"))


class View:
    """The race view of a visit, and what can be done with it."""

    def __init__(self, page):
        self.page = page
        page.locator(".race-view[data-ready]").wait_for(timeout=60_000)

    @property
    def step(self):
        return int(re.match(r"step (\d+)", self.page.locator(".rv-step").inner_text()).group(1))

    def reaches(self, step):
        self.page.locator(".rv-step", has_text=re.compile(rf"^step {step} of")).wait_for(timeout=30_000)

    def board(self):
        """Who leads, in order: name -> loss shown."""
        self.page.wait_for_timeout(400)  # the rows' own way to their places
        rows = self.page.evaluate("""() => [...document.querySelectorAll('.rv-list li')].map((row) =>
          [row.getBoundingClientRect().top, row.querySelector('span').innerText, row.querySelector('strong').innerText])""")
        return {name: number(loss) for _, name, loss in sorted(rows)}

    def told(self, key, value):
        """Wait until the address says so."""
        has = "([key, value]) => new URLSearchParams(location.search).get(key) === value"
        self.page.wait_for_function(has, arg=[key, value], timeout=60_000)

    def pixel(self, place):
        self.page.locator(".rv-map").scroll_into_view_if_needed()
        return self.page.evaluate(PIXEL, list(place))

    def camera(self):
        """Where the surface is looked at from, once it has come to rest."""
        places = [None, self.page.evaluate(CAMERA)]
        while places[-1] != places[-2]:
            self.page.wait_for_timeout(300)
            places.append(self.page.evaluate(CAMERA))
        return places[-1]


def query(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def test_it_plays_to_the_end_and_the_last_frame_is_the_table_s_last_row(visit):  # noqa: F811
    visitor = visit("?t=0")
    view = View(visitor.page)
    assert view.step == 0
    visitor.page.get_by_label("Speed", exact=True).select_option("4")
    visitor.page.get_by_role("button", name="Play (space)").click()
    visitor.page.get_by_role("button", name="Pause (space)").wait_for()
    view.reaches(30)
    visitor.page.get_by_role("button", name="Play (space)").wait_for()
    result = optim.race(spec_of_address(visitor.page.url))
    shown, last = view.board(), result.losses().iloc[-1]
    assert list(shown) == [result.labels[i] for i in result.order]
    assert shown == pytest.approx(last.to_dict(), rel=1e-4)
    visitor.page.locator("[data-testid=stDataFrame]").last.scroll_into_view_if_needed()
    assert visitor.table()[0] == pytest.approx(result.losses().iloc[0].tolist())
    visitor.page.wait_for_function("() => !new URLSearchParams(location.search).has('t')", timeout=15_000)
    assert (visitor.complaints, visitor.outside) == ([], [])


def test_the_keyboard_steps_and_the_frame_is_in_the_link(visit):  # noqa: F811
    visitor = visit("?t=10")
    view = View(visitor.page)
    visitor.page.get_by_role("button", name="Play (space)").focus()
    keys = visitor.page.keyboard
    for key, step in (("ArrowRight", 11), ("ArrowRight", 12), ("ArrowLeft", 11), ("Home", 0), ("ArrowLeft", 0), ("End", 30)):
        keys.press(key)
        view.reaches(step)
    keys.press("Home")
    keys.press(" ")
    visitor.page.get_by_role("button", name="Pause (space)").wait_for()
    visitor.page.wait_for_function("() => !/^step 0 /.test(document.querySelector('.rv-step').innerText)")
    keys.press(" ")
    keys.press("ArrowRight")
    paused = view.step
    assert 1 < paused < 30
    view.told("t", str(paused))
    result = optim.race(spec_of_address(visitor.page.url))
    assert view.board() == pytest.approx(result.losses().iloc[paused].to_dict(), rel=1e-4)
    again = visit(visitor.page.url)
    assert View(again.page).step == paused
    assert again.complaints == visitor.complaints == []


def test_a_click_on_the_map_sets_the_start_and_the_start_can_be_dragged(visit):  # noqa: F811
    visitor = visit()
    view = View(visitor.page)
    visitor.page.mouse.click(*view.pixel((-4.0, 3.0)))
    visitor.page.wait_for_function("() => location.search.includes('x=')", timeout=15_000)
    visitor.settled()
    start = spec_of_address(visitor.page.url).start
    assert start == pytest.approx((-4.0, 3.0), abs=0.005 * 10)
    visitor.expect(spec_of_address(visitor.page.url))
    visitor.page.mouse.move(*view.pixel(start))
    visitor.page.mouse.down()
    visitor.page.mouse.move(*view.pixel((2.0, -1.0)), steps=4)
    visitor.page.mouse.move(*view.pixel((5.0, -2.0)), steps=4)
    visitor.page.mouse.up()
    visitor.page.wait_for_function("() => location.search.includes('y=-')", timeout=15_000)
    visitor.settled()
    assert spec_of_address(visitor.page.url).start == pytest.approx((5.0, -2.0), abs=0.005 * 10)
    visitor.expect(spec_of_address(visitor.page.url))
    assert visitor.complaints == []


def test_a_slider_moves_the_racers_and_nothing_else_is_sent_or_drawn(visit):  # noqa: F811
    visitor = visit("?" + urlencode(encode(ROSENBROCK)))
    page = visitor.page
    view = View(page)
    untouched, surface = view.camera(), page.locator(".rv-surface").bounding_box()
    page.mouse.move(surface["x"] + 200, surface["y"] + 200)
    page.mouse.down()
    page.mouse.move(surface["x"] + 260, surface["y"] + 230, steps=5)
    page.mouse.up()
    dragged = view.camera()
    assert dragged != untouched
    page.evaluate("() => { window.nodes = [...document.querySelectorAll('.rv-surface canvas, .rv-map .main-svg')]; }")
    slider = page.get_by_role("slider", name="Adam's lr, logarithmic")
    for _ in range(10):
        before = page.locator(".race-view").get_attribute("data-ready")
        slider.press("ArrowRight")
        page.wait_for_function(
            "before => document.querySelector('.race-view').dataset.ready !== before", arg=before, timeout=30_000
        )
    assert page.evaluate("() => window.nodes.every(node => node.isConnected)")
    assert view.camera() == pytest.approx(dragged, rel=1e-9)
    visitor.settled()
    result = optim.race(spec_of_address(page.url))
    assert dict(result.spec.entries[5].values)["lr"] > 0.002
    assert view.board() == pytest.approx(result.losses().iloc[-1].to_dict(), rel=1e-4)
    assert visitor.complaints == []


def test_a_slider_change_sends_little_and_does_not_stop_the_playback(chromium, app_url):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    sizes = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(app_url + "?" + urlencode(encode(ROSENBROCK) | {"t": "0"}))
    view = View(page)
    page.wait_for_timeout(4000)  # the address is written in several goes
    page.get_by_role("button", name="Play (space)").click()
    sizes.clear()
    before = page.locator(".race-view").get_attribute("data-ready")
    page.get_by_role("slider", name="Adam's lr, logarithmic").press("ArrowRight")
    page.wait_for_function(ANOTHER, arg=before, timeout=30_000)
    step = view.step
    page.get_by_role("button", name="Pause (space)").wait_for()
    page.wait_for_function("step => Number(document.querySelector('.rv-scrub').value) > step", arg=step, timeout=10_000)
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    assert sum(sizes) < 60_000
    page.close()


def test_the_file_plays_from_disk_without_a_network(visit, chromium, tmp_path):  # noqa: F811
    visitor = visit("?t=0")
    View(visitor.page)
    visitor.page.get_by_text("Take it away").click()
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download as one HTML file").click()
    file = tmp_path / "race.html"
    download.value.save_as(file)
    assert file.stat().st_size - assets.PLOTLY.stat().st_size < 300_000
    context = chromium.new_context(viewport={"width": 1400, "height": 1000}, offline=True)
    page, complaints, requests = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    view = View(page)
    page.get_by_label("Speed", exact=True).select_option("16")
    page.get_by_role("button", name="Play (space)").click()
    view.reaches(30)
    result = optim.race(spec_of_address(visitor.page.url))
    assert view.board() == pytest.approx(result.losses().iloc[-1].to_dict(), rel=1e-4)
    assert "AdaGrad won" in page.locator("h1").inner_text()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []
    context.close()


def test_without_webgl_map_and_curves_play_and_a_line_says_why(chromium, app_url):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.add_init_script(NO_WEBGL)
    page.goto(app_url + "?t=29")
    view = View(page)
    page.get_by_text("This browser has no WebGL").wait_for()
    page.get_by_role("button", name="One step on (right arrow)").click()
    view.reaches(30)
    assert not page.locator(".rv-surface").is_visible()
    page.close()


def test_who_diverges_keeps_its_line_on_the_board_and_pointing_says_where(visit):  # noqa: F811
    visitor = visit("?o1.lr=2.5")
    page = visitor.page
    view = View(page)
    sgd = page.locator(".rv-list li", has_text="SGD")
    assert "left the window" in sgd.inner_text() or "diverged" in sgd.inner_text()
    assert list(view.board())[-1] == "SGD"
    page.mouse.move(*view.pixel((-7.0, 2.0)))
    page.locator(".rv-tip", has_text="step 0").wait_for()
    assert "x −7, y 2" in page.locator(".rv-tip").inner_text()
    page.locator(".rv-scrub").fill("1")
    view.reaches(1)
    view.told("t", "1")
    page.get_by_label("next step").uncheck()
    view.told("a_step", "false")
    assert query(page)["o1.lr"] == "2.5"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save picture").click()
    assert download.value.path().stat().st_size > 50_000
    assert visitor.complaints == []


def test_who_wants_less_motion_sees_whole_steps_only(chromium, app_url):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    page.goto(app_url + "?t=0")
    view = View(page)
    page.evaluate(WATCH)
    page.get_by_label("Speed", exact=True).select_option("8")
    page.get_by_role("button", name="Play (space)").click()
    view.reaches(30)
    assert page.evaluate("() => window.seen.every(Number.isInteger)")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.rv-list li')).transitionProperty") == "none"
    page.close()
