"""The journeys of a visitor, in a real browser."""

import re
from dataclasses import replace

import pytest

import optim
from optim.reports.optimizers import demonstration
from pages.shared.inputs.presets import PRESETS
from tests.conftest import running_app
from tests.support.rest import box
from tests.support.visit import HEADLINE, SCREENS, address_change, assert_fits_every_screen, go, spec_of_address


def test_a_newcomer_sees_the_books_race_and_who_won(visit):
    visitor = visit()
    assert "AdaGrad won" in visitor.headline
    assert visitor.page.locator(".rv-surface.js-plotly-plot").count() == 1
    assert [visitor.page.locator(f"{chart} .rv-chart").count() for chart in (".rv-map", ".rv-curve")] == [1, 1]
    visitor.expect(spec_of_address(visitor.page.url))
    assert visitor.complaints == []
    assert visitor.outside == []


def test_a_dragged_slider_changes_the_table_and_the_link_reopens_it(visit):
    visitor = visit()
    slider = visitor.page.get_by_role("slider", name="SGD's lr, logarithmic")
    left, top, width, height = box(slider.locator("xpath=../.."))
    x, y = left + width / 2, top + height / 2
    with address_change(visitor):
        visitor.page.mouse.move(x, y)
        visitor.page.mouse.down()
        visitor.page.mouse.move(x - 30, y, steps=5)
        visitor.page.mouse.up()
    spec = spec_of_address(visitor.page.url)
    assert dict(spec.entries[0].values)["lr"] < 0.5
    visitor.expect(spec)
    again = visit(visitor.page.url)
    again.expect(spec)
    assert again.complaints == visitor.complaints == []


@pytest.mark.long
def test_a_preset_and_an_added_racer_travel_in_the_link(visit):
    visitor = visit()
    with address_change(visitor):
        visitor.choose("Ready experiments", "Along the banana")
        visitor.page.wait_for_function("() => location.search.includes('fn=')", timeout=30_000)
    assert len(spec_of_address(visitor.page.url).entries) == 6
    with address_change(visitor):
        visitor.page.get_by_role("button", name="Remove SGD").first.click()
    with address_change(visitor):
        visitor.page.get_by_role("button", name="Random start").click()
    spec = spec_of_address(visitor.page.url)
    assert [entry.optimizer for entry in spec.entries] == ["momentum", "nesterov", "adagrad", "rmsprop", "adam"]
    again = visit(visitor.page.url)
    visitor.expect(spec)
    again.expect(spec)
    again.page.get_by_role("button", name="Reset all").click()
    again.expect(PRESETS[0].spec)
    again.page.wait_for_function("() => location.search === ''", timeout=30_000)


@pytest.mark.long
def test_the_address_follows_every_change_after_a_preset_took_racers_away(visit):
    visitor = visit("?k=5&o5=Adam&o5.lr=0.05")
    with address_change(visitor):
        visitor.choose("Ready experiments", "Noisy slopes")
    visitor.expect(PRESETS[-1].spec)
    visitor.page.get_by_text("More: gradient, noise, rotate, stretch, shift").click()
    visitor.choose("Gradient", "numerical")
    visitor.page.wait_for_function("() => location.search.includes('g=numerical')", timeout=30_000)
    visitor.settled().page.wait_for_function("() => document.querySelectorAll('.rv-surface.js-plotly-plot').length === 1")
    visitor.page.get_by_text("Downhill arrows").click()
    visitor.page.wait_for_function("() => location.search.includes('arrows=true')", timeout=30_000)
    visitor.expect(replace(PRESETS[-1].spec, gradient="central"))
    assert spec_of_address(visitor.page.url) == replace(PRESETS[-1].spec, gradient="central")


@pytest.mark.long
def test_a_page_s_own_link_works_on_a_server_that_nobody_has_visited(visit):
    with running_app() as url:
        visitor = visit(url + "optimizers?opt=Lion")
        assert visitor.headline.startswith("Lion ")
        visitor.page.get_by_role("heading", name="Lion").first.wait_for()
        visitor.page.get_by_test_id("stTopNavSection").first.wait_for()
        assert (visitor.complaints, visitor.outside) == ([], [])


@pytest.mark.long
def test_a_race_survives_a_change_of_page_and_the_catalogue_opens_its_own(visit):
    visitor = visit("?fn=rosenbrock&n=77&k=2&o1=adam&o1.schedule=Cosine&o1.clip_norm=true&o2.lr=0.0005")
    mine = spec_of_address(visitor.page.url)
    assert (mine.entries[0].schedule, mine.entries[0].modifiers) == (("cosine",), (("clip_norm",),))
    go(visitor.page, "Optimizers")
    visitor.page.get_by_role("heading", name="Checked against other implementations").wait_for()
    go(visitor.page, "Race")
    visitor.expect(mine)
    go(visitor.page, "Optimizers")
    visitor.choose("Optimizer", "Nelder-Mead")
    visitor.page.locator("h1", has_text="Nelder-Mead").first.wait_for()
    visitor.settled()  # the answer stands before the link below it is this rule's
    visitor.page.get_by_role("link", name="Open this race").click()
    wanted = demonstration(optim.OPTIMIZERS["nelder_mead"])
    visitor.expect(wanted)
    visitor.page.wait_for_function("() => location.search.includes('Nelder') && location.search.includes('o2=SGD')", timeout=30_000)
    assert spec_of_address(visitor.page.url).entries[0].optimizer == "nelder_mead"
    assert visitor.complaints == []


