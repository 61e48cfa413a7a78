"""The learning rate under the pictures in a real browser: what moves while it is dragged, and what stays once it is let go."""

from urllib.parse import urlencode

import pytest

import optim
from pages.shared.components.race_view.component import fixed_scene
from pages.shared.components.race_view.rates import LONGEST, rates
from pages.shared.inputs.link_codec import encode
from pages.shared.inputs.presets import PRESETS
from tests.support.race_view import Bare, View
from tests.support.rest import box
from tests.support.visit import spec_of_address

BOOK = PRESETS[0].spec
RUNS = """() => {
  window.runs = 0;
  const app = document.querySelector('[data-testid=stApp]');
  new MutationObserver(() => (window.runs += app.dataset.testScriptState === 'running'))
    .observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
}"""


def row(page):
    return page.locator(".rv-live")


def slider(page, name="SGD"):
    return page.get_by_role("slider", name=f"{name}'s learning rate", exact=True)


def exact(page, name="SGD"):
    return page.get_by_role("textbox", name=f"{name}'s learning rate, exact")


def press_on_limit(page):
    """Press the mouse on the slider where the limit is, and return that place."""
    _, top, _, height = box(slider(page))
    x = page.locator(".rv-tick").bounding_box()["x"]
    page.mouse.move(x, top + height / 2)
    page.mouse.down()
    return x, top + height / 2


def shows(page, text):
    page.locator(".rv-list li", has_text="SGD").filter(has_text=text).wait_for(timeout=10_000)


def race_at(lr, spec=BOOK):
    entries = (optim.Entry("sgd", {"lr": lr}), *spec.entries[1:])
    return optim.race(optim.RaceSpec(spec.problem, entries, spec.start, spec.steps))


def test_dragging_past_the_limit_shows_the_divergence_while_the_mouse_is_down(visit):
    visitor = visit()
    page = visitor.page
    view = View(page)
    assert page.locator(".rv-tick").inner_text() == "2/λ"
    shows(page, "still moving")
    page.evaluate(RUNS)
    address, verdict = page.evaluate("() => location.href"), visitor.headline
    x, y = press_on_limit(page)
    page.wait_for_function("() => document.querySelector('.rv-exact').value === '1'")  # the limit itself can be hit
    page.mouse.move(x + 60, y, steps=6)
    shows(page, "diverged")
    rate = float(exact(page).input_value())
    assert 1.1 < rate < 3
    assert slider(page).get_attribute("aria-valuetext") == f"learning rate {exact(page).input_value()}"
    result = race_at(rate)
    assert view.board() == pytest.approx(result.losses().iloc[-1].to_dict(), rel=1e-4)
    page.mouse.move(x - 60, y, steps=6)
    shows(page, "still moving")
    page.mouse.move(x + 40, y, steps=6)
    shows(page, "diverged")
    rate = exact(page).input_value()
    assert page.evaluate("() => window.runs") == 0
    assert (page.evaluate("() => location.href"), visitor.headline) == (address, verdict)
    page.mouse.up()
    view.told("o1.lr", rate)
    visitor.settled()
    assert page.get_by_role("spinbutton", name="lr (η)").first.input_value() == rate
    assert exact(page).input_value() == rate
    visitor.expect(spec_of_address(page.url))
    assert view.board() == pytest.approx(race_at(float(rate)).losses().iloc[-1].to_dict(), rel=1e-4)
    assert visitor.complaints == []


