"""A visitor in a real browser: one window on the app, what can be done in it, and what it must show."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

import optim
from optim.i18n.message import translated
from optim.reports.verdict import verdict
from pages.shared.inputs.link_codec import decode, spec_of
from pages.shared.sitemap import DOORS
from pages.shared.text.languages import catalogue
from tests.support.rest import at_rest

HARMLESS = ("_stcore/health", "_stcore/host-config")
"""Asking a page's own address for these fails once where the page is not at the root; both are Streamlit's, both harmless."""


HEADLINE = ".st-key-why h2, .st-key-head h1:not(:has-text('Optimizer Race'))"
"""What a page says first: the Race page its verdict, below its name and its question."""


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
            self.complaints.append(f"{message.text} {message.location.get('url', '')}".strip())

    def settled(self):
        """Wait until the verdict stands, nothing is running or drawing any more, and the address is at rest."""
        self.page.wait_for_selector(HEADLINE, timeout=60_000, state="attached")
        self.page.wait_for_selector(".js-plotly-plot .main-svg, .rv-panel canvas", timeout=60_000)
        at_rest(self.page)
        return self

    @property
    def headline(self):
        return self.page.locator(HEADLINE).first.inner_text()

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
        self.page.locator(HEADLINE, has_text=verdict(result).headline).first.wait_for(timeout=30_000)
        wanted = f"{losses.iloc[1, 0]!r}".removeprefix("np.float64(").removesuffix(")")
        cell = self.page.locator("[data-testid=stDataFrame]").last.locator(
            "[role=gridcell]", has_text=re.compile(rf"^{re.escape(wanted[:12])}")
        )
        cell.first.wait_for(state="attached", timeout=30_000)
        for step, row in self.table().items():
            assert row == pytest.approx(losses.loc[step].tolist(), rel=1e-9), step


def _leaves(url):
    return not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:|about:", url)


def go(page, title, language="en"):
    """Go to a page by the menu at the top: open its door, then choose it."""
    words = catalogue(language)
    door = next(door for door in DOORS if title in {translated(one.title, words) for one in door.pages})
    page.get_by_test_id("stTopNavSection").filter(has_text=translated(door.title, words)).click()
    page.get_by_role("menuitem", name=title).click()


@contextmanager
def address_change(visitor):
    before = visitor.page.url
    yield
    visitor.page.wait_for_function("before => location.href !== before", arg=before, timeout=30_000)
    visitor.settled()


def spec_of_address(url):
    values, notes = decode(dict(parse_qsl(urlsplit(url).query)))
    assert notes == []
    return spec_of(values)


SCREENS = ((390, "light"), (1400, "light"), (1400, "dark"), (390, "dark"))
"""Widths and themes that a page goes through once it is loaded: it grows, turns dark, and shrinks."""
_LAID_OUT = """([width, scheme]) => {
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
        page.wait_for_function(_LAID_OUT, arg=[width, scheme], timeout=60_000)
        assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0, (width, scheme)
        assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width, (width, scheme)
