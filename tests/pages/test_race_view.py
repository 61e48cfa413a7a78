"""The race view in a real browser: it plays, it can be stepped and pointed at, and a slider moves the racers only."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

import optim
from optim.i18n.numbers import short
from pages.shared.components import assets
from pages.shared.components.race_view.component import fixed_scene
from pages.shared.inputs.link_codec import encode, pinned_query
from pages.shared.inputs.presets import PRESETS
from tests.support.race_view import Bare, View
from tests.support.rest import at_rest, box
from tests.support.visit import spec_of_address

SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
BOOK = PRESETS[0].spec
ROSENBROCK = optim.RaceSpec("rosenbrock", [optim.Entry(name, {"lr": 0.001}) for name in SIX], (-1.2, 1.0), 300)
TURN = """([x, y]) => {
  const plot = document.querySelector('.rv-surface'), target = document.elementFromPoint(x, y), by = [0, -12, -24, -36];
  const wait = (milliseconds) => { for (const end = performance.now() + milliseconds; performance.now() < end; ); };
  const mouse = (kind, way, buttons) => (wait(8), target.dispatchEvent(
    new MouseEvent(kind, { bubbles: true, clientX: x + way, clientY: y + way / 2, buttons })));
  mouse('mousemove', 0, 0);
  mouse('mousedown', 0, 1);
  by.forEach((way) => mouse('mousemove', way, 1));
  mouse('mouseup', by.at(-1), 0);
  const eye = Object.values(plot._fullLayout.scene._scene.getCamera().eye);
  wait(150);
  return eye;
}"""
"""Turn the surface by hand in a browser that is slow to draw; return where it is looked at from when the hand lets go."""
ANOTHER = "before => document.querySelector('.race-view').dataset.ready !== before"
WATCH = """() => {
  window.seen = [];
  document.querySelector('.race-view').addEventListener('race-frame', ({ detail }) => window.seen.push(detail.frame));
}"""
NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : get.call(this, kind, ...more);
};"""


def query(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def test_it_plays_to_the_end_and_the_last_frame_is_the_table_s_last_row(visit):
    visitor = visit("?t=0")
    view = View(visitor.page)
    assert view.step == 0
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


def test_the_keyboard_steps_and_the_frame_is_in_the_link(visit):
    visitor = visit("?t=10")
    view = View(visitor.page)
    keys = visitor.page.keyboard
    visitor.page.get_by_label("Speed", exact=True).select_option("0.25")  # so that it is still under way when it is paused
    visitor.page.get_by_role("button", name="Play (space)").focus()
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


def test_a_reload_in_mid_playback_brings_the_same_race_back_and_it_plays_on(visit):
    visitor = visit("?t=0&n=120&o1.lr=0.9")
    page = visitor.page
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_function("() => { const at = +document.querySelector('.rv-scrub').value; return at > 5 && at < 100 }")
    page.reload()
    visitor.settled()
    view = View(page)
    spec = spec_of_address(page.url)
    assert (spec.steps, spec.entries[0].hyper["lr"]) == (120, 0.9)
    page.get_by_label("Speed", exact=True).select_option("16")
    page.get_by_role("button", name="Play (space)").click()
    view.reaches(120)
    assert view.board() == pytest.approx(optim.race(spec).losses().iloc[-1].to_dict(), rel=1e-4)
    assert visitor.complaints == []


def test_late_answers_do_not_take_the_view_back_to_where_it_was(new_page, app_url):
    """The page answers each pause in its own time: the visitor has gone on meanwhile."""
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)
    ground, scene = fixed_scene(optim.race(BOOK), "light")
    bare.show(ground, scene, frame=10)
    view = View(page)
    page.get_by_role("button", name="Play (space)").focus()
    told = []
    for key, step in (("ArrowRight", 11), ("ArrowRight", 12), ("ArrowLeft", 11), ("End", 30)):
        page.keyboard.press(key)
        view.reaches(step)
        told.append({"t": None if step == 30 else step})
        page.wait_for_function("count => window.told.length === count", arg=len(told))
    assert page.evaluate("() => window.told") == told
    for answer in told:
        bare.show(ground, scene, frame=answer["t"])
        assert view.step == 30
    bare.show(ground, scene, frame=7)  # nobody chose that here: it is a link or a ready experiment
    assert view.step == 7