def test_typed_values_are_exact_and_keys_move_finely(visit):
    visitor = visit("?t=12")
    page = visitor.page
    view = View(page)
    exact(page).fill("0.8123456789012345")
    sgd = page.locator(".rv-list li", has_text="SGD")
    wanted = race_at(0.8123456789012345).losses().iloc[12]
    assert view.board() == pytest.approx(wanted.to_dict(), rel=1e-4)  # while it is being typed
    exact(page).press("Enter")
    view.told("o1.lr", "0.8123456789012345")
    visitor.settled()
    exact(page).fill("-3")
    page.get_by_text("Expected: a number of 0 or more.").wait_for()
    assert exact(page).get_attribute("aria-invalid") == "true"
    exact(page).press("Tab")
    assert exact(page).input_value() == "0.8123456789012345"
    slider(page).press("ArrowRight")
    slider(page).press("ArrowRight")
    finer = float(exact(page).input_value())
    assert 0.8123 < finer < 0.82
    assert view.step == 12  # the clock has not heard of the keys
    view.told("o1.lr", exact(page).input_value())
    visitor.settled()
    assert sgd.is_visible()
    page.get_by_role("radio", name="Momentum").check()
    assert page.locator(".rv-tick").inner_text() == "3.8/λ"
    assert exact(page, "Momentum").input_value() == "0.1"
    page.get_by_role("radio", name="Adam").check()
    assert not page.locator(".rv-tick").is_visible()
    exact(page, "Adam").fill("0.5")
    page.get_by_role("radio", name="SGD").check()  # what was typed for another is let go with it
    view.told("o4.lr", "0.5")
    assert visitor.complaints == []


def test_playback_goes_on_while_a_rate_is_dragged(visit):
    visitor = visit("?t=0")
    page = visitor.page
    View(page)
    page.get_by_label("Speed", exact=True).select_option("0.25")
    page.get_by_role("button", name="Play (space)").click()
    x, y = press_on_limit(page)
    page.mouse.move(x + 30, y, steps=4)
    before = View(page).step
    page.mouse.move(x + 60, y, steps=4)
    page.wait_for_function("step => parseInt(document.querySelector('.rv-scrub').value) > step", arg=before)
    page.get_by_role("button", name="Pause (space)").wait_for()
    page.mouse.up()
    assert visitor.complaints == []


def test_a_long_race_says_that_it_follows_when_the_slider_is_let_go(visit):
    visitor = visit("?" + urlencode(encode(optim.RaceSpec("sphere", optim.Entry("sgd", {"lr": 0.5}), (1.0, 1.0), LONGEST + 1))))
    page, asked = visitor.page, []
    page.on("request", lambda request: asked.append(request.url) if "/live?" in request.url else None)
    view = View(page)
    x, y = press_on_limit(page)
    page.mouse.move(x + 30, y, steps=3)
    page.get_by_text("The picture follows when you let go.").wait_for()
    rate = exact(page).input_value()
    page.mouse.up()
    view.told("o1.lr", rate)
    visitor.settled()
    assert asked == []
    assert page.get_by_text("The picture follows when you let go.").count() == 0


def test_views_that_no_link_holds_have_no_rate(new_page, app_url):
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)
    ground, scene = fixed_scene(race_at(0.9), "light")
    bare.show(ground, scene)
    View(page)
    assert not row(page).is_visible()
    bare.show(ground, scene, rates=rates(BOOK), query={})
    row(page).wait_for()


def test_an_older_answer_of_the_page_does_not_take_the_slider_back(new_page, app_url):
    """The page answers each rate in its own time: the visitor has gone on meanwhile."""
    page = new_page({"width": 700, "height": 700})
    bare = Bare(page, app_url)

    def says(rate):
        result = race_at(rate)
        ground, scene = fixed_scene(result, "light")
        page.evaluate("() => delete document.querySelector('.race-view').dataset.ready")
        bare.show(ground, scene, rates=rates(result.spec), query={"theme": "light"})
        return View(page)

    view = says(0.95)
    for count, text in enumerate(("0.5", "0.6", "0.7"), start=1):
        exact(page).fill(text)
        exact(page).press("Enter")
        page.wait_for_function(f"() => window.told.length === {count}")  # typed on at once, the next one would be told alone
    assert page.evaluate("() => window.told") == [{"o1.lr": 0.5}, {"o1.lr": 0.6}, {"o1.lr": 0.7}]
    for rate in (0.5, 0.6, 0.7):
        view = says(rate)
        assert exact(page).input_value() == "0.7"
        shows(page, f"{race_at(0.7).loss[0, -1]:.5g}")
    assert view.board() == pytest.approx(race_at(0.7).losses().iloc[-1].to_dict(), rel=1e-4)
    says(0.3)  # nobody chose that here: it was set in the sidebar
    assert exact(page).input_value() == "0.3"
