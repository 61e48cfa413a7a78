"""How fast the race view is in a browser, printed: `python -m tests.benchmarks.race_view`. Ratios are taken in one run; no test."""

import statistics
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

import optim
from pages.shared.inputs.link_codec import encode
from pages.shared.inputs.presets import PRESETS
from tests.benchmarks.engine import SIX, STEPS, spread
from tests.conftest import OFFLINE, QUIET, SEEN, chromium_path, running_app

GRIDS = (61, 121, 201)
PRESSES, WARM = 20, 3
VISITS = 5
EMPTY = """import streamlit as st

st.text(st.slider("n", 0, 100, 1))
"""
KEY = """() => {
  window.pressed = window.painted = undefined;
  window.addEventListener("keydown", () => (window.pressed ??= performance.now()), { once: true, capture: true });
}"""
WATCH = """() => {
  window.seen = [];
  document.querySelector(".race-view").addEventListener("race-frame", ({ detail }) => {
    if (window.pressed && detail.race !== window.race) {
      window.race = detail.race;
      requestAnimationFrame(() => (window.painted ??= performance.now()));
    }
    window.seen.push([performance.now(), detail.frame]);
  });
}"""
MOVE = """(share) => new Promise((done) => {
  const root = document.querySelector(".race-view"), dial = root.querySelector(".rv-dial input");
  let from;
  const seen = ({ detail }) => {
    if (detail.race === window.dragged) return;
    window.dragged = detail.race;
    root.removeEventListener("race-frame", seen);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
  };
  root.addEventListener("race-frame", seen);
  dial.value = Math.round(share * dial.max);
  from = performance.now();
  dial.dispatchEvent(new Event("input", { bubbles: true }));
})"""
"""Move the slider of the live rate without letting go; return the milliseconds until what depends on it is painted."""
PAINTED = """new MutationObserver(() => {
  const { painted, ready } = document.querySelector(".race-view")?.dataset ?? {};
  if (painted) window.paintedAt ??= performance.now();
  if (ready) window.readyAt ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-painted", "data-ready"] })"""
WATCH_EMPTY = """() => new MutationObserver(() => requestAnimationFrame(() => (window.painted ??= performance.now())))
  .observe(document.querySelector("[data-testid=stText]"), { subtree: true, childList: true, characterData: true })"""


def repaint(page, slider):
    """Return how long it takes from a key pressed on a slider until what depends on it is painted, in milliseconds."""
    page.bring_to_front()
    page.wait_for_timeout(300)
    page.evaluate(KEY)
    slider.press("ArrowRight")
    page.wait_for_function("() => window.painted", timeout=30_000)
    time = page.evaluate("() => window.painted - window.pressed")
    page.wait_for_timeout(1200)
    return time


def repaints(*places):
    """Return the times of many presses on each page's slider, in turn, so that what slows the machine slows both."""
    times = [[repaint(page, slider) for page, slider in places] for _ in range(WARM + PRESSES)]
    return list(zip(*times[WARM:], strict=True))


def frames_per_second(page):
    """Return how many frames per second a whole playback draws on surface, map and curves together."""
    page.evaluate("() => { window.pressed = undefined; window.seen = []; }")
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_function("steps => window.seen.at(-1)?.[1] >= steps", arg=STEPS, timeout=60_000)
    times = [time for time, frame in page.evaluate("() => window.seen") if frame < STEPS]
    return 1000 * (len(times) - 1) / (times[-1] - times[0])


def measure_live(browser, app, six):
    """Print how far the picture is behind a learning rate that is being dragged, on the default race and on a longer one."""
    for spec in (PRESETS[0].spec, six):
        page = opened(browser, f"{app}?{urlencode(encode(spec))}")
        times = []
        for move in range(WARM + PRESSES):
            times.append(page.evaluate(MOVE, 0.4 + 0.01 * move))
            page.wait_for_timeout(50)
        print(f"live rate, {len(spec.entries)} x {spec.steps} steps, input to racers painted: {spread(times[WARM:])} ms")
        page.close()


