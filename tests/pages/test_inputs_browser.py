"""The inputs in a real browser: what is clicked and typed, what is read out, and what undo brings back."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import optim
from optim.sweeps.offered import offered_rate
from tests.support.visit import address_change, spec_of_address


def query(page):
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def more(visitor, name, action):
    """Choose from the menu of a racer, and wait for the address to say so."""
    page = visitor.page
    page.get_by_role("button", name=f"More for {name}").first.click()
    with address_change(visitor):
        page.get_by_role("menuitem", name=action, exact=True).click()


def ink(page, colour):
    """How many pixels of the map's drawing have nearly a colour (r, g, b)."""
    return page.evaluate(
        """([r, g, b]) => [...document.querySelectorAll('.rv-map canvas')].reduce((sum, canvas) => {
             const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
             for (let i = 0; i < data.length; i += 4)
               sum += Math.hypot(data[i] - r, data[i + 1] - g, data[i + 2] - b) < 12 && data[i + 3] > 200;
             return sum;
           }, 0)""",
        colour,
    )


def colour_of(name):
    code = optim.figures.styles([optim.Entry(name)])[0].colour
    return [int(code[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_practitioner_arranges_the_racers_and_takes_it_back(visit):
    visitor = visit()
    page = visitor.page

    page.get_by_role("button", name="Choose by picture").click()
    page.get_by_label("Search by name or keyword").press_sequentially("banana")
    page.get_by_role("dialog").get_by_role("button", name="Himmelblau").wait_for(state="detached")
    with address_change(visitor):
        page.get_by_role("dialog").get_by_role("button", name="Rosenbrock (banana)").click()
    spec = spec_of_address(page.url)
    assert spec.problem == "rosenbrock"
    assert [entry.hyper["lr"] for entry in spec.entries] == [offered_rate(entry.optimizer, "rosenbrock") for entry in spec.entries]
    page.get_by_role("dialog").wait_for(state="detached")

    page.get_by_role("button", name="More for Adam").click()
    page.get_by_role("menuitem", name="Rename").click()
    with address_change(visitor):
        page.get_by_label("Name", exact=True).fill("Ada <b>")
        page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_role("button", name="Remove Ada b").wait_for()
    assert page.locator(".rv-list", has_text="Ada b").count() == 1

    drawn = ink(page, colour_of("momentum"))
    assert drawn > 20
    more(visitor, "Momentum", "Hide")
    assert query(page)["hide"] == "2"
    assert ink(page, colour_of("momentum")) == 0
    assert "Momentum" in page.locator(".rv-list .rv-hidden").inner_text()
    more(visitor, "Momentum", "Show only this one")
    assert (query(page)["hide"], ink(page, colour_of("sgd"))) == ("1,3,4", 0)
    more(visitor, "Momentum", "Show all racers")
    full = ink(page, colour_of("sgd"))
    assert full > 20
    more(visitor, "Momentum", "Highlight")
    assert query(page)["hl"] == "2"
    assert ink(page, colour_of("sgd")) < full / 5  # pale, but where its own lines cross
    assert ink(page, colour_of("momentum")) > 20

    more(visitor, "Momentum", "Duplicate")
    more(visitor, "SGD", "Move down")
    names = [entry.optimizer for entry in spec_of_address(page.url).entries]
    assert names == ["momentum", "sgd", "momentum", "adagrad", "adam"]
    with address_change(visitor):
        page.get_by_role("button", name="Undo").click()
    assert [entry.optimizer for entry in spec_of_address(page.url).entries] == ["sgd", "momentum", "momentum", "adagrad", "adam"]
    with address_change(visitor):
        page.get_by_role("button", name="Redo").click()
    visitor.expect(spec_of_address(page.url))
    assert [entry.optimizer for entry in spec_of_address(page.url).entries] == names
    assert page.get_by_role("button", name="Redo").is_disabled()

    slider = page.get_by_role("slider", name="SGD's lr, logarithmic").first
    assert float(slider.get_attribute("aria-valuetext")) > 0
    assert page.locator("[data-testid=stSidebar]").aria_snapshot().count(":color[") == 0
    assert visitor.complaints == []


def test_what_is_undone_stays_undone_when_something_else_is_changed(visit):
    visitor = visit()
    page, first = visitor.page, spec_of_address(visitor.page.url)
    with address_change(visitor):
        page.get_by_label("Function", exact=True).first.fill("Rosenbrock")
        page.keyboard.press("Enter")
    assert spec_of_address(visitor.settled().page.url).problem == "rosenbrock"
    with address_change(visitor):
        page.get_by_role("button", name="Undo").click()
    assert spec_of_address(visitor.settled().page.url) == first
    with address_change(visitor):
        page.get_by_label("Steps", exact=True).first.fill("40")
        page.get_by_label("Steps", exact=True).first.press("Enter")
    assert spec_of_address(visitor.settled().page.url) == replace(first, steps=40)
    assert visitor.complaints == []


def test_two_steps_back_leave_the_slider_where_its_number_is(visit):
    visitor = visit()
    page = visitor.page
    rate = page.locator(".st-key-o1-lr input").first
    for value in ("0.5", "0.2"):
        with address_change(visitor):
            rate.fill(value)
            rate.press("Enter")
    with address_change(visitor):
        page.get_by_label("Steps", exact=True).first.fill("40")
        page.get_by_label("Steps", exact=True).first.press("Enter")
    for _ in range(2):
        with address_change(visitor):
            page.get_by_role("button", name="Undo").click()
        visitor.settled()
    assert rate.input_value() == "0.5"
    assert float(page.get_by_role("slider", name="SGD's lr, logarithmic").first.get_attribute("aria-valuetext")) == 0.5
    with address_change(visitor):
        page.get_by_label("Steps", exact=True).first.fill("50")
        page.get_by_label("Steps", exact=True).first.press("Enter")
    assert spec_of_address(visitor.settled().page.url).entries[0].hyper["lr"] == 0.5


def test_a_formula_is_previewed_while_it_is_typed_and_a_mistake_costs_nothing(visit):
    visitor = visit("?fn=own&f=x**2+%2B+y**2")
    page = visitor.page
    before = page.url
    visitor.formula.click()
    visitor.formula.press("End")
    visitor.formula.press_sequentially(" + 2 x y")
    page.get_by_text("Reads as x²+y²+2·x·y. Enter applies it.").wait_for()
    visitor.formula.press_sequentially(" + foo(y)")
    page.get_by_text("Unknown function foo").wait_for()
    assert page.url == before  # nothing is applied yet
    visitor.formula.press("Enter")
    page.locator("[data-testid=stCode]").wait_for()
    visitor.settled()
    assert page.get_by_text("Unknown function foo").count() == 1
    assert page.locator(".rv-formula").inner_text() == "f(x, y) = x² + y²"
    assert visitor.formula.input_value() == "x**2 + y**2 + 2 x y + foo(y)"
    visitor.type_formula("x**2 + 3 y**2")
    page.locator(".rv-formula", has_text="3·y²").wait_for()
    spec = spec_of_address(visitor.settled().page.url)
    assert spec.problem == "x**2 + 3*y**2"
    assert spec.entries[0].hyper["lr"] == offered_rate("sgd", spec.problem)
    assert visitor.complaints == []


def test_why_that_step_opens_the_step_at_which_the_race_stands(visit):
    visitor = visit("?t=11&hl=3")
    page = visitor.page
    page.get_by_role("link", name="Why that step?").click()
    page.locator("h1", has_text="Why did AdaGrad take step 11?").wait_for()
    page.go_back()
    visitor.settled()
    page.locator(".rv-scrub").focus()
    with address_change(visitor):
        page.locator(".rv-scrub").press("ArrowRight")
    page.get_by_role("link", name="Why that step?").click()
    page.locator("h1", has_text="Why did AdaGrad take step 12?").wait_for()
    assert visitor.complaints == []


def test_twelve_racers_make_a_sidebar_of_two_screens(visit):
    visitor = visit("?k=12")
    page = visitor.page
    page.get_by_role("button", name="Remove").nth(11).wait_for()
    heights = page.evaluate("() => [...document.querySelectorAll('[class*=st-key-racer-]')].map(row => row.offsetHeight)")
    assert len(heights) == 12
    assert max(heights) < 110
    assert page.evaluate("() => document.querySelector('[data-testid=stSidebarUserContent]').offsetHeight") < 2100


def test_an_address_that_is_no_page_is_said(visit):
    visitor = visit("steps?n=12")
    text = visitor.page.locator("body").inner_text()
    assert "There is no page 'steps'." in text
    assert "Nearest: step." in text
    assert spec_of_address(visitor.page.url).steps == 12