def test_nobody_leads_where_no_loss_is_a_number(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    bare, said = Bare(page, app_url), page.locator(".rv-said")
    spec = optim.RaceSpec("himmelblau", [optim.Entry("sgd", {"lr": 0.5}), optim.Entry("momentum", {"lr": 0.5})], (-4.0, 4.0), 12)
    result = optim.race(spec)
    lost = int(np.flatnonzero(~np.isfinite(result.loss).any(axis=0))[0])
    assert not np.isfinite(result.loss[:, -1]).any()
    bare.show(*fixed_scene(result, "light"), frame=lost - 1)
    expect(said).to_contain_text(f"Step {lost - 1} of 12: ")
    expect(said).to_contain_text(" leads, loss ")
    written = sorted(page.locator(".rv-list strong").all_inner_texts())
    assert written == sorted(short(loss, 5) for loss in result.loss[:, lost - 1])  # as the page's table writes them
    told = {lost: f"Step {lost} of 12: no racer's loss is a number any more.", 12: "No winner: every run diverged."}
    for step, words in told.items():
        bare.show(*fixed_scene(result, "light"), frame=step)
        expect(said).to_have_text(words)
        expect(page.locator(".rv-lead span")).to_have_text(words)
        assert {place.strip() for place in page.locator(".rv-list b").all_inner_texts()} == {"–"}


def test_a_click_on_the_map_sets_the_start_and_the_start_can_be_dragged(visit):
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


def test_a_slider_moves_the_racers_and_nothing_else_is_sent_or_drawn(visit):
    visitor = visit("?" + urlencode(encode(ROSENBROCK)))
    page = visitor.page
    view = View(page)
    left, top, *_ = box(page.locator(".rv-surface"))
    untouched = view.camera()
    page.mouse.move(left + 200, top + 200)
    page.mouse.down()
    page.mouse.move(left + 260, top + 230, steps=5)
    page.mouse.up()
    dragged = view.camera()
    assert dragged != untouched
    left_at = page.evaluate(TURN, [left + 200, top + 200])
    assert left_at != pytest.approx(dragged, abs=0.01)
    dragged = view.camera()
    assert dragged == pytest.approx(left_at, rel=1e-9)  # however late the next picture is, the surface does not swing on
    page.evaluate("() => { window.nodes = [...document.querySelectorAll('.rv-surface canvas, .rv-map canvas')]; }")
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


def test_a_slider_change_sends_little_and_does_not_stop_the_playback(new_page, app_url):
    page = new_page()
    sizes = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(app_url + "?" + urlencode(encode(ROSENBROCK) | {"t": "0"}))
    view = View(page)
    at_rest(page)
    page.get_by_label("Speed", exact=True).select_option("0.25")  # so that it is still playing when the answer comes
    page.get_by_role("button", name="Play (space)").click()
    sizes.clear()
    before = page.locator(".race-view").get_attribute("data-ready")
    page.get_by_role("slider", name="Adam's lr, logarithmic").press("ArrowRight")
    page.wait_for_function(ANOTHER, arg=before, timeout=30_000)
    step = view.step
    page.get_by_role("button", name="Pause (space)").wait_for()
    page.wait_for_function("step => Number(document.querySelector('.rv-scrub').value) > step", arg=step, timeout=10_000)
    at_rest(page)
    assert sum(sizes) < 60_000


def test_the_file_plays_from_disk_without_a_network(visit, chromium, tmp_path):
    visitor = visit("?t=0")
    View(visitor.page)
    visitor.page.get_by_text("Export and share").click()
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


def test_without_webgl_map_and_curves_play_and_a_line_says_why(new_page, app_url):
    page = new_page()
    page.add_init_script(NO_WEBGL)
    page.goto(app_url + "?t=29")
    view = View(page)
    page.get_by_text("This browser has no WebGL").wait_for()
    page.get_by_role("button", name="One step on (right arrow)").click()
    view.reaches(30)
    assert not page.locator(".rv-surface").is_visible()


def test_who_diverges_keeps_its_line_on_the_board_and_pointing_says_where(visit):
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


def test_who_wants_less_motion_sees_whole_steps_only(new_page, app_url):
    page = new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(app_url + "?t=0")
    view = View(page)
    page.evaluate(WATCH)
    page.get_by_label("Speed", exact=True).select_option("8")
    page.get_by_role("button", name="Play (space)").click()
    view.reaches(30)
    assert page.evaluate("() => window.seen.every(Number.isInteger)")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.rv-list li')).transitionProperty") == "none"


def test_the_numbers_of_races_beside_it_do_not_disturb_the_race(visit):
    visitor = visit("?" + urlencode({"pin": pinned_query(ROSENBROCK), "also": "beale,sphere", "n": "40"}))
    view = View(visitor.page)
    result = optim.race(spec_of_address(visitor.page.url))
    assert result.spec.steps == 40
    assert view.board() == pytest.approx(result.losses().iloc[-1].to_dict(), rel=1e-4)
    assert visitor.complaints == []