def first_visit(browser, app):
    """Return the milliseconds from an address to the first painted race and to the finished surface, and the bytes received."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.add_init_script(SEEN)
    context.add_init_script(PAINTED)
    page, sizes = context.new_page(), []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(app)
    page.wait_for_function("() => window.readyAt", timeout=90_000)
    page.wait_for_timeout(2000)
    fetched = page.evaluate(
        "() => performance.getEntriesByType('resource').reduce((sum, { transferSize }) => sum + transferSize, 0)"
    )
    painted, ready = page.evaluate("() => [window.paintedAt ?? window.readyAt, window.readyAt]")
    context.close()
    return painted, ready, fetched + sum(sizes)


def measure_first(browser, app):
    """Print how long a new visitor waits: on a server that nobody has visited, and on one that is warm."""
    cold, *warm = [first_visit(browser, app) for _ in range(1 + VISITS)]
    painted, ready, received = zip(*warm, strict=True)
    print(f"first race painted: {cold[0]:.0f} ms on a cold server, {spread(painted)} ms on a warm one")
    print(f"  surface drawn: {cold[1]:.0f} ms, {spread(ready)} ms; {statistics.median(received) / 1e6:.2f} MB received")


def measure_panels(browser, app, six):
    """Print how many frames per second six racers side by side have."""
    for way in ("side by side", "surfaces side by side"):
        page = opened(browser, f"{app}?{urlencode(encode(six) | {'panels': way})}")
        page.evaluate(WATCH)
        rates = [frames_per_second(page) for _ in range(3)]
        print(f"{way}, {len(six.entries)} x {six.steps} steps: {spread(rates)} frames per second")
        page.close()


def opened(browser, address):
    """Return a page on which the race has been drawn and has come to rest."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.add_init_script(SEEN)
    page.goto(address)
    page.locator(".race-view[data-ready]").wait_for(timeout=60_000)
    page.wait_for_timeout(4000)  # the address is written in several goes, and the surface is drawn again once its racers rest
    return page


def measure(browser, app, empty):
    """Print everything for one browser, the app's address and an empty page's."""
    six = optim.RaceSpec("rosenbrock", [optim.Entry(name, {"lr": 0.001}) for name in SIX], (-1.2, 1.0), STEPS)
    measure_first(browser, app)
    measure_panels(browser, app, six)
    measure_live(browser, app, six)
    blank = browser.new_page()
    blank.goto(empty)
    blank.locator("[data-testid=stText]").wait_for()
    blank.evaluate(WATCH_EMPTY)
    for grid in GRIDS:
        page, sizes = browser.new_page(viewport={"width": 1400, "height": 1000}), []
        page.add_init_script(SEEN)
        page.on("websocket", lambda socket, sizes=sizes: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
        page.goto(f"{app}?{urlencode(encode(six) | {'grid': f'{grid}'})}")
        page.locator(".race-view[data-ready]").wait_for(timeout=60_000)
        page.wait_for_timeout(4000)  # the address is written in several goes
        page.evaluate(WATCH)
        rates = [frames_per_second(page) for _ in range(3)]
        page.wait_for_timeout(2000)
        sizes.clear()
        slider = page.get_by_role("slider", name="Adam's lr, logarithmic")
        bare, times = repaints((blank, blank.get_by_role("slider")), (page, slider))
        print(f"race view, {len(SIX)} x {STEPS} steps, grid of {grid}: {spread(rates)} frames per second")
        print(
            f"  slider, key press to racers painted: {spread(times)} ms, {statistics.median(times) / statistics.median(bare):.2f} "
            f"times an empty page's {spread(bare)} ms; {sum(sizes) / (WARM + PRESSES) / 1000:.1f} kB received per change"
        )
        page.close()


def main():
    """Print every measurement."""
    with ExitStack() as stack, sync_playwright() as playwright:
        script = Path(stack.enter_context(TemporaryDirectory())) / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        app, empty = stack.enter_context(running_app()), stack.enter_context(running_app(script))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *OFFLINE])
        measure(browser, app, empty)
        browser.close()


if __name__ == "__main__":
    main()
