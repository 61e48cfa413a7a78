"""The journeys of a visitor, in a real browser."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

import optim
from optim.reports.optimizers import demonstration
from optim.reports.verdict import verdict
from pages.shared.inputs.link_codec import decode, spec_of
from pages.shared.inputs.presets import PRESETS
from tests.conftest import running_app

# Asking a page's own address for these fails once where the page is not at the root; both are Streamlit's, both harmless.
STILL = """() => {
  if (window.address !== location.href) [window.address, window.since] = [location.href, performance.now()];
  return performance.now() - window.since > 2000;
}"""
"""An address is written in several goes, one per input: the last is the one that counts."""
HARMLESS = ("_stcore/health", "_stcore/host-config")


class Visit:
    """One fresh browser window on the app, with everything it complained about or asked the world for."""

    def __init__(self, page, url):
        self.page, self.complaints, self.outside = page, [], []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.outside.append(request.url) if _leaves(request.url) else None)
        page.goto(url)
        self.settled()

    def _heard(self, message):
        if message.type == "error" and not any(path in message.text + message.location.get("url", "") for path in HARMLESS):
            self.complaints.append(message.text)

    def settled(self):
        """Wait until the verdict stands, nothing is running or drawing any more, and the address is at rest."""
        self.page.wait_for_selector("h3", timeout=60_000)
        self.page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
        self.page.wait_for_function(STILL, timeout=30_000)
        return self

    @property
    def headline(self):
        return self.page.locator("h3").first.inner_text()

    def table(self):
        """The loss table's visible rows: step -> one number per racer."""
        grid = self.page.locator("[data-testid=stDataFrame]").last
        grid.scroll_into_view_if_needed()
        grid.locator("[role=gridcell]").first.wait_for(state="attached")
        cells, columns = grid.locator("[role=gridcell]").all_inner_texts(), grid.locator("[role=columnheader]").count()
        rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
        return {int(row[0]): [float(text) for text in row[1:]] for row in rows}

    def choose(self, label, option):
        """Choose an option from a menu; a menu that closed because the page was drawn anew is opened again."""
        chooser, wanted = self.page.get_by_role("combobox", name=label), self.page.get_by_role("option", name=option)
        chooser.wait_for(state="visible")
        for _ in range(5):
            chooser.click()
            chooser.fill(option)  # a long menu draws only the options near the one that is chosen
            try:
                wanted.click(timeout=5_000)
            except PlaywrightTimeout:
                continue
            return
        pytest.fail(f"{option} could not be chosen in {label}")

    @property
    def formula(self):
        return self.page.get_by_test_id("stTextInputField")

    def type_formula(self, text):
        """Type a formula over what is there and apply it."""
        self.formula.fill(text)
        self.formula.press("Enter")

    def expect(self, spec):
        """Wait until headline and loss table show what the library computes for `spec`."""
        result = optim.race(spec)
        losses = result.losses()
        self.page.locator("h3", has_text=verdict(result).headline).first.wait_for(timeout=30_000)
        wanted = f"{losses.iloc[1, 0]!r}".removeprefix("np.float64(").removesuffix(")")
        cell = self.page.locator("[data-testid=stDataFrame]").last.locator(
            "[role=gridcell]", has_text=re.compile(rf"^{re.escape(wanted[:12])}")
        )
        cell.first.wait_for(state="attached", timeout=30_000)
        for step, row in self.table().items():
            assert row == pytest.approx(losses.loc[step].tolist(), rel=1e-9), step


def _leaves(url):
    return not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:|about:", url)


@pytest.fixture
def visit(chromium, app_url):
    contexts = []

    def open_(address="", **settings):
        contexts.append(chromium.new_context(**{"viewport": {"width": 1400, "height": 1000}, **settings}))
        return Visit(contexts[-1].new_page(), address if address.startswith("http") else app_url + address)

    yield open_
    for context in contexts:
        context.close()


@contextmanager
def address_change(visitor):
    before = visitor.page.url
    yield
    visitor.page.wait_for_function("before => location.href !== before", arg=before, timeout=30_000)
    visitor.settled()


def spec_of_address(url):
    from urllib.parse import parse_qsl, urlsplit

    values, notes = decode(dict(parse_qsl(urlsplit(url).query)))
    assert notes == []
    return spec_of(values)


def test_a_newcomer_sees_the_books_race_and_who_won(visit):
    visitor = visit()
    assert "AdaGrad won" in visitor.headline
    assert visitor.page.locator(".js-plotly-plot").count() == 3
    visitor.expect(spec_of_address(visitor.page.url))
    assert visitor.complaints == []
    assert visitor.outside == []


def test_a_dragged_slider_changes_the_table_and_the_link_reopens_it(visit):
    visitor = visit()
    slider = visitor.page.get_by_role("slider", name="SGD's lr, logarithmic")
    slider.scroll_into_view_if_needed()
    thumb = slider.locator("xpath=../..").bounding_box()
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
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


def test_a_preset_and_an_added_racer_travel_in_the_link(visit):
    visitor = visit()
    with address_change(visitor):
        visitor.choose("Ready experiments", "Along the banana")
        visitor.page.wait_for_function("() => location.search.includes('fn=')", timeout=30_000)
    assert len(spec_of_address(visitor.page.url).entries) == 6
    with address_change(visitor):
        visitor.page.get_by_role("button", name="✕").first.click()
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


