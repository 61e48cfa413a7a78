"""What screen readers, keyboards and poor eyes meet on every page, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

import optim
from pages.shared.components.race_view.component import fixed_scene
from pages.shared.inputs.presets import BOOK
from pages.shared.sitemap import NETWORK, PAGES, RACE
from tests.support.race_view import Bare
from tests.support.rest import at_rest, steady

RULES = ("heading-order", "page-has-heading-one", "empty-heading")
"""Findings that axe calls moderate, and that are held here all the same; its serious and critical ones are all held."""
FOCUSED = """() => {
  const one = document.activeElement;
  return [one.className, one.getAttribute('role') ?? one.tagName, getComputedStyle(one).outlineStyle];
}"""
CONTENT = "() => document.querySelector('#stMain').innerHTML.length"
TURNED = """(theme) => {
  const views = [...document.querySelectorAll('.race-view')];
  const app = getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(theme);
  return app && views.every((view) => view.classList.contains('rv-dark') === (theme === 'dark'));
}"""
"""Whether the page and its pictures are in a theme: pictures follow a moment later."""
NAMELESS = {"generic", "none", "RootWebArea", "Iframe", "main", "Canvas"}
"""Roles of focusable places that are no controls: the page itself, parts of it that scroll, and what a table is drawn on: its name
stands on the region that holds it."""


def findings(page):
    """Return what axe finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
        if one["impact"] in {"serious", "critical"} or one["id"] in RULES
    ]


def names(page):
    """Return the role and the accessible name of everything that keys reach."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    facts = {node["nodeId"]: {fact["name"]: fact["value"].get("value") for fact in node.get("properties", ())} for node in nodes}
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip(), node.get("value", {}).get("value", ""))
        for node in nodes
        if not node.get("ignored") and facts[node["nodeId"]].get("focusable") and node["role"]["value"] not in NAMELESS
    ]


FEW = {NETWORK.name: "?net.n=40"}
"""What takes less long than what a page opens with, and shows the same."""


@pytest.mark.parametrize("path", ["" if page is RACE else f"{page.name}{FEW.get(page.name, '')}" for page in PAGES])
def test_axe_finds_nothing_serious_in_light_and_in_dark_and_everything_has_a_name(new_page, app_url, path):
    page = new_page()
    page.goto(f"{app_url}{path}")
    page.locator("h1").first.wait_for(timeout=120_000)
    at_rest(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(TURNED, arg=theme, timeout=60_000)
        at_rest(page)
        steady(page, CONTENT)  # formulas and code may come later than the run that brought them ends
        assert findings(page) == [], theme
    reached = names(page)
    assert len(reached) > 8
    assert [one for one in reached if not one[1] and one[0] != "scrollbar"] == []
    assert [one for one in reached if ":color" in one[1] or one[1] == "✕" or "10^" in f"{one[2]}"] == []


def test_one_tab_and_enter_lead_past_the_menu_to_the_playback(visit):
    page = visit().page
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.className === 'skip-link'")
    assert not page.get_by_test_id("stSkipToContent").is_visible()  # Streamlit's own leads there too
    page.keyboard.press("Enter")
    classes, _, _ = page.evaluate(FOCUSED)
    assert "rv-play" in classes
    page.keyboard.press("Tab")
    _, _, outline = page.evaluate(FOCUSED)
    assert outline == "solid"


def test_who_wants_less_motion_sees_the_end_of_a_lesson_s_race_and_reads_why(new_page, app_url):
    page = new_page()
    page.emulate_media(reduced_motion="reduce")
    view = Bare(page, app_url)
    result = optim.race(BOOK.spec)
    ground, scene = fixed_scene(result, "light")
    view.show(ground, scene, frame=0, play=True, fixed=True, note="")
    page.locator(".race-view[data-ready]").wait_for(timeout=60_000)
    assert page.locator(".rv-step").inner_text() == "step 30 of 30"
    page.get_by_text("Your device asks for less motion").wait_for()


def test_the_leader_board_is_read_in_the_order_of_the_places(visit):
    page = visit().page
    rows = page.locator(".rv-list li")
    rows.first.wait_for()
    page.wait_for_function("() => document.querySelector('.rv-list li b').innerText === '1'")
    assert rows.locator("b").all_inner_texts() == ["1", "2", "3", "4"]


def test_racers_that_tie_share_a_place_on_the_board_and_in_the_standings(visit):
    page = visit("?o1=sgd&o1.lr=0.1&o2=adam&o2.lr=0.1&o3=sgd&o3.lr=0.1&o4=sgd&o4.lr=0.2").page
    board, table = page.locator(".rv-list li b"), page.locator("table", has_text="Final loss").locator("tbody tr td:first-child")
    page.wait_for_function("() => document.querySelector('.rv-list li b')?.innerText === '1'")
    page.locator(".rv-step", has_text="step 30 of 30").wait_for()
    assert board.all_inner_texts() == table.all_inner_texts() == ["1", "2", "3", "3"]