@pytest.mark.long
def test_a_bad_link_shows_defaults_and_names_what_was_wrong(visit):
    visitor = visit("?o1=nope&o2.lr=1e400&x=nan&n=-3&fn=%3Cscript%3E")
    text = visitor.page.locator("body").inner_text()
    for name in ("Racer 1", "Momentum's lr", "Start x", "Steps", "Function"):
        assert name in text.split("could not be used")[1].split("Understood")[0]
    assert "AdaGrad won" in visitor.headline
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    assert visitor.complaints == []


@pytest.mark.long
def test_names_in_a_hand_written_link_work_and_stay_in_the_address(visit):
    visitor = visit("?fn=rosenbrock&o1=adam")
    visitor.page.wait_for_function("() => location.search.includes('Rosenbrock')", timeout=30_000)
    spec = spec_of_address(visitor.page.url)
    assert (spec.problem, spec.entries[0].optimizer) == ("rosenbrock", "adam")


def test_a_typed_formula_is_raced_and_travels_in_the_link(visit):
    visitor = visit("?fn=own")
    with address_change(visitor):
        visitor.type_formula("x**2/20 + y**2/2 + abs(sin(x))/9")
    visitor.page.locator("[data-testid=stSidebar] .katex").first.wait_for()
    spec = spec_of_address(visitor.page.url)
    assert spec.problem == "x**2/20 + y**2/2 + abs(sin(x))/9"
    assert spec.start == optim.problem(spec.problem).starts[0]
    visitor.expect(spec)
    again = visit(visitor.page.url)
    again.expect(spec)
    assert again.complaints == visitor.complaints == []


def test_a_bad_formula_is_explained_and_nothing_typed_is_lost(visit):
    visitor = visit("?fn=own&n=77")
    visitor.type_formula("x**2 + foo(y)")
    visitor.page.get_by_text("Unknown function foo").wait_for()
    assert visitor.page.locator("[data-testid=stCode]").inner_text().splitlines() == [
        "x**2 + foo(y)",
        "       ^",
    ]
    assert visitor.formula.input_value() == "x**2 + foo(y)"
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    visitor.page.get_by_role("button", name="Add a racer").click()
    visitor.page.get_by_role("combobox", name="Racer 5").wait_for()
    assert visitor.formula.input_value() == "x**2 + foo(y)"
    visitor.type_formula("x**2 + cos(y)")
    visitor.page.locator(HEADLINE, has_text="won").first.wait_for()
    spec = spec_of_address(visitor.settled().page.url)
    assert (spec.problem, spec.steps, len(spec.entries)) == ("x**2 + cos(y)", 77, 5)
    assert visitor.complaints == []


@pytest.mark.long
def test_a_function_is_chosen_by_its_picture_and_raced_with_one_click(visit):
    visitor = visit("functions")
    assert visitor.headline == f"{len(optim.PROBLEMS)} functions, by what they teach"
    visitor.page.get_by_role("link", name="every gradient checked").wait_for()
    shown = "() => [...document.querySelectorAll('[data-testid=stImage] img')].filter(image => image.naturalWidth).length"
    visitor.page.wait_for_function(f"count => ({shown})() === count", arg=len(optim.PROBLEMS), timeout=30_000)
    with address_change(visitor):
        visitor.page.get_by_role("button", name="Himmelblau", exact=True).click()
    with address_change(visitor):
        visitor.page.get_by_role("link", name=re.compile("^.*Race from")).nth(1).click()
    spec = spec_of_address(visitor.page.url)
    assert (spec.problem, spec.start) == ("himmelblau", optim.PROBLEMS["himmelblau"].starts[1])
    visitor.expect(spec)
    assert visitor.complaints == []
    assert visitor.outside == []


def test_copy_link_puts_the_address_on_the_clipboard(visit, app_url):
    visitor = visit("?n=77", permissions=["clipboard-read", "clipboard-write"])
    visitor.page.get_by_role("button", name="Copy link").click()
    visitor.page.get_by_role("button", name="Copied").wait_for()
    assert visitor.page.evaluate("() => navigator.clipboard.readText()") == f"{app_url}?n=77"


@pytest.mark.parametrize("address", ["?fn=Ackley", "optimizers?opt=RAdam", "functions?show=Goldstein-Price"])
@pytest.mark.long
def test_nothing_is_wider_than_the_screen(visit, address):
    assert_fits_every_screen(visit(address, viewport={"width": SCREENS[0][0], "height": 844}).page)