def test_the_address_follows_every_change_after_a_preset_took_racers_away(visit):
    visitor = visit("?k=5&o5=Adam&o5.lr=0.05")
    with address_change(visitor):
        visitor.choose("Ready experiments", "Noisy slopes")
    visitor.expect(PRESETS[-1].spec)
    visitor.page.get_by_text("Show gradient, noise and dials").click()
    visitor.choose("Gradient", "numerical")
    visitor.page.wait_for_function("() => location.search.includes('g=numerical')", timeout=30_000)
    visitor.settled().page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length === 3")
    visitor.page.get_by_text("Downhill arrows").click()
    visitor.page.wait_for_function("() => location.search.includes('arrows=true')", timeout=30_000)
    visitor.expect(replace(PRESETS[-1].spec, gradient="central"))
    assert spec_of_address(visitor.page.url) == replace(PRESETS[-1].spec, gradient="central")


def test_a_page_s_own_link_works_on_a_server_that_nobody_has_visited(visit):
    with running_app() as url:
        visitor = visit(url + "optimizers?opt=Lion")
        assert "each held against an independent implementation" in visitor.headline
        visitor.page.get_by_role("heading", name="Lion", exact=True).wait_for()
        visitor.page.get_by_role("link", name="Race", exact=True).wait_for()
        assert (visitor.complaints, visitor.outside) == ([], [])


def test_a_race_survives_a_change_of_page_and_the_catalogue_opens_its_own(visit):
    visitor = visit("?fn=rosenbrock&n=77&k=2&o1=adam&o1.schedule=Cosine&o1.clip_norm=true&o2.lr=0.0005")
    mine = spec_of_address(visitor.page.url)
    assert (mine.entries[0].schedule, mine.entries[0].modifiers) == (("cosine",), (("clip_norm",),))
    visitor.page.get_by_role("link", name="Optimizers").click()
    visitor.page.get_by_role("heading", name="The proof").wait_for()
    visitor.page.get_by_role("link", name="Race", exact=True).click()
    visitor.expect(mine)
    visitor.page.get_by_role("link", name="Optimizers").click()
    visitor.choose("Optimizer", "Nelder-Mead")
    visitor.page.get_by_role("heading", name="Nelder-Mead", exact=True).wait_for()
    visitor.page.get_by_role("link", name="Open this race").click()
    wanted = demonstration(optim.OPTIMIZERS["nelder_mead"])
    visitor.expect(wanted)
    visitor.page.wait_for_function("() => location.search.includes('Nelder') && location.search.includes('o2=SGD')", timeout=30_000)
    assert spec_of_address(visitor.page.url).entries[0].optimizer == "nelder_mead"
    assert visitor.complaints == []


def test_a_bad_link_shows_defaults_and_names_what_was_wrong(visit):
    visitor = visit("?o1=nope&o2.lr=1e400&x=nan&n=-3&fn=%3Cscript%3E")
    text = visitor.page.locator("body").inner_text()
    for name in ("Racer 1", "Momentum's lr", "Start x", "Steps", "Function"):
        assert name in text.split("could not be used")[1].split("Understood")[0]
    assert "AdaGrad won" in visitor.headline
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    assert visitor.complaints == []


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
    visitor.page.get_by_text("This formula cannot be used").wait_for()
    assert visitor.page.locator("[data-testid=stMain] [data-testid=stCode]").inner_text().splitlines() == [
        "x**2 + foo(y)",
        "       ^",
    ]
    assert visitor.formula.input_value() == "x**2 + foo(y)"
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    visitor.page.get_by_role("button", name="Add a racer").click()
    visitor.page.get_by_text("Racer 5", exact=False).wait_for()
    assert visitor.formula.input_value() == "x**2 + foo(y)"
    visitor.type_formula("x**2 + cos(y)")
    visitor.page.locator("h3", has_text="won").wait_for()
    spec = spec_of_address(visitor.settled().page.url)
    assert (spec.problem, spec.steps, len(spec.entries)) == ("x**2 + cos(y)", 77, 5)
    assert visitor.complaints == []


def test_a_function_is_chosen_by_its_picture_and_raced_with_one_click(visit):
    visitor = visit("functions")
    assert "every gradient checked" in visitor.headline
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


SCREENS = ((390, "light"), (1400, "light"), (1400, "dark"), (390, "dark"))
"""Widths and themes that a page goes through once it is loaded: it grows, turns dark, and shrinks."""
LAID_OUT = """([width, scheme]) => {
  const root = document.scrollingElement, main = document.querySelector('[data-testid=stMain]'), style = getComputedStyle;
  const dark = style(document.querySelector('.stApp')).backgroundColor === 'rgb(16, 22, 29)';
  const state = [innerWidth, dark, main.scrollWidth, main.scrollHeight, root.scrollWidth].join();
  if (window.laidOut !== state) [window.laidOut, window.laidOutAt] = [state, performance.now()];
  const quiet = performance.now() - window.laidOutAt > 700 && !document.querySelector('[data-testid=stStatusWidget]');
  return quiet && innerWidth === width && dark === (scheme === 'dark');
}"""
"""Whether the page stands at this width in this theme and has not changed for a while."""


def assert_fits_every_screen(page):
    """Assert that a loaded page, brought to each width and theme, is no wider than the screen."""
    for width, scheme in SCREENS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(LAID_OUT, arg=[width, scheme], timeout=60_000)
        assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0, (width, scheme)
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width, (width, scheme)


@pytest.mark.parametrize("address", ["?fn=Ackley", "optimizers?opt=RAdam", "functions?show=Goldstein-Price"])
def test_nothing_is_wider_than_the_screen(visit, address):
    assert_fits_every_screen(visit(address, viewport={"width": SCREENS[0][0], "height": 844}).page)
