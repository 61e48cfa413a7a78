"""The Book page in a real browser: a reader goes through the notebook by keyboard, plays, and takes a race on."""

import re

from tests.support.race_view import View
from tests.support.visit import spec_of_address


def section(page, title):
    page.locator("h1", has_text=title).wait_for(timeout=30_000)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)


def test_a_reader_goes_from_section_to_section_plays_and_takes_the_race_on(visit):
    visitor = visit("book")
    page = visitor.page
    section(page, "The function")
    assert page.locator(".gl-container canvas").count() >= 1
    for title in ("The gradient", "SGD", "Momentum"):
        page.locator("h1").first.click()
        page.keyboard.press("ArrowRight")
        section(page, title)
    view = View(page)
    view.reaches(30)
    page.locator(".rv-scrub").focus()
    page.keyboard.press("ArrowLeft")  # the view's own key: a step back, not a section
    view.reaches(29)
    assert page.locator("h1", has_text="Momentum").count() == 1

    page.get_by_role("button", name="1000 steps").click()
    page.locator(".rv-step", has_text=re.compile("of 1000")).wait_for(timeout=30_000)
    page.get_by_text("Each swing keeps 44% of the one before").wait_for()
    page.wait_for_url("**momentum.n=1000**")
    page.get_by_role("radio", name="日本語").click()
    page.get_by_text("揺れは毎回、前の 44% に減っています").wait_for()
    visitor.settled()
    assert page.locator(".katex-error").count() == 0

    again = visit(page.url)
    again.page.get_by_text("揺れは毎回、前の 44% に減っています").wait_for()
    again.page.get_by_role("link", name="このレースをレースのページで開く").click()
    again.page.wait_for_url(re.compile(r"/\?.*n=1000"))
    again.settled()
    spec = spec_of_address(again.page.url.replace("lang=ja", ""))
    assert (spec.steps, spec.gradient, dict(spec.entries[0].values)) == (1000, "central", {"lr": 0.1, "momentum": 0.95})
    assert visitor.complaints == visitor.outside == again.complaints == []
