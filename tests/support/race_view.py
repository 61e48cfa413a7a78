"""The race view in a real browser: what it shows, once it stands."""

import base64
import re

from pages.shared.components import assets
from pages.shared.components.race_view.component import arriving
from tests.support.numerals import number as read
from tests.support.rest import box, steady

PIXEL = """([x, y]) => {
  const plot = document.querySelector('.rv-map'), box = plot.getBoundingClientRect();
  const { frame, range } = JSON.parse(plot.dataset.axes);
  const share = (value, [low, high]) => (value - low) / (high - low);
  return [box.left + frame[0] + frame[2] * share(x, range.x), box.top + frame[1] + frame[3] * (1 - share(y, range.y))];
}"""
CAMERA = "() => Object.values(document.querySelector('.rv-surface')._fullLayout.scene._scene.getCamera().eye)"
ROWS = """() => [...document.querySelectorAll('.rv-list li')].map((row) =>
  [row.getBoundingClientRect().top, row.querySelector('span').innerText, row.querySelector('strong').innerText])"""
SHOW = """async ([address, view, numbers, pictures]) => {
  const { show, landscape } = await import(address), { waiting } = await import(new URL('messages.js', address));
  landscape({ data: pictures });
  window.told ??= [];
  const data = { ...view, numbers: Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0)) };
  show(document.querySelector('.race-view'), data, (values) => window.told.push(values));
  await Promise.all([...waiting].map(({ queue }) => queue));
}"""


def number(text):
    """What a number of the view is worth."""
    return read(text.replace("−", "-").replace("∞", "inf").replace("–", "nan"))


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
        """Who leads, in order, once the rows are at their places: name -> loss shown."""
        rows = steady(self.page, ROWS)
        return {name: number(loss) for _, name, loss in sorted(rows)}

    def told(self, key, value):
        """Wait until the address says so."""
        has = "([key, value]) => new URLSearchParams(location.search).get(key) === value"
        self.page.wait_for_function(has, arg=[key, value], timeout=60_000)

    def pixel(self, place):
        """Where a place of the function's plane is on the screen, once the map stands still there."""
        box(self.page.locator(".rv-map"))
        return steady(self.page, PIXEL, list(place))

    def camera(self):
        """Where the surface is looked at from, once it has come to rest."""
        return steady(self.page, CAMERA)


class Bare:
    """A race view alone on a page, without the app around it: it shows what it is given, and `window.told` is what it has told."""

    def __init__(self, page, app_url):
        self.page = page
        self.address = app_url + assets.loader("entry.js").split('URL("')[1].split('"')[0]
        page.goto(self.address)
        style = self.address.replace("entry.js", "view.css")
        page.set_content(f'<link rel="stylesheet" href="{style}"><div class="race-view"></div>')

    def show(self, ground, scene, **more):
        """Show a race, wait until it is drawn, and return what the view is told of it beside the numbers."""
        view = {**scene.facts, "land": ground.name, **more}
        self.page.evaluate(SHOW, [self.address, view, base64.b64encode(scene.numbers).decode(), arriving(ground)])
        return view
